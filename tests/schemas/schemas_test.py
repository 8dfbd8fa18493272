#!/usr/bin/python3
"""The schemas beside the library, their examples, and the library itself agree. usage: schemas_test.py FOLDER-OF-THE-LIBRARY [--write]

Every example is valid by its schema; the library takes every one that a host hands in; the full ones use every member; and what the
library answers to them is valid, too. --write makes the examples of answers anew (a wording that changed does not fail this test)."""
import json
import os
import pathlib
import sys
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "tests/python"), str(root / "tests/schemas")]
try:
    import jsonschema
except ImportError as error:
    print(f"skipped: {error}: apt-get install python3-jsonschema")
    sys.exit(77)
import box_patient as box  # noqa: E402
import coverage  # noqa: E402
import dosegate  # noqa: E402

LIBRARY = os.path.abspath(sys.argv.pop(1))
WRITE = "--write" in sys.argv and sys.argv.remove("--write") is None
SCHEMAS = root / "plugin/schemas"
TAKEN = ["case_options", "clinical_record", "dvh_request", "gamma_request", "plan", "protocol", "schedule_request"]
ANSWERED = ["dvh_report", "gamma_report", "lint_report", "protocol_description", "protocol_diff", "protocol_list", "report",
            "schedule_proposal"]
# What a full example leaves out, as it excludes something else that is in it.
EXCLUDED = {"protocol": {"Fractionation.leastHoursBetween"}}  # of several fractions a day, not with daysBetween


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def example(name, size):
    return json.loads((SCHEMAS / f"examples/{name}.{size}.json").read_text(encoding="utf-8"))


def problems(name, document):
    found = jsonschema.Draft202012Validator(schema(name)).iter_errors(document)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


class Schemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.library = dosegate.load(LIBRARY)

    def filled(self, cord_y=box.PASSING_Y):
        case = box.fill(self.library.case(), cord_y)
        self.addCleanup(case.close)
        return case

    def test_every_schema_is_one_and_has_its_examples(self):
        self.assertEqual(sorted(p.name for p in SCHEMAS.glob("*.schema.json")), sorted(f"{n}.schema.json" for n in TAKEN + ANSWERED))
        self.assertEqual(sorted(p.name for p in SCHEMAS.glob("examples/*")),
                         sorted(f"{n}.{size}.json" for n in TAKEN + ANSWERED for size in ("small", "full")))
        for name in TAKEN + ANSWERED:
            jsonschema.Draft202012Validator.check_schema(schema(name))
            for size in ("small", "full"):
                self.assertEqual(problems(name, example(name, size)), [], (name, size))

    def test_a_full_example_uses_every_member(self):
        for name in TAKEN:
            left = coverage.members(schema(name)) - coverage.used(schema(name), example(name, "full"))
            self.assertEqual(left, EXCLUDED.get(name, set()), name)

    def test_the_library_takes_every_example(self):
        for size in ("small", "full"):
            case = self.filled()
            case.set_plan(example("plan", size))
            case.set_options(example("case_options", size))
            case.set_record(example("clinical_record", size))
            protocol = self.library.load_protocol(example("protocol", size))
            case.check(protocol).close()
            self.filled().dvh(example("dvh_request", size)).close()
            self.filled().gamma(box.dose(), box.dose(), example("gamma_request", size)).document.close()
            self.library.schedule(self.library.builtin_protocol(), example("schedule_request", size)).close()

    def answers(self):
        """(document, size, what the library says), of little and of much."""
        trial, small, full = self.library.builtin_protocol(), *(self.library.load_protocol(example("protocol", s)) for s in ("small", "full"))
        hot = self.filled(box.FAILING_Y)
        hot.set_options({"structureMap": {"Stomach": "Stomach"}, "notes": ["Read from the planning system, not from DICOM."]})
        hot.set_record(example("clinical_record", "full"))
        broken = {**example("protocol", "full"), "id": ""}
        yield "report", "small", self.library.case().check(small).data
        yield "report", "full", hot.check(full).data
        yield "dvh_report", "small", self.library.case().dvh({}).data
        yield "dvh_report", "full", self.filled().dvh({**example("dvh_request", "full"), "metrics": ["D95%[Gy]"], "rois": ["GTV"]}).data
        for size, other in (("small", box.dose(frame_of_reference_uid="1.2.3")), ("full", box.dose())):
            compared = self.filled().gamma(box.dose(), other, example("gamma_request", size))
            yield "gamma_report", size, compared.document.data
        yield "lint_report", "small", self.library.lint_protocol(example("protocol", "small")).data
        yield "lint_report", "full", self.library.lint_protocol(broken).data
        yield "protocol_description", "small", self.library.describe_protocol(small).data
        yield "protocol_description", "full", self.library.describe_protocol(full).data
        yield "protocol_diff", "small", self.library.diff_protocols(small, small).data
        yield "protocol_diff", "full", self.library.diff_protocols(small, full).data
        yield "protocol_list", "small", self.library.protocols().data
        yield "protocol_list", "full", self.library.protocols().data
        for size in ("small", "full"):
            yield "schedule_proposal", size, self.library.schedule(trial, example("schedule_request", size)).data

    def test_what_the_library_answers_is_valid(self):
        seen = {}
        for name, size, document in self.answers():
            self.assertEqual(problems(name, document), [], (name, size))
            seen.setdefault(name, set()).update(coverage.used(schema(name), document))
            unknown = coverage.used(schema(name), example(name, size)) - coverage.members(schema(name))
            self.assertEqual(unknown, set(), f"{name}.{size}.json holds what the schema has not: run this test with --write")
        self.assertEqual(set(seen), set(ANSWERED))

    def test_the_trials_own_protocols_are_valid(self):
        for file in sorted((root / "core/protocols").glob("*.json")):
            self.assertEqual(problems("protocol", json.loads(file.read_text(encoding="utf-8"))), [], file.name)

    def test_what_the_schema_refuses_the_library_refuses_too(self):
        protocol = example("protocol", "small")
        protocol["rules"][0] = {**protocol["rules"][0], "doseMetric": {}, "bed": {}}
        for name, document, take in (
                ("plan", {"nonsense": 1}, lambda d: self.library.case().set_plan(d)),
                ("plan", {"beams": [{"number": 1.5}]}, lambda d: self.library.case().set_plan(d)),
                ("plan", {"beams": [{"number": 2**31}]}, lambda d: self.library.case().set_plan(d)),
                ("case_options", {"scope": "ALL"}, lambda d: self.library.case().set_options(d)),
                ("case_options", {"holidays": "2026-12-25"}, lambda d: self.library.case().set_options(d)),
                ("clinical_record", {"simulation": []}, lambda d: self.library.case().set_record(d)),
                ("dvh_request", {"curve": 1}, lambda d: self.library.case().dvh(d)),
                ("schedule_request", {"missed": [1]}, lambda d: self.library.schedule(self.library.builtin_protocol(), d)),
                ("protocol", protocol, self.library.load_protocol)):
            self.assertTrue(problems(name, document), (name, document))
            with self.assertRaises(dosegate.InvalidData, msg=(name, document)):
                take(document)


if WRITE:
    Schemas.setUpClass()
    for name, size, document in Schemas().answers():
        (SCHEMAS / f"examples/{name}.{size}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
elif __name__ == "__main__":
    unittest.main(verbosity=1)
