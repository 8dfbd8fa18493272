#!/usr/bin/python3
"""The pydicom bridge against the program on altered plans: those of tests/differential, one alteration each.

usage: bridge_differential.py FOLDER-OF-THE-PROGRAMS [--every N]. The bridge says what the program says, byte for byte, or raises a
DosegateError; where the program gives no verdict, or not PASS, the bridge never says PASS. Prints what differs and counts."""
import collections
import glob
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import box_patient as box
import dosegate

sys.path.insert(0, str(box.root / "tests/differential"))
try:
    import numpy  # noqa: F401
    import pydicom  # noqa: F401
    from dosegate import dicom
except ImportError as error:
    print(f"skipped: {error}: apt-get install python3-pydicom python3-numpy")
    sys.exit(77)
import of_dose, of_plan, of_record, of_structures  # noqa: E401,E402,F401  they fill the table
from alteration import TABLE  # noqa: E402
from patient import Patient, Phantom  # noqa: E402

BIN = os.path.abspath(sys.argv[1])
EVERY = int(sys.argv[3]) if sys.argv[2:3] == ["--every"] else 1


def answers(library, alteration, phantom, folder):
    """(what the program says, its verdict; what the bridge says, its verdict or the exception)"""
    patient = Patient(phantom)
    alteration.apply(patient, random.Random(1))
    os.makedirs(folder)
    patient.write(folder)
    record = os.path.join(folder, "record.json")
    files = sorted(f for f in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(f) and f != record)
    said = subprocess.run([f"{BIN}/dosegate", "check", *files, "--record", record, "--format", "json"], stdin=subprocess.DEVNULL,
                          capture_output=True)
    verdict = json.loads(said.stdout)["verdict"] if said.stdout else "none"
    try:
        with dicom.check(library, files, record=pathlib.Path(record).read_bytes()) as report:
            return said.stdout, verdict, report.json, report.verdict.name
    except dosegate.DosegateError as error:
        return said.stdout, verdict, b"", f"raised {type(error).__name__} {error}"


def main():
    count, wrong = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder, dosegate.load(BIN) as library:
        phantom = Phantom(f"{BIN}/dosegate", f"{folder}/phantom", "pass")
        for n, alteration in enumerate(TABLE):
            if n % EVERY:
                continue
            program, verdict, bridge, answer = answers(library, alteration, phantom, f"{folder}/{n}")
            is_same = bridge == program and bool(program)
            is_wrong = bool(bridge) and not is_same
            wrong += is_wrong
            count["the same bytes" if is_same else "WRONG" if is_wrong else f"the bridge raised, the program said {verdict}"] += 1
            if not is_same:
                print(f"{'WRONG  ' if is_wrong else ''}{alteration.name}: the program {verdict}, the bridge {answer[:200]}")
    print(", ".join(f"{n} {what}" for what, n in sorted(count.items())))
    return 1 if wrong else 0


sys.exit(main())
