#!/usr/bin/python3
"""Hosts for Windows under Wine. usage: hosts_test.py LINUX-BIN WINDOWS-BIN LINUX-HOST LINUX-C++-EXAMPLE"""
import os
import pathlib
import subprocess
import sys
import tempfile

from wine import Wine, require_build

linux, windows, host, example = map(pathlib.Path, sys.argv[1:])
require_build(windows)
PLAN = pathlib.Path(__file__).resolve().parents[2] / "plugin/schemas/examples/plan.small.json"
ROUNDS = "200" if os.environ.get("DOSEGATE_LONG") else "50"


def done(run, name):
    print(name, run.stdout.strip().replace("\n", "\n    "))
    if run.returncode != 0:
        sys.exit(f"{name}: exit {run.returncode}\n{run.stderr[-3000:]}")


with Wine() as wine, tempfile.TemporaryDirectory() as work:
    here = pathlib.Path(work, "linux"), pathlib.Path(work, "windows")
    done(subprocess.run([host, linux / "dosegate.so", ROUNDS, here[0]], capture_output=True, text=True), "Linux:")
    done(wine.run(windows / "windows_host.exe", windows / "dosegate.dll", ROUNDS, here[1], timeout=600), "Windows:")
    assert here[0].read_bytes() == here[1].read_bytes(), "the reports differ"
    assert here[0].stat().st_size > 10000
    pathlib.Path(work, "loader").mkdir()
    done(wine.run(windows / "windows_loader_host.exe", windows, pathlib.Path(work, "loader"), timeout=600), "Loader:")
    # The example in C++: manifest, hash, LoadLibraryExW.
    here = subprocess.run([example, linux / "manifest.json", PLAN], capture_output=True, text=True)
    there = wine.run(windows / "windows_example.exe", windows / "manifest.json", PLAN, timeout=120)
    assert len(here.stdout) > 1000 and here.stdout == there.stdout, (here.stderr, there.stderr)
    assert here.returncode == there.returncode, (here.returncode, there.returncode)
    there = wine.run(windows / "windows_example.exe", windows / "no.json", PLAN, timeout=120)
    assert there.returncode == 3 and there.stdout == "" and "cannot be opened" in there.stderr, there
