#!/usr/bin/python3
"""plugin/integration: its programs are those of plugin/examples, and all of them say the same.

usage: hosts_test.py FOLDER-OF-THE-LIBRARY C-HOST C++-HOST"""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
folder, c_host, cpp_host = sys.argv[1:4]
del sys.argv[1:4]
EXAMPLES = root / "plugin/schemas/examples"
HOSTS = {
    "C": [c_host, f"{folder}/dosegate.so"],
    "C++": [cpp_host, f"{folder}/manifest.json"],
    "Python": [sys.executable, "-B", root / "plugin/examples/check.py", f"{folder}/manifest.json"],
}
built = tempfile.TemporaryDirectory()
atexit.register(built.cleanup)


def compiled(*command):
    subprocess.run([str(c) for c in command], check=True, stdin=subprocess.DEVNULL)


if shutil.which("mcs") and shutil.which("mono"):
    compiled("mcs", "-langversion:7.2", "-warnaserror", f"-out:{built.name}/check.exe", root / "plugin/examples/check.cs",
             *sorted((root / "adapters/dotnet/Dosegate").glob("*.cs")))
    HOSTS["C#"] = ["mono", f"{built.name}/check.exe", f"{folder}/manifest.json"]
else:
    print("skipped: the host in C#: Mono is not installed: apt-get install mono-mcs mono-runtime")
JNA = pathlib.Path("/usr/share/java/jna.jar")
if shutil.which("javac") and JNA.exists():
    compiled("javac", "-Xlint:all", "-Werror", "-cp", JNA, "-d", built.name, root / "plugin/examples/Check.java")
    HOSTS["Java"] = ["java", "-cp", f"{JNA}:{built.name}", "Check", f"{folder}/dosegate.so"]
else:
    print("skipped: the host in Java: apt-get install openjdk-17-jdk-headless libjna-java")
if shutil.which("rustc"):
    compiled("rustc", "-D", "warnings", "--edition", "2021", "-o", f"{built.name}/check_rs", root / "plugin/examples/check.rs")
    HOSTS["Rust"] = [f"{built.name}/check_rs", f"{folder}/dosegate.so"]
else:
    print("skipped: the host in Rust: apt-get install rustc")


def run(command, *arguments):
    return subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, "PYTHONPATH": str(root / "adapters/python")})


class Hosts(unittest.TestCase):
    def all_say(self, plan):
        answers = {name: run(command, plan) for name, command in HOSTS.items()}
        first = answers["C"]
        for name, answer in answers.items():
            self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (first.returncode, first.stdout, first.stderr), name)
        return first

    def test_each_page_quotes_its_program(self):
        front = (root / "plugin/INTEGRATION.md").read_text(encoding="utf-8")
        programs = {"c": "check.c", "cpp": "check.cpp", "python": "check.py", "csharp": "check.cs", "java": "Check.java", "rust": "check.rs"}
        pages = {p.stem for p in (root / "plugin/integration").glob("*.md")}
        self.assertEqual(pages, set(programs))
        for language, program in programs.items():
            page = (root / f"plugin/integration/{language}.md").read_text(encoding="utf-8")
            quoted = re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
            self.assertEqual(quoted, [(root / "plugin/examples" / program).read_text(encoding="utf-8")], language)
            self.assertIn(f"(integration/{language}.md)", front)
            for link in re.findall(r"\]\(([^)#:]+)\)", page):
                self.assertTrue((root / "plugin/integration" / link).exists(), f"{language}.md: {link}")

    def test_all_hosts_give_the_same_report_of_a_plan_that_fails(self):
        plan = json.loads((EXAMPLES / "plan.full.json").read_text(encoding="utf-8"))
        for name in ("nameInCase", "structureSet"):  # the programs use the short form
            del plan[name]
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(plan, file)
            file.flush()
            said = self.all_say(file.name)
        self.assertEqual(said.returncode, 1, said.stderr)
        broken = {f["ruleId"] for f in json.loads(said.stdout)["findings"] if f["status"] == "DEVIATION"}
        self.assertIn("OR-6.Max", broken)

    def test_all_hosts_give_the_same_report_of_a_plan_that_says_little(self):
        plan = json.loads((EXAMPLES / "plan.small.json").read_text(encoding="utf-8"))
        said = self.all_say(EXAMPLES / "plan.small.json")
        self.assertNotEqual(said.returncode, 0)
        self.assertEqual(json.loads(said.stdout)["prescription"]["totalDoseGy"],
                         plan["doseReferences"][0]["targetPrescriptionDoseGy"])

    def test_all_hosts_say_the_same_of_what_is_no_plan_and_give_no_verdict(self):
        said = self.all_say(root / "plugin/schemas/plan.schema.json")
        self.assertEqual((said.returncode, said.stdout), (3, b""))
        self.assertTrue(said.stderr.startswith(b"$"), said.stderr)

    def test_no_host_gives_a_verdict_without_a_library(self):
        for name, command in HOSTS.items():
            said = run([*command[:-1], f"{folder}/nowhere"], EXAMPLES / "plan.full.json")
            self.assertEqual((said.returncode, said.stdout), (3, b""), name)
            self.assertTrue(said.stderr, name)


if __name__ == "__main__":
    unittest.main(verbosity=1)
