"""The headers as ctypes declarations."""
import header as reader

BASE = {"int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64", "float": "c_float",
        "double": "c_double", "size_t": "c_size_t"}


def type_of(header, type_):
    if isinstance(type_, reader.Function):
        return function_of(header, type_)
    if type_.name == "void":
        return "None" if type_.pointers == 0 else "c_void_p" if type_.pointers == 1 else "POINTER(c_void_p)"
    if type_.name in header.aliases and type_.pointers == 0:
        return type_of(header, header.aliases[type_.name])
    if type_.name == "char":
        return {1: "c_char_p", 2: "POINTER(c_char_p)"}[type_.pointers]
    if type_.name in header.opaque:
        return {1: "c_void_p", 2: "POINTER(c_void_p)"}[type_.pointers]
    inner = BASE.get(type_.name, type_.name)
    for _ in range(type_.pointers):
        inner = f"POINTER({inner})"
    return inner


def function_of(header, function):
    parts = [type_of(header, function.result)] + [type_of(header, p) for _, p in function.parameters]
    return f"CFUNCTYPE({', '.join(parts)})"


def field_of(header, struct, member):
    # A text of known length may hold a NUL, at which c_char_p would end.
    is_sized_text = struct.name == "dosegate_text" and member.name == "data"
    text = "c_void_p" if is_sized_text else type_of(header, member.type)
    return f'("{member.name}", {text}' + (f" * {member.count})" if member.count > 1 else ")")


def of(header, notice):
    lines = [f'"""{notice}; do not edit. The C interface as ctypes has it."""',
             "from ctypes import CFUNCTYPE, POINTER, Structure",
             "from ctypes import c_char_p, c_double, c_float, c_int32, c_size_t, c_uint32, c_uint64, c_void_p", ""]
    lines += [f"{name} = {value!r}" for name, value in header.constants.items()]
    for enum in header.enums:
        lines += [""] + [f"{e.name} = {e.value}" for e in enum]
    for struct in header.structs.values():
        lines += ["", "", f"class {struct.name}(Structure):", "    _fields_ = ["]
        lines += [f"        {field_of(header, struct, m)}," for m in struct.members]
        lines += ["    ]"]
    negotiate = header.aliases["dosegate_negotiate_fn"]
    lines += ["", "", f"dosegate_negotiate_fn = {function_of(header, negotiate)}"]
    return "\n".join(lines) + "\n"
