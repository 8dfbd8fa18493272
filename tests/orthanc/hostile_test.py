#!/usr/bin/python3
"""Orthanc stays up whatever becomes of a check, and does not start with a configuration that is wrong.

usage: hostile_test.py FOLDER-OF-THE-BUILT-FILES"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import orthanc_host as oh  # noqa: E402

build = pathlib.Path(sys.argv[1]).resolve()
oh.skip_unless_installed(build)

# In place of the program that checks: it tries as that does, and checks as the file `how` says.
STAND_IN = """#!/bin/bash
real="{build}/dosegate-orthanc-check"
here="$(dirname "$0")"
for last; do :; done
[[ -d "$last" ]] || exec -a "$real" "$real" "$@"
report="$(sed -E 's/.*--report ([^ ]+).*/\\1/' <<<"$*")"
echo $$ >"$here/pid"
case "$(cat "$here/how")" in
  crash) kill -SEGV $$ ;;
  hang) exec sleep 1000 ;;
  deaf) trap '' TERM; while :; do sleep 1; done ;;
  silent) exit 0 ;;
  lies) echo '{{"verdict": "FAIL"}}' >"$report"; exit 0 ;;
  noise) echo 'no report' >"$report"; exit 0 ;;
  much) head -c 70000000 /dev/zero >"$report"; exit 0 ;;
  code) exit 77 ;;
  loud) head -c 300000 /dev/zero | tr '\\0' x >&2; exit 3 ;;
  *) exec "$real" "$@" ;;
