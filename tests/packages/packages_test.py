#!/usr/bin/python3
"""The packages that scripts/package makes, unpacked and used as their users do.

usage: packages_test.py BUILD [--packages DIR] [--bare]

BUILD: a release build. --packages: those made already; else they are made here, into a temporary folder. --bare: besides, they
are installed with apt in a bare Debian 12, used, and removed again (root, debootstrap and a mirror are needed). DOSEGATE_LONG=1: as
--bare."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

source = pathlib.Path(__file__).resolve().parents[2]
NAMES = ["dosegate", "dosegate-server", "libdosegate-dev", "python3-dosegate"]
failures = 0


def check(holds, what):
    global failures
    if not holds:
        failures += 1
        print(f"FAILED: {what}", flush=True)


def run(*command, **options):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)


def done(*command, **options):
    """Of a command that has to succeed."""
    outcome = run(*command, **options)
    check(outcome.returncode == 0, f"{' '.join(map(str, command))}: exit {outcome.returncode}\n{outcome.stdout[-800:]}{outcome.stderr[-1500:]}")
    return outcome.stdout


def unpack(packages, into):
    for package in packages.values():
        done("dpkg-deb", "-x", package, into)


def test_control(packages):
    for name, package in packages.items():
        field = lambda which: done("dpkg-deb", "-f", package, which).strip()
        check(field("Package") == name, f"{package.name} is named {field('Package')}")
        files = {line.split()[5] for line in done("dpkg-deb", "-c", package).splitlines()}
        for needed in (f"./usr/share/doc/{name}/copyright", f"./usr/share/doc/{name}/changelog.Debian.gz"):
            check(needed in files, f"{name} has no {needed}")
        check(not any("__pycache__" in f or "CMakeFiles" in f for f in files), f"{name} has files of the build")
        if name != "dosegate":
            check(f"dosegate (= {field('Version')})" in field("Depends"), f"{name} does not need its own version of dosegate")
    if shutil.which("lintian") is None:
        print("skipped: lintian is not installed")
        return
    said = run("lintian", "--allow-root", "--fail-on", "error", *packages.values())
    check(said.returncode == 0, "lintian:\n" + said.stdout)


def test_programs(prefix, work):
    """The library is the one that the manifest names, and the same report comes from it as from the build."""
    program = prefix / "bin/dosegate"
    done(program, "phantom", work / "hot", "--case", "hot-cord")
    command = ("check", work / "hot", "--record", work / "hot/record.json")
    packaged, built = run(program, *command), run(build / "bin/dosegate", *command)
    check(packaged.returncode == 1 and "OR-6.Max" in packaged.stdout, f"check: exit {packaged.returncode}: {packaged.stderr}")
    check(packaged.stdout == built.stdout, "the packaged program's report is not that of the build")
    check(run(program, "policy", "--help").returncode == 0, "dosegate policy finds no dosegate-gate")


def test_server(prefix, work):
    """As its unit starts it, without systemd; and the unit, where systemd can tell."""
    unit = prefix / "lib/systemd/system/dosegate-grpc.service"
    text = unit.read_text()
    check("ExecStart=/usr/lib/dosegate/dosegate-grpc $DOSEGATE_OPTIONS" in text, "the unit starts something else")
    if shutil.which("systemd-analyze"):
        # It looks for the program where it will be; of anything else it has to say nothing.
        for line in run("systemd-analyze", "verify", unit).stderr.splitlines():
            check("dosegate-grpc" not in line or "is not executable" in line or "No such file" in line, f"systemd-analyze: {line}")
    else:
        print("skipped: systemd-analyze is not installed")
    place = work / "run"
    place.mkdir(mode=0o700)
    address = f"unix:{place}/grpc.sock"
    server = subprocess.Popen([prefix / "bin/dosegate-grpc", "--listen", address], stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        began = time.monotonic()
        while not (place / "grpc.sock").exists() and server.poll() is None and time.monotonic() - began < 20:
            time.sleep(0.05)
        answer = run(prefix / "bin/dosegate", "check", work / "hot", "--server", address)
        check(answer.returncode == 1, f"check --server: exit {answer.returncode}: {answer.stderr}")
        refused = run(prefix / "bin/dosegate-grpc", "--listen", address)
        check(refused.returncode == 3 and refused.stderr, "a second server on the same socket is not refused")
    finally:
        server.send_signal(signal.SIGTERM)
        check(server.wait(timeout=30) == 0, f"SIGTERM ends the server with {server.returncode}")


def test_headers(prefix, work):
    """find_package and pkg-config, each with a host that loads the library by its manifest."""
    (work / "host.cpp").write_text("""#include <cstdio>
