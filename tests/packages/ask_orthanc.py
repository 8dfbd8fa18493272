"""In a bare Debian with dosegate-orthanc: Orthanc as it is configured there says FAIL of a phantom. usage: ask_orthanc.py PHANTOM"""
import json
import pathlib
import subprocess
import sys
import time
import urllib.request


def ask(path, body=None):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:8042{path}", data=body), timeout=30) as answer:
        return json.load(answer)


def wait(answer, seconds=60):
    until = time.monotonic() + seconds
    while True:
        try:
            found = answer()
        except OSError:
            found = None
        if found or time.monotonic() > until:
            return found
        time.sleep(0.2)


orthanc = subprocess.Popen(["Orthanc", "/etc/orthanc"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
try:
    about = wait(lambda: orthanc.poll() is not None or ask("/dosegate/status"))
    assert orthanc.poll() is None, orthanc.stderr.read()[-2000:]
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.dcm")):
        study = ask("/instances", file.read_bytes())["ParentStudy"]
    state = lambda: ask(f"/dosegate/studies/{study}")
    wait(lambda: state()["status"] == "FAIL")
    assert state()["status"] == "FAIL", state()
finally:
    orthanc.terminate()
    code = orthanc.wait(30)
assert code == 0, code
print(about)
