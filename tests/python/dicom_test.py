#!/usr/bin/python3
"""The pydicom bridge against the program. usage: dicom_test.py FOLDER-OF-THE-PROGRAMS [unittest's arguments]

For the same files both say the same, byte for byte; what the bridge does not take raises and never passes."""
import copy
import glob
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import box_patient as box
import dosegate

try:
    import numpy  # noqa: F401
    import pydicom
    from dosegate import dicom
except ImportError as error:
    print(f"skipped: {error}: apt-get install python3-pydicom python3-numpy")
    sys.exit(77)

BIN = os.path.abspath(sys.argv.pop(1))
DATA = pathlib.Path(os.environ.get("DOSEGATE_SHARED_DATA", box.root.parent / "shared/data"))
EXIT = {dosegate.Verdict.PASS: 0, dosegate.Verdict.FAIL: 1, dosegate.Verdict.INCOMPLETE: 2}


def setUpModule():
    global folder, library
    folder = tempfile.TemporaryDirectory()
    library = dosegate.load(BIN)


def tearDownModule():
    library.close()
    folder.cleanup()


def phantom(name):
    where = os.path.join(folder.name, name)
    if not os.path.isdir(where):
        subprocess.run([f"{BIN}/dosegate", "phantom", where, "--case", name], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
    return where


def files_of(where):
    return sorted(glob.glob(os.path.join(where, "*.dcm")))


class SameBytes(unittest.TestCase):
    def same(self, where, verdict):
        files, record = files_of(where), os.path.join(where, "record.json")
        program = [f"{BIN}/dosegate", "check", *files, "--format", "json"]
        program += ["--record", record] if os.path.exists(record) else []
        said = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True)
        document = pathlib.Path(record).read_bytes() if os.path.exists(record) else None
        with dicom.check(library, files, record=document, threads=2) as report:
            self.assertEqual(report.verdict, verdict)
            self.assertEqual(said.returncode, EXIT[verdict], said.stderr)
            self.assertEqual(report.json, said.stdout)

    def test_of_a_phantom_that_passes(self):
        self.same(phantom("pass"), dosegate.Verdict.PASS)

    def test_of_one_that_fails(self):
        self.same(phantom("hot-cord"), dosegate.Verdict.FAIL)

    def test_of_one_that_is_incomplete(self):
        self.same(phantom("no-gtv"), dosegate.Verdict.INCOMPLETE)

    def test_of_doses_of_single_beams_of_which_one_is_missing(self):
        self.same(phantom("beam-missing"), dosegate.Verdict.INCOMPLETE)

    def test_of_real_plans(self):
        for name in ("liverA", "liverA_fraction"):
            if not (DATA / name).is_dir():
                self.skipTest(f"skipped: {DATA / name} is not there")
            with self.subTest(name):
                self.same(str(DATA / name), dosegate.Verdict.INCOMPLETE)


