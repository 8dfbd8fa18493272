#!/usr/bin/python3
"""The Python clients against a dosegate-grpc of the folder that is named: their programs, and what a session survives."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

CLIENTS = pathlib.Path(__file__).resolve().parents[2] / "scripts/clients/python"
PATIENCE = 120  # seconds; the machine may be busy


class Server:
    running = []

    def __init__(self, bin_folder, path):
        self.address = f"unix:{path}"
        self.process = subprocess.Popen([bin_folder / "dosegate-grpc", "--listen", self.address, "--drain-seconds", "1"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.running.append(self.process)
        line = self.process.stdout.readline()
        assert line == f"dosegate-grpc dosegate.v1 {self.address}\n", line

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.communicate(timeout=PATIENCE)
        self.running.remove(self.process)


def run(program, *arguments, code):
    done = subprocess.run([sys.executable, CLIENTS / program, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE)
    print(f"$ {program} {' '.join(arguments)}\n{done.stdout[-3000:]}{done.stderr}exit {done.returncode}\n", flush=True)
    assert done.returncode == code, f"exit {done.returncode} instead of {code}"
    return done.stdout


def try_check_plan(address):
    for progress, verdict, code in ("1", "PASS", 0), ("0", "FAIL", 1):
        first, report = run("check_plan.py", "--server", address, "--progress", progress, code=code).split("\n", 1)
        assert first == verdict and json.loads(report)["verdict"] == verdict
    assert run("check_plan.py", "--server", address + ".none", code=3) == ""


def try_planning_system(address):
    for more in [], ["--break-after", "7"], ["--break-after", "1"]:
        lines = run("planning_system.py", "--server", address, *more, code=0).splitlines()
        changes = [line.split(None, 4)[3:] for line in lines if line.startswith("rev ")]
        signs = {rule: [sign for sign, text in changes if text.startswith(rule)] for rule in ("OR-6.Max ", "PL-3.PTV ")}
        # Each appears once, moves, and is resolved for good; a resumed session tells nothing twice.
        for rule, seen in signs.items():
            assert seen == ["+"] + ["~"] * (len(seen) - 2) + ["-"] and len(seen) > 5, (rule, seen)
        assert ["+", "OR-6.Max SpinalCord 48.00 Gy, limit < 40 Gy"] in changes
        assert any("; resumed sessions/" in line for line in lines) == bool(more)
        assert lines[-1] == "PASS"


def try_session(bin_folder, path):
    """A dose that is refused, and a server that is killed."""
    import dosegate_client as dosegate
    import liver_case
    verdicts = dosegate.report_pb2.Report
    server = Server(bin_folder, path)
    session = dosegate.Session(lambda: dosegate.connect(server.address), options=liver_case.options())

    def answer(event):
        while True:
            got = session.next()
            if got.event >= event:
                return got

    for structure in liver_case.structures():
        session.structure(structure)
    session.plan(liver_case.plan())
    assert answer(session.expect_dose(liver_case.dose(1).header)).verdict == verdicts.INCOMPLETE
    assert answer(session.dose(liver_case.dose(1))).verdict == verdicts.PASS

    broken = liver_case.dose(0)
    broken.header.values.sha256 = "0" * 64
    refused = answer(session.dose(broken))
    assert "sha256" in dosegate.why(refused.status).lower(), refused
    assert answer(session.dose(liver_case.dose(0))).verdict == verdicts.FAIL

    first = session.opened.name
    server.end(signal.SIGKILL)
    server = Server(bin_folder, path)
    again = answer(session.dose(liver_case.dose(1)))
    assert again.verdict == verdicts.PASS and session.opened.name != first
    session.close()
    server.end()

    # Nothing drawn: the gate's call is no pass.
    server = Server(bin_folder, path)
    with dosegate.connect(server.address) as channel:
        report = dosegate.check_plan(channel, liver_case.plan(), [], liver_case.dose(1), liver_case.options()).report
    assert report.verdict == verdicts.INCOMPLETE
    server.end()


def main(bin_folder):
    if not shutil.which("grpc_python_plugin") or subprocess.run([sys.executable, "-c", "import grpc, google.protobuf"],
                                                                stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: protobuf-compiler-grpc, python3-grpcio or python3-protobuf is not here; scripts/install brings them")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["DOSEGATE_STUBS"] = str(folder / "stubs")
        sys.path.insert(0, str(CLIENTS))
        subprocess.run([CLIENTS / "make_stubs", folder / "stubs"], check=True, stdin=subprocess.DEVNULL)
        (folder / "s").mkdir(mode=0o700)
        try:
            server = Server(bin_folder, folder / "s/socket")
            try_check_plan(server.address)
            try_planning_system(server.address)
            server.end()
            try_session(bin_folder, folder / "s/socket")
        finally:
            for process in Server.running:
                process.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
