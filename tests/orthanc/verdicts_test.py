#!/usr/bin/python3
"""Studies in Orthanc are checked when they are stable: verdict, report and page are kept with them, and what is out of date is
not shown as current.

usage: verdicts_test.py FOLDER-OF-THE-BUILT-FILES"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import orthanc_host as oh  # noqa: E402

build = pathlib.Path(sys.argv[1]).resolve()
oh.skip_unless_installed(build)
import pydicom  # noqa: E402


class Site:
    """Phantoms, their records, and what `dosegate check` says of them."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "records").mkdir()
        self.number = 0

    def study(self, case, record=True):
        self.number += 1
        made = oh.phantom(build, self.folder / f"{case}-{self.number}-made", case)
        files = oh.of_another_study(made, self.folder / f"{case}-{self.number}", self.number)
        if record:
            plan = next(f for f in files if f.name.startswith("RP"))
            shutil.copy(made[0].parent / "record.json", self.folder / "records" / f"{pydicom.dcmread(plan).SOPInstanceUID}.json")
        return files

    def report(self, files):
        """By the program, of the same files and record."""
        plan = next(f for f in files if f.name.startswith("RP"))
        record = self.folder / "records" / f"{pydicom.dcmread(plan).SOPInstanceUID}.json"
        command = [build / "dosegate", "check", files[0].parent, "--format", "json"]
        done = subprocess.run([*command, *(["--record", record] if record.exists() else [])], capture_output=True)
        assert done.returncode < 3, done.stderr
        return done.stdout


def file_of(files, kind):
    return next(f for f in files if f.name.startswith(kind))


def send(host, files):
    """By C-STORE where DCMTK's storescu is there."""
    if not shutil.which("storescu"):
        return host.store(files)
    subprocess.run(["storescu", "127.0.0.1", str(host.dicom_port), *map(str, files)], check=True, capture_output=True, timeout=120)
    return host.store(files[-1:])  # once more, for the study's identifier


def check_verdict(host, site, case, verdict):
    files = site.study(case)
    study = send(host, files)
    assert host.word(study) != "PASS"
    assert host.get(f"/dosegate/studies/{study}/report")[0] == 409
    state = host.becomes(study, verdict)
    assert host.word(study) == verdict
    expected = site.report(files)
    for path in (f"/dosegate/studies/{study}/report", f"/studies/{study}/attachments/dosegate-report/data"):
        status, body = host.get(path)
        assert (status, body) == (200, expected), (path, status)
    assert json.loads(expected)["verdict"] == verdict
    assert state["protocol"] == "ChiCTR2000036385 1.0.0" and state["problem"] == ""
    status, page = host.get(f"/dosegate/studies/{study}/report?format=html")
    assert status == 200 and b"Content-Security-Policy" in page[:2000]
    assert host.get(f"/studies/{study}/attachments/dosegate-page/data")[1] == page
    assert host.get(f"/dosegate/studies/{study}/report?format=pdf")[0] == 400
    return study, files


def has_no_report(host, study):
    assert host.get(f"/dosegate/studies/{study}/report")[0] == 409
    assert host.get(f"/dosegate/studies/{study}/report?format=html")[0] == 409
    assert host.get(f"/studies/{study}/attachments/dosegate-report/data")[0] == 404
    assert host.get(f"/studies/{study}/attachments/dosegate-page/data")[0] == 404


def check_missing(host, site):
    files = site.study("pass")
    study = host.store(f for f in files if not f.name.startswith("RD"))
    state = host.becomes(study, "NO_VERDICT")
    assert "the study has no RTDOSE" in state["problem"] and "send what is missing" in state["problem"], state
    assert host.word(study) == "NO_VERDICT"
    has_no_report(host, study)
    host.store([file_of(files, "RD")])
    host.becomes(study, "PASS")


