#!/usr/bin/env python3
"""Counts the instructions of single operations under callgrind and compares them with tests/bench/instruction_budget.json.

usage: instruction_budget.py --program build/release/bin/dosegate-instructions [--set] [--counts]

One line an operation, in millions: counted, budget. Exit code 1 where one is over its budget, has none, or was not run.
--set writes the counts and their budgets anew: to be run when an operation was made faster, or slower for a good reason.
--counts prints the counts alone, each after its name and a tab.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

BUDGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instruction_budget.json")


def count(program):
    """Instructions by operation, in the order in which they ran."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out", program],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} under valgrind: exit code {done.returncode}\n{done.stderr[-2000:]}")
        counts = {}
        for path in glob.glob(f"{folder}/out.*"):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
            total = re.search(r"^totals: (\d+)", text, re.M)
            if name and total:
                counts[name[1]] = int(total[1])
        return {name: counts.get(name, 0) for name in done.stdout.splitlines()}


def set_budget(counts):
    with open(BUDGET, encoding="utf-8") as file:
        data = json.load(file)
    room = 1 + data["roomPercent"] / 100
    data["operations"] = {name: {"counted": n, "budget": int(n * room)} for name, n in counts.items()}
    with open(BUDGET, "w", encoding="utf-8") as file:
        file.write(json.dumps(data, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--set", action="store_true")
    parser.add_argument("--counts", action="store_true")
    options = parser.parse_args()
    counts = count(options.program)
    if options.counts:
        for name, counted in counts.items():
            print(f"{name}\t{counted}")
        return 0
    if options.set:
        set_budget(counts)
    with open(BUDGET, encoding="utf-8") as file:
        budgets = json.load(file)["operations"]
    failures = []
    print(f"{'millions of instructions':44}{'counted':>10}{'budget':>10}")
    for name in [*counts, *(name for name in budgets if name not in counts)]:
        counted, budget = counts.get(name, 0), budgets.get(name, {}).get("budget", 0)
        print(f"{name:44}{counted / 1e6:10.2f}{budget / 1e6:10.2f}{'' if 0 < counted <= budget else '  over its budget'}")
        if counted == 0:
            failures.append(f"'{name}' was not counted: it did not run, or callgrind left no file for it.")
        elif budget == 0:
            failures.append(f"'{name}' has no budget. Set one: {sys.argv[0]} --program {options.program} --set")
        elif counted > budget:
            failures.append(f"'{name}' takes {counted} instructions, {100 * (counted / budget - 1):.1f} % more than its "
                            f"budget of {budget}. Make it faster, or, where the cost is meant, say in the commit why and "
                            f"set the budgets anew: {sys.argv[0]} --program {options.program} --set")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
