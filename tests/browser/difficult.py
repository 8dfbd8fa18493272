#!/usr/bin/python3
"""Makes a phantom difficult to show: `difficult.py hostile|many|hot FOLDER`, in place. Needs pydicom.

hostile: names of structures and of the plan that hold markup, marks that turn text round, quotes, and 1,000 characters (more the library refuses);
prints the options --map, one word a line, that say which is which. many: thirty structures. hot: too much dose in stomach, colon and left kidney."""
import copy
import pathlib
import sys

import pydicom

NAMES = ["<script>alert(1)</script>", "\u202eDROC\u2066x", "x\" onload=\"alert(1)", "&lt;b&gt;\u200b", "L" * 1000, "]]></svg>",
         "</style><b>", "\u05e7\u05d9\u05d1\u05d4 (left)", "\u809d\u810f"]
how, folder = sys.argv[1], pathlib.Path(sys.argv[2])
path = folder / "RS.dcm"
if how == "hot":
    dose = pydicom.dcmread(folder / "RD.dcm")
    values = dose.pixel_array.copy()
    x0, y0, z0 = dose.ImagePositionPatient
    step, slab = dose.PixelSpacing[0], dose.GridFrameOffsetVector[1] - dose.GridFrameOffsetVector[0]
    added = {(60, 110, -70, -10, 0, 30): 58, (20, 90, -60, -20, -90, -70): 57, (40, 80, 60, 95, -40, 0): 26}  # mm: Gy
    for (x1, x2, y1, y2, z1, z2), gy in added.items():
        part = values[int((z1 - z0) / slab):int((z2 - z0) / slab), int((y1 - y0) / step):int((y2 - y0) / step),
                      int((x1 - x0) / step):int((x2 - x0) / step)]
        part[:] = part.clip(min=round(gy / float(dose.DoseGridScaling)))
    dose.PixelData = values.tobytes()
    dose.save_as(folder / "RD.dcm")
    sys.exit()
data = pydicom.dcmread(path)
if how == "hostile":
    data.SpecificCharacterSet = "ISO_IR 192"
    rois = [roi for roi in data.StructureSetROISequence if roi.ROIName not in ("SpinalCord", "PTV", "External")]
    for roi, name in zip(rois, NAMES):
        print(f"--map\n{roi.ROIName}={name}")
        roi.ROIName = name
    plan = pydicom.dcmread(folder / "RP.dcm")
    plan.SpecificCharacterSet = "ISO_IR 192"
    plan.RTPlanLabel = "<i>P</i>\"'&"
    plan.save_as(folder / "RP.dcm")
else:
    last = max(roi.ROINumber for roi in data.StructureSetROISequence)
    for number in range(last + 1, last + 1 + 30 - len(data.StructureSetROISequence)):
        for sequence in (data.StructureSetROISequence, data.ROIContourSequence, data.RTROIObservationsSequence):
            sequence.append(copy.deepcopy(sequence[0]))
        data.StructureSetROISequence[-1].ROINumber = number
        data.StructureSetROISequence[-1].ROIName = f"zHelp structure {number}"
        data.ROIContourSequence[-1].ReferencedROINumber = number
        data.ROIContourSequence[-1].ROIDisplayColor = [number * 37 % 256, number * 91 % 256, number * 53 % 256]
        observation = data.RTROIObservationsSequence[-1]
        observation.ReferencedROINumber = observation.ObservationNumber = number
data.save_as(path)