def check_broken(host, site):
    """A dose without its values, structures without names, a plan that is cut off, two plans."""
    files = site.study("pass")
    dose = pydicom.dcmread(file_of(files, "RD"))
    dose.PixelData = dose.PixelData[:100]
    dose.save_as(file_of(files, "RD"))
    study = host.store(files)
    state = host.becomes(study, "NO_VERDICT")
    assert "RTDOSE-" in state["problem"] and "Pixel Data: holds 100 bytes" in state["problem"], state
    has_no_report(host, study)

    files = site.study("pass")
    structures = pydicom.dcmread(file_of(files, "RS"))
    del structures.StructureSetROISequence
    structures.save_as(file_of(files, "RS"))
    study = host.store(files)
    state = host.becomes(study, "NO_VERDICT")
    assert "RTSTRUCT-" in state["problem"], state
    # What is cut off is no object to Orthanc, or none to the check.
    files = site.study("pass")
    plan = file_of(files, "RP")
    plan.write_bytes(plan.read_bytes()[:-500])
    study = host.store(f for f in files if f != plan)
    host.ask("POST", "/instances", plan.read_bytes())
    host.becomes(study, "NO_VERDICT")
    # Two plans, each with its dose: none is judged.
    files = site.study("pass")
    plan, dose = pydicom.dcmread(file_of(files, "RP")), pydicom.dcmread(file_of(files, "RD"))
    for data, name in ((plan, "RP2.dcm"), (dose, "RD2.dcm")):
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"{data.SOPInstanceUID}.2"
        files.append(files[0].parent / name)
    dose.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID = plan.SOPInstanceUID
    plan.save_as(files[-2])
    dose.save_as(files[-1])
    study = host.store(files)
    state = host.becomes(study, "NO_VERDICT")
    assert state["problem"].count("RTPLAN-") == 2, state
    has_no_report(host, study)
    return study


def check_changed(host, site, study, files):
    """It was PASS. Its dose is overwritten, then an object is added, then one is deleted, then the record changes."""
    dose = pydicom.dcmread(file_of(files, "RD"))
    was = dose.DoseGridScaling
    dose.DoseGridScaling = float(was) * 1.2
    dose.save_as(file_of(files, "RD"))
    host.store([file_of(files, "RD")])
    state = host.state(study)
    assert state["status"] in ("STALE", "CHECKING", "NOT_CHECKED"), state
    assert host.get(f"/dosegate/studies/{study}/report")[0] == 409
    oh.wait_until(lambda: host.word(study) in ("STALE", "CHECKING", "FAIL"), "the word follows", 10)
    host.becomes(study, "FAIL")
    assert host.get(f"/dosegate/studies/{study}/report")[1] == site.report(files)
    dose.DoseGridScaling = was
    dose.save_as(file_of(files, "RD"))
    host.store([file_of(files, "RD")])
    host.becomes(study, "PASS")

    # Nobody else writes verdicts.
    for path in ("metadata/dosegate-verdict", "metadata/4200", "metadata/04200", "attachments/dosegate-report"):
        for method in ("PUT", "DELETE"):
            assert host.ask(method, f"/studies/{study}/{path}", b"PASS")[0] == 403, (method, path)
    assert host.ask("PUT", f"/studies/{study}/metadata/4300", b"of another")[0] == 200

    instance = next(i["ID"] for i in host.document(f"/studies/{study}/instances")
                    if host.document(f"/instances/{i['ID']}/simplified-tags")["Modality"] == "RTDOSE")
    assert host.ask("DELETE", f"/instances/{instance}")[0] == 200
    assert host.state(study)["status"] != "PASS"
    state = host.becomes(study, "NO_VERDICT")
    assert "has no RTDOSE" in state["problem"] and host.word(study) == "NO_VERDICT"
    has_no_report(host, study)
    host.store([file_of(files, "RD")])
    host.becomes(study, "PASS")

    plan = pydicom.dcmread(file_of(files, "RP")).SOPInstanceUID
    record = site.folder / "records" / f"{plan}.json"
    kept = record.read_text()
    record.unlink()
    state = host.state(study)
    assert state["status"] == "STALE" and "checked anew" in state["problem"], state
    status, body = host.ask("POST", f"/dosegate/studies/{study}/check")
    assert status == 202 and json.loads(body)["status"] != "PASS", body
    host.becomes(study, "INCOMPLETE")  # the rules on the record are open
    record.write_text(kept)
    assert host.ask("POST", f"/dosegate/studies/{study}/check")[0] == 202
    host.becomes(study, "PASS")


