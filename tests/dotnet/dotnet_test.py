#!/usr/bin/python3
"""adapters/dotnet, compiled by Mono and run. usage: dotnet_test.py FOLDER-OF-THE-LIBRARY"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
# Mono takes long to hash a file; DOSEGATE_LONG=1: 200.
CYCLES = "200" if os.environ.get("DOSEGATE_LONG") else "25"
library = os.path.abspath(sys.argv[1])
if shutil.which("mcs") is None or shutil.which("mono") is None:
    print("skipped: Mono is not installed: apt-get install mono-mcs mono-runtime")
    sys.exit(77)


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, **more)
    if done.returncode != 0:
        sys.exit(f"{command}: exit {done.returncode}")


with tempfile.TemporaryDirectory() as folder:
    sources = sorted((root / "adapters/dotnet").rglob("*.cs"))
    # What net472 and its compiler take: C# 7.
    run("mcs", "-langversion:7.2", "-warnaserror", "-target:library", f"-out:{folder}/Dosegate.dll", *sources)
    run("mcs", "-langversion:7.2", "-warnaserror", f"-r:{folder}/Dosegate.dll", f"-out:{folder}/HostTest.exe", root / "tests/dotnet/HostTest.cs")
    layout = json.loads((root / "plugin/layout.json").read_text(encoding="utf-8"))["structs"]
    lines = [f"{name} - {struct['size']}" for name, struct in layout.items()]
    lines += [f"{name} {m['name']} {m['offset']}" for name, struct in layout.items() for m in struct["members"]]
    pathlib.Path(folder, "layout.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("mono", f"{folder}/HostTest.exe", library, f"{folder}/layout.txt", CYCLES)

    # Killed in the midst of a check: no process and no file is left.
    empty = pathlib.Path(folder, "empty")
    empty.mkdir()
    host = subprocess.Popen(["mono", f"{folder}/HostTest.exe", library, "--stay"], cwd=empty, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, text=True, start_new_session=True,
                            env={**os.environ, "HOME": str(empty), "TMPDIR": str(empty), "MONO_ENABLE_SHM": "0"})
    assert host.stdout.readline() == "in\n"
    host.send_signal(signal.SIGKILL)
    rest, _ = host.communicate()
    assert (host.returncode, rest, os.listdir(empty)) == (-signal.SIGKILL, "", [])
    try:
        os.killpg(host.pid, 0)
        sys.exit("a process of the killed host is left")
    except ProcessLookupError:
        pass
