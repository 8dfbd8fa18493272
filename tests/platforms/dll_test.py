#!/usr/bin/python3
"""What dosegate.dll shows and needs, and that its manifest is of it. usage: dll_test.py FOLDER VERSION"""
import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import uuid

from wine import skip

folder, version = pathlib.Path(sys.argv[1]), sys.argv[2]
OBJDUMP = "x86_64-w64-mingw32-objdump"
if shutil.which(OBJDUMP) is None:
    skip("g++-mingw-w64-x86-64-posix is not installed")
if not (folder / "dosegate.dll").exists():
    skip(f"{folder}/dosegate.dll is not built: scripts/build_windows")

shown = subprocess.run([OBJDUMP, "-p", folder / "dosegate.dll"], capture_output=True, text=True, check=True).stdout
table = shown[shown.index("[Ordinal/Name Pointer] Table"):]
exports = re.findall(r"^\s*\[ *\d+\](?: \+base\[ *\d+\] +[0-9a-f]+)? (\w+)$", table, re.M)
assert exports == ["dosegate_negotiate"], exports
needed = set(re.findall(r"DLL Name: (\S+)", shown))
assert needed == {"KERNEL32.dll", "msvcrt.dll"}, needed

# Loaded anywhere, no code on the stack, nothing of the build machine or of the time in it.
flags = shown[shown.index("DllCharacteristics"):].split("\n\n")[0]
for flag in ("HIGH_ENTROPY_VA", "DYNAMIC_BASE", "NX_COMPAT"):
    assert flag in flags, flags
data = (folder / "dosegate.dll").read_bytes()
header = struct.unpack_from("<I", data, 0x3C)[0]
assert data[header:header + 4] == b"PE\0\0" and struct.unpack_from("<I", data, header + 8)[0] == 0, "it has a time in it"
assert str(pathlib.Path(__file__).resolve().parents[2]).encode() not in data

wide = (f"ProductVersion\0\0{version}\0").encode("utf-16-le")
assert wide in data or f"ProductVersion\0{version}\0".encode("utf-16-le") in data, "the version resource is missing"

manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
library = manifest["library"]
signature = uuid.UUID(bytes_le=data[data.index(b"RSDS") + 4:][:16]).hex
assert library == {"path": "dosegate.dll", "sha256": hashlib.sha256(data).hexdigest(), "architecture": "x86_64",
                   "buildId": signature}, (library, signature)
assert manifest["version"] == version
assert {entry["in"] for entry in manifest["thirdParty"]} == {"library"}, "the manifest names what is not in the package"
print(f"dosegate.dll: {len(data)} bytes")
