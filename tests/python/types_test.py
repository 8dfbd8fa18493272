#!/usr/bin/python3
"""The type hints of the Python package, where mypy is installed. usage: types_test.py ANYTHING"""
import pathlib
import subprocess
import sys
import tempfile

package = pathlib.Path(__file__).resolve().parents[2] / "adapters/python/dosegate"
if subprocess.run([sys.executable, "-c", "import mypy"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
    print("skipped: mypy is not installed: apt-get install python3-mypy")
    sys.exit(77)
with tempfile.TemporaryDirectory() as cache:
    sys.exit(subprocess.run([sys.executable, "-m", "mypy", "--strict", "--python-version", "3.8", "--ignore-missing-imports",
                             "--cache-dir", cache, package], stdin=subprocess.DEVNULL).returncode)
