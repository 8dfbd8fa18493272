"""Records what `dosegate` asks of the library: a manifest that names the recorder in its place."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess


class Recording:
    """Of the programs in a build's bin folder; `work` is a folder of the caller's."""

    def __init__(self, bin_folder, recorder, work):
        self.bin, self.work = pathlib.Path(bin_folder).resolve(), pathlib.Path(work)
        manifest = json.loads((self.bin / "manifest.json").read_text(encoding="utf-8"))
        library = shutil.copy(recorder, self.work / "recorder.so")
        notes = subprocess.run(["readelf", "-n", library], capture_output=True, text=True, check=True).stdout
        manifest["library"].update(path="recorder.so", sha256=hashlib.sha256(pathlib.Path(library).read_bytes()).hexdigest(),
                                   buildId=re.search(r"Build ID: ([0-9a-f]+)", notes)[1])
        (self.work / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def phantoms(self):
        listed = subprocess.run([self.bin / "dosegate", "phantom", "--list"], capture_output=True, text=True, check=True).stdout
        return re.findall(r"^([a-z][\w-]*)  +\S", listed, re.M)

    def phantom(self, name):
        """The folder of a phantom's files."""
        folder = self.work / "phantoms" / name
        if not folder.exists():
            subprocess.run([self.bin / "dosegate", "phantom", folder, "--case", name], capture_output=True, check=True)
        return folder

    def record(self, name, *command):
        """Runs a command of dosegate; the record of what it asked. None: it had no reason to ask anything."""
        record = self.work / f"{name}.calls"
        # What reads DICOM may write where its answer goes alone, and the record lies there, too.
        reads_dicom = command[0] in ("check", "cohort", "compare", "dvh", "gamma")
        answer = ["--output", self.work / "answer"] if reads_dicom and "--output" not in command else []
        run = subprocess.run([self.bin / "dosegate", "--manifest", self.work / "manifest.json", *map(str, [*command, *answer])],
                             capture_output=True, text=True, stdin=subprocess.DEVNULL,
                             env={**os.environ, "DOSEGATE_RECORDED_LIBRARY": str(self.bin / "dosegate.so"),
                                  "DOSEGATE_RECORD_FILE": str(record)})
        if run.returncode not in (0, 1, 2, 3) or "recorder:" in run.stderr:
            raise RuntimeError(f"dosegate {' '.join(map(str, command))}: exit {run.returncode}: {run.stderr[-500:]}")
        if run.returncode == 3:
            print(f"{name}: exit 3: {run.stderr.strip().splitlines()[:1]}")
        return record if record.exists() else None
