#!/usr/bin/python3
"""What the Python package loads, and what it refuses before a line of the library runs. usage: loader_test.py FOLDER-OF-THE-LIBRARY"""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import box_patient  # noqa: F401  finds the package
import dosegate

LIBRARY = pathlib.Path(sys.argv.pop(1)).resolve()


class Loader(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.manifest = json.loads((LIBRARY / "manifest.json").read_text(encoding="utf-8"))

    def write(self, text=None):
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest) if text is None else text, encoding="utf-8")

    def refused(self, kind, path, word):
        with self.assertRaises(kind) as caught:
            dosegate.load(self.folder)
        self.assertIn(path, caught.exception.path)
        self.assertIn(word, caught.exception.message)

    def test_a_copy_of_the_folder_is_loaded(self):
        shutil.copy(LIBRARY / "dosegate.so", self.folder)
        self.write()
        with dosegate.load(self.folder / "manifest.json") as library:
            self.assertEqual(library.manifest.version, self.manifest["version"])
            self.assertEqual({p["id"] for p in library.manifest.protocols}, {p["id"] for p in self.manifest["protocols"]})

    def test_a_manifest_that_is_missing_damaged_or_of_something_else(self):
        self.refused(dosegate.NotFound, "manifest.json", "cannot be opened")
        for text, word in (("{", "cannot be read"), ('{"id": 1, "id": 2}', "twice"), ("[]", "object"), ("{}", "missing"),
                           ('{"schema": NaN}', "NaN"), ("[" * 100000, "cannot be read")):
            self.write(text)
            self.refused(dosegate.InvalidData, "manifest.json", word)
        self.write(" " * ((1 << 20) + 1))
        self.refused(dosegate.LimitExceeded, "manifest.json", "1 MiB")
        (self.folder / "manifest.json").unlink()
        os.mkfifo(self.folder / "manifest.json")
        self.refused(dosegate.InvalidData, "manifest.json", "regular")

    def test_each_member_that_is_needed(self):
        for path, value, where in ((("id",), "other", "$.id"), (("library", "sha256"), "A" * 64, "$.library.sha256"),
                                   (("library", "path"), "../dosegate.so", "$.library.path"),
                                   (("library", "path"), "/dosegate.so", "$.library.path"), (("abi", "min"), True, "$.abi.min"),
                                   (("abi", "min"), 0, "$.abi"), (("protocols",), {}, "$.protocols"),
                                   (("library", "buildId"), "", "$.library.buildId")):
            with self.subTest(where):
                before = json.dumps(self.manifest)
                target = self.manifest
                for name in path[:-1]:
                    target = target[name]
                target[path[-1]] = value
                self.write()
                self.refused(dosegate.InvalidData, where, "")
                self.manifest = json.loads(before)

    def test_another_machine_or_version(self):
        self.manifest["library"]["architecture"] = "vax"
        self.write()
        self.refused(dosegate.Incompatible, "$.library.architecture", "vax")
        self.manifest["library"]["architecture"] = os.uname().machine
        self.manifest["abi"].update(min=2, max=3)
        self.write()
        self.refused(dosegate.Incompatible, "$.abi", "ABI 2 to 3")

    def test_a_library_that_is_missing_altered_linked_or_another_build(self):
        self.write()
        self.refused(dosegate.NotFound, "dosegate.so", "cannot be opened")
        os.symlink(LIBRARY / "dosegate.so", self.folder / "dosegate.so")
        self.refused(dosegate.InvalidData, "dosegate.so", "symbolic link")
        (self.folder / "dosegate.so").unlink()
        data = bytearray((LIBRARY / "dosegate.so").read_bytes())
        data[-1] ^= 1
        (self.folder / "dosegate.so").write_bytes(data)
        self.refused(dosegate.InvalidData, "dosegate.so", "SHA-256")
        (self.folder / "dosegate.so").unlink()
        shutil.copy(LIBRARY / "dosegate.so", self.folder)
        self.manifest["library"]["buildId"] = "0123456789abcdef"
        self.write()
        self.refused(dosegate.Incompatible, "dosegate.so", "another build")

    def test_a_package_without_a_library_says_so(self):
        with self.assertRaises(dosegate.NotFound) as caught:
            dosegate.load()
        self.assertIn("_library", caught.exception.path)


if __name__ == "__main__":
    unittest.main(verbosity=1)
