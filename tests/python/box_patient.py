"""The liver patient of boxes of tests/abi/abi_case.h, for Python hosts: the standard library alone.

With the spinal cord at y = 90 mm the whole trial passes; at y = 20 it lies in 46 Gy and OR-6 alone fails."""
import array
import functools
import os
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[2]
# Where an installed package is to be tested, it is on the path already.
if not os.environ.get("DOSEGATE_INSTALLED"):
    sys.path.insert(0, str(root / "adapters/python"))
sys.dont_write_bytecode = True
import dosegate  # noqa: E402

FRAME = "1.2.826.0.1.3680043.8.498.1"
PASSING_Y, FAILING_Y = 90.0, 20.0
COLUMNS, ROWS, PLANES = 61, 45, 33
CORD = 9
BOXES = [
    (1, "GTV", "GTV", (-5, -5, -10), (5, 5, 10)),
    (2, "CTV", "CTV", (-15, -15, -20), (15, 15, 20)),
    (3, "PTV", "PTV", (-20, -20, -30), (20, 20, 30)),
    (4, "Liver", "ORGAN", (-35, -65, -60), (85, 65, 60)),
    (5, "Stomach", "ORGAN", (-130, -40, -40), (-70, 0, 40)),
    (6, "Duodenum", "ORGAN", (-100, 10, -40), (-70, 30, 40)),
    (7, "Colon", "ORGAN", (-130, 40, -60), (-80, 70, 60)),
    (8, "Kidney_L", "ORGAN", (65, 82, -50), (105, 100, 50)),
    (10, "Kidney_R", "ORGAN", (-105, 82, -50), (-65, 100, 50)),
]
OPTIONS = {"scope": "PLAN_ONLY"}


def plan():
    points = [{"metersetWeight": w, "gantryDegrees": 90, "aperture": n} for n, w in enumerate((0, 0.5, 1), 1)]
    return {
        "label": "BOX", "approvalStatus": "UNAPPROVED", "modality": "RTPLAN",
        "doseReferences": [{"number": 1, "structureType": "VOLUME", "type": "TARGET", "roiNumber": 3,
                            "targetPrescriptionDoseGy": 45}],
        "fractionGroups": [{"number": 1, "fractionsPlanned": 15,
                            "beams": [{"beamNumber": n, "beamDoseGy": 1.0, "beamMeterset": 100} for n in (1, 2, 3)]}],
        "beams": [{"number": n, "name": f"B{n}", "type": "DYNAMIC", "radiationType": "PHOTON", "deliveryType": "TREATMENT",
                   "controlPoints": 3, "finalMetersetWeight": 1, "points": points} for n in (1, 2, 3)],
    }


def box(number, name, kind, low, high):
    """One rectangle a slice, 10 mm apart, the first and last 5 mm inside: the slabs fill the box."""
    slices = round((high[2] - low[2]) / 10)
    contours = []
    for n in range(slices):
        z = low[2] + 5.0 + 10.0 * n
        contours.append([(low[0], low[1], z), (high[0], low[1], z), (high[0], high[1], z), (low[0], high[1], z)])
    return dosegate.Structure(number, name, contours, kind, FRAME)


def cord(y):
    return box(CORD, "SpinalCord", "ORGAN", (-5, y, -70), (5, y + 10, 70))


def structures(cord_y=PASSING_Y):
    return [box(*b) for b in BOXES] + [cord(cord_y)]


@functools.lru_cache(maxsize=None)
def _values():
    def at(x, y, z):
        r = max(abs(x), abs(y), abs(z))
        return 46.0 if r <= 30 else 2.0 if r >= 40 else 46.0 - 4.4 * (r - 30)

    return array.array("f", (at(-150 + 5 * c, -110 + 5 * r, -80 + 5 * p) for p in range(PLANES) for r in range(ROWS)
                             for c in range(COLUMNS)))


def dose(**changed):
    members = dict(values=array.array("f", _values()), units=dosegate.Units.GY, dose_type=dosegate.DoseType.PHYSICAL,
                   summation=dosegate.Summation.PLAN, position_mm=(-150, -110, -80), row_spacing_mm=5, column_spacing_mm=5,
                   plane_offsets_mm=[5.0 * p for p in range(PLANES)], frame_of_reference_uid=FRAME, columns=COLUMNS, rows=ROWS,
                   planes=PLANES)
    return dosegate.Dose(**{**members, **changed})


def fill(case, cord_y=PASSING_Y):
    case.set_plan(plan())
    case.set_options(OPTIONS)
    for structure in structures(cord_y):
        case.set_structure(structure)
    case.set_dose(dose())
    return case


def report_of(library, cord_y=PASSING_Y, **host):
    """(verdict, JSON) of a new case."""
    with library.case(**host) as case, library.builtin_protocol() as protocol, fill(case, cord_y).check(protocol) as report:
        return report.verdict, report.json
