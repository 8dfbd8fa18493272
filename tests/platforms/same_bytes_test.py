#!/usr/bin/python3
"""What `dosegate` asks of dosegate.so, recorded and asked again of dosegate.dll under Wine, or of arm64's dosegate.so under QEMU: every
answer is the same, byte for byte.

usage: same_bytes_test.py BIN windows|arm64 BIN-THERE RECORDER REPLAY
DOSEGATE_LONG=1: all phantoms and all data sets, with DVHs and on four threads; otherwise a share of them."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from emulated import Emulated
from recording import Recording
from wine import Wine

here, there, recorder, replay = map(pathlib.Path, (sys.argv[1], *sys.argv[3:]))
Machine = {"windows": Wine, "arm64": Emulated}[sys.argv[2]]
other = Machine(there)
LONG = bool(os.environ.get("DOSEGATE_LONG"))
SHARE = ["pass", "short-ptv", "hot-liver-mean", "low-gamma", "sbrt-hot-cord", "twice-daily"]
BATCH = 2 << 30, 200  # bytes of records that lie about at a time, and how many a command line of Windows takes
root = pathlib.Path(__file__).resolve().parents[2]
data = pathlib.Path(os.environ.get("DOSEGATE_SHARED_DATA", root / "../shared/data"))


def cases(recording):
    """Names, and the commands of dosegate."""
    for name in recording.phantoms() if LONG else SHARE:
        folder = recording.phantom(name)
        record = ["--record", folder / "record.json"] if (folder / "record.json").exists() else []
        yield f"{name}.check", ["check", folder, *record]
        if LONG or name in ("pass", "low-gamma"):
            measured = min(folder.glob("RD*.dcm"))
            yield f"{name}.gamma", ["check", folder, *record, "--measured", measured, "--between-slices", "interpolate"]
        if LONG or name == "short-ptv":
            yield f"{name}.dvh", ["dvh", folder]
    sets = sorted({file.parent for file in data.rglob("*.dcm")}) if LONG else [data / "liverA"]
    for folder in sets:
        if not folder.is_dir():
            print(f"skipped: {folder} is not there")
            continue
        name = str(folder.relative_to(data)).replace("/", "-")
        yield f"{name}.check", ["check", folder]
        yield f"{name}.dvh", ["dvh", folder]
    yield "protocols.lint", ["protocols", "lint", root / "core/protocols/SCLC-45-BD.json"]
    yield "protocols.show", ["protocols", "show", "LIVER-SBRT-5"]
    yield "schedule", ["schedule", "--first-infusion", "2026-11-23"]


class Replays:
    def __init__(self, machine):
        self.machine, self.answers, self.seconds = machine, 0, 0.0

    def run(self, records):
        if not records:
            return
        # That a record is whole shows where the recorded library itself is asked again.
        said = subprocess.run([replay, here / "dosegate.so", "4" if LONG else "2", *records], capture_output=True, text=True)
        if said.returncode != 0:
            sys.exit(f"the records are not what was asked: {said.stdout[-3000:]}{said.stderr[-1000:]}")
        started = time.monotonic()
        for threads in ("0", "4") if LONG else ("2",):
            said = self.machine.run(there / f"platform_replay{Machine.program_suffix}", there / Machine.library, threads, *records)
            if said.returncode != 0:
                sys.exit(f"exit {said.returncode}\n{said.stdout[-6000:]}{said.stderr[-1000:]}")
            lines = said.stdout.strip().splitlines()
            assert len(lines) == len(records) and all(line.endswith(" 0 differ") for line in lines), said.stdout[-3000:]
            self.answers += sum(int(line.split(" calls, ")[1].split(" with")[0]) for line in lines)
        self.seconds += time.monotonic() - started
        for record in records:
            record.unlink()


with tempfile.TemporaryDirectory() as work, other as machine:
    recording, replays = Recording(here, recorder, work), Replays(machine)
    records, count = [], 0
    for name, command in cases(recording):
        record = recording.record(name, *command)
        if record is None:
            assert LONG, f"{name} asked nothing of the library"  # some of the data sets are no plans
            continue
        records.append(record)
        count += 1
        if sum(r.stat().st_size for r in records) > BATCH[0] or len(records) >= BATCH[1]:
            replays.run(records)
            records = []
    replays.run(records)
    print(f"{count} records, {replays.answers} answers of {Machine.library} for {Machine.name} equal those of dosegate.so here; {replays.seconds:.1f} s there")
    assert replays.answers >= count
