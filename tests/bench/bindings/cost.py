"""As cost.c, by the Python package. usage: cost.py FOLDER PLAN.json ROUNDS"""
import array
import pathlib
import sys
import time

import dosegate

FRAME = "1.2.826.0.1.3680043.8.498.1"
COLUMNS, ROWS, PLANES = 300, 300, 125


def box(number, name, x, y0, y1, z0):
    contours = [[(-x, y0, z), (x, y0, z), (x, y1, z), (-x, y1, z)] for z in range(z0 + 5, -z0, 10)]
    return dosegate.Structure(number, name, contours, frame_of_reference_uid=FRAME)


def values(second):
    of_distance = array.array("f", (46 if d < 50 else 2 if d > 70 else 46 - 2.2 * (d - 50) for d in range(COLUMNS)))
    of_distance = [d + 0.125 * second for d in of_distance]
    rows = {}  # by how far from the middle row and plane: few
    out = array.array("f")
    for p in range(PLANES):
        for r in range(ROWS):
            yz = max(abs(r - 150), abs(p - 62))
            if yz not in rows:
                rows[yz] = array.array("f", (of_distance[max(abs(k - 150), yz)] for k in range(COLUMNS)))
            out.extend(rows[yz])
    return out


folder, plan, rounds = sys.argv[1:]
both = values(0), values(1)
offsets = [2.0 * p for p in range(PLANES)]
with dosegate.load(folder) as library, library.builtin_protocol() as protocol, library.case(should_cancel=lambda: False) as case:
    case.set_plan(pathlib.Path(plan).read_bytes())
    case.set_options({"scope": "PLAN_ONLY"})
    case.set_structure(box(3, "PTV", 80, -80, 80, -100))
    case.set_structure(box(9, "SpinalCord", 10, 100, 120, -110))
    for n in range(int(rounds)):
        began = time.process_time()
        case.set_dose(dosegate.Dose(both[n % 2], dosegate.Units.GY, dosegate.DoseType.PHYSICAL, dosegate.Summation.PLAN,
                                    position_mm=(-299, -299, -124), row_spacing_mm=2, column_spacing_mm=2, plane_offsets_mm=offsets,
                                    frame_of_reference_uid=FRAME, columns=COLUMNS, rows=ROWS, planes=PLANES))
        with case.check(protocol) as report:
            print(f"{1e3 * (time.process_time() - began):.3f}")
            last = report.json
sys.stdout.flush()
sys.stdout.buffer.write(last)
