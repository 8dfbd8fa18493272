#!/usr/bin/python3
"""C and C++ hosts for Windows under Wine, or for arm64 under QEMU, and here: they do the same and end with the same reports.

usage: hosts_test.py BIN windows|arm64 BIN-THERE HOST C++-EXAMPLE
DOSEGATE_LONG=1: 200 unloadings."""
import os
import pathlib
import subprocess
import sys
import tempfile

from emulated import Emulated
from wine import Wine

here, there, host, example = map(pathlib.Path, (sys.argv[1], *sys.argv[3:]))
Machine = {"windows": Wine, "arm64": Emulated}[sys.argv[2]]
other = Machine(there)
PLAN = pathlib.Path(__file__).resolve().parents[2] / "plugin/schemas/examples/plan.small.json"
ROUNDS = "200" if os.environ.get("DOSEGATE_LONG") else "50" if Machine is Wine else "5"


def done(run, name):
    print(name, run.stdout.strip().replace("\n", "\n    "))
    if run.returncode != 0:
        sys.exit(f"{name}: exit {run.returncode}\n{run.stderr[-3000:]}")


def local(*command):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def folder_of(library):
    """What a host that is killed could have left or broken beside the library."""
    return sorted((f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in library.parent.iterdir())


with other as machine, tempfile.TemporaryDirectory() as work:
    program = lambda name: there / f"platform_{name}{Machine.program_suffix}"
    report = pathlib.Path(work, "here"), pathlib.Path(work, "there")
    for run, its_host, library, killed in ((local, host, here / "dosegate.so", -9),
                                           (machine.run, program("host"), there / Machine.library, 99 if Machine is Wine else -9)):
        before = folder_of(library)
        ended = run(its_host, library, "--killed")
        assert (ended.returncode, ended.stdout.strip()) == (killed, "in the midst"), ended
        assert folder_of(library) == before
    done(local(host, here / "dosegate.so", ROUNDS, report[0]), "here:")
    measured = ["0"] if Machine is Emulated else []  # QEMU keeps memory of its own for a thread that has ended
    done(machine.run(program("host"), there / Machine.library, ROUNDS, report[1], *measured, timeout=1200), f"{Machine.name}:")
    assert report[0].read_bytes() == report[1].read_bytes(), "the reports differ"
    assert report[0].stat().st_size > 10000
    if Machine is Wine:
        pathlib.Path(work, "loader").mkdir()
        done(machine.run(program("loader_host"), there, pathlib.Path(work, "loader"), timeout=600), "Loader:")
    # The example in C++: manifest, hash, then loading.
    said = local(example, here / "manifest.json", PLAN)
    answer = machine.run(program("example"), there / "manifest.json", PLAN, timeout=120)
    assert len(said.stdout) > 1000 and said.stdout == answer.stdout, (said.stderr, answer.stderr)
    assert said.returncode == answer.returncode, (said.returncode, answer.returncode)
    answer = machine.run(program("example"), there / "no.json", PLAN, timeout=120)
    assert answer.returncode == 3 and answer.stdout == "" and "cannot be opened" in answer.stderr, answer
    if Machine is Emulated:  # the library of another machine is refused by its manifest, before it is loaded
        answer = local(example, there / "manifest.json", PLAN)
        assert answer.returncode == 3 and answer.stdout == "" and "install the package for this machine" in answer.stderr, answer