esac
"""


def install(folder):
    folder.mkdir()
    for name in ("dosegate.so", "manifest.json", "libDosegateOrthanc.so"):
        shutil.copy(build / name, folder / name)
    (folder / "dosegate-orthanc-check").write_text(STAND_IN.format(build=build))
    (folder / "dosegate-orthanc-check").chmod(0o755)
    return folder


def check_again(host, study, how, folder):
    (folder / "how").write_text(how)
    before = host.document("/dosegate/status")["checked"]
    assert host.ask("POST", f"/dosegate/studies/{study}/check")[0] == 202
    oh.wait_until(lambda: host.document("/dosegate/status")["checked"] > before, f"the check that is to {how} ends")
    state = host.state(study)
    assert state["status"] == "NO_VERDICT" and host.word(study) == "NO_VERDICT", (how, state)
    assert host.get(f"/dosegate/studies/{study}/report")[0] == 409
    assert host.get("/system")[0] == 200
    return state["problem"]


def check_checks_that_fail(folder, files):
    installed = install(folder / "installed")
    (installed / "how").write_text("well")
    own = {"Options": {"scope": "PLAN_ONLY"}, "TimeLimit": 8, "QueueSize": 1, "Page": False}
    with oh.Host(folder / "orthanc", installed, own) as host:
        study = host.store(files)
        host.becomes(study, "PASS")
        for how, says in (("crash", "by signal 11"), ("hang", "longer than Dosegate.TimeLimit, 8 s"), ("deaf", "longer than"),
                          ("silent", "report.json: is not there"), ("lies", "that differ"), ("noise", "that differ"),
                          ("much", "over the limit of"), ("code", "exit code 77"), ("loud", "x")):
            problem = check_again(host, study, how, installed)
            assert says in problem and len(problem) < 6000, (how, problem)
        (installed / "how").write_text("well")
        host.ask("POST", f"/dosegate/studies/{study}/check")
        host.becomes(study, "PASS")
        check_full_queue(host, study, folder, installed)
        check_killed(host, study, installed)
        check_replaced(host, study, installed)
        assert host.stop() == 0


def check_full_queue(host, study, folder, installed):
    """One runs, one waits, the third is refused; of those that came by themselves none is forgotten."""
    others = [oh.of_another_study(sorted((folder / "made").glob("*.dcm")), folder / f"other-{n}", n) for n in (1, 2, 3)]
    (installed / "how").write_text("hang")
    host.ask("POST", f"/dosegate/studies/{study}/check")
    oh.wait_until(lambda: host.state(study)["queue"] == "running", "the check runs")
    studies = [host.store(f for f in files if not f.name.startswith("CT")) for files in others]
    assert host.ask("POST", f"/dosegate/studies/{studies[0]}/check")[0] == 202
    status, body = host.ask("POST", f"/dosegate/studies/{studies[1]}/check")
    assert status == 503 and b"QueueSize" in body, (status, body)
    assert host.ask("POST", f"/dosegate/studies/{studies[0]}/check")[0] == 202  # it waits already
    (installed / "how").write_text("well")
    for one in studies:
        oh.wait_until(lambda: host.state(one)["status"] in ("PASS", "FAIL", "INCOMPLETE"), "what did not fit is checked, too")


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def check_killed(host, study, installed):
    """Orthanc is killed, or ended, while a check runs: the check ends, too, and is made anew."""
    for how in (signal.SIGKILL, signal.SIGTERM):
        (installed / "how").write_text("hang")
        host.ask("POST", f"/dosegate/studies/{study}/check")
        oh.wait_until(lambda: host.state(study)["queue"] == "running" and host.word(study) == "CHECKING", "the check runs")
        time.sleep(0.3)
        pid = int((installed / "pid").read_text())
        begun = time.monotonic()
        host.stop(how)
        assert time.monotonic() - begun < 15
        if how == signal.SIGTERM:  # a stand-in that became `sleep` does not watch over its parent
            assert not is_alive(pid)
        elif is_alive(pid):
            os.kill(pid, signal.SIGKILL)
        (installed / "how").write_text("well")
        host.start()
        host.becomes(study, "PASS")


def check_replaced(host, study, installed):
    """Another library lies there than Orthanc started with."""
    manifest = json.loads((installed / "manifest.json").read_text())
    manifest["library"]["sha256"] = "0" * 64
    (installed / "manifest.json").write_text(json.dumps(manifest))
    host.ask("POST", f"/dosegate/studies/{study}/check")
    state = host.becomes(study, "NO_VERDICT")
    assert "dosegate" in state["problem"], state
    shutil.copy(build / "manifest.json", installed / "manifest.json")


def check_real_limits(folder, files):
    """The program itself: a study that is too large, too little memory, and an Orthanc that is gone."""
    with oh.Host(folder / "limits", build, {"StudyLimit": 1}) as host:
        study = host.store(files)
        state = host.becomes(study, "NO_VERDICT")
        assert "over Dosegate.StudyLimit of 1 MiB" in state["problem"] and "raise it" in state["problem"], state
    report = folder / "direct.json"
    command = [build / "dosegate-orthanc-check", "--manifest", build / "manifest.json", "--report", report]
    verdicts = set()
    for mib in (16, 32, 64, 96, 128, 160, 192, 256, 4096):
        report.unlink(missing_ok=True)
        done = subprocess.run([*command, "--memory-mib", str(mib), files[0].parent], capture_output=True, text=True, timeout=120)
        verdicts.add(done.returncode)
        # The record is not given: INCOMPLETE, or nothing and why.
        assert (done.returncode == 2) == report.exists() and done.returncode != 0, (mib, done)
        assert done.returncode == 2 or done.stderr.strip(), (mib, done)
    assert 2 in verdicts and len(verdicts) > 1, verdicts
    report.unlink(missing_ok=True)
    done = subprocess.run([*command, "--parent", "1", files[0].parent], capture_output=True, text=True, timeout=120)
    assert done.returncode == 3 and "is gone" in done.stderr and not report.exists(), done


def check_wrong_configurations(folder):
    def fails(says, dosegate=None, **more):
        host = oh.Host(folder / "wrong", build, dosegate, **more)
        if dosegate is None and "Dosegate" not in more:
            del host.configuration["Dosegate"]
        log = host.fails_to_start()
        assert all(part in log for part in says), (says, log[-1500:])
    target = {"AET": "NEXT", "Host": "127.0.0.1", "Port": 104}
    closed = {**target, "AllowMove": False, "AllowGet": False}
    fails(["Dosegate: is missing", '"Library"'])
    fails(["Dosegate.Library: is missing"], None, Dosegate={})
    fails(["Dosegate.Library", "no absolute path"], {"Library": "dosegate.so"})
    fails(["/nowhere/dosegate.so is no file"], {"Library": "/nowhere/dosegate.so"})
    fails(["Dosegate.Protocl: is no option", "Protocol"], {"Protocl": "X"})
    fails(["protocol 'NONE'"], {"Protocol": "NONE"})
    fails(["Options: are no CaseOptions"], {"Options": {"scop": 1}})
    fails(["Options:", "2026-13-45"], {"Options": {"asOf": "2026-13-45"}})
    fails(["the protocol has no structure 'Heart'"], {"Options": {"structureMap": {"Heart": "h"}}})
    fails(["Dosegate.RecordDirectory", "is no folder"], {"RecordDirectory": "/nowhere"})
    fails(["Dosegate.QueueSize", "whole number from 1"], {"QueueSize": 0})
    fails(["Dosegate.Number", "from 1024"], {"Number": 1})
    fails(["Dosegate.ForwardTo", '"NEXT" is none of DicomModalities'], {"ForwardTo": ["NEXT"]})
    fails(["Dosegate.RefuseUnlessPass", "none of DicomModalities and OrthancPeers"], {"RefuseUnlessPass": ["NEXT"]})
    for more in ({"NEXT": target}, {"NEXT": ["NEXT", "127.0.0.1", 104]}, {"NEXT": closed, "ASKS": target}):
        fails(["DicomModalities.", "goes round Dosegate.RefuseUnlessPass"], {"RefuseUnlessPass": ["NEXT"]}, DicomModalities=more)
    fails(["DicomAlwaysAllowMove"], {"RefuseUnlessPass": ["NEXT"]}, DicomModalities={"NEXT": closed}, DicomAlwaysAllowMove=True)
    protocol = folder / "protocol.json"
    protocol.write_text("{}")
    fails(["protocol"], {"Protocol": str(protocol)})


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = oh.phantom(build, folder / "made", "pass")
        check_checks_that_fail(folder, files)
        check_real_limits(folder, files)
        check_wrong_configurations(folder)


main()
