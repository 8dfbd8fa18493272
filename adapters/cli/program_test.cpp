// Arguments, exit codes, what is written and how.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/cli/args.h"
#include "adapters/cli/input.h"
#include "adapters/cli/output.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/verdict.h"

using namespace dosegate::cli;
namespace fs = std::filesystem;
namespace v1 = dosegate::v1;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dosegate-cli-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string operator/(const char* name) const { return (path_ / name).string(); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

auto parse(std::vector<const char*> args) {
  args.insert(args.begin(), "dosegate");
  return parse_arguments(static_cast<int>(args.size()), args.data());
}

std::string usage_error(std::vector<const char*> args) {
  const auto parsed = parse(std::move(args));
  const auto* problem = std::get_if<Problem>(&parsed);
  return problem != nullptr ? problem->text() : "";
}

template <typename T>
T command(std::vector<const char*> args) {
  auto parsed = parse(std::move(args));
  if (const auto* problem = std::get_if<Problem>(&parsed)) FAIL(problem->text());
  return std::get<T>(std::get<Arguments>(parsed).command);
}

v1::Report report(v1::Report::Verdict verdict, v1::Finding::Status status) {
  v1::Report r;
  r.set_verdict(verdict);
  auto* f = r.add_findings();
  f->set_status(status);
  f->set_mandatory(true);
  return r;
}

}  // namespace

TEST_CASE("exit code: 0, 1 and 2 only for a verdict that the report bears out", "[cli]") {
  using F = v1::Finding;
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::PASS)) == Exit::kPass);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::WARNING)) == Exit::kPass);
  CHECK(exit_of(DOSEGATE_VERDICT_FAIL, report(v1::Report::FAIL, F::DEVIATION)) == Exit::kFail);
  CHECK(exit_of(DOSEGATE_VERDICT_INCOMPLETE, report(v1::Report::INCOMPLETE, F::NOT_EVALUABLE)) == Exit::kIncomplete);

  CHECK(exit_of(DOSEGATE_VERDICT_UNSPECIFIED, report(v1::Report::PASS, F::PASS)) == Exit::kUnusable);
  CHECK(exit_of(77, report(v1::Report::PASS, F::PASS)) == Exit::kUnusable);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::FAIL, F::DEVIATION)) == Exit::kUnusable);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::DEVIATION)) == Exit::kUnusable);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::NOT_EVALUABLE)) == Exit::kUnusable);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::INDETERMINATE)) == Exit::kUnusable);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, report(v1::Report::PASS, F::STATUS_UNSPECIFIED)) == Exit::kUnusable);
  v1::Report empty;
  empty.set_verdict(v1::Report::PASS);
  CHECK(exit_of(DOSEGATE_VERDICT_PASS, empty) == Exit::kUnusable);
}

TEST_CASE("colour: only on a terminal, with NO_COLOR unset and a terminal that is not dumb", "[cli]") {
  CHECK(choose_colour(true, nullptr, "xterm") == Colour::kOn);
  CHECK(choose_colour(true, "", "xterm") == Colour::kOn);
  CHECK(choose_colour(true, "1", "xterm") == Colour::kOff);
  CHECK(choose_colour(true, nullptr, "dumb") == Colour::kOff);
  CHECK(choose_colour(true, nullptr, nullptr) == Colour::kOff);
  CHECK(choose_colour(false, nullptr, "xterm") == Colour::kOff);
}

TEST_CASE("output: a new file is made, an old one replaced with its mode kept", "[cli]") {
  const Folder folder;
  const std::string path = folder / "report.txt";
  REQUIRE_FALSE(write_file(path, "one"));
  CHECK(content(path) == "one");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  REQUIRE_FALSE(write_file(path, "second"));
  CHECK(content(path) == "second");
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0640u);
  CHECK(folder.entries() == 1);
}

TEST_CASE("output: a failed write leaves the old file and no other", "[cli]") {
  const Folder folder;
  // A file name of 250 characters exists, but the temporary one beside it would be longer than 255.
  const std::string path = folder / std::string(250, 'r').c_str();
  put(path, "old");
  const auto problem = write_file(path, "new");
  REQUIRE(problem);
  CHECK(problem->text().find("cannot be written") != std::string::npos);
  CHECK(content(path) == "old");
  CHECK(folder.entries() == 1);
  CHECK(write_file(folder / "missing/report.txt", "x"));
}

