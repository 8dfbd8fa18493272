#!/usr/bin/python3
"""The wheel that scripts/wheel makes. usage: wheel_test.py FOLDER-OF-THE-LIBRARY"""
import base64
import csv
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
LIBRARY = os.path.abspath(sys.argv.pop(1))
HOST = "import box_patient as box, dosegate; print(dosegate.__file__); print(box.report_of(dosegate.load())[0])"


def run(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, **more).stdout.strip()


class Wheel(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.wheel = run(root / "scripts/wheel", LIBRARY, "-o", self.folder / "a")

    def works(self, site):
        """-I: neither the caller's folder nor his environment counts, as for a script in somebody's planning system."""
        program = f"import sys; sys.path[:0] = [{str(site)!r}, {str(here)!r}]; {HOST}"
        where, verdict = run(sys.executable, "-I", "-c", program, env={"DOSEGATE_INSTALLED": "1"}, cwd=self.folder).split("\n")
        self.assertTrue(where.startswith(str(site)), where)
        self.assertEqual(verdict, "PASS")

    def test_it_is_whole_the_same_each_time_and_works_unpacked(self):
        again = run(root / "scripts/wheel", LIBRARY, "-o", self.folder / "b")
        self.assertEqual(pathlib.Path(self.wheel).read_bytes(), pathlib.Path(again).read_bytes())
        with zipfile.ZipFile(self.wheel) as archive:
            names = set(archive.namelist())
            record, = (n for n in names if n.endswith(".dist-info/RECORD"))
            listed = {row[0]: row[1:] for row in csv.reader(archive.read(record).decode().splitlines())}
            self.assertEqual(set(listed), names)
            for name, (digest, size) in listed.items():
                if name != record:
                    data = archive.read(name)
                    self.assertEqual(digest, "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode())
                    self.assertEqual(int(size), len(data))
            for needed in ("dosegate/__init__.py", "dosegate/dicom/bridge.py", "dosegate/py.typed", "dosegate/_library/manifest.json",
                           "dosegate/_library/dosegate.so"):
                self.assertIn(needed, names)
            archive.extractall(self.folder / "site")
        self.works(self.folder / "site")

    def test_pip_installs_it(self):
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, stdin=subprocess.DEVNULL).returncode != 0:
            self.skipTest("skipped: pip is not installed")
        run(sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-compile", "--target", self.folder / "pip", self.wheel,
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        self.works(self.folder / "pip")

    def test_the_messages_of_the_grpc_interface_are_found_beside_it(self):
        """scripts/clients/python/make_stubs makes dosegate/v1 in another folder."""
        (self.folder / "stubs/dosegate/v1").mkdir(parents=True)
        (self.folder / "stubs/dosegate/v1/plan_pb2.py").write_text("HERE = 1\n", encoding="utf-8")
        for order in (("stubs", "package"), ("package", "stubs")):
            places = {"stubs": str(self.folder / "stubs"), "package": str(root / "adapters/python")}
            program = (f"import sys; sys.path[:0] = {[places[o] for o in order]!r}; import dosegate.v1.plan_pb2 as p, dosegate; "
                       "print(p.HERE, dosegate.load.__name__)")
            self.assertEqual(run(sys.executable, "-B", "-I", "-c", program), "1 load")


if __name__ == "__main__":
    unittest.main(verbosity=1)
