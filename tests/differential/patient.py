"""A phantom's plan, structures, dose and clinical record, to be altered: read once, a copy for every altered plan."""
import copy
import io
import json
import os
import subprocess
import warnings

import numpy
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

warnings.simplefilter("ignore")

FILES = {"plan": "RP.dcm", "structures": "RS.dcm", "dose": "RD.dcm"}
# The phantom's structures that rules ask for.
ORGANS = ["Stomach", "Duodenum", "Colon", "SpinalCord", "Kidney_L", "Kidney_R"]
NEEDED = ORGANS + ["Liver", "GTV", "CTV", "PTV"]
OTHER_UID = "2.25.31415926535897932384626433832795028841"


class Phantom:
    """As `dosegate phantom` writes it. Its images lie beside a patient only where an alteration puts them there (`images`).
    Shared by all patients made from it."""

    def __init__(self, program, folder, case):
        self.case = case
        subprocess.run([program, "phantom", folder, "--case", case], check=True, stdout=subprocess.DEVNULL)
        self.bytes = {}
        for part, name in FILES.items():
            with open(os.path.join(folder, name), "rb") as file:
                self.bytes[part] = file.read()
        with open(os.path.join(folder, "record.json")) as file:
            self.record = json.load(file)
        self.images = [without_pixels(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.startswith("CT.")]
        for name in os.listdir(folder):  # what is not altered is linked from here
            if name not in FILES.values():
                os.remove(os.path.join(folder, name))
        self.folder = folder


class Patient:
    """What an alteration gets: `plan`, `structures`, `dose` (data sets of pydicom, read on first use), `record` (a dict),
    `more` (further files by name: data sets or bytes), `tail` (functions that change the bytes of a part at the end)."""

    def __init__(self, phantom):
        self.phantom = phantom
        self.read = {}
        self.record = copy.deepcopy(phantom.record)
        self.record_text = None  # in place of `record`
        self.more, self.tail = {}, {}

    def __getattr__(self, part):
        if part not in FILES:
            raise AttributeError(part)
        if part not in self.read:
            self.read[part] = pydicom.dcmread(io.BytesIO(self.phantom.bytes[part]))
            if part == "structures":
                self.rois = {str(r.ROIName): r for r in self.read[part].StructureSetROISequence}
        return self.read[part]

    def write(self, folder):
        for part, name in FILES.items():
            path = os.path.join(folder, name)
            if part not in self.read and part not in self.tail:
                os.link(os.path.join(self.phantom.folder, name), path)
                continue
            data = encoded(self.read[part]) if part in self.read else self.phantom.bytes[part]
            for change in self.tail.get(part, ()):
                data = change(data)
            with open(path, "wb") as file:
                file.write(data)
        for name, data in self.more.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data if isinstance(data, bytes) else encoded(data))
        with open(os.path.join(folder, "record.json"), "w") as file:
            file.write(self.record_text or json.dumps(self.record))

    def change_bytes(self, part, change):
        self.tail.setdefault(part, []).append(change)

    # Structures, by the names that the phantom gave them: another alteration may have renamed them.
    def roi(self, name):
        assert self.structures  # reads them
        return self.rois[name]

    def number(self, roi):
        return int(self.roi(roi).ROINumber)

    def contours(self, roi):
        """Its item of ROI Contour Sequence."""
        number = self.number(roi)
        return next(c for c in self.structures.ROIContourSequence if int(c.ReferencedROINumber) == number)

    def move(self, roi, change):
        """change(points, n-th contour): an array of [point, xyz], mm, to what it becomes."""
        for n, contour in enumerate(self.contours(roi).ContourSequence):
            set_points(contour, change(points_of(contour), n))

    def delete_roi(self, roi):
        number = self.number(roi)
        for sequence, key in (("StructureSetROISequence", "ROINumber"), ("ROIContourSequence", "ReferencedROINumber"),
                              ("RTROIObservationsSequence", "ReferencedROINumber")):
            items = getattr(self.structures, sequence)
            setattr(self.structures, sequence, Sequence([i for i in items if int(getattr(i, key)) != number]))

    def copy_roi(self, roi, name, kind=None):
        """A further ROI with the same contours; its item of ROI Contour Sequence."""
        s = self.structures
        number = max(int(r.ROINumber) for r in s.StructureSetROISequence) + 1
        new = copy.deepcopy(self.roi(roi))
        contours = copy.deepcopy(self.contours(roi))
        seen = copy.deepcopy(next(o for o in s.RTROIObservationsSequence if int(o.ReferencedROINumber) == self.number(roi)))
        new.ROINumber, new.ROIName = number, name
        contours.ReferencedROINumber = seen.ReferencedROINumber = seen.ObservationNumber = number
        seen.RTROIInterpretedType = kind or seen.RTROIInterpretedType
        s.StructureSetROISequence.append(new)
        s.ROIContourSequence.append(contours)
        s.RTROIObservationsSequence.append(seen)
        return contours

    # Dose
    def gy(self):
        d = self.dose
        return d.pixel_array.astype(float) * float(d.DoseGridScaling)

    def set_gy(self, gy):
        """Values of [plane, row, column], as multiples of 2e-8 Gy."""
        d = self.dose
        d.NumberOfFrames, d.Rows, d.Columns = gy.shape
        d.DoseGridScaling = "2e-8"
        d.PixelData = numpy.round(gy * 5e7).astype("<u4").tobytes()


def without_pixels(path):
    data = pydicom.dcmread(path)
    del data.PixelData
    return encoded(data)


def encoded(data):
    out = io.BytesIO()
    data.save_as(out)
    return out.getvalue()


def group(p):
    """The plan's first fraction group."""
    return p.plan.FractionGroupSequence[0]


def make_implicit(data):
    """To be written in implicit VR."""
    data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    data.is_implicit_VR = True


def padded(data):
    """With zeros up to a multiple of 4096 bytes."""
    return data + b"\0" * (-len(data) % 4096)


def decimal(value):
    """As a Decimal String: at most 16 characters."""
    return next(t for t in (f"{value:.{k}g}" for k in range(15, 5, -1)) if len(t) <= 16)


def points_of(contour):
    return numpy.array([float(v) for v in contour.ContourData]).reshape(-1, 3)


def set_points(contour, points):
    contour.ContourData = [decimal(v) for v in numpy.asarray(points).reshape(-1)]
    contour.NumberOfContourPoints = len(points)


def new_contour(like, points, kind="CLOSED_PLANAR"):
    contour = copy.deepcopy(like)
    contour.ContourGeometricType = kind
    set_points(contour, points)
    return contour