TEST_CASE("output: a link is followed, a device written to, a folder and a DICOM file refused", "[cli]") {
  const Folder folder;
  put(folder / "real.txt", "old");
  fs::create_symlink("real.txt", folder / "link.txt");
  REQUIRE_FALSE(write_file(folder / "link.txt", "new"));
  CHECK(fs::is_symlink(folder / "link.txt"));
  CHECK(content(folder / "real.txt") == "new");

  CHECK_FALSE(write_file("/dev/null", "x"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(write_file("/dev/full", "x"));

  fs::create_directory(folder / "sub");
  CHECK(write_file(folder / "sub", "x"));

  const std::string dicom = std::string(128, '\0') + "DICM and more";
  put(folder / "RD.dcm", dicom);
  const auto problem = write_file(folder / "RD.dcm", "x");
  REQUIRE(problem);
  CHECK(problem->text().find("DICOM") != std::string::npos);
  CHECK(content(folder / "RD.dcm") == dicom);
}

TEST_CASE("protocol files: bounded, and regular files only", "[cli]") {
  const Folder folder;
  put(folder / "p.json", "{}");
  CHECK(std::get<std::string>(read_text_file(folder / "p.json", 2)) == "{}");
  CHECK(std::holds_alternative<Problem>(read_text_file(folder / "p.json", 1)));
  CHECK(std::holds_alternative<Problem>(read_text_file("/dev/zero", 100)));
  CHECK(std::holds_alternative<Problem>(read_text_file(folder / "none.json", 100)));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(std::holds_alternative<Problem>(read_text_file(folder / "pipe", 100)));
}

TEST_CASE("arguments: check takes its paths and options in any order", "[cli]") {
  const auto a = command<CheckArguments>({"check",
                                          "--map",
                                          "Stomach=Magen",
                                          "plan",
                                          "--map=Kidney_L=Niere=links",
                                          "--format",
                                          "json",
                                          "more",
                                          "-o",
                                          "out.json",
                                          "--dose-is",
                                          "fraction",
                                          "--outside-grid",
                                          "zero",
                                          "--protocol",
                                          "p.json",
                                          "--plan",
                                          "1.2.3",
                                          "--separate-pieces",
                                          "GTV",
                                          "--separate-pieces=Bowel, small"});
  CHECK(a.input.separate_pieces == std::vector<std::string>{"GTV", "Bowel, small"});
  CHECK(a.input.paths == std::vector<std::string>{"plan", "more"});
  CHECK(a.map == std::map<std::string, std::string>{{"Stomach", "Magen"}, {"Kidney_L", "Niere=links"}});
  CHECK(a.input.format == Format::kJson);
  CHECK(a.input.output == "out.json");
  CHECK(a.input.dose_is == DoseIs::kFraction);
  CHECK(a.input.outside_grid == OutsideGrid::kZero);
  CHECK(a.protocol == "p.json");
  CHECK(a.input.plan == "1.2.3");
}

TEST_CASE("arguments: check takes what is prescribed, with and without a role", "[cli]") {
  const auto a =
      command<CheckArguments>({"check", "x", "--prescription", "PTV_High=5400cGy", "--prescription", "45Gy"});
  CHECK(a.prescriptions == std::map<std::string, double>{{"", 45.0}, {"PTV_High", 54.0}});
}

TEST_CASE("arguments: dvh takes names in brackets and with commas as they are", "[cli]") {
  const auto a = command<DvhArguments>({"dvh", "folder", "--roi", "[PTV,1]", "--roi", "-x", "--metric", "D95%[Gy]",
                                        "--curve", "--prescription", "4500cGy", "--format", "csv"});
  CHECK(a.rois == std::vector<std::string>{"[PTV,1]", "-x"});
  CHECK(a.metrics == std::vector<std::string>{"D95%[Gy]"});
  CHECK(a.curve);
  CHECK(a.prescription_gy == 45.0);
  CHECK(a.input.format == Format::kCsv);
}

TEST_CASE("arguments: wrong usage is one line that says what is expected", "[cli]") {
  const std::vector<std::pair<std::vector<const char*>, std::string>> cases = {
      {{}, "command is required"},
      {{"frobnicate"}, "frobnicate"},
      {{"protocols", "frob"}, "frob"},
      {{"check"}, "PATH"},
      {{"check", "x", "--map", "Stomach"}, "ROLE=NAME"},
      {{"check", "x", "--separate-pieces", ""}, "--separate-pieces"},
      {{"dvh", "x", "--separate-pieces", "\xE8"}, "UTF-8"},
      {{"check", "x", "--map", "=Magen"}, "ROLE=NAME"},
      {{"check", "x", "--map", "Stomach="}, "ROLE=NAME"},
      {{"check", "x", "--map", "A=1", "--map", "A=2"}, "twice"},
      {{"check", "x", "--map", "A=\xE8"}, "UTF-8"},
      {{"check", "x", "--prescription", "PTV=45"}, "with its unit"},
      {{"check", "x", "--prescription", "=45Gy"}, "ROLE=DOSE"},
      {{"check", "x", "--prescription", "45Gy", "--prescription", "50Gy"}, "twice"},
      {{"check", "x", "--prescription", "PTV=45Gy", "--prescription", "PTV=45Gy"}, "twice"},
      {{"check", "x", "--format", "xml"}, "json"},
      {{"compare", "x", "y", "--format", "csv"}, "json"},
      {{"check", "x", "--dose-is", "week"}, "course"},
      {{"check", "x", "--outside-grid", "maybe"}, "refuse"},
      {{"check", "x", "--wrong"}, "--wrong"},
      {{"check", "x", "-o"}, "-o"},
      {{"check", "x", "-o", "a", "-o", "b"}, "-o"},
      {{"dvh", "x", "--prescription", "45"}, "unit"},
      {{"dvh", "x", "--metric", ""}, "empty"},
      {{"protocols"}, "command is required"},
      {{"protocols", "lint"}, "FILE"},
      {{"phantom"}, "DIR"},
      {{"phantom", "--list", "x"}, "--list"},
  };
  for (const auto& [args, part] : cases) {
    const std::string message = usage_error(args);
    INFO(message);
    CHECK(message.find(part) != std::string::npos);
    CHECK(message.find("--help") != std::string::npos);
  }
}

TEST_CASE("arguments: help and version are answers, and help shows examples", "[cli]") {
  for (const std::vector<const char*>& args :
       std::vector<std::vector<const char*>>{{"--help"}, {"check", "--help"}, {"dvh", "-h"}, {"phantom", "--help"}}) {
    const auto parsed = parse(args);
    const auto* answer = std::get_if<Answer>(&parsed);
    REQUIRE(answer != nullptr);
    INFO(answer->text);
    CHECK(answer->text.find("Examples:") != std::string::npos);
    CHECK(answer->text.find("Usage: dosegate") != std::string::npos);
  }
  const auto version = parse({"--version"});
  CHECK(std::get<Answer>(version).text == "dosegate " DOSEGATE_VERSION "\n");
}

TEST_CASE("arguments: a dose needs its unit and is above 0", "[cli]") {
  CHECK(parse_dose("45Gy") == 45.0);
  CHECK(parse_dose("45 Gy") == 45.0);
  CHECK(parse_dose("4500cGy") == 45.0);
  CHECK(parse_dose("49.5Gy") == 49.5);
  for (const char* wrong : {"45", "Gy", "", "-1Gy", "0Gy", "nanGy", "infGy", "45gy", "45 Gy x", "1e999Gy", "4500Gy"}) {
    INFO(wrong);
    CHECK_FALSE(parse_dose(wrong));
  }
}

TEST_CASE("progress: the time that is left is as the work so far was, and what was done before took none", "[cli]") {
  using std::chrono::milliseconds;
  CHECK(progress_text({0, 0}, 120, milliseconds(0)) == "0 of 120");
  CHECK(progress_text({30, 0}, 120, milliseconds(30'000)) == "30 of 120, about 2 min left");
  CHECK(progress_text({60, 30}, 120, milliseconds(30'000)) == "60 of 120, about 60 s left");
  CHECK(progress_text({30, 30}, 120, milliseconds(1'000)) == "30 of 120");
  CHECK(progress_text({1, 0}, 10'000, milliseconds(3'600)) == "1 of 10000, about 10 h left");
  CHECK(progress_text({120, 0}, 120, milliseconds(30'000)) == "120 of 120");
}
