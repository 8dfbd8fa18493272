#!/usr/bin/python3
"""An approval gate's call: the whole case in one call. Exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 no answer."""
import argparse
import sys

import grpc

import dosegate_client as dosegate
import liver_case  # in a gate: the plan that is to be approved

parser = argparse.ArgumentParser(description=__doc__)
dosegate.add_arguments(parser)
parser.add_argument("--progress", type=float, default=1, help="of the plan's optimiser: 0 is its first dose, 1 its last")
at = parser.parse_args()
try:
    channel = dosegate.connect(at.server, at.ca, at.cert, at.key)
    answer = dosegate.check_plan(channel, liver_case.plan(), liver_case.structures(), liver_case.dose(at.progress),
                                 liver_case.options())
except (grpc.RpcError, OSError, ValueError) as error:
    print(dosegate.why(error), file=sys.stderr)
    sys.exit(3)
verdict = dosegate.report_pb2.Report.Verdict.Name(answer.report.verdict)
print(verdict, answer.report_json, sep="\n")
sys.exit({"PASS": 0, "FAIL": 1}.get(verdict, 2))