#include <dosegate/dosegate.hpp>
int main(int, char** argv) {
  const auto library = dosegate::Library::load(argv[1]);
  std::printf("loaded\\n");
}
""")
    (work / "CMakeLists.txt").write_text("""cmake_minimum_required(VERSION 3.16)
project(host LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(dosegate 0.1 REQUIRED)
add_executable(host host.cpp)
target_link_libraries(host PRIVATE dosegate::headers)
file(WRITE ${CMAKE_BINARY_DIR}/manifest.txt "${dosegate_MANIFEST}")
""")
    done("cmake", "-S", work, "-B", work / "with_cmake", f"-DCMAKE_PREFIX_PATH={prefix}", "-G", "Ninja")
    done("cmake", "--build", work / "with_cmake")
    manifest = (work / "with_cmake/manifest.txt").read_text()
    check(pathlib.Path(manifest).resolve() == (prefix / "lib/dosegate/manifest.json").resolve(), f"find_package says {manifest}")
    check(done(work / "with_cmake/host", manifest).strip(), "the host of find_package says nothing")
    if shutil.which("pkg-config") is None:
        print("skipped: pkg-config is not installed")
        return
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "share/pkgconfig")}
    flags = done("pkg-config", "--cflags", "--libs", "dosegate", env=environment).split()
    manifest = done("pkg-config", "--variable=manifest", "dosegate", env=environment).strip()
    done("g++", "-std=c++17", work / "host.cpp", "-o", work / "host", *flags)
    check(done(work / "host", manifest).strip(), "the host of pkg-config says nothing")


def test_python(prefix):
    code = "import dosegate; library = dosegate.load(); print(library.lint_protocol(b'{}'))"
    done("/usr/bin/python3", "-c", code, env={**os.environ, "PYTHONPATH": str(prefix / "lib/python3/dist-packages")})


def test_orthanc(prefix, root, work):
    """The plugin in Orthanc, with the configuration that is installed."""
    sample = (root / "etc/orthanc/dosegate.json").read_text()
    check('"Library": "/usr/lib/dosegate/dosegate.so"' in sample, "the configuration names another library")
    plugin = prefix / "share/orthanc/plugins/libDosegateOrthanc.so"
    check(plugin.resolve() == (prefix / "lib/dosegate/libDosegateOrthanc.so").resolve() and plugin.exists(), f"{plugin} leads elsewhere")
    sys.path.insert(0, str(source / "tests/orthanc"))
    import orthanc_host
    if not pathlib.Path(orthanc_host.ORTHANC).exists():
        print("skipped: Orthanc is not installed")
        return
    with orthanc_host.Host(work / "orthanc", prefix / "lib/dosegate", {"Options": {"scope": "PLAN_ONLY"}}) as host:
        host.becomes(host.store(sorted((work / "hot").glob("*.dcm"))), "FAIL")


def test_parts(work):
    """The list of what they are made of names every library that a program loads."""
    out = work / "parts.json"
    done(source / "scripts/packaging/sbom", build / "bin", "-o", out)
    document = json.loads(out.read_text())
    check(document["spdxVersion"] == "SPDX-2.3", "not SPDX 2.3")
    ids = {p["SPDXID"] for p in document["packages"]} | {"SPDXRef-DOCUMENT"}
    check(len(ids) == len(document["packages"]) + 1, "an SPDXID is there twice")
    for relation in document["relationships"]:
        check({relation["spdxElementId"], relation["relatedSpdxElement"]} <= ids, f"{relation} names what is not there")
    names = {p["name"] for p in document["packages"]}
    check({"dosegate.so", "Boost", "Eigen", "libdcmtk17", "libssl3", "libc6"} <= names, f"only {sorted(names)}")
    done(source / "scripts/packaging/sbom", build / "bin", "-o", work / "again.json")
    check((work / "again.json").read_bytes() == out.read_bytes(), "two lists of the same programs differ")


def test_bare(packages, work):
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("skipped: a bare Debian needs root and debootstrap")
        return
    bare = work / "bare"
    done("debootstrap", "--variant=minbase", "bookworm", bare)
    for package in packages.values():
        shutil.copy(package, bare / "tmp")
    shutil.copy(pathlib.Path(__file__).parent / "ask_orthanc.py", bare / "tmp")
    inside = lambda *command: run("chroot", bare, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", *command)
    def must(*command, code=0):
        outcome = inside(*command)
        check(outcome.returncode == code, f"bare: {' '.join(command)}: exit {outcome.returncode}\n{outcome.stdout[-600:]}{outcome.stderr[-900:]}")
        return outcome
    subprocess.run(["mount", "-t", "proc", "proc", bare / "proc"], check=True)
    try:
        before = set(inside("find", "/usr", "/etc", "/lib", "-not", "-path", "*/__pycache__*").stdout.split())
        must("apt-get", "install", "-q", "-y", "--no-install-recommends", *[f"/tmp/{p.name}" for p in packages.values()])
        must("dosegate", "phantom", "/tmp/hot", "--case", "hot-cord")
        must("dosegate", "check", "/tmp/hot", code=1)
        must("python3", "-c", "import dosegate; dosegate.load()")
        must("sh", "-c", "mkdir -m 700 /run/dosegate; dosegate-grpc --listen unix:/run/dosegate/grpc.sock & p=$!; sleep 3;"
             " dosegate check /tmp/hot --server unix:/run/dosegate/grpc.sock; c=$?; kill $p; wait $p && [ $c = 1 ]")
        if "dosegate-orthanc" in NAMES:
            must("sed", "-i", 's/"StableAge" : 60/"StableAge" : 1/', "/etc/orthanc/orthanc.json")
            must("python3", "/tmp/ask_orthanc.py", "/tmp/hot")
        must("apt-get", "purge", "-q", "-y", *NAMES)
        left = [f for f in inside("find", "/usr", "/etc", "/lib", "-not", "-path", "*/__pycache__*").stdout.split()
                if f not in before and "dosegate" in f]
        check(not left, f"left behind: {left}")
    finally:
        subprocess.run(["umount", bare / "proc"], check=True)


parser = argparse.ArgumentParser(description="Unpacks the packages and uses them.")
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("--packages", type=pathlib.Path)
parser.add_argument("--bare", action="store_true")
arguments = parser.parse_args()
build = arguments.build.resolve()
if (build / "bin/libDosegateOrthanc.so").exists():
    NAMES.append("dosegate-orthanc")
if shutil.which("dpkg-shlibdeps") is None:
    print("skipped: dpkg-shlibdeps is not installed (apt-get install dpkg-dev)")
    sys.exit(0)
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    made = arguments.packages
    if made is None:
        made = work / "made"
        done("cpack", "-G", "DEB", "-B", made, cwd=build)
    packages = {}
    for name in NAMES:
        found = list(made.glob(f"{name}_*.deb"))
        check(len(found) == 1, f"{len(found)} packages {name}")
        if found:
            packages[name] = found[0]
    if not failures:
        test_control(packages)
        unpack(packages, work / "root")
        prefix = work / "root/usr"
        test_programs(prefix, work)
        test_server(prefix, work)
        (work / "host").mkdir()
        test_headers(prefix, work / "host")
        test_python(prefix)
        if "dosegate-orthanc" in NAMES:
            test_orthanc(prefix, work / "root", work)
        test_parts(work)
        if arguments.bare or os.environ.get("DOSEGATE_LONG"):
            test_bare(packages, work)
print("packages: " + ("ok" if not failures else f"{failures} failed"))
sys.exit(1 if failures else 0)
