#!/usr/bin/python3
"""Alters sound plans and looks whether the verdict changes as it must.

usage: run.py --program DOSEGATE [--plans N] [--seed N] [--jobs N] [--only NAME] [--each] [--list] [--keep FOLDER]

Every plan is a phantom with one to three alterations of the table (of_plan.py, of_structures.py, of_images.py,
of_dose.py, of_record.py), each of which says what must come of it; those of one plan touch different things. --each: every
alteration once, alone, as well. The same seed gives the same plans. Exit 0: every answer was as it must be; 1: not;
2: wrong usage; 3: a Python package is missing.
"""
import argparse
import collections
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import numpy  # noqa: F401
    import pydicom  # noqa: F401
except ImportError as error:
    print(f"{error}: apt-get install python3-pydicom python3-numpy, and use /usr/bin/python3", file=sys.stderr)
    sys.exit(3)
import of_dose, of_images, of_plan, of_record, of_structures  # noqa: E401,F401  they fill the table
from alteration import TABLE, Effect
from patient import Patient, Phantom

PASSING = "pass"
# For alterations that change nothing: these stay broken or open.
OTHERS = ["cold-ptv", "hot-ptv", "liver-v20", "hot-cord", "hot-kidney", "saturday-fraction", "low-gamma", "high-bilirubin",
          "other-gamma", "vein-not-staged"]
EXIT = {"PASS": 0, "FAIL": 1, "INCOMPLETE": 2}
SECONDS = 120  # for one plan


class Answer:
    def __init__(self, program, folder):
        done = subprocess.run([program, "check", folder, "--record", os.path.join(folder, "record.json"), "--format", "json"],
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        self.exit = done.returncode
        self.error = done.stderr.decode(errors="replace").strip()
        report = json.loads(done.stdout) if done.stdout else {}
        self.verdict = report.get("verdict")
        self.statuses = {f["ruleId"]: f["status"] for f in report.get("findings", [])}
        # What a reader of a PASS is warned of.
        self.doubts = {f["ruleId"] for f in report.get("findings", []) if f["status"] not in ("PASS", "PENDING")}
        self.notes = set(report.get("notes", []))

    def defect(self):
        """What is wrong with the answer whatever was asked."""
        if self.verdict is None:
            return "" if self.exit == 3 and self.error else f"exit {self.exit} without a report or a message"
        return "" if EXIT[self.verdict] == self.exit else f"exit {self.exit} and verdict {self.verdict}"

    def summary(self):
        if self.verdict is None:
            return f"exit {self.exit}: {self.error[:200]}"
        return f"{self.verdict}, {', '.join(sorted(self.doubts)[:6]) or 'every rule met'}"


def fault(before, after, effect):
    """What is wrong with the answer to an altered plan; empty: nothing."""
    if after.defect():
        return after.defect()
    if effect is Effect.HARMLESS:
        if after.verdict != before.verdict:
            return f"expected {before.verdict} as before, seen {after.summary()}"
        changed = [f"{rule} {before.statuses.get(rule)} -> {after.statuses.get(rule)}"
                   for rule in before.statuses | after.statuses if before.statuses.get(rule) != after.statuses.get(rule)]
        return f"expected the findings as before, seen {', '.join(changed[:6])}" if changed else ""
    if after.verdict != "PASS":
        return ""
    if effect is Effect.WRONG:
        return "expected no PASS, seen PASS"
    return "" if after.doubts - before.doubts or after.notes - before.notes else "expected a word on it, seen a silent PASS"


def chosen(number, options):
    """The phantom and the alterations of a plan, by its number alone."""
    draw = random.Random(f"{options.seed} {number}")
    if number < 0:
        return PASSING, [TABLE[number]], draw
    table = [a for a in TABLE if options.only in a.name] if options.only else TABLE
    harmless = [a for a in table if a.effect is Effect.HARMLESS]
    # Half of the plans stay what they were; of these every third is of a phantom that is broken or open.
    only_harmless = harmless and (draw.random() < 0.5 or len(harmless) == len(table))
    case = draw.choice(OTHERS) if only_harmless and draw.random() < 1 / 3 else PASSING
    some, taken = [], set()
    for a in draw.sample(harmless if only_harmless else table, len(harmless if only_harmless else table)):
        if not taken & a.touches:
            some.append(a)
            taken |= a.touches
        if len(some) == 3:
            break
    return case, some[:draw.randrange(1, 4)], draw


def effect_of(alterations):
    effects = {a.effect for a in alterations}
    return Effect.WRONG if Effect.WRONG in effects else Effect.TOLD if Effect.TOLD in effects else Effect.HARMLESS


class Runner:
    def __init__(self, options, folder):
        self.options, self.folder, self.phantoms, self.before = options, folder, {}, {}

    def phantom(self, case):
        if case not in self.phantoms:
            place = os.path.join(self.folder, "phantoms", case)
            self.phantoms[case] = Phantom(self.options.program, place, case)
            here = os.path.join(self.folder, "unaltered", case)
            os.makedirs(here)
            Patient(self.phantoms[case]).write(here)
            self.before[case] = Answer(self.options.program, here)
        return self.phantoms[case]

    def run(self, number):
        """(number, names, fault)"""
        case, alterations, draw = chosen(number, self.options)
        names = [a.name for a in alterations]
        folder = os.path.join(self.folder, f"plan{number}")
        try:
            patient = Patient(self.phantom(case))
            for a in alterations:
                a.apply(patient, draw)
            os.makedirs(folder)
            patient.write(folder)
            said = fault(self.before[case], Answer(self.options.program, folder), effect_of(alterations))
        except Exception:  # a mistake in the table, or a program that does not end
            said = traceback.format_exc(limit=-2).replace("\n", " ")
        if said and self.options.keep:
            shutil.copytree(folder, os.path.join(self.options.keep, str(number)), dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        return number, case, names, effect_of(alterations), said


def start(options, folder):
    global RUNNER
    RUNNER = Runner(options, tempfile.mkdtemp(dir=folder))
    RUNNER.phantom(PASSING)


def run_one(number):
    return RUNNER.run(number)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--plans", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="")
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keep")
    options = parser.parse_args()
    if options.list:
        for effect in Effect:
            print(f"{effect.name}: {effect.value}")
            print("".join(f"  {a.name:28}{a.what}\n" for a in TABLE if a.effect is effect))
        return 0
    if not options.program or not os.access(options.program, os.X_OK):
        print("--program: the built dosegate", file=sys.stderr)
        return 2
    options.program = os.path.abspath(options.program)
    numbers = list(range(options.plans))
    if options.each:
        numbers += [-1 - n for n, a in enumerate(reversed(TABLE)) if options.only in a.name]
    effects, used, wrong = collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory(prefix="dosegate-differential-") as folder, \
            multiprocessing.get_context("fork").Pool(options.jobs, start, (options, folder)) as pool:
        for number, case, names, effect, said in pool.imap_unordered(run_one, numbers, chunksize=4):
            effects[effect] += 1
            used.update(names)
            if said:
                wrong += 1
                print(f"WRONG  plan {number} ({case}): {', '.join(names)}: {said}", flush=True)
    print(f"{len(numbers)} plans, {len(used)} of {len(TABLE)} alterations used: "
          f"{effects[Effect.HARMLESS]} must stay as they were, {effects[Effect.TOLD]} must not pass without a word, "
          f"{effects[Effect.WRONG]} must not pass; {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