def check_routes(host, study, images):
    assert host.get("/dosegate/studies/" + "0" * 8 + "-00000000" * 4)[0] == 404
    assert host.get("/dosegate/studies/abc/report")[0] == 404
    assert host.get(f"/dosegate/studies/{study}/check")[0] == 405
    assert host.ask("POST", f"/dosegate/studies/{study}/report")[0] == 405
    state = host.state(images)
    assert state["status"] == "NOT_CHECKED" and not state["isTreatment"], state
    status, body = host.ask("POST", f"/dosegate/studies/{images}/check")
    assert status == 409 and b"nothing to check" in body
    assert host.word(images) is None
    script = host.get("/plugins/explorer.js")[1].decode()
    assert "dosegate-line" in script and "Out of date" in script, script[:200]


def check_explorer(host, studies):
    """What Orthanc Explorer shows in a browser: status as shape and word, and a way to the report where there is one."""
    if not shutil.which("chromium"):
        print("skipped: Orthanc Explorer in a browser: chromium is not installed")
        return
    for study, line, has_report in studies:
        url = f"http://127.0.0.1:{host.port}/app/explorer.html#study?uuid={study}"
        page = subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000",
                               f"--user-data-dir={host.folder}/browser", "--dump-dom", url],
                              capture_output=True, text=True, timeout=120).stdout
        at = page.index('id="dosegate-line"')
        shown = page[at:page.index("ui-grid-a", at)]
        assert line in shown, (line, shown)
        assert (f'href="../dosegate/studies/{study}/report?format=html"' in shown) == has_report, shown


def check_restart(host, study, failing):
    """What is kept outlives Orthanc, and is out of date under another protocol or other options."""
    before = host.get(f"/dosegate/studies/{study}/report")
    checked = host.state(study)["at"]
    assert host.stop() == 0
    host.start()
    assert host.get(f"/dosegate/studies/{study}/report") == before
    oh.wait_until(lambda: host.document("/dosegate/status")["toLookAt"] == 0, "all is looked at")
    assert host.state(study)["at"] == checked
    host.stop()
    host.configuration["Dosegate"]["Options"] = {"separatePieces": ["CTV"]}
    host.start()
    state = host.state(study)  # between two parts of what is kept it is NOT_CHECKED for a moment
    assert state["status"] in ("STALE", "CHECKING", "NOT_CHECKED") or state["at"] != checked, state
    host.becomes(study, "PASS")
    host.becomes(failing, "FAIL")
    assert host.get(f"/dosegate/studies/{study}/report")[0] == 200


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        site = Site(folder)
        with oh.Host(folder / "orthanc", build, {"RecordDirectory": str(folder / "records")}) as host:
            passing, files = check_verdict(host, site, "pass", "PASS")
            failing, _ = check_verdict(host, site, "hot-cord", "FAIL")
            check_verdict(host, site, INCOMPLETE, "INCOMPLETE")
            check_missing(host, site)
            without = check_broken(host, site)
            images = host.store(f for f in site.study("pass", record=False) if f.name.startswith("CT"))
            check_changed(host, site, passing, files)
            check_routes(host, passing, images)
            check_explorer(host, [(passing, "\u2714 Dosegate: Pass", True), (failing, "\u2716 Dosegate: Fail", True),
                                  (without, "\u26a0 Dosegate: No verdict", False)])
            check_restart(host, passing, failing)
            assert host.stop() == 0
            assert not list((host.folder / "temporary").glob("dosegate-*"))


INCOMPLETE = "missing-stomach"
main()
