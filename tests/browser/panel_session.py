#!/usr/bin/python3
"""A planning system that does what it is told: a command a line on standard input, a line of JSON for each.

usage: panel_session.py SERVER [SESSIONS]. open: all but the dose; dose P: of an optimiser, 0 to 1; remove N, restore N: a
structure; drop: the connection is lost; resume; close. Each may be followed by @I, the session that is meant (0 at first)."""
import functools
import json
import pathlib
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "scripts/clients/python"))
import dosegate_client as dosegate  # noqa: E402
import liver_case  # noqa: E402

SERVER = sys.argv[1]
service = dosegate.service_pb2
stub = dosegate.service_pb2_grpc.PlanCheckServiceStub(dosegate.connect(SERVER))


@functools.lru_cache(maxsize=64)
def dose(progress):
    return liver_case.dose(progress)


def answer(session, event):
    """What the server says to it, when that came, and the whole report as the engine wrote it."""
    while True:
        update = session.next()
        came = time.time() * 1000
        if update.event >= event:
            break
    if update.DESCRIPTOR.name == "Refused":
        return {"refused": dosegate.why(update.status)}
    report = stub.CheckCase(service.CheckCaseRequest(name=session.opened.case_name)).report_json
    return {"revision": update.revision, "came": came, "report": json.loads(report)}


def run(session, command, argument):
    structures = {s.roi_number: s for s in liver_case.structures()}
    if command == "open":
        for structure in structures.values():
            session.structure(structure)
        return answer(session, session.plan(liver_case.plan()))
    if command == "dose":
        return answer(session, session.dose(dose(float(argument))))
    if command == "remove":
        return answer(session, session.remove_structure(int(argument)))
    if command == "restore":
        return answer(session, session.structure(structures[int(argument)]))
    if command == "drop":
        session._drop()
        return {}
    if command == "resume":
        session.resume()
        return answer(session, session._event)
    session.close()
    return {}


def main():
    sessions = {}
    for line in sys.stdin:
        words, _, which = line.strip().partition("@")
        command, _, argument = words.strip().partition(" ")
        if which not in sessions:
            sessions[which] = dosegate.Session(lambda: dosegate.connect(SERVER), options=liver_case.options())
        print(json.dumps(run(sessions[which], command, argument)), flush=True)
        if command == "close":
            del sessions[which]


main()
