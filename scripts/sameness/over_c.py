#!/usr/bin/python3
"""The report of a folder through the C interface of one build: the Python package's ctypes and pydicom, no adapter of C++.

usage: over_c.py BIN FOLDER [--record FILE] [--plan-only]   BIN has dosegate.so and manifest.json

Prints the report's JSON; exit code as `dosegate check` has it."""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "adapters/python"))
import dosegate  # noqa: E402
from dosegate import dicom  # noqa: E402

EXIT = {"PASS": 0, "FAIL": 1, "INCOMPLETE": 2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("--plan-only", action="store_true")
    arguments = parser.parse_args()
    files = sorted(str(path) for path in arguments.folder.glob("*.dcm"))
    record = arguments.record.read_bytes() if arguments.record else None
    options = {"scope": "PLAN_ONLY"} if arguments.plan_only else {}
    with dosegate.load(arguments.bin) as library:
        try:
            with dicom.check(library, files, record=record, options=options) as report:
                sys.stdout.buffer.write(report.json)
                return EXIT[report.verdict.name if hasattr(report.verdict, "name") else str(report.verdict)]
        except dosegate.DosegateError as error:
            print(f"{error.path}: {error.message}", file=sys.stderr)
            return 3


if __name__ == "__main__":
    sys.exit(main())