class Refusals(unittest.TestCase):
    def setUp(self):
        """Plan, structures and dose of the passing phantom, without images: data sets in memory, to be altered."""
        by_kind = {}
        for file in files_of(phantom("pass")):
            if os.path.basename(file).startswith("CT"):
                continue
            read = pydicom.dcmread(file)
            by_kind[read.Modality] = read
        self.plan, self.structures, self.dose = (by_kind[m] for m in ("RTPLAN", "RTSTRUCT", "RTDOSE"))

    def refused(self, path, *datasets, kind=dosegate.InvalidData):
        with self.assertRaises(kind) as caught:
            dicom.check(library, datasets)
        self.assertIn(path, caught.exception.path, caught.exception)

    def findings(self, *datasets):
        with dicom.check(library, datasets, options={"scope": "PLAN_ONLY"}) as report:
            return report.verdict, report.data["findings"]

    def test_data_sets_that_were_changed_in_memory_are_checked_as_they_are(self):
        self.assertEqual(self.findings(self.plan, self.structures, self.dose)[0], dosegate.Verdict.PASS)
        self.dose.DoseGridScaling = str(float(self.dose.DoseGridScaling) * 1.3)
        self.assertEqual(self.findings(self.plan, self.structures, self.dose)[0], dosegate.Verdict.FAIL)

    def test_what_is_missing_or_there_twice(self):
        self.refused("datasets", self.plan, self.structures)
        self.refused("datasets", self.plan, self.dose)
        self.refused("datasets", self.structures, self.dose)
        self.refused("datasets", self.plan, copy.copy(self.plan), self.structures, self.dose)
        self.refused("datasets", self.plan, self.structures, self.dose, copy.copy(self.dose))

    def test_what_does_not_belong_together(self):
        for dataset, keyword, path in ((self.dose, "PatientID", "(0010,0020)"), (self.structures, "SOPInstanceUID", "(300C,0060)"),
                                       (self.plan, "SOPInstanceUID", "(300C,0002)")):
            before = dataset[keyword].value
            setattr(dataset, keyword, "1.2.3")
            self.refused(path, self.plan, self.structures, self.dose)
            setattr(dataset, keyword, before)
        self.plan.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.9"
        self.refused("(0008,0016)", self.plan, self.structures, self.dose)

    def test_a_damaged_contour_makes_its_structure_not_evaluable_and_says_why(self):
        numbers = {roi.ROIName: roi.ROINumber for roi in self.structures.StructureSetROISequence}
        for item in self.structures.ROIContourSequence:
            if item.ReferencedROINumber == numbers["Stomach"]:
                item.ContourSequence[1].NumberOfContourPoints = 2
        verdict, findings = self.findings(self.plan, self.structures, self.dose)
        self.assertEqual(verdict, dosegate.Verdict.INCOMPLETE)
        open_ = [f for f in findings if f["status"] == "NOT_EVALUABLE"]
        self.assertTrue(open_ and all(f["ruleId"].startswith("OR-3") for f in open_), open_)
        self.assertIn("Contour 2 of ROI 'Stomach' is damaged: (3006,0046)", open_[0]["message"])

    def test_a_contour_that_does_not_lie_on_the_image_it_names_makes_its_structure_not_evaluable(self):
        numbers = {roi.ROIName: roi.ROINumber for roi in self.structures.StructureSetROISequence}
        drawn = next(item for item in self.structures.ROIContourSequence if item.ReferencedROINumber == numbers["Stomach"])
        at = [float(contour.ContourData[2]) for contour in drawn.ContourSequence]
        frame = self.structures.StructureSetROISequence[0].ReferencedFrameOfReferenceUID
        images = []
        for n, contour in enumerate(drawn.ContourSequence):
            image, reference = pydicom.Dataset(), pydicom.Dataset()
            image.SOPClassUID, image.SOPInstanceUID, image.Modality = "1.2.840.10008.5.1.4.1.1.2", f"1.2.3.{n}", "CT"
            image.SeriesInstanceUID, image.FrameOfReferenceUID = "1.2.4", frame
            image.PatientID, image.ImageOrientationPatient = self.plan.PatientID, [1, 0, 0, 0, 1, 0]
            image.ImagePositionPatient = [-200, -200, at[n]]
            reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
            contour.ContourImageSequence = [reference]
            images.append(image)
        self.assertEqual(self.findings(self.plan, self.structures, self.dose, *images)[0], dosegate.Verdict.PASS)
        apart = abs(at[1] - at[0])
        for moved, becomes in ((0.5 * apart, dosegate.Verdict.PASS), (apart, dosegate.Verdict.INCOMPLETE),
                               (4 * apart, dosegate.Verdict.INCOMPLETE)):
            for n, image in enumerate(images):
                image.ImagePositionPatient = [-200, -200, at[n] + moved]
            verdict, findings = self.findings(self.plan, self.structures, self.dose, *images)
            self.assertEqual(verdict, becomes)
        open_ = [f for f in findings if f["status"] == "NOT_EVALUABLE"]
        self.assertTrue(open_ and all(f["ruleId"].startswith("OR-3") for f in open_), open_)
        self.assertIn("from the image that it names (1.2.3.0", open_[0]["message"])

    def test_numbers_that_cannot_be(self):
        self.dose.PixelData = self.dose.PixelData[:-4]
        self.refused("(7FE0,0010)", self.plan, self.structures, self.dose)
        self.dose.GridFrameOffsetVector = list(self.dose.GridFrameOffsetVector)[:-1]
        self.refused("(3004,000C)", self.plan, self.structures, self.dose)
        self.plan.FractionGroupSequence[0].NumberOfBeams = 3
        self.refused("(300A,0080)", self.plan, self.structures, self.dose)

    def test_numbers_that_only_python_would_read(self):
        file, = (f for f in files_of(phantom("pass")) if os.path.basename(f) == "RS.dcm")
        data = pathlib.Path(file).read_bytes()
        altered = pathlib.Path(folder.name, "RS.dcm")
        numbers = data.index(b"\x06\x30\x50\x00DS") + 12  # (3006,0050), the first
        for bad in (b"1_0", b"nan", b"inf", b"1\t0", b"0x1", b"\xd9\xa1"):
            altered.write_bytes(data[:numbers] + bad + data[numbers + len(bad):])
            damaged = [s.defect for s in dicom.read([str(altered), self.plan, self.dose]).structures if s.defect]
            self.assertEqual(len(damaged), 1, bad)
            self.assertIn("(3006,0050) Contour Data holds something that is not a finite number", damaged[0])
        self.dose.DoseGridScaling = pydicom.valuerep.DSfloat("0.0_1")
        self.refused("(3004,000E)", self.plan, self.structures, self.dose)

    def test_files_that_are_cut_off_at_any_place(self):
        for file in files_of(phantom("pass")):
            kind = pydicom.dcmread(file, stop_before_pixels=True).Modality
            if kind == "CT":
                continue
            data = pathlib.Path(file).read_bytes()
            cut = os.path.join(folder.name, "cut.dcm")
            for part in range(1, 24):
                # Where an element ends no reader can tell that more was to come: then what it is needed for is missing.
                pathlib.Path(cut).write_bytes(data[:len(data) * part // 24])
                others = [d for d in (self.plan, self.structures, self.dose) if d.Modality != kind]
                try:
                    with dicom.check(library, [cut, *others]) as report:
                        self.assertNotEqual(report.verdict, dosegate.Verdict.PASS, (kind, part))
                except dosegate.DosegateError as error:
                    self.assertTrue(error.path)

    def test_a_file_that_says_something_twice_and_one_that_is_padded(self):
        file, = (f for f in files_of(phantom("pass")) if os.path.basename(f) == "RP.dcm")
        data = pathlib.Path(file).read_bytes()
        label = data.index(b"\x0a\x30\x02\x00SH")  # (300A,0002)
        size = 8 + int.from_bytes(data[label + 6:label + 8], "little")
        altered = pathlib.Path(folder.name, "altered.dcm")
        altered.write_bytes(data[:label + size] + data[label:])
        self.refused("altered.dcm", str(altered), self.structures, self.dose)
        altered.write_bytes(data + bytes(64))
        with dicom.check(library, [str(altered), self.structures, self.dose], options={"scope": "PLAN_ONLY"}) as report:
            self.assertTrue(report.passed)

    def test_files_that_are_no_dicom(self):
        self.refused("nowhere.dcm", os.path.join(folder.name, "nowhere.dcm"), kind=dosegate.NotFound)
        self.refused("record.json", os.path.join(phantom("pass"), "record.json"))
        self.refused(folder.name, folder.name)


if __name__ == "__main__":
    unittest.main(verbosity=1)
