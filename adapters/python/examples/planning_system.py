#!/usr/bin/python3
"""A planning system that is scripted in CPython asks Dosegate while a plan is made.

A script of such a system gets objects of its own: structures with contours, a beam set with a dose. What of them is read stands in
`System`; replace its bodies by what your system calls these things, and look up its units and axes: here they are cm, cGy and the
DICOM patient axes, as several have it. The rest stays as it is. Nothing of this is tried in a commercial system: the tests run it
on objects of the same shape (tests/python/example_test.py).

    checker = Checker(System(case, beam_set))       # once
    checker.structure_changed("SpinalCord")         # after an edit
    checker.dose_computed()                         # after each dose: says what is new, what is mended
"""
import array
import itertools

import dosegate

MM, GY = 10.0, 0.01  # in a cm, in a cGy


class System:
    """What is read of the planning system. Its objects are touched nowhere else."""

    def __init__(self, case, beam_set):
        self._case, self._beam_set = case, beam_set

    def plan(self):
        """dosegate.v1.Plan: what the system does not say stays out; what rests on it is then NOT_EVALUABLE."""
        beams = self._beam_set.Beams
        prescription = self._beam_set.Prescription
        return {
            "label": self._beam_set.DicomPlanLabel,
            "approvalStatus": "UNAPPROVED",
            "modality": "RTPLAN",
            "frameOfReferenceUid": self._beam_set.FrameOfReference,
            "doseReferences": [{"number": 1, "structureType": "VOLUME", "type": "TARGET", "roiNumber": prescription.RoiNumber,
                                "targetPrescriptionDoseGy": prescription.DoseValue * GY}],
            "fractionGroups": [{"number": 1, "fractionsPlanned": self._beam_set.NumberOfFractions,
                                "beams": [{"beamNumber": b.Number, "beamDoseGy": b.DoseInPoint * GY, "beamMeterset": b.BeamMU}
                                          for b in beams]}],
            "beams": [{"number": b.Number, "name": b.Name, "type": "DYNAMIC", "radiationType": "PHOTON",
                       "deliveryType": "TREATMENT", "controlPoints": len(b.Segments), "finalMetersetWeight": 1,
                       "points": [{"metersetWeight": s.Weight, "gantryDegrees": b.GantryAngle, "aperture": n}
                                  for n, s in enumerate(b.Segments, 1)]} for b in beams],
        }

    def structure(self, name):
        roi = next(r for r in self._case.RoiGeometries if r.Name == name)
        contours = [array.array("d", itertools.chain.from_iterable((p.x * MM, p.y * MM, p.z * MM) for p in contour))
                    for contour in roi.Contours]
        return dosegate.Structure(roi.Number, roi.Name, contours, roi.Type, self._beam_set.FrameOfReference)

    def structure_names(self):
        return [roi.Name for roi in self._case.RoiGeometries]

    def dose(self):
        """The whole course. A system that has the dose of one fraction says so by the option doseMeaning."""
        grid = self._beam_set.Dose
        # Of shape [z][y][x]; the values are copied once, so a view of the system's own memory will do.
        return dosegate.Dose(grid.Values, dosegate.Units.CGY, dosegate.DoseType.PHYSICAL, dosegate.Summation.PLAN,
                             position_mm=[c * MM for c in grid.FirstVoxelCentre], row_spacing_mm=grid.VoxelSize[1] * MM,
                             column_spacing_mm=grid.VoxelSize[0] * MM,
                             plane_offsets_mm=[n * grid.VoxelSize[2] * MM for n in range(grid.Counts[2])],
                             frame_of_reference_uid=self._beam_set.FrameOfReference, columns=grid.Counts[0], rows=grid.Counts[1],
                             planes=grid.Counts[2])


class Checker:
    """Holds the case from edit to edit: a check costs what the edit touches."""

    def __init__(self, system, say=print, stop=lambda: False, manifest=None):
        self._system, self._say = system, say
        self._library = dosegate.load(manifest)
        self._protocol = self._library.builtin_protocol()
        # `stop` is asked some hundred times a second: let it look at a button, or process the system's events.
        self._case = self._library.case(threads=4, should_cancel=stop, log=lambda severity, message: say(message))
        self._open = {}
        self._case.set_options({"scope": "PLAN_ONLY"})  # while the plan is made there is no clinical record
        for name in system.structure_names():
            self._case.set_structure(system.structure(name))

    def structure_changed(self, name):
        self._case.set_structure(self._system.structure(name))

    def dose_computed(self):
        """Answers whether the plan may go on. What failed is no pass, and says why."""
        try:
            self._case.set_plan(self._system.plan())
            self._case.set_dose(self._system.dose())
            with self._case.check(self._protocol) as report:
                self._tell(report.data["findings"])
                self._say(f"Dosegate: {report.verdict}")
                return report.passed
        except dosegate.Cancelled:
            self._say("Dosegate: stopped, no verdict")
        except dosegate.DosegateError as error:
            self._say(f"Dosegate: no verdict. {error}")
        return False

    def _tell(self, findings):
        now = {(f["ruleId"], f.get("metric", "")): f for f in findings if f["status"] not in ("PASS", "PENDING")}
        for key in now.keys() - self._open.keys():
            self._say(f"new     {now[key]['status']}: {now[key]['message']} {now[key].get('hint', '')}".rstrip())
        for key in self._open.keys() - now.keys():
            self._say(f"mended  {' '.join(key)}")
        self._open = now

    def close(self):
        for handle in (self._case, self._protocol, self._library):
            handle.close()
