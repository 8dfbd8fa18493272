"""Programs for Linux on arm64, run by Debian's qemu-user with the C library of Debian's cross compiler."""
import pathlib
import shutil
import subprocess

from wine import skip

QEMU = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
SYSTEM = pathlib.Path("/usr/aarch64-linux-gnu")


class Emulated:
    """One of hosts_test.py's and same_bytes_test.py's machines. `folder`: bin of the build."""
    name, library, program_suffix = "arm64", "dosegate.so", ""

    def __init__(self, folder):
        if QEMU is None or not (SYSTEM / "lib/ld-linux-aarch64.so.1").exists():
            skip("no arm64 here: apt-get install --no-install-recommends qemu-user g++-aarch64-linux-gnu")
        if not pathlib.Path(folder, self.library).exists():
            skip(f"{folder}/{self.library} is not built: scripts/build_arm64, which needs g++-aarch64-linux-gnu")

    def __enter__(self):
        return self

    def run(self, *command, **more):
        return subprocess.run([QEMU, "-L", str(SYSTEM), *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              encoding="utf-8", errors="replace", **more)

    def __exit__(self, *_):
        pass
