#!/usr/bin/python3
"""Plays a planning system: opens a session, optimises a plan, and shows what each new dose breaks, moves and resolves.

A line a change: + appeared, ~ moved, - resolved. Exits with the last verdict: 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 no answer.
"""
import argparse
import sys

import grpc

import dosegate_client as dosegate
import liver_case  # in a planning system: the patient who is open

Finding = dosegate.report_pb2.Finding
Change = dosegate.session_pb2.FindingChange
SIGNS = {Change.APPEARED: "+", Change.MOVED: "~", Change.RESOLVED: "-"}
COMPARATORS = ["", "<", "<=", ">", ">="]  # by dosegate.v1.Comparator


def line(finding):
    """OR-6.Max SpinalCord 46.11 Gy, limit < 40 Gy"""
    text = f"{finding.rule_id} {finding.roi or finding.structure}".rstrip()
    if not finding.HasField("value"):
        return f"{text}: {finding.message}"
    text += f" {finding.value:.2f} {finding.unit}".rstrip()
    if finding.HasField("limit"):
        text += f", limit {COMPARATORS[finding.comparator]} {finding.limit:g} {finding.unit}".rstrip()
    if finding.status in (Finding.WARNING, Finding.INDETERMINATE):
        text += f" ({Finding.Status.Name(finding.status).lower()})"
    return text


def findings_of(change):
    """Of a change: its finding, and those of the rules of which the very same is told."""
    yield change.finding
    for rule in change.alike:
        finding = Finding()
        finding.CopyFrom(change.finding)
        finding.rule_id, finding.clause, finding.mandatory = rule.rule_id, rule.clause, rule.mandatory
        yield finding


class Warnings:
    """What the user sees: the findings that are not met."""

    def __init__(self):
        self.shown = {}  # a finding's identity -> the finding
        self.waiting = 0  # how many rules cannot be evaluated (yet)
        self.verdict = "INCOMPLETE"

    def take(self, update):
        """An Update of the session: keeps it and prints what is new."""
        self.verdict = dosegate.report_pb2.Report.Verdict.Name(update.verdict)
        changes = [(SIGNS[c.kind], finding) for c in update.changes for finding in findings_of(c)]
        if update.complete:  # all there are, not a difference: compared with what is shown, it is one
            changes = self._difference([f for _, f in changes])
        lines = []
        for sign, finding in changes:
            key = self._key(finding)
            before = self.shown.pop(key, None)
            if sign != "-":
                self.shown[key] = finding
            # Rules that wait for a structure or the dose are counted; what they say is shown at the end.
            if finding.status != Finding.NOT_EVALUABLE:
                seen = before is not None and before.status != Finding.NOT_EVALUABLE
                if seen or sign != "-":
                    lines.append(f"{sign if seen else '+'} {line(finding)}")
        waiting = sum(f.status == Finding.NOT_EVALUABLE for f in self.shown.values())
        if waiting != self.waiting:
            lines.append(f"  {waiting} rules wait for structures or dose" if waiting else "  every rule is evaluated")
        self.waiting = waiting
        for text in lines:
            print(f"rev {update.revision:<3} {self.verdict:<10} {text}", flush=True)

    @staticmethod
    def _key(finding):
        return finding.rule_id, finding.structure, finding.metric

    def _difference(self, findings):
        now = {self._key(f) for f in findings}
        for finding in findings:
            before = self.shown.get(self._key(finding))
            if before is None or line(before) != line(finding):
                yield ("+" if before is None else "~"), finding
        for key in [k for k in self.shown if k not in now]:
            yield "-", self.shown[key]


def wait_for(session, event, warnings):
    """Reads until `event` is answered; False where it was refused. An optimiser in a hurry would not wait: the server
    leaves out what a newer dose has made stale."""
    while True:
        answer = session.next()
        if isinstance(answer, dosegate.session_pb2.PlanningSessionResponse.Refused):
            print(f"event {answer.event} was refused: {dosegate.why(answer.status)}", file=sys.stderr)
            if answer.event >= event:
                return False
            continue
        warnings.take(answer)
        if answer.event >= event:
            return True


def optimise(session, steps, break_after, warnings):
    for structure in liver_case.structures():
        session.structure(structure)
    if not wait_for(session, session.plan(liver_case.plan()), warnings):
        return False
    for step in range(steps):
        event = session.dose(liver_case.dose(step / max(steps - 1, 1)))
        if step + 1 == break_after:
            session.resume()  # as next() does by itself where the connection is lost
            print(f"    connection dropped while dose {step + 1} was under way; resumed {session.opened.name}, "
                  f"which has everything up to event {session.opened.event} of {event}", flush=True)
        if not wait_for(session, event, warnings):
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    dosegate.add_arguments(parser)
    parser.add_argument("--doses", type=int, default=20, metavar="N", help="how many the optimiser makes")
    parser.add_argument("--break-after", type=int, default=0, metavar="N",
                        help="drop the connection after sending the N-th dose, and resume")
    at = parser.parse_args()
    warnings = Warnings()
    try:
        session = dosegate.Session(lambda: dosegate.connect(at.server, at.ca, at.cert, at.key),
                                   affinity=liver_case.PLAN_UID, options=liver_case.options())
        taken = optimise(session, at.doses, at.break_after, warnings)
        session.close()
    except (grpc.RpcError, OSError, ValueError) as error:
        print(dosegate.why(error), file=sys.stderr)
        return 3
    for finding in warnings.shown.values():
        print(f"    {line(finding)}")
    if not taken:
        return 3
    print(warnings.verdict)
    return {"PASS": 0, "FAIL": 1}.get(warnings.verdict, 2)


if __name__ == "__main__":
    sys.exit(main())
