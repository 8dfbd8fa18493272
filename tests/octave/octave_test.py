#!/usr/bin/python3
"""The MEX function in Octave: built, tried, and its report held to that of a Python host, byte for byte.

usage: octave_test.py FOLDER-OF-THE-LIBRARY"""
import array
import pathlib
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
library = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(root / "adapters/python"))
import dosegate  # noqa: E402

FRAME = "1.2.826.0.1.3680043.8.498.1"


def run(*command):
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def box(x0, x1, y0, y1):
    """Corners in mm of columns x0 to x1 and rows y0 to y1 (from 0), as the outline of their voxels runs."""
    left, right, front, back = (5 * n - 102.5 for n in (x0, x1 + 1, y0, y1 + 1))
    return [(left, front), (right, front), (right, back), (left, back)]


def same_case(cord_gy):
    """tests/octave/matrad_case.m, made without Octave."""
    def structure(name, number, kind, rings, planes):
        contours = [dosegate.Contour([(x, y, 5.0 * k - 80) for x, y in ring], dosegate.ContourType.CLOSEDPLANAR_XOR)
                    for k in planes for ring in rings]
        return dosegate.Structure(roi_number=number, name=name, contours=contours, frame_of_reference_uid=FRAME,
                                  interpreted_type=kind, slab_thickness_mm=5)
    hole = box(20, 20, 19, 19)
    # What is inside lies on the left of each edge, of a hole, too; it begins at its lowest column and row.
    ptv = structure("PTV", 2, None, [box(16, 23, 16, 23), [hole[0], hole[3], hole[2], hole[1]]], range(10, 22))
    cord = structure("SpinalCord", 1, "ORGAN", [box(19, 20, 30, 31)], range(4, 28))
    values = []
    for k in range(33):
        for y in range(41):
            for x in range(41):
                gy = 0.2
                if 13 <= y <= 26 and 13 <= x <= 26 and 7 <= k <= 24:
                    gy = 3.0
                if 29 <= y <= 32 and 17 <= x <= 22:
                    gy = cord_gy / 15
                values.append(gy * 15)
    dose = dosegate.Dose(values=array.array("d", values), columns=41, rows=41, planes=33, position_mm=(-100, -100, -80), row_spacing_mm=5,
                         column_spacing_mm=5, plane_offsets_mm=[5.0 * k for k in range(33)], units=dosegate.Units.GY,
                         dose_type=dosegate.DoseType.PHYSICAL, summation=dosegate.Summation.PLAN, frame_of_reference_uid=FRAME)
    return [cord, ptv], dose


def report_of_python():
    plan = {"label": "matRad", "fractionGroups": [{"number": 1, "fractionsPlanned": 15}],
            "doseReferences": [{"number": 1, "structureType": "VOLUME", "type": "TARGET", "description": "PTV",
                                "targetPrescriptionDoseGy": 45}]}
    structures, dose = same_case(42)
    with dosegate.load(library) as engine, engine.case() as case, engine.builtin_protocol() as protocol:
        case.set_plan(plan)
        case.set_options({"scope": "PLAN_ONLY", "betweenSlices": "SLAB", "separatePieces": ["PTV", "SpinalCord"]})
        case.set_slices(dosegate.Slices([5.0 * k - 80 for k in range(33)], frame_of_reference_uid=FRAME))
        for structure in structures:
            case.set_structure(structure)
        case.set_dose(dose)
        with case.check(protocol) as report:
            return report.json


for tool in ("octave-cli", "mkoctfile"):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed (apt-get install octave octave-dev)")
        sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    mex = pathlib.Path(folder)
    run("mkoctfile", "--mex", "-std=c++17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", f"-I{root}/plugin/include",
        root / "adapters/octave/dosegate_mex.cpp", "-o", mex / "dosegate_mex.mex")
    octave = ("octave-cli", "--no-gui", "--no-history", "--no-init-file", "-p", mex, "-p", root / "adapters/octave")
    said = run(*octave, "-p", root / "tests/octave", root / "tests/octave/check_test.m", library / "manifest.json", mex)
    if "octave: ok" not in said:
        sys.exit(f"check_test.m says {said}")
    # A host that is killed in the middle of its checks leaves nothing behind that would stop the next.
    endless = ("[ct, cst, pln, result] = matrad_case(42); while true, dosegate_check(ct, cst, pln, result, 'manifest', "
               f"'{library / 'manifest.json'}'); disp('checked'); fflush(stdout); end")
    host = subprocess.Popen([*map(str, octave), "-p", str(root / "tests/octave"), "--eval", endless], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE)
    for _ in range(3):
        host.stdout.readline()
    host.kill()
    host.wait()
    octaves, pythons = (mex / "failing.json").read_bytes(), report_of_python()
    pythons = pythons if isinstance(pythons, bytes) else pythons.encode()
    if octaves != pythons:
        at = next(n for n, (a, b) in enumerate(zip(octaves, pythons)) if a != b)
        sys.exit(f"Octave's report is not Python's: at byte {at}\n{octaves[at - 200:at + 200]}\n{pythons[at - 200:at + 200]}")
    said = run(*octave, root / "adapters/octave/examples/stop_when_it_holds.m", library / "manifest.json",
               root / "tests/octave/coverage.json")
    last = said.strip().splitlines()[-1]
    if "PASS" not in last or "FAIL" not in said:
        sys.exit(f"the example ends with: {last}")
print("octave: ok")
