"""Programs for Windows, run by Debian's wine64 in a folder of its own that goes with the object.

A prefix as Wine makes it copies every library of Windows, 700 MB, and starts services; this one links to them, and takes
0.4 MB and a third of a second."""
import os
import pathlib
import subprocess
import sys
import tempfile

WINE = "/usr/lib/wine/wine64"
LIBRARIES = pathlib.Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


class Wine:
    """One of hosts_test.py's and same_bytes_test.py's machines. `folder`: bin of the build."""
    name, library, program_suffix = "windows", "dosegate.dll", ".exe"

    def __init__(self, folder):
        if not os.access(WINE, os.X_OK) or not LIBRARIES.is_dir():
            skip("Wine is not installed: apt-get install --no-install-recommends wine64")
        if not pathlib.Path(folder, self.library).exists():
            skip(f"{folder}/{self.library} is not built: scripts/build_windows, which needs g++-mingw-w64-x86-64-posix")

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="dosegate-wine-")
        prefix = pathlib.Path(self.folder.name)
        system = prefix / "drive_c/windows/system32"
        system.mkdir(parents=True)
        (prefix / "dosdevices").mkdir()
        (prefix / "dosdevices/c:").symlink_to("../drive_c")
        (prefix / "dosdevices/z:").symlink_to("/")
        for file in LIBRARIES.iterdir():
            (system / file.name).symlink_to(file)
        (prefix / ".update-timestamp").write_text("disable\n")  # Wine's word for: leave it as it is
        self.environment = {**os.environ, "WINEPREFIX": str(prefix), "WINEDEBUG": "-all",
                            "WINEDLLOVERRIDES": "mscoree,mshtml,explorer.exe,services.exe,plugplay.exe,winemenubuilder.exe=d"}
        return self

    def run(self, *command, **more):
        return subprocess.run([WINE, *map(str, command)], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", errors="replace", **more)

    def __exit__(self, *_):
        subprocess.run([WINE.replace("wine64", "wineserver64"), "-k"], env=self.environment, capture_output=True)
        subprocess.run([WINE.replace("wine64", "wineserver64"), "-w"], env=self.environment, capture_output=True, timeout=30)
        self.folder.cleanup()
