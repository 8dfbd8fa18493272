#!/usr/bin/python3
"""What Orthanc forwards: what passed, byte for byte as it was checked, and nothing else.

usage: forward_test.py FOLDER-OF-THE-BUILT-FILES"""
import hashlib
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import orthanc_host as oh  # noqa: E402

build = pathlib.Path(sys.argv[1]).resolve()
oh.skip_unless_installed(build)
if not pathlib.Path("/usr/bin/storescp").exists():
    print("skipped: storescp is not installed (package dcmtk)")
    sys.exit(oh.SKIPPED)
import pydicom  # noqa: E402


def study(folder, case, number):
    return oh.of_another_study(oh.phantom(build, folder / f"{case}-{number}-made", case), folder / f"{case}-{number}", number)


def modality(port):
    return {"AET": "NEXT", "Host": "127.0.0.1", "Port": port, "AllowMove": False, "AllowGet": False}


def values(file):
    """An object's data set, whatever is written around it."""
    data = pydicom.dcmread(file)
    return data.SOPInstanceUID, hashlib.sha256("".join(map(str, data)).encode() + data.get("PixelData", b"")).hexdigest()


def received(receiver):
    return {values(f) for f in receiver.files()}


def check_forwarding(host, receiver, folder):
    files = study(folder, "pass", 1)
    passing = host.store(files)
    state = host.becomes(passing, "PASS")
    oh.wait_until(lambda: host.state(passing)["forwarded"] == {"NEXT": "sent"}, "what passed is forwarded")
    assert received(receiver) == {values(f) for f in files}
    before = len(receiver.files())

    failing = host.store(study(folder, "hot-cord", 2))
    state = host.becomes(failing, "FAIL")
    incomplete = host.store(study(folder, "missing-stomach", 3))
    assert state["forwarded"] == {} and host.becomes(incomplete, "INCOMPLETE")["forwarded"] == {}
    without = host.store(f for f in study(folder, "pass", 4) if not f.name.startswith("RS"))
    assert host.becomes(without, "NO_VERDICT")["forwarded"] == {}
    assert len(receiver.files()) == before
    return passing, failing, incomplete, files


def check_guard(host, receiver, passing, failing, incomplete, files):
    """Of what is sent by REST to a guarded target."""
    before = len(receiver.files())
    series = host.document(f"/studies/{failing}")["Series"][0]
    instance = host.document(f"/series/{series}")["Instances"][0]
    patient = host.document(f"/studies/{failing}")["ParentPatient"]
    for body in (failing, json.dumps(failing), json.dumps([failing]), json.dumps([passing, failing]), series, instance, patient,
                 incomplete, json.dumps({"Resources": [passing, failing]}), json.dumps({"Resources": [failing], "Asynchronous": True}),
                 "{\"Resources\": [\"" + passing + "\"], \"Resources\": [\"" + failing + "\"]}", "", "[]", "nothing", "{}", "[1]"):
        status, answer = host.ask("POST", "/modalities/NEXT/store", body)
        assert status in (400, 403), (body, status, answer)
    status, answer = host.ask("POST", "/modalities/NEXT/store", failing)
    assert b"is FAIL" in answer and b"RefuseUnlessPass" in answer, answer
    status, answer = host.ask("POST", "/modalities/NEXT/store-straight", files[0].read_bytes())
    assert status == 403 and b"sent straight" in answer
    for path in ("/jobs/00000000-0000-0000-0000-000000000000/resubmit", "/dicom-web/servers/NEXT/stow", "/transfers/send"):
        assert host.ask("POST", path, b"{}")[0] == 403, path
    assert len(receiver.files()) == before

    assert host.ask("POST", "/modalities/OTHER/store", failing)[0] == 200  # nobody guards that one
    status, answer = host.ask("POST", "/modalities/NEXT/store", json.dumps({"Resources": [passing], "Synchronous": True}))
    assert status == 200 and json.loads(answer)["InstancesCount"] == len(files), answer
    # It is another study now, and is not sent until it was checked.
    dose = next(f for f in files if f.name.startswith("RD"))
    data = pydicom.dcmread(dose)
    data.DoseGridScaling = float(data.DoseGridScaling) * 1.2
    data.save_as(dose)
    host.store([dose])
    status, answer = host.ask("POST", "/modalities/NEXT/store", passing)
    assert status == 403, (status, answer)
    host.becomes(passing, "FAIL")
    assert host.ask("POST", "/modalities/NEXT/store", passing)[0] == 403


def check_nobody_there(host, receiver, folder):
    """A target that does not answer: the verdict stands, and it is told that nothing was sent."""
    receiver.end()
    other = host.store(study(folder, "pass", 5))
    host.becomes(other, "PASS")
    how = oh.wait_until(lambda: (lambda f: f if f not in ("pending", None) else None)(host.state(other)["forwarded"].get("NEXT")),
                        "forwarding ends")
    assert how.startswith("was not taken") and "after 0 of " in how, how
    assert f"forwarding to NEXT: {how}" in host.log()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        receiver, other = oh.Receiver(folder / "next"), oh.Receiver(folder / "other")
        try:
            modalities = {"NEXT": modality(receiver.port), "OTHER": modality(other.port)}
            own = {"ForwardTo": ["NEXT"], "RefuseUnlessPass": ["NEXT"], "Options": {"scope": "PLAN_ONLY"}, "Page": False}
            with oh.Host(folder / "orthanc", build, own, DicomModalities=modalities, CheckRevisions=True, StorageCompression=True) as host:
                kept = check_forwarding(host, receiver, folder)
                assert host.get(f"/dosegate/studies/{kept[0]}/report?format=html")[0] == 404  # no page was asked for
                check_guard(host, receiver, *kept)
                check_nobody_there(host, receiver, folder)
                assert host.stop() == 0
                assert "bad revision" not in host.log()
        finally:
            receiver.end()
            other.end()


main()
