#!/usr/bin/python3
"""A host in Python. usage: check.py manifest.json PLAN.json
Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict."""
import array
import pathlib
import sys

import dosegate

FRAME = "1.2.826.0.1.3680043.8.498.1"
COLUMNS, ROWS, PLANES = 41, 41, 33


def box(number, name, x, y0, y1, z0):
    """An ROI of the planning system: here a box, a rectangle every 10 mm."""
    contours = [[(-x, y0, z), (x, y0, z), (x, y1, z), (-x, y1, z)] for z in range(z0 + 5, -z0, 10)]
    return dosegate.Structure(number, name, contours, frame_of_reference_uid=FRAME)


def dose():
    """Columns fastest, then rows, then planes; with NumPy an array of shape [planes][rows][columns]."""
    values = array.array("f", (45 if abs(k - 20) <= 8 and abs(r - 20) <= 8 and abs(p - 16) <= 8 else 5
                               for p in range(PLANES) for r in range(ROWS) for k in range(COLUMNS)))
    return dosegate.Dose(values, dosegate.Units.GY, dosegate.DoseType.PHYSICAL, dosegate.Summation.PLAN,
                         position_mm=(-100, -100, -80), row_spacing_mm=5, column_spacing_mm=5,
                         plane_offsets_mm=[5.0 * p for p in range(PLANES)], frame_of_reference_uid=FRAME,
                         columns=COLUMNS, rows=ROWS, planes=PLANES)


def main():
    if len(sys.argv) != 3:
        print("usage: check.py manifest.json PLAN.json", file=sys.stderr)
        return 3
    stop = []  # a button of yours
    try:
        with dosegate.load(sys.argv[1]) as library, library.builtin_protocol() as protocol, \
                library.case(threads=4, should_cancel=lambda: bool(stop)) as case:
            case.set_plan(pathlib.Path(sys.argv[2]).read_bytes())
            case.set_options({"scope": "PLAN_ONLY"})
            case.set_structure(box(3, "PTV", 20, -20, 20, -30))
            case.set_structure(box(9, "SpinalCord", 5, 30, 40, -60))
            case.set_dose(dose())
            with case.check(protocol) as report:
                sys.stdout.buffer.write(report.json)
                return report.verdict - dosegate.Verdict.PASS
    except dosegate.DosegateError as error:
        print(f"{error.path}: {error.message}", file=sys.stderr)
        return 3  # no verdict is no pass


sys.exit(main())
