#!/usr/bin/python3
"""adapters/python/examples on objects of the shape that they read. usage: example_test.py FOLDER-OF-THE-LIBRARY"""
import os
import sys
import unittest
from types import SimpleNamespace as Thing

import box_patient as box

sys.path.insert(0, str(box.root / "adapters/python/examples"))
import planning_system  # noqa: E402

LIBRARY = os.path.abspath(sys.argv.pop(1))


def rois(cord_y):
    """In cm."""
    return [Thing(Name=s.name, Number=s.roi_number, Type=s.interpreted_type,
                  Contours=[[Thing(x=p[0] / 10, y=p[1] / 10, z=p[2] / 10) for p in c] for c in s.contours])
            for s in box.structures(cord_y)]


def beam_set():
    dose = box.dose()
    beams = [Thing(Number=n, Name=f"B{n}", DoseInPoint=100.0, BeamMU=100.0, GantryAngle=90.0,
                   Segments=[Thing(Weight=w) for w in (0.0, 0.5, 1.0)]) for n in (1, 2, 3)]
    for n in range(len(dose.values)):
        dose.values[n] *= 100  # cGy
    grid = Thing(Values=dose.values, FirstVoxelCentre=(-15.0, -11.0, -8.0), VoxelSize=(0.5, 0.5, 0.5),
                 Counts=(box.COLUMNS, box.ROWS, box.PLANES))
    return Thing(DicomPlanLabel="BOX", FrameOfReference=box.FRAME, NumberOfFractions=15, Beams=beams, Dose=grid,
                 Prescription=Thing(RoiNumber=3, DoseValue=4500.0))


class Example(unittest.TestCase):
    def test_a_planning_system_is_told_what_breaks_and_what_is_mended(self):
        said, stop = [], []
        case = Thing(RoiGeometries=rois(box.FAILING_Y))
        checker = planning_system.Checker(planning_system.System(case, beam_set()), said.append, lambda: bool(stop), LIBRARY)
        self.addCleanup(checker.close)
        self.assertFalse(checker.dose_computed())
        self.assertEqual(said[-1], "Dosegate: FAIL")
        self.assertTrue(any(line.startswith("new     DEVIATION: SpinalCord") for line in said), said)
        case.RoiGeometries = rois(box.PASSING_Y)
        checker.structure_changed("SpinalCord")
        del said[:]
        self.assertTrue(checker.dose_computed())
        self.assertEqual(said[-1], "Dosegate: PASS")
        self.assertTrue(any(line.startswith("mended  OR-6") for line in said), said)
        stop.append(True)
        self.assertFalse(checker.dose_computed())
        self.assertIn("no verdict", said[-1])

    def test_a_dose_that_cannot_be_is_no_pass(self):
        said, beams = [], beam_set()
        beams.Dose.Values[5] = -1.0
        checker = planning_system.Checker(planning_system.System(Thing(RoiGeometries=rois(box.PASSING_Y)), beams), said.append,
                                          manifest=LIBRARY)
        self.addCleanup(checker.close)
        self.assertFalse(checker.dose_computed())
        self.assertIn("no verdict", said[-1])


if __name__ == "__main__":
    unittest.main(verbosity=1)
