"""Which members of a schema's objects a document uses."""


def members(schema):
    """All that documents of this schema can hold, as "Message.member"; the document itself is "$"."""
    found = {f"$.{name}" for name in schema["properties"]}
    for name, definition in schema["$defs"].items():
        found |= {f"{name}.{member}" for member in definition.get("properties", {})}
    return found


def used(schema, document):
    """Those that this document holds."""
    found = set()

    def visit(value, at, name):
        if "$ref" in at:
            name = at["$ref"].removeprefix("#/$defs/")
            at = schema["$defs"][name]
        if isinstance(value, list):
            for item in value:
                visit(item, at["items"], name)
        elif isinstance(value, dict) and "properties" in at:
            for member, inner in value.items():
                found.add(f"{name}.{member}")
                visit(inner, at["properties"][member], name)

    visit(document, schema, "$")
    return found
