#!/usr/bin/python3
"""A phantom that lies turned in the patient, as DICOM files: `dosegate check` answers as it does of the straight one.

turned_phantom.py DOSEGATE: the structure set, with the images it was drawn on, and the dose of a phantom are turned, together
and one of them alone.
Exit 0: all holds; 1: something does not, and is named; 77: pydicom is not here.
"""
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
    import pydicom
except ImportError:
    sys.exit(77)

program = sys.argv[1]
faults = []
# What depends on directions of the patient: 5 mm across and 10 mm along z.
OF_DIRECTIONS = {"VO-3"}


def check(is_so, what):
    if not is_so:
        faults.append(what)
        print("not so:", what)


def rotation(degrees, about):
    x, y, z = numpy.array(about) / numpy.linalg.norm(about)
    k = numpy.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = math.radians(degrees)
    return numpy.eye(3) + math.sin(a) * k + (1 - math.cos(a)) * (k @ k)


def decimals(values, digits):
    return [f"{v:.{digits}f}" for v in values]


def turn_structures(path, r):
    data = pydicom.dcmread(path)
    for roi in data.ROIContourSequence:
        for contour in roi.ContourSequence:
            points = numpy.array(contour.ContourData, dtype=float).reshape(-1, 3) @ r.T
            contour.ContourData = decimals(points.ravel(), 3)
    data.save_as(path)


    # The images that they were drawn on, which lie as the contours do.
    for image in Path(path).parent.glob("CT*.dcm"):
        turn_image(image, r)


def turn_image(path, r):
    data = pydicom.dcmread(path)
    cosines = numpy.array(data.ImageOrientationPatient, dtype=float).reshape(2, 3) @ r.T
    data.ImageOrientationPatient = decimals(cosines.ravel(), 10)  # of up to 16 characters, as the standard has them
    data.ImagePositionPatient = decimals(r @ numpy.array(data.ImagePositionPatient, dtype=float), 6)
    data.save_as(path)


def turn_dose(path, r):
    turn_image(path, r)
    data = pydicom.dcmread(path)
    offsets = numpy.array(data.GridFrameOffsetVector, dtype=float)
    data.GridFrameOffsetVector = [str(v) for v in offsets - offsets[0]]
    data.save_as(path)


def report_of(folder):
    done = subprocess.run([program, "check", folder, "--record", f"{folder}/record.json", "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    check(done.returncode in (0, 1, 2), f"{folder}: exit {done.returncode}, {done.stderr.decode()}")
    return json.loads(done.stdout)


def place(finding):
    at = finding.get("location")
    return None if at is None else numpy.array([at.get(c, 0.0) for c in ("xMm", "yMm", "zMm")])


def same(straight, turned, r, about_z, what):
    check(any("turned against the patient's axes" in n for n in turned.get("notes", [])), f"{what}: a note says so")
    for a, b in zip(straight["findings"], turned["findings"]):
        of = f"{what}, {a['ruleId']}: {b.get('message')} (straight: {a.get('message')})"
        check(a["ruleId"] == b["ruleId"], of)
        if a["ruleId"] in OF_DIRECTIONS and not about_z:
            check(b["status"] == "NOT_EVALUABLE" and "directions of the patient" in b["message"], of)
            continue
        check(a["status"] == b["status"], of)
        if "value" in a:
            # Points of three decimals move a solid by 0.0009 mm.
            check("value" in b and abs(a["value"] - b["value"]) <= 0.02 + 2e-3 * abs(a["value"]), of)
        if a["ruleId"].startswith("OR-6") and place(a) is not None:
            # The cord's dose depends on z alone, so its hottest place has the height of the straight one's.
            check(place(b) is not None and abs((r.T @ place(b))[2] - place(a)[2]) < 0.02, of)


def main():
    with tempfile.TemporaryDirectory() as where:
        def made(name):
            folder = f"{where}/{name}"
            subprocess.run([program, "phantom", folder, "--case", "hot-cord"], check=True, stdout=subprocess.DEVNULL)
            return folder

        straight = report_of(made("straight"))
        check(straight["verdict"] == "FAIL", "the straight phantom breaks its rule")
        for degrees, about in [(8, (0, 0, 1)), (15, (1, 0, 0)), (22, (1, -2, 3)), (0.0802, (0, 1, 0))]:
            r, about_z = rotation(degrees, about), about == (0, 0, 1)
            what = f"{degrees} degrees about {about}"
            both = made("both" + str(degrees))
            turn_structures(f"{both}/RS.dcm", r)
            turn_dose(f"{both}/RD.dcm", r)
            same(straight, report_of(both), r, about_z, what)
            page = subprocess.run([program, "check", both, "--record", f"{both}/record.json", "--format", "html"],
                                  stdout=subprocess.PIPE, check=False).stdout.decode()
            check("SpinalCord" in page and 'class="slc"' in page, f"{what}: the page has pictures")
            if about_z:
                continue
            for part, turn in (("RS.dcm", turn_structures), ("RD.dcm", turn_dose)):
                alone = made(part + str(degrees))
                turn(f"{alone}/{part}", r)
                report = report_of(alone)
                check(report["verdict"] != "PASS", f"{what}, {part} alone is no pass")
                cord = next(f for f in report["findings"] if f["ruleId"] == "OR-6.Max")
                check(cord["status"] == "NOT_EVALUABLE", f"{what}, {part} alone: {cord['status']}, {cord['message']}")
                check("'SpinalCord'" in cord["message"] and re.search(r"\d°", cord["message"]) is not None,
                      f"{what}, {part} alone: {cord['message']}")
                check("along the slices" in cord.get("hint", ""), f"{what}, {part} alone: {cord.get('hint')}")
    return 1 if faults else 0


sys.exit(main())
