#!/usr/bin/python3
"""A Python host that is killed while the library computes. usage: crash_test.py FOLDER-OF-THE-LIBRARY

Nothing of it is left: no file, no process; and the next host gives the answer that it would have given."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import box_patient as box
import dosegate

LIBRARY = os.path.abspath(sys.argv.pop(1))
HOST = """
import sys
sys.path.insert(0, sys.argv[2])
import box_patient as box, dosegate
def in_the_midst(fraction):
    print("in", fraction, flush=True)
    if 0.3 < fraction < 1.0:
        import time
        time.sleep(60)  # killed here: inside check, with the library's frames on the stack
print(box.report_of(dosegate.load(sys.argv[1]), threads=2, progress=in_the_midst))
"""


def contents(folder):
    return sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in pathlib.Path(folder).rglob("*"))


class Crash(unittest.TestCase):
    def test_a_killed_host_leaves_nothing(self):
        library_before = contents(LIBRARY)
        with dosegate.load(LIBRARY) as library:
            expected = box.report_of(library)
        for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
            with self.subTest(how), tempfile.TemporaryDirectory() as empty:
                here = os.path.dirname(os.path.abspath(__file__))
                environment = {**os.environ, "TMPDIR": empty, "HOME": empty, "PYTHONDONTWRITEBYTECODE": "1"}
                host = subprocess.Popen([sys.executable, "-c", f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n{HOST}",
                                         LIBRARY, here], cwd=empty, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, start_new_session=True, text=True)
                while float(host.stdout.readline().split()[1]) <= 0.3:
                    pass
                host.send_signal(how)
                rest, _ = host.communicate()
                self.assertEqual(host.returncode, -how)
                self.assertNotIn("PASS", rest)
                self.assertEqual(os.listdir(empty), [])
                with self.assertRaises(ProcessLookupError):
                    os.killpg(host.pid, 0)
        self.assertEqual(contents(LIBRARY), library_before)
        with dosegate.load(LIBRARY) as library:
            self.assertEqual(box.report_of(library), expected)


if __name__ == "__main__":
    unittest.main(verbosity=1)
