#!/usr/bin/python3
"""The zip file and the wheel for Windows: whole, the same each time; what is unpacked compiles, links, and checks a plan under Wine.

usage: zip_test.py BIN WINDOWS-BIN C++-EXAMPLE"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from wine import Wine

here, windows, example = map(pathlib.Path, sys.argv[1:])
other = Wine(windows)
root = pathlib.Path(__file__).resolve().parents[2]
PLAN = root / "plugin/schemas/examples/plan.small.json"
LINKED = """#include <stdio.h>
#include <dosegate/dosegate.h>
__declspec(dllimport) dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in, dosegate_api* out);
int main(void) {
  const dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api = {.struct_size = sizeof api};
  if (dosegate_negotiate(&in, &api) != DOSEGATE_OK) return 3;
  puts(api.engine_version);
  return 0;
}
"""


def done(*command):
    run = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert run.returncode == 0, (command, run.stdout[-1000:], run.stderr[-2000:])
    return run.stdout.strip()


with tempfile.TemporaryDirectory() as folder, other as machine:
    work = pathlib.Path(folder)
    archive = pathlib.Path(done(root / "scripts/packaging/windows_zip", windows, "-o", work / "a"))
    again = pathlib.Path(done(root / "scripts/packaging/windows_zip", windows, "-o", work / "b"))
    assert archive.read_bytes() == again.read_bytes(), "two zip files of the same library differ"
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        packed.extractall(work)
    unpacked = work / archive.stem
    for needed in ("README.txt", "LICENSE.txt", "bin/schemas/plan.schema.json", "bin/layout.json", "include/dosegate/extensions/gamma.h",
                   "dotnet/examples/EsapiCheck.cs", "python/dosegate/py.typed", "doc/integration/csharp.md", "doc/ABI.md", "examples/check.cs"):
        assert (unpacked / needed).is_file(), needed
    assert not [f for f in unpacked.rglob("*") if f.name == "__pycache__"]
    library = json.loads((unpacked / "bin/manifest.json").read_text(encoding="utf-8"))["library"]
    assert hashlib.sha256((unpacked / "bin" / library["path"]).read_bytes()).hexdigest() == library["sha256"]

    # Its headers, example and import library, by a compiler for Windows.
    compiler = "x86_64-w64-mingw32-g++-posix"
    done(compiler, "-std=c++17", "-O1", "-static", f"-I{unpacked}/include", unpacked / "examples/check.cpp", "-o", work / "check.exe")
    said = subprocess.run([example, here / "manifest.json", PLAN], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    answer = machine.run(work / "check.exe", unpacked / "bin/manifest.json", PLAN, timeout=120)
    assert len(said.stdout) > 1000 and (answer.returncode, answer.stdout) == (said.returncode, said.stdout), answer
    (work / "linked.c").write_text(LINKED)
    done("x86_64-w64-mingw32-gcc-posix", "-std=c11", f"-I{unpacked}/include", work / "linked.c", unpacked / "lib/dosegate.lib", "-o",
         unpacked / "bin/linked.exe")
    answer = machine.run(unpacked / "bin/linked.exe", timeout=120)
    assert answer.returncode == 0 and answer.stdout.strip(), answer
    # The bindings: C# compiles, Python imports and says that this library is for another machine.
    if shutil.which("mcs"):
        done("mcs", "-langversion:7.2", "-warnaserror", "-target:library", f"-out:{work}/Dosegate.dll", *sorted((unpacked / "dotnet").rglob("*.cs")))
    else:
        print("skipped: C#: Mono is not installed: apt-get install mono-mcs mono-runtime")
    code = ("import sys; sys.path.insert(0, sys.argv[1]); import dosegate\ntry: dosegate.load(sys.argv[2])\n"
            "except dosegate.DosegateError as error: print('refused:', error)")
    assert done(sys.executable, "-B", "-c", code, unpacked / "python", unpacked / "bin/manifest.json").startswith("refused:")
    print("skipped: C# and Python under Wine: Debian has neither Wine's Mono nor a CPython for Windows")

    wheel = pathlib.Path(done(root / "scripts/wheel", windows, "-o", work / "wheel"))
    assert wheel.name.endswith("-py3-none-win_amd64.whl"), wheel
    with zipfile.ZipFile(wheel) as packed:
        assert packed.read("dosegate/_library/dosegate.dll") == (windows / "dosegate.dll").read_bytes()
    print(f"{archive.name}: {archive.stat().st_size} bytes, {len(list(unpacked.rglob('*')))} entries")
