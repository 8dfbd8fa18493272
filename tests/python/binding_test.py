#!/usr/bin/python3
"""The Python package against a built library. usage: binding_test.py FOLDER-OF-THE-LIBRARY [unittest's arguments]"""
import array
import dataclasses
import gc
import json
import math
import os
import subprocess
import sys
import unittest

import box_patient as box
import dosegate
from with_library import LIBRARY, WithLibrary

CYCLES = 200


class Checks(WithLibrary):
    def test_a_sound_plan_passes_and_a_hot_cord_fails_with_its_number(self):
        self.assertEqual(box.report_of(self.library)[0], dosegate.Verdict.PASS)
        verdict, text = box.report_of(self.library, box.FAILING_Y)
        self.assertEqual(verdict, dosegate.Verdict.FAIL)
        broken = [f for f in json.loads(text)["findings"] if f["status"] == "DEVIATION"]
        self.assertEqual({f["ruleId"].split(".")[0] for f in broken}, {"OR-6"})

    def test_an_empty_case_is_incomplete(self):
        with self.library.case() as case, case.check(self.protocol) as report:
            self.assertEqual(report.verdict, dosegate.Verdict.INCOMPLETE)
            self.assertFalse(report.passed)

    def test_a_report_is_no_truth_value(self):
        with self.filled().check(self.protocol) as report, self.assertRaises(TypeError):
            bool(report)

    def test_threads_of_the_library_and_callbacks_change_no_byte(self):
        said, seen = [], []
        plain = box.report_of(self.library)
        with_all = box.report_of(self.library, threads=4, log=lambda *m: said.append(m), progress=seen.append,
                                 should_cancel=lambda: False)
        self.assertEqual(plain, with_all)
        self.assertEqual(seen[-1], 1.0)

    def test_what_changes_is_checked_anew_and_the_answer_is_that_of_a_new_case(self):
        case = self.filled()
        with case.check(self.protocol) as report:
            first = report.json
        case.set_structure(box.cord(box.FAILING_Y))
        with case.check(self.protocol) as report:
            self.assertEqual(report.json, box.report_of(self.library, box.FAILING_Y)[1])
        case.set_structure(box.cord(box.PASSING_Y))
        plane = box.dose().values[:box.ROWS * box.COLUMNS]
        case.set_dose_planes(dosegate.DosePlanes(plane, 0, 1))
        with case.check(self.protocol) as report:
            self.assertEqual(report.json, first)

    def test_a_dose_that_is_expected_changes_nothing(self):
        case = self.filled()
        case.remove_dose()
        case.expect_dose(self.protocol, box.dose(values=None))
        case.set_dose(box.dose())
        with case.check(self.protocol) as report:
            self.assertEqual(report.json, box.report_of(self.library)[1])
        self.refused(dosegate.InvalidData, "dose.column_spacing_mm", case.expect_dose, self.protocol,
                     box.dose(values=None, column_spacing_mm=-1))

    def test_dvh_gamma_memory_protocols_schedule_and_statistics_answer(self):
        case = self.filled()
        dvh = case.dvh({"rois": ["PTV"], "metrics": ["D95%[Gy]"]}).data
        self.assertAlmostEqual(dvh["rois"][0]["metrics"][0]["value"], 46.0, places=3)
        compared = case.gamma(box.dose(), box.dose(), {}, with_map=True)
        self.assertEqual(compared.map.shape, (box.PLANES, box.ROWS, box.COLUMNS))
        inside = [v for v in compared.map.tolist()[16][22] if not math.isnan(v)]
        self.assertTrue(inside and max(inside) < 0.01)
        case.set_measurement(dosegate.DosePoints([(0, 0, 0)], [46.0], box.FRAME))
        case.set_measurement(None)
        case.check(self.protocol).close()
        self.assertGreater(case.memory().kept, 0)
        case.give_back()
        self.assertEqual(case.memory().kept, 0)
        self.assertIn("protocols", self.library.protocols().data)
        self.assertEqual(self.library.diff_protocols(self.protocol, self.library.load_protocol(self.protocol.json)).data["changes"], [])
        self.assertTrue(self.library.describe_protocol(self.protocol).data["rules"])
        self.assertTrue(self.library.schedule(self.protocol, {"firstInfusion": "2026-11-22"}).data)
        self.assertEqual(self.library.sample_size(0.1, 0.3, 0.05, 0.8), (25, 27, 6))
        low, high = self.library.clopper_pearson(9, 30, 0.90)
        self.assertTrue(0.16 < low < 0.17 and 0.46 < high < 0.47)
        case.set_slices(dosegate.Slices([5.0 * n for n in range(-20, 21)], 2, box.FRAME))
        case.remove_structure(box.CORD)

    def test_a_case_holds_a_course_by_names(self):
        """Of two doses none is judged, by name; taken back, the case is as it was."""
        case = self.library.case()
        case.set_plan({**box.plan(), "nameInCase": "boost", "structureSet": "day 1"})
        case.set_options(box.OPTIONS)
        for structure in box.structures():
            case.set_structure(dataclasses.replace(structure, structure_set="day 1"))
        case.set_dose(box.dose(name_in_case="first", plans=["boost"], structure_set="day 1"))
        with case.check(self.protocol) as report:
            self.assertEqual((report.verdict, report.data["course"]["doses"][0]["plans"]), (dosegate.Verdict.PASS, ["boost"]))
        case.set_dose(box.dose(name_in_case="second", plans=["boost"], structure_set="day 1"))
        with case.check(self.protocol) as report:
            self.assertEqual(report.verdict, dosegate.Verdict.INCOMPLETE)
        plane = box.dose().values[:box.ROWS * box.COLUMNS]
        self.refused(dosegate.NotFound, "", lambda: Refusals.strip(case.set_dose_planes, dosegate.DosePlanes(plane, 0, 1)))
        case.set_dose_planes(dosegate.DosePlanes(plane, 0, 1, "first"))
        case.remove_dose("second")
        with case.check(self.protocol) as report:
            self.assertTrue(report.passed)
        case.remove_structure(box.CORD, "day 1")
        case.remove_structure_set("day 1")
        case.remove_plan("boost")
        self.refused(dosegate.NotFound, "", lambda: Refusals.strip(case.remove_plan, "boost"))

    def test_a_hot_voxel_lies_where_the_drawing_says(self):
        """plugin/GRID.md, along the patient in three orientations and oblique, with planes that rise and fall."""
        columns, rows, planes, count = 4, 3, 2, 24
        for along, down, normal, step in (((1, 0, 0), (0, 1, 0), (0, 0, 1), 5.0), ((0, 1, 0), (0, 0, -1), (-1, 0, 0), 5.0),
                                          ((-1, 0, 0), (0, 1, 0), (0, 0, -1), -5.0),
                                          ((0.8, 0.6, 0), (-0.36, 0.48, 0.8), (0.48, -0.64, 0.6), 5.0),
                                          ((0, -0.6, 0.8), (-1, 0, 0), (0, -0.8, -0.6), -5.0)):
            for place in (0, 1, 4, 7, 12, 18, 23):
                values = array.array("f", [10.0] * count)
                values[place] = 40.0
                grid = box.dose(values=values, columns=columns, rows=rows, planes=planes, position_mm=(10, 20, 30), row_cosines=along,
                                column_cosines=down, column_spacing_mm=2.0, row_spacing_mm=3.0, plane_offsets_mm=[0.0, step])
                flat = dataclasses.replace(grid, values=array.array("f", [10.0] * count))
                with self.library.case() as case:
                    found = case.gamma(grid, flat).document.data["gammaMaximum"]["location"]
                p, r, c = place // (rows * columns), place // columns % rows, place % columns
                for i, axis in enumerate("xyz"):
                    expected = (10, 20, 30)[i] + c * 2.0 * along[i] + r * 3.0 * down[i] + p * step * normal[i]
                    self.assertAlmostEqual(found[f"{axis}Mm"], expected, places=6)

    def test_nothing_but_the_standard_library_is_needed(self):
        program = ("import sys; sys.modules['numpy'] = None; import box_patient as box, dosegate; "
                   "print(box.report_of(dosegate.load(sys.argv[1]))[0].name)")
        done = subprocess.run([sys.executable, "-S", "-c", program, LIBRARY], cwd=os.path.dirname(os.path.abspath(__file__)),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("PASS\n", ""))

    def test_numpy_arrays_of_any_layout_give_the_same_report(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("skipped: numpy is not installed")
        expected = box.report_of(self.library)[1]
        grid = numpy.array(box.dose().values, dtype="f4").reshape(box.PLANES, box.ROWS, box.COLUMNS)
        frozen = grid.copy()
        frozen.flags.writeable = False
        fortran = numpy.asfortranarray(grid)
        for values in (grid, frozen, fortran, grid.astype("f8")):
            case = self.filled()
            case.set_dose(box.dose(values=values, columns=None, rows=None, planes=None))
            for structure in box.structures():
                structure.contours = [numpy.array(c, dtype=t) for c, t in zip(structure.contours, ["f8", "f4", "i2"] * 99)]
                case.set_structure(structure)
            with case.check(self.protocol) as report:
                self.assertEqual(report.json, expected)


class Refusals(WithLibrary):
    def test_a_document_is_refused_with_the_path_in_it(self):
        case = self.library.case()
        data, argument = dosegate.InvalidData, dosegate.InvalidArgument
        self.refused(data, "$.beams[1].number", case.set_plan, {"beams": [{"number": 1}, {"number": "x"}]})
        self.refused(data, "$.nonsense", case.set_options, {"nonsense": 1})
        self.refused(data, "plan", case.set_plan, {"label": float("nan")})
        self.refused(data, "plan", case.set_plan, {"label": b"bytes"})
        self.refused(data, "plan", case.set_plan, "\ud800")
        self.refused(data, "plan", case.set_plan, None)
        self.refused(dosegate.NotFound, "id", self.library.builtin_protocol, "none-of-that-name")
        self.refused(data, "id", self.library.builtin_protocol, "a\0b")
        with self.assertRaises(data):
            self.library.load_protocol("{")
        self.refused(argument, "successes", self.library.clopper_pearson, -1, 3, 0.9)

    def test_a_structure_is_refused_with_contour_and_point(self):
        case = self.library.case()
        data, argument = dosegate.InvalidData, dosegate.InvalidArgument
        square = [(0, 0, 0), (1, 0, 0), (1, 1, 0)]
        make = dosegate.Structure
        self.refused(argument, "structure.contours[1].points_mm", case.set_structure, make(1, "A", [square, [(0, 0)]]))
        self.refused(argument, "structure.contours[0].points_mm", case.set_structure, make(1, "A", [array.array("d", [1, 2])]))
        self.refused(argument, "structure.contours[0].points_mm", case.set_structure, make(1, "A", [["abc"]]))
        self.refused(argument, "structure.contours[0].geometric_type", case.set_structure,
                     make(1, "A", [dosegate.Contour(square, 77)]))
        self.refused(argument, "structure.roi_number", case.set_structure, make(2**31, "A"))
        self.refused(argument, "structure.roi_number", case.set_structure, make("1", "A"))
        self.refused(data, "structure.name", case.set_structure, make(1, "A\0B"))
        self.refused(data, "structure.name", case.set_structure, make(1, "\ud800"))
        self.refused(argument, "structure.name", case.set_structure, make(1, 5))
        with self.assertRaises(data) as caught:
            case.set_structure(make(1, "A", [square, [(0, 0, 0), (1, math.nan, 0), (1, 1, 0)]]))
        self.assertIn("contours[1]", caught.exception.path)

    def test_a_dose_is_refused_with_the_field(self):
        case = self.library.case()
        argument = dosegate.InvalidArgument
        self.refused(argument, "dose.values", case.set_dose, box.dose(values=7))
        self.refused(argument, "dose.values", case.set_dose, box.dose(values=array.array("q", [1])))
        self.refused(argument, "dose.values", case.set_dose, box.dose(columns=None))
        self.refused(argument, "dose.values", case.set_dose, box.dose(rows=-1))
        self.refused(argument, "dose.scaling", case.set_dose, box.dose(values=array.array("H", [0] * box.dose().columns)))
        self.refused(argument, "dose.units", case.set_dose, box.dose(units=0))
        self.refused(argument, "dose.position_mm", case.set_dose, box.dose(position_mm=(1, 2)))
        self.refused(argument, "dose.row_spacing_mm", case.set_dose, box.dose(row_spacing_mm="wide"))
        self.refused(argument, "dose.plane_offsets_mm", case.set_dose, box.dose(plane_offsets_mm=[0, 5]))
        with self.assertRaises(dosegate.InvalidData) as caught:
            case.set_dose(box.dose(columns=box.COLUMNS + 1))
        self.assertIn("value_count", caught.exception.path)
        self.refused(dosegate.NotFound, "", lambda: self.strip(case.set_dose_planes, dosegate.DosePlanes(box.dose().values, 0, 33)))
        with case.check(self.protocol) as report:  # the case is as it was: empty
            self.assertEqual(report.verdict, dosegate.Verdict.INCOMPLETE)

    @staticmethod
    def strip(call, *arguments):
        """Of what the library says where it says it, the kind alone."""
        try:
            call(*arguments)
        except dosegate.DosegateError as error:
            error.path = ""
            raise

    def test_what_is_closed_is_refused_and_closing_twice_does_nothing(self):
        case, report = self.filled(), self.filled().check(self.protocol)
        report.close()
        report.close()
        self.refused(dosegate.Closed, "report", lambda: report.json)
        case.close()
        self.refused(dosegate.Closed, "case", case.check, self.protocol)
        library = dosegate.load(LIBRARY)
        library.close()
        self.refused(dosegate.Closed, "library", library.case)

    def test_a_library_that_is_closed_serves_what_it_made(self):
        library = dosegate.load(LIBRARY)
        case, protocol = box.fill(library.case()), library.builtin_protocol()
        library.close()
        del library
        gc.collect()
        with case, protocol, case.check(protocol) as report:
            self.assertTrue(report.passed)

    def test_what_is_no_structure_dose_or_protocol_is_refused_with_its_path(self):
        case = self.filled()
        structure, dose = box.cord(box.FAILING_Y), box.dose()

        class Masked(array.array):  # as NumPy's: what is masked is in the buffer all the same
            mask = type("Mask", (), {"any": staticmethod(lambda: True)})

        flat = array.array("f", dose.values)
        for path, what in (
                ("structure", lambda: case.set_structure({})),
                ("structure.contours", lambda: case.set_structure(dataclasses.replace(structure, contours=None))),
                ("structure.contours[0].points_mm", lambda: case.set_structure(dataclasses.replace(structure, contours=[b"1234567890ab"]))),
                ("dose", lambda: case.set_dose(None)),
                ("dose.values", lambda: case.set_dose(dataclasses.replace(dose, values=Masked("f", flat)))),
                ("dose.plans", lambda: case.set_dose(dataclasses.replace(dose, plans="AB"))),
                ("dose.plans", lambda: case.set_dose(dataclasses.replace(dose, plans=None))),
                ("dose.position_mm", lambda: case.set_dose(dataclasses.replace(dose, position_mm=None))),
                ("protocol", lambda: case.check(None)),
                ("protocol", lambda: case.check("ChiCTR2000036385"))):
            with self.subTest(path=path):
                self.refused(dosegate.InvalidArgument, path, what)
        with case.check(self.protocol) as report:
            self.assertTrue(report.passed)


class Lives(WithLibrary):
    def test_loading_checking_and_unloading_again_and_again_keeps_no_memory_and_no_file(self):
        expected = box.report_of(self.library)
        resident = []
        for n in range(CYCLES):
            with dosegate.load(LIBRARY) as library:
                if n % 20 == 0:
                    self.assertEqual(box.report_of(library), expected)
                else:
                    library.case().close()
            if n in (CYCLES // 2, CYCLES - 1):
                gc.collect()
                with open("/proc/self/statm", encoding="ascii") as file:
                    resident.append(int(file.read().split()[1]) * 4096)
                self.assertLess(len(os.listdir("/proc/self/fd")), 30)
        self.assertLess(resident[1] - resident[0], 8 << 20)

    def test_handles_that_nobody_closes_go_with_their_last_reference(self):
        case = self.library.case()
        for _ in range(2000):
            self.library.case()
            case.check(self.protocol) if _ % 200 == 0 else None
        gc.collect()


if __name__ == "__main__":
    unittest.main(verbosity=1)
