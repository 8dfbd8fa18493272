"""A packaged Orthanc with the built plugin, on free ports, in a folder of its own; phantoms for it."""
import http.client
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

ORTHANC = "/usr/sbin/Orthanc"
SKIPPED = 77


def skip_unless_installed(build):
    if not pathlib.Path(ORTHANC).exists():
        print("skipped: Orthanc is not installed (package orthanc)")
        sys.exit(SKIPPED)
    if not (build / "libDosegateOrthanc.so").exists():
        print("skipped: the plugin is not built (package orthanc-dev)")
        sys.exit(SKIPPED)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(is_so, what, seconds=60):
    until = time.monotonic() + seconds
    while True:
        answer = is_so()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class Receiver:
    """storescp, which keeps what it gets."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port = free_port()
        self.process = subprocess.Popen(["/usr/bin/storescp", "-od", str(self.folder), "-aet", "NEXT", str(self.port)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def files(self):
        return sorted(self.folder.iterdir())

    def end(self):
        self.process.kill()
        self.process.wait()


class Host:
    def __init__(self, folder, build, dosegate=None, **more):
        """`dosegate`: what stands under that name in the configuration; `more`: the rest of it."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.build = build
        self.port, self.dicom_port = free_port(), free_port()
        self.configuration = {
            "Name": "test", "StorageDirectory": str(self.folder / "storage"), "IndexDirectory": str(self.folder / "storage"),
            "TemporaryDirectory": str(self.folder / "temporary"), "HttpPort": self.port, "DicomPort": self.dicom_port,
            "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "StableAge": 1, "OverwriteInstances": True,
            "DicomAlwaysAllowStore": True, "DicomCheckCalledAet": False, "Plugins": [str(build / "libDosegateOrthanc.so")],
            "UserMetadata": {"dosegate-verdict": 4200, "dosegate": 4201},
            "UserContentType": {"dosegate-report": [4200, "application/json"], "dosegate-page": [4201, "text/html"]},
            "Dosegate": {"Library": str(build / "dosegate.so"), **(dosegate or {})}, **more}
        (self.folder / "temporary").mkdir(exist_ok=True)
        self.process = None

    def start(self, seconds=60):
        (self.folder / "orthanc.json").write_text(json.dumps(self.configuration))
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([ORTHANC, str(self.folder / "orthanc.json")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

        def answers():
            if self.process.poll() is not None:
                raise AssertionError(f"Orthanc ended by itself: {self.process.returncode}\n{self.log()[-3000:]}")
            try:
                return self.get("/system")[0] == 200
            except OSError:
                return False
        wait_until(answers, "Orthanc answers", seconds)
        return self

    def fails_to_start(self, seconds=30):
        """Its log."""
        (self.folder / "orthanc.json").write_text(json.dumps(self.configuration))
        done = subprocess.run([ORTHANC, str(self.folder / "orthanc.json")], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds)
        assert done.returncode != 0, done.stderr
        return done.stderr

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self, how=signal.SIGTERM, seconds=60):
        self.process.send_signal(how)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *rest):
        if kind is not None and (self.folder / "log").exists():
            print(self.log()[-4000:], file=sys.stderr)
        self.end()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path):
        return self.ask("GET", path)

    def document(self, path):
        status, body = self.get(path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def store(self, files):
        """By REST; the study of the last file."""
        study = None
        for file in files:
            status, body = self.ask("POST", "/instances", pathlib.Path(file).read_bytes())
            assert status == 200, (file, status, body)
            study = json.loads(body)["ParentStudy"]
        return study

    def state(self, study):
        return self.document(f"/dosegate/studies/{study}")

    def becomes(self, study, status, seconds=60):
        def is_so():
            self.last = self.state(study)
            return self.last["status"] == status and self.last["queue"] == "" and self.last
        try:
            return wait_until(is_so, status, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.last}") from None

    def word(self, study):
        """What stands in the metadata; None: nothing."""
        status, body = self.get(f"/studies/{study}/metadata/dosegate-verdict")
        return body.decode() if status == 200 else None


def phantom(build, folder, case):
    """The DICOM files of a phantom, as the program makes them; its record is put aside. Returns the files."""
    subprocess.run([str(build / "dosegate"), "phantom", str(folder), "--case", case], check=True, stdout=subprocess.DEVNULL)
    return sorted(pathlib.Path(folder).glob("*.dcm"))


def of_another_study(files, folder, number):
    """The same objects as those of another study: every UID of the patient's and of the objects' anew."""
    import pydicom
    pathlib.Path(folder).mkdir()
    made = []

    def renew(data):
        for element in data:
            if element.VR == "SQ":
                for item in element.value:
                    renew(item)
            elif element.VR == "UI" and element.value and not str(element.value).startswith("1.2.840.10008."):
                if element.VM == 1:
                    element.value = f"{str(element.value)[:56]}.{number}"
    for file in files:
        data = pydicom.dcmread(file)
        renew(data)
        data.PatientID = f"P{number}"
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.save_as(pathlib.Path(folder) / pathlib.Path(file).name)
        made.append(pathlib.Path(folder) / pathlib.Path(file).name)
    return made


def forget(folder):
    shutil.rmtree(folder, ignore_errors=True)
