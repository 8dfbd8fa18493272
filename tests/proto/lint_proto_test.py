#!/usr/bin/python3
"""scripts/lint_proto passes the protos as they are, and names what is wrong in broken ones.

usage: lint_proto_test.py SOURCE_DIRECTORY"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Released, then changed case by case.
SAMPLE = """// A file of the test.
syntax = "proto3";

package dosegate.v1;

// One sample.
message Sample {
  enum Kind {
    KIND_UNSPECIFIED = 0;  // not known
    FIRST = 1;             // one
    SECOND = 2;            // two
  }
  // Inside.
  message Inner {
    string text = 1;  // any
  }
  reserved 20 to 22;
  reserved "retired";
  Kind kind = 1;                  // which
  double dose_gy = 2;             // Gy
  repeated string names = 3;      // any
  optional int32 number = 4;      // any
  map<string, int32> counts = 5;  // any
  Inner inner = 6;
  oneof choice {
    string left = 7;   // one
    string right = 8;  // other
  }
}

// Takes samples.
service SampleService {
  // One.
  rpc AskSample(AskSampleRequest) returns (AskSampleResponse);
  // Many.
  rpc TellSample(stream TellSampleRequest) returns (TellSampleResponse);
}
message AskSampleRequest {
  Sample sample = 1;
}
message AskSampleResponse {}
message TellSampleRequest {}
message TellSampleResponse {}
message HearSampleRequest {}
message HearSampleResponse {}
"""
DOSE = "  double dose_gy = 2;             // Gy\n"
SECOND = "    SECOND = 2;            // two\n"
ASK = "  // One.\n  rpc AskSample(AskSampleRequest) returns (AskSampleResponse);\n"

# What is replaced in the sample by what.
ALLOWED = [
    ("double dose_gy", "optional double dose_gy"),
    ("// Gy", "// Gy, whole course"),
    (DOSE, DOSE + "  double more_gy = 9;  // Gy\n"),
    (DOSE, '  reserved 2;\n  reserved "dose_gy";\n'),
    (SECOND, SECOND + "    THIRD = 3;  // three\n"),
    (SECOND, '    reserved 2;\n    reserved "SECOND";\n'),
    (ASK, ASK + "  // Three.\n  rpc HearSample(HearSampleRequest) returns (HearSampleResponse);\n"),
    ("// Takes samples.\n", "// Takes none.\nservice EmptyService {}\n\n// Takes samples.\n"),
]
# The same, and what the lint has to say of it.
REFUSED = [
    # Names
    ("Inner", "inner_part", r"message inner_part: such names are UpperCamel"),
    ("dose_gy = 2", "doseGy = 2", r"field doseGy: such names are lower_snake"),
    ("oneof choice", "oneof Choice", r"oneof Choice: such names are lower_snake"),
    ("Kind ", "kind_of ", r"enum kind_of: such names are UpperCamel"),
    ("FIRST = 1", "First = 1", r"enum value First: such names are UPPER_SNAKE"),
    ("KIND_UNSPECIFIED", "NO_KIND", r"Sample\.Kind\.NO_KIND = 0: .*, name it KIND_UNSPECIFIED"),
    ("service SampleService", "service Samples", r"service dosegate\.v1\.Samples: such names end in Service"),
    ("rpc AskSample(", "rpc askSample(", r"rpc askSample: such names are UpperCamel"),
    ("TellSampleResponse", "Told", r"TellSample with dosegate\.v1\.Told: .* give it a TellSampleResponse"),
    (ASK, ASK + ASK.replace("rpc Ask", "rpc AskAnother"), r"AskSample with dosegate\.v1\.AskSampleRequest: .* nowhere"),
    ("package dosegate.v1", "package dosegate.v2", r"sample\.proto:4: package 'dosegate\.v2'"),
    ("dose_gy = 2", "dose_gy = 20000", r"Sample\.dose_gy = 20000: numbers are below 19000"),
    # Comments
    (DOSE, "  double dose_gy = 2;\n", r"sample\.proto:20: field dosegate\.v1\.Sample\.dose_gy: has no comment"),
    ("// One sample.\n", "", r"sample\.proto:6: message dosegate\.v1\.Sample: has no comment"),
    ("  // Inside.\n", "", r"field dosegate\.v1\.Sample\.inner: has no comment"),
    ("FIRST = 1;             // one", "FIRST = 1;", r"enum value dosegate\.v1\.Sample\.Kind\.FIRST: has no comment"),
    ("  // One.\n", "", r"rpc dosegate\.v1\.SampleService\.AskSample: has no comment"),
    ("// Takes samples.\n", "", r"service dosegate\.v1\.SampleService: has no comment"),
    # Fields
    ("dose_gy = 2", "dose_gy = 9", r"sample\.proto:20: field \S+Sample\.dose_gy had number 2, now has 9"),
    ("dose_gy = 2", "dose_cgy = 2", r"field \S+Sample\.dose_gy = 2 is now called dose_cgy"),
    ("double dose_gy", "float dose_gy", r"Sample\.dose_gy was double, is float"),
    ("Inner inner = 6;", "AskSampleResponse inner = 6;  // any", r"was dosegate\.v1\.Sample\.Inner, is \S+Response"),
    ("map<string, int32>", "map<string, bool>", r"Sample\.counts was map<string, int32>, is map<string, bool>"),
    (DOSE, "", r'sample\.proto:7: field \S+Sample\.dose_gy = 2 is gone: .*, write: reserved 2; reserved "dose_gy";'),
    (DOSE, "  reserved 2;\n", r"Sample\.dose_gy = 2 is gone"),
    (DOSE, '  reserved "dose_gy";\n', r"Sample\.dose_gy = 2 is gone"),
    ("double dose_gy", "repeated double dose_gy", r"dose_gy was double, is repeated double"),
    ("repeated string names", "string names", r"names was repeated string, is string"),
    ("optional int32", "int32", r"number was optional int32, is int32"),
    (DOSE, f"  oneof way {{\n  {DOSE}  }}\n", r"dose_gy was (optional )?double, is double in oneof way"),
    ("oneof choice {\n", "string left = 7;  // one\n  oneof choice {\n", r'"left" is already defined'),
    ("dose_gy = 2", 'dose_gy = 2 [json_name = "gy"]', r"dose_gy was doseGy in JSON, is gy"),
    ("20 to 22", "20 to 21", r"field numbers 20 to 22 of dosegate\.v1\.Sample are no longer reserved"),
    ('  reserved "retired";\n', "", r"field name retired of dosegate\.v1\.Sample is no longer reserved"),
    (DOSE, DOSE + "  bool again = 21;  // any\n", r'"again" uses reserved number 21'),
    # Values, messages, services
    ("SECOND = 2", "SECOND = 3", r"enum value \S+Kind\.SECOND had number 2, now has 3"),
    ("SECOND = 2", "OTHER = 2", r"enum value \S+Kind\.SECOND = 2 is now called OTHER"),
    (SECOND, "", r"enum value \S+Kind\.SECOND = 2 is gone"),
    ("Inner", "Nested", r"message dosegate\.v1\.Sample\.Inner is gone"),
    ("Kind", "Sort", r"enum dosegate\.v1\.Sample\.Kind is gone"),
    ("SampleService", "OtherService", r"service dosegate\.v1\.SampleService is gone"),
    (ASK, "", r"rpc dosegate\.v1\.SampleService\.AskSample is gone"),
    ("(AskSampleRequest)", "(TellSampleRequest)", r"AskSample was \(dosegate\.v1\.Ask\S+ .*, is \(dosegate\.v1\.Tell"),
    ("(AskSampleRequest)", "(stream AskSampleRequest)", r"AskSample was .*, is \(stream dosegate\.v1\.AskSam"),
    ("stream ", "", r"TellSample was \(stream dosegate\.v1\.TellSampleRequest\)"),
]

source = pathlib.Path(sys.argv[1]).resolve()
failures = 0


def expect(what, code, says, protos, *arguments):
    global failures
    run = subprocess.run([source / "scripts/lint_proto", "--protos", protos, *arguments], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode != code or not re.search(says, run.stdout) or (code == 0 and run.stdout):
        failures += 1
        print(f"{what}\n  expected: {code} {says}\n  got: {run.returncode} {run.stdout}")


with tempfile.TemporaryDirectory() as folder:
    expect("the real ones", 0, "", source / "proto")

    copy = pathlib.Path(folder) / "real"
    shutil.copytree(source / "proto", copy)
    report = copy / "dosegate/v1/report.proto"
    report.write_text(report.read_text().replace("Verdict verdict = 1;", "Verdict verdict = 100;"))
    expect("a released field renumbered", 1, r"report\.proto:\d+: field \S+Report\.verdict had number 1", copy)
    expect("the same against another release", 1, "had number 1", copy, "--against", source / "proto/released.binpb")
    report.unlink()
    expect("a file that others import is gone", 1, "report.proto", copy)

    protos = pathlib.Path(folder) / "sample"
    file = protos / "dosegate/v1/sample.proto"
    expect("no protos", 3, "no .proto files", protos, "--release")
    file.parent.mkdir(parents=True)
    file.write_text(SAMPLE)
    expect("no release", 3, "released.binpb", protos)
    expect("the first release", 0, "", protos, "--release")
    expect("the sample", 0, "", protos)
    released = (protos / "released.binpb").read_bytes()
    for before, after in ALLOWED:
        assert before in SAMPLE, before
        file.write_text(SAMPLE.replace(before, after))
        expect(f"{before!r} -> {after!r}", 0, "", protos)
    for before, after, says in REFUSED:
        assert before in SAMPLE, before
        file.write_text(SAMPLE.replace(before, after))
        expect(f"{before!r} -> {after!r}", 1, says, protos, "--release")
    assert (protos / "released.binpb").read_bytes() == released, "findings, and released all the same"
    file.write_text(SAMPLE)
    file.rename(file.with_name("moved_sample.proto"))
    expect("moved to another file", 0, "", protos)
    file.with_name("moved_sample.proto").rename(file.with_name("MovedSample.proto"))
    expect("a badly named file", 1, "file MovedSample: such names are lower_snake", protos)
    file.with_name("MovedSample.proto").rename(file)
    file.with_name("other.proto").write_text('syntax = "proto2";\npackage dosegate.v1;\n')
    expect("proto2", 1, r"other\.proto:1: not proto3", protos)
    (protos / "released.binpb").write_bytes(b"\xff")
    expect("a damaged release", 3, "released.binpb", protos)
    (protos / "released.binpb").write_bytes(b"")
    expect("an empty release", 3, "holds nothing", protos)

sys.exit(1 if failures else 0)
