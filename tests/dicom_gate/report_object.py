#!/usr/bin/env python3
"""Reads a report object with pydicom and compares it, item by item and digit by digit, with the report that it is made of.

report_object.py REPORT.json OBJECT.dcm PLAN.dcm; exit code 0 the same, 1 not, 77 pydicom is missing.
"""
import hashlib
import json
import sys

try:
    import pydicom
except ImportError:
    sys.exit(77)

COMPARATORS = {"LT": "LESS_THAN", "LE": "LESS_OR_EQUAL", "GT": "GREATER_THAN", "GE": "GREATER_OR_EQUAL"}
TEXTS = {"DG-RULE": "ruleId", "DG-CLAUSE": "clause", "DG-STATUS": "status", "DG-BOUND": "limit", "DG-VALUE": "value",
         "DG-LOWER": "lower", "DG-UPPER": "upper", "DG-UNIT": "unit", "DG-METRIC": "metric", "DG-STRUCTURE": "structure",
         "DG-ROI": "roi", "DG-FOUND": "message", "DG-HINT": "hint"}


def code(item):
    return item.ConceptNameCodeSequence[0].CodeValue


def texts(items):
    return {code(i): i.TextValue for i in items if i.ValueType == "TEXT"}


def main(report_path, object_path, plan_path):
    with open(report_path, encoding="utf-8") as f:
        text = f.read()
    # Numbers stay the text that they are.
    report = json.loads(text, parse_float=str, parse_int=str)
    sr, plan = pydicom.dcmread(object_path), pydicom.dcmread(plan_path, stop_before_pixels=True)
    assert sr.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.33" and sr.Modality == "SR"
    for name in ("PatientID", "PatientName", "StudyInstanceUID", "StudyDate"):
        assert sr.get(name) == plan.get(name), name
    assert sr.SeriesInstanceUID != plan.SeriesInstanceUID
    assert sr.SOPInstanceUID.startswith("2.25.") and sr.SOPInstanceUID.is_valid
    root = texts(sr.ContentSequence)
    assert root["DG-VERDICT"] == report["verdict"]
    assert root["DG-DIGEST"] == hashlib.sha256(text.encode()).hexdigest()
    assert root["DG-PROTOCOL"] == report["protocol"]["id"]
    composite = [i for i in sr.ContentSequence if i.ValueType == "COMPOSITE"]
    assert composite[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == plan.SOPInstanceUID
    checks = [i for i in sr.ContentSequence if code(i) == "DG-CHECK"]
    assert len(checks) == len(report["findings"]) > 20
    numbers = 0
    for check, finding in zip(checks, report["findings"]):
        said = texts(check.ContentSequence)
        for name, member in TEXTS.items():
            wanted = finding.get(member) or None
            assert said.get(name) == wanted, (finding["ruleId"], name, said.get(name), wanted)
            numbers += name in ("DG-BOUND", "DG-VALUE", "DG-LOWER", "DG-UPPER") and wanted is not None
        assert said["DG-SEVERITY"] == ("MAJOR" if finding.get("mandatory") else "MINOR")
        assert said.get("DG-TYPE") == COMPARATORS.get(finding.get("comparator"))
    assert numbers > 40
    print(len(checks), "checks,", numbers, "numbers")


if __name__ == "__main__":
    main(*sys.argv[1:])
