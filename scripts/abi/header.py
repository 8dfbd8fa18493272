"""Reads the declarations of plugin/include/dosegate: structs, enums, constants and function pointers, with their comments.

The headers are plain C of one style, and what this reader does not know it refuses, naming file and line: a declaration
must not be missing from the tables because it was written in another way. Nothing here knows the names of Dosegate."""
import dataclasses
import re
from typing import Optional

# The base types that may cross the ABI, with size and alignment on every platform of 64 bits that Dosegate is built for.
# Not among them: long, which has 8 bytes on Linux and 4 on Windows.
SIZES = {"int32_t": 4, "uint32_t": 4, "int64_t": 8, "uint64_t": 8, "float": 4, "double": 8, "size_t": 8, "char": 1}
POINTER = 8

TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/)|(?P<directive>^[ \t]*\#(?:[^\n\\/]|\\\n|/(?!\*))*)|(?P<string>"[^"\n]*")
                       |(?P<name>[A-Za-z_]\w*)|(?P<number>\d\w*)|(?P<mark>[{}()\[\];,=*])|(?P<space>\s+)""",
                   re.VERBOSE | re.DOTALL | re.MULTILINE)


class HeaderError(Exception):
    pass


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    line: int


@dataclasses.dataclass
class Type:
    """A base type, struct or typedef behind `pointers` stars; const where `is_const` (of what is pointed to first)."""
    name: str
    pointers: int = 0
    is_const: bool = False

    def c(self):
        return ("const " if self.is_const else "") + self.name + "*" * self.pointers


@dataclasses.dataclass
class Function:
    """A pointer to a function."""
    result: Type
    parameters: list  # of (name, Type or Function)


@dataclasses.dataclass
class Member:
    name: str
    type: object  # Type or Function
    count: int  # 1, or the length of an array
    comment: str
    line: int
    offset: int = 0
    size: int = 0


@dataclasses.dataclass
class Struct:
    name: str
    file: str
    line: int
    comment: str
    members: list
    size: int = 0
    alignment: int = 0


@dataclasses.dataclass
class Enumerator:
    name: str
    value: int
    comment: str


@dataclasses.dataclass
class Header:
    opaque: list = dataclasses.field(default_factory=list)
    aliases: dict = dataclasses.field(default_factory=dict)  # typedef name -> Type or Function
    structs: dict = dataclasses.field(default_factory=dict)  # name -> Struct, in the order of declaration
    enums: list = dataclasses.field(default_factory=list)  # lists of Enumerator
    constants: dict = dataclasses.field(default_factory=dict)  # of #define: int or str
    comments: dict = dataclasses.field(default_factory=dict)  # typedef name -> what stands before it

    def size_of(self, type_):
        """(size, alignment)."""
        if isinstance(type_, Function) or type_.pointers:
            return POINTER, POINTER
        if type_.name in SIZES:
            return SIZES[type_.name], SIZES[type_.name]
        if type_.name in self.aliases:
            return self.size_of(self.aliases[type_.name])
        if type_.name in self.structs:
            found = self.structs[type_.name]
            return found.size, found.alignment
        raise HeaderError(f"the size of {type_.name} is not known")


def plain(comment):
    """The words of a comment, without its marks and line breaks."""
    body = comment[2:-2]
    return " ".join(re.sub(r"^\s*\*( |$)", "", line).strip() for line in body.split("\n")).strip()


class Reader:
    def __init__(self, text, file, header):
        self.file, self.header, self.at, self.tokens = file, header, 0, []
        line = 1
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise HeaderError(f"{file}:{line}: {text[position:position + 20]!r} is not read by scripts/abi/header.py")
            kind = match.lastgroup
            if kind != "space":
                self.tokens.append(Token(kind, match.group(), line))
            line += match.group().count("\n")
            position = match.end()

    # --- tokens

    def fail(self, what):
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        raise HeaderError(f"{self.file}:{token.line}: {what}, at {token.text!r}")

    def comments(self):
        """Those that stand here, joined."""
        found = []
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "comment":
            found.append(plain(self.tokens[self.at].text))
            self.at += 1
        return " ".join(found)

    def peek(self):
        at = self.at
        while at < len(self.tokens) and self.tokens[at].kind == "comment":
            at += 1
        return self.tokens[at].text if at < len(self.tokens) else ""

    def next(self):
        self.comments()
        if self.at >= len(self.tokens):
            self.fail("the header ends here")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, text):
        token = self.next()
        if token.text != text:
            self.at -= 1
            self.fail(f"{text!r} is expected")

    def accept(self, text):
        if self.peek() != text:
            return False
        self.next()
        return True

    def name(self):
        token = self.next()
        if token.kind != "name":
            self.at -= 1
            self.fail("a name is expected")
        return token.text

    def trailing(self):
        """The comment behind what was just read, on the same line."""
        line = self.tokens[self.at - 1].line
        found = ""
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "comment" and self.tokens[self.at].line == line:
            found = plain(self.tokens[self.at].text)
            self.at += 1
        return found

    # --- declarations

    def run(self):
        while True:
            comment = self.comments()
            if self.at >= len(self.tokens):
                return
            token = self.tokens[self.at]
            if token.kind == "directive":
                self.directive()
            elif token.text == "typedef":
                self.typedef(comment)
            elif token.text == "enum":
                self.enum()
            elif token.text in ("extern", "}"):  # extern "C" { ... }
                self.at += 1
                if token.text == "extern":
                    self.at += 2
            elif token.text == "__attribute__":  # the declaration of the one exported function
                while self.next().text != ";":
                    pass
            else:
                self.fail("a declaration of a kind that is not read")

    def directive(self):
        token = self.next()
        define = re.match(r'\s*#\s*define\s+(DOSEGATE_\w+)\s+(?:(\d+)u?|"([^"]*)")\s*$', token.text)
        if define:
            self.header.constants[define[1]] = int(define[2]) if define[2] else define[3]
        elif re.match(r"\s*#\s*define\s+\w+\s+\S", token.text):
            self.at -= 1
            self.fail("a macro that is neither a number nor a text")

    def typedef(self, comment):
        line = self.next().line
        if self.peek() == "struct":
            self.next()
            name = self.name()
            if self.peek() != "{":
                if self.name() != name:
                    self.fail("the typedef of a struct has another name")
                self.expect(";")
                self.header.opaque.append(name)
                self.trailing()
                return
            self.expect("{")
            struct = Struct(name, self.file, line, comment, self.members())
            self.expect("}")
            if self.name() != name:
                self.fail("the typedef of a struct has another name")
            self.expect(";")
            self.lay_out(struct)
            self.header.structs[name] = struct
            return
        type_ = self.type()
        if self.peek() == "(":
            name, function = self.function(type_)
            self.header.aliases[name] = function
            self.header.comments[name] = comment
        else:
            self.header.aliases[self.name()] = type_
        self.expect(";")

    def enum(self):
        self.expect("enum")
        self.expect("{")
        found = []
        while True:
            self.comments()
            name = self.name()
            self.expect("=")
            token = self.next()
            if token.kind != "number":
                self.fail("the value of an enumerator is to be a number")
            more = self.accept(",")
            found.append(Enumerator(name, int(token.text.rstrip("u")), self.trailing()))
            if not more or self.peek() == "}":
                break
        self.expect("}")
        self.expect(";")
        self.header.enums.append(found)

    def type(self):
        is_const = self.accept("const")
        self.accept("struct")
        type_ = Type(self.name(), 0, is_const)
        while self.accept("*"):
            type_.pointers += 1
            if self.accept("const") and self.peek() != "*":
                self.fail("a pointer that is itself const")
        return type_

    def function(self, result):
        """(name, Function) from behind the result's type."""
        self.expect("(")
        self.expect("*")
        name = self.name()
        self.expect(")")
        self.expect("(")
        parameters = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            type_ = self.type()
            if self.peek() == "(":
                inner, type_ = self.function(type_)
                parameters.append((inner, type_))
            elif self.peek() in (",", ")"):
                parameters.append(("", type_))
            else:
                parameters.append((self.name(), type_))
            if isinstance(type_, Type) and type_ == Type("void"):
                parameters.pop()
        return name, Function(result, parameters)

    def members(self):
        found = []
        while self.peek() != "}":
            comment = self.comments()
            type_, line = self.type(), self.tokens[self.at - 1].line
            if self.peek() == "(":
                start = self.at
                name, function = self.function(type_)
                self.expect(";")
                inside = [plain(t.text) for t in self.tokens[start:self.at] if t.kind == "comment"]
                words = " ".join(w for w in (comment, *inside, self.trailing()) if w)
                found.append(Member(name, function, 1, words, line))
                continue
            same = []
            while True:
                same.append(Member(self.name(), type_, 1, comment, line))
                if self.accept("["):
                    same[-1].count = int(self.next().text)
                    self.expect("]")
                if not self.accept(","):
                    break
            self.expect(";")
            words = " ".join(w for w in (comment, self.trailing()) if w)
            for member in same:
                member.comment = words
            found.extend(same)
        return found

    def lay_out(self, struct):
        """Each member at the next multiple of its alignment; the whole is a multiple of the largest. So it is in the ABIs
        of x86-64 (System V and Windows) and of arm64, for types whose alignment is their size."""
        at, largest = 0, 1
        for member in struct.members:
            size, alignment = self.header.size_of(member.type)
            at = (at + alignment - 1) // alignment * alignment
            member.offset, member.size = at, size * member.count
            at += member.size
            largest = max(largest, alignment)
        struct.size, struct.alignment = (at + largest - 1) // largest * largest, largest


def read(paths, root) -> Header:
    """Of headers in an order in which each finds what it names. Raises HeaderError."""
    header = Header()
    for path in paths:
        Reader(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix(), header).run()
    return header


def functions_of(struct) -> list:
    return [m for m in struct.members if isinstance(m.type, Function)]


def is_table(struct) -> bool:
    """Whether it is a function table of the library's: struct_size first, and functions that are no callbacks."""
    functions = functions_of(struct)
    return bool(functions) and not any(m.name == "user" for m in struct.members)


TAGS = ("thread-safe", "case", "calling thread")


def tag_of(comment) -> Optional[str]:
    """The one thread tag in it."""
    found = re.findall(r"\[([a-z -]+)\]", comment)
    return found[0] if len(found) == 1 and found[0] in TAGS else None


def order_of(comment) -> Optional[str]:
    """The one sentence on the order of calls."""
    found = re.findall(r"Order: ([^.]+)\.(?= |$)", comment)
    return found[0] if len(found) == 1 else None


def untagged(header) -> list:
    """What the header leaves open of a function: its thread tag, its place in the order of calls, a name in that which no
    function has."""
    said = [(alias.removesuffix("_fn"), header.comments[alias], "") for alias in header.comments]
    said += [(m.name, m.comment, f"{s.file}:{m.line}: ") for s in header.structs.values() for m in functions_of(s)]
    names = {name for name, _, _ in said}
    problems = []
    for name, comment, where in said:
        order = order_of(comment)
        if tag_of(comment) is None:
            problems.append(f"{where}{name}: its comment needs exactly one of {', '.join(f'[{t}]' for t in TAGS)}")
        if order is None:
            problems.append(f"{where}{name}: its comment needs one sentence 'Order: after ..., before ....'")
        for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", order or ""):
            if word not in names:
                problems.append(f"{where}{name}: its order names {word}, which is no function")
    return problems
