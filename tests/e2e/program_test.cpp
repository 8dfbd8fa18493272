// The built program: usage, formats, where the answer goes, exit codes.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace fs = std::filesystem;

namespace {

// A case that needs no outside data.
class Phantom {
 public:
  explicit Phantom(const std::string& name = "pass") {
    const Outcome o = run({"phantom", path(), "--case", name});
    INFO(o.err);
    REQUIRE(o.exit_code == 0);
  }
  std::string path() const { return (folder_ / "phantom").string(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("program: wrong usage is one line on standard error and exit 3", "[e2e]") {
  check_refused(run({}), "command");
  check_refused(run({"frobnicate"}), "frobnicate");
  check_refused(run({"check"}), "PATH");
  check_refused(run({"check", "x", "--map", "Stomach"}), "ROLE=NAME");
  check_refused(run({"check", "x", "--map", "NoSuchRole=Magen"}), "NoSuchRole");
  check_refused(run({"check", "x", "--map", "Stomach=A", "--map", "Stomach=B"}), "twice");
  check_refused(run({"check", "x", "--protocol", "NoSuchProtocol"}), "NoSuchProtocol");
  check_refused(run({"check", "x", "--protocol", "/no/such/protocol.json"}), "/no/such/protocol.json");
  check_refused(run({"dvh", "x", "--prescription", "45"}), "unit");
  check_refused(run({"protocols", "show", "NoSuchProtocol"}), "NoSuchProtocol");
  check_refused(run({"protocols", "lint", "/dev/zero"}), "/dev/zero");
  check_refused(run({"phantom", "/proc/no-such", "--case", "pass"}));
  check_refused(run({"phantom", "/tmp", "--case", "no-such-case"}), "no-such-case");
}

TEST_CASE("program: a line feed or an escape sequence in an argument stays in the one error line", "[e2e]") {
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"check", "no\nsuch\x1b[31m/file"}, {"check", "x", "--protocol", "no\nsuch\x1b[31m.json"}}) {
    const Outcome o = run(args);
    check_refused(o, "such");
    CHECK(o.err.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("program: unusable paths are named", "[e2e]") {
  const TemporaryFolder empty;
  check_refused(run({"check", empty.path().string()}), empty.path().string());
  check_refused(run({"check", "/no/such/file.dcm"}), "/no/such/file.dcm");
  write_file(empty / "text.dcm", "this is no DICOM");
  check_refused(run({"check", (empty / "text.dcm").string()}), "text.dcm");
}

TEST_CASE("program: the library is found beside it, by option or by environment, and nowhere else", "[e2e]") {
  check_refused(run({"protocols", "list", "--manifest", "/no/such/manifest.json"}), "/no/such/manifest.json");
  RunOptions elsewhere;
  elsewhere.environment = {"DOSEGATE_MANIFEST=/no/such/other.json"};
  check_refused(run({"protocols", "list"}, elsewhere), "other.json");
  const std::string manifest = (fs::path(DOSEGATE_PROGRAM).parent_path() / "manifest.json").string();
  CHECK(run({"protocols", "list", "--manifest", manifest}).exit_code == 0);
  // A copy of the program alone has no library.
  const TemporaryFolder folder;
  fs::copy_file(DOSEGATE_PROGRAM, folder / "dosegate");
  check_refused(run({"protocols", "list"}, {}, (folder / "dosegate").string()), "manifest.json");
}

TEST_CASE("program: help and version exit 0", "[e2e]") {
  const Outcome help = run({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.out.find("dosegate check plan_folder") != std::string::npos);
  CHECK(help.err.empty());
  const Outcome version = run({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.rfind("dosegate ", 0) == 0);
}

TEST_CASE("program: an answer that cannot be written is exit 3, never a pass", "[e2e]") {
  const Phantom phantom;
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"check", phantom.path()},
                                             {"check", phantom.path(), "--format", "json"},
                                             {"--help"},
                                             {"--version"},
                                             {"protocols", "list"},
                                             {"dvh", phantom.path()},
                                             {"phantom", "--list"}}) {
    INFO(args.front());
    RunOptions full;
    full.stdout_path = "/dev/full";
    check_refused(run(args, full), "could not be written");
    RunOptions closed;
    closed.close_stdout = true;
    check_refused(run(args, closed), "could not be written");
  }
}

TEST_CASE("program: a check exits 0 for PASS and 1 for FAIL", "[e2e]") {
  const Outcome pass = run({"check", Phantom().path(), "--plan-only"});
  INFO(pass.out << pass.err);
  CHECK(pass.exit_code == 0);
  CHECK(pass.out.rfind("PASS", 0) == 0);
  CHECK(pass.err.empty());
  const Outcome fail = run({"check", Phantom("hot-cord").path()});
  INFO(fail.out << fail.err);
  CHECK(fail.exit_code == 1);
  CHECK(fail.out.rfind("FAIL", 0) == 0);
  CHECK(fail.out.find("OR-6") != std::string::npos);
}

TEST_CASE("program: --between-slices decides how contours become solids, and the report names the model", "[e2e]") {
  const Phantom phantom;
  const Outcome interpolated = run({"check", phantom.path(), "--plan-only", "--between-slices", "interpolate"});
  INFO(interpolated.out << interpolated.err);
  CHECK(interpolated.exit_code == 0);
  CHECK(interpolated.out.find("Between slices: shape-interpolated") != std::string::npos);
  const Outcome json = run({"check", phantom.path(), "--between-slices", "interpolate", "--format", "json"});
  CHECK(json.out.find("\"betweenSlices\": \"INTERPOLATE\"") != std::string::npos);
  const Outcome slabs = run({"check", phantom.path()});
  CHECK(slabs.out.find("Between slices: slabs") != std::string::npos);
  check_refused(run({"check", phantom.path(), "--between-slices", "spline"}), "spline");
}

TEST_CASE("program: -o writes the same bytes as standard output and leaves no other file", "[e2e]") {
  const Phantom phantom;
  const TemporaryFolder folder;
  const std::string file = (folder / "report.json").string();
  const Outcome shown = run({"check", phantom.path(), "--format", "json"});
  const Outcome written = run({"check", phantom.path(), "--format", "json", "-o", file});
  CHECK(written.exit_code == shown.exit_code);
  CHECK(written.out.empty());
  CHECK(written.err.empty());
  CHECK(read_file(file) == shown.out);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);

  const Outcome again = run({"check", phantom.path(), "--format", "json"});
  CHECK(again.out == shown.out);
}

TEST_CASE("program: -o that cannot be written is exit 3 and keeps the old file", "[e2e]") {
  const Phantom phantom;
  check_refused(run({"check", phantom.path(), "-o", "/no/such/folder/report.txt"}), "/no/such/folder");
  const TemporaryFolder folder;
  const std::string dose = (folder / "RD.dcm").string();
  fs::copy_file(fs::path(phantom.path()) / "RD.dcm", dose);
  const std::string before = read_file(dose);
  check_refused(run({"check", phantom.path(), "-o", dose}), "DICOM");
  CHECK(read_file(dose) == before);
}

TEST_CASE("program: colour on a terminal only, and not with NO_COLOR or a dumb terminal", "[e2e]") {
  const Phantom phantom("hot-cord");
  const auto coloured = [&](bool terminal, std::vector<std::string> environment) {
    RunOptions options;
    options.environment = std::move(environment);
    options.terminal = terminal;
    const Outcome o = run({"check", phantom.path()}, options);
    INFO(o.out << o.err);
    CHECK(o.exit_code == 1);
    CHECK(o.out.find("OR-6") != std::string::npos);
    return o.out.find('\x1b') != std::string::npos;
  };
  CHECK(coloured(true, {"TERM=xterm-256color", "NO_COLOR="}));
  CHECK_FALSE(coloured(true, {"TERM=xterm-256color", "NO_COLOR=1"}));
  CHECK_FALSE(coloured(true, {"TERM=dumb", "NO_COLOR="}));
  CHECK_FALSE(coloured(false, {"TERM=xterm-256color", "NO_COLOR="}));
}

TEST_CASE("program: dvh needs no plan and answers in three formats", "[e2e]") {
  const Phantom phantom;
  const TemporaryFolder folder;
  const Outcome text = run({"dvh", phantom.path(), "--roi", "PTV", "--metric", "Mean[Gy]"});
  INFO(text.out << text.err);
  CHECK(text.exit_code == 0);
  CHECK(text.out.rfind("PTV", 0) == 0);
  const Outcome csv = run({"dvh", phantom.path(), "--roi", "PTV", "--metric", "V95%[%]", "--prescription", "45Gy",
                           "--format", "csv", "--curve"});
  INFO(csv.out << csv.err);
  CHECK(csv.exit_code == 0);
  CHECK(csv.out.rfind("roi,roi_number,", 0) == 0);
  CHECK(csv.out.find("\r\nPTV,") != std::string::npos);
  const Outcome json = run({"dvh", phantom.path(), "--format", "json"});
  CHECK(json.exit_code == 0);
  CHECK(json.out == run({"dvh", phantom.path(), "--format", "json"}).out);
  check_refused(run({"dvh", phantom.path(), "--roi", "NoSuchRoi"}), "NoSuchRoi");
  check_refused(run({"dvh", phantom.path(), "--metric", "V20Gz[%]"}), "V20Gz[%]");
}

TEST_CASE("program: protocols are listed, shown, written out and linted", "[e2e]") {
  const Outcome list = run({"protocols", "list"});
  CHECK(list.exit_code == 0);
  CHECK(list.out.find("ChiCTR2000036385") != std::string::npos);
  const Outcome shown = run({"protocols", "show", "ChiCTR2000036385"});
  CHECK(shown.exit_code == 0);
  CHECK(shown.out.find("OR-6") != std::string::npos);

  const Outcome json = run({"protocols", "show", "ChiCTR2000036385", "--format", "json"});
  const TemporaryFolder folder;
  const std::string file = (folder / "mine.json").string();
  write_file(file, json.out);
  CHECK(run({"protocols", "lint", file}).exit_code == 0);
  CHECK(run({"protocols", "show", file}).exit_code == 0);
  CHECK(run({"check", Phantom().path(), "--plan-only", "--protocol", file}).exit_code == 0);

  write_file(file,
             R"({"schema":"dosegate.v1.Protocol","id":"x","rules":[{"id":"A","doseMetric":{"metric":"V20Gz[%]"}}]})");
  const Outcome lint = run({"protocols", "lint", file});
  INFO(lint.out << lint.err);
  CHECK(lint.exit_code == 1);
  CHECK(lint.out.find("error") != std::string::npos);
  check_refused(run({"check", "x", "--protocol", file}), "mine.json");
  write_file(file, "{\"a\": ");
  check_refused(run({"check", "x", "--protocol", file}), "mine.json");
}

TEST_CASE("program: two protocols are compared in words and as a document", "[e2e]") {
  const std::string id = "ChiCTR2000036385";
  const Outcome same = run({"protocols", "diff", id, id});
  CHECK(same.exit_code == 0);
  CHECK(same.out.find("the same, byte for byte") != std::string::npos);

  std::string json = run({"protocols", "show", id, "--format", "json"}).out;
  const std::size_t at = json.find("\"limit\": 49");
  REQUIRE(at != std::string::npos);
  json.replace(at, 11, "\"limit\": 45");
  const TemporaryFolder folder;
  const std::string file = (folder / "stricter.json").string();
  write_file(file, json);
  const Outcome text = run({"protocols", "diff", id, file});
  INFO(text.out << text.err);
  CHECK(text.exit_code == 0);
  CHECK(text.out.find("OR-2.V20: limit < 49 % becomes < 45 %: stricter") != std::string::npos);
  CHECK(text.out.find("raise the version") != std::string::npos);
  CHECK(text.out.find("1 change: 1 stricter, 0 looser") != std::string::npos);
  const Outcome document = run({"protocols", "diff", id, file, "--format", "json"});
  CHECK(document.exit_code == 0);
  CHECK(document.out.find("\"effect\": \"STRICTER\"") != std::string::npos);
  check_refused(run({"protocols", "diff", id, (folder / "none.json").string()}), "none.json");
  check_refused(run({"protocols", "diff", id}), "AFTER");
}
