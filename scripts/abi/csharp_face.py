"""The headers as C# declarations: net472 and C# 7.3, no unsafe code. A pointer to a struct is a `ref`, to a handle or text an IntPtr."""
import header as reader

BASE = {"int32_t": "int", "uint32_t": "uint", "int64_t": "long", "uint64_t": "ulong", "float": "float", "double": "double",
        "size_t": "UIntPtr"}
KEYWORDS = {"in", "out", "ref", "case", "params", "object", "string"}


def resolved(header, type_):
    while isinstance(type_, reader.Type) and type_.pointers == 0 and type_.name in header.aliases:
        type_ = header.aliases[type_.name]
    return type_


def member_type(header, type_):
    """As a field, or by value."""
    type_ = resolved(header, type_)
    if isinstance(type_, reader.Function) or type_.pointers:
        return "IntPtr"
    return BASE.get(type_.name, type_.name)


def parameter_type(header, type_):
    type_ = resolved(header, type_)
    if isinstance(type_, reader.Function) or type_.pointers == 0:
        return member_type(header, type_)
    if type_.pointers == 2:
        return "out IntPtr"
    if type_.name in header.structs or (type_.name in BASE and not type_.is_const):
        return f"ref {BASE.get(type_.name, type_.name)}"
    return "IntPtr"


def delegate_of(header, name, function):
    result = resolved(header, function.result)
    text = "void" if result == reader.Type("void") else member_type(header, result)
    parameters = []
    for n, (parameter, type_) in enumerate(function.parameters):
        word = f"p{n}" if not parameter or parameter in KEYWORDS else parameter
        parameters.append(f"{parameter_type(header, type_)} {word}")
    return [f"    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]", f"    internal delegate {text} {name}({', '.join(parameters)});"]


def of(header, notice):
    lines = [f"// {notice}; do not edit. The C interface as P/Invoke has it.", "using System;",
             "using System.Runtime.InteropServices;", "", "namespace Dosegate", "{",
             "    internal static class Abi", "    {"]
    for name, value in header.constants.items():
        lines.append(f'        internal const string {name} = "{value}";' if isinstance(value, str) else
                     f"        internal const uint {name} = {value};")
    for enum in header.enums:
        lines += [f"        internal const int {e.name} = {e.value};" for e in enum]
    lines += ["    }"]
    for struct in header.structs.values():
        lines += ["", "    [StructLayout(LayoutKind.Sequential)]", f"    internal struct {struct.name}", "    {"]
        for m in struct.members:
            text = member_type(header, m.type)
            if m.count > 1:
                lines.append(f"        [MarshalAs(UnmanagedType.ByValArray, SizeConst = {m.count})]")
                text += "[]"
            lines.append(f"        internal {text} {m.name};")
        lines += ["    }"]
        for m in reader.functions_of(struct):
            lines += [""] + delegate_of(header, f"{struct.name.removeprefix('dosegate_')}_{m.name}_fn", m.type)
    lines += [""] + delegate_of(header, "dosegate_negotiate_fn", header.aliases["dosegate_negotiate_fn"])
    return "\n".join(lines + ["}"]) + "\n"
