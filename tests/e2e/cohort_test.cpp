// `dosegate cohort` over reports that `dosegate check` wrote.
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "dosegate/v1/cohort.pb.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

// Reports on these phantoms, the plan alone.
class Reports {
 public:
  explicit Reports(const std::vector<std::string>& cases) {
    std::filesystem::create_directory(folder_ / "reports");
    for (const std::string& name : cases) add(name, name + ".json");
  }
  void add(const std::string& name, const std::string& file,
           const std::vector<std::string>& more = {"--plan-only"}) const {
    const std::string phantom = (folder_ / name).string();
    if (!std::filesystem::exists(phantom)) REQUIRE(run({"phantom", phantom, "--case", name}).exit_code == 0);
    std::vector<std::string> arguments = {"check", phantom, "--format", "json", "-o", path(file)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    REQUIRE(run(arguments).exit_code < 3);
  }
  std::string path(const std::string& file = "") const { return (folder_ / "reports" / file).string(); }

 private:
  struct Folder : TemporaryFolder {
    std::filesystem::path operator/(const std::string& name) const { return path() / name; }
  } folder_;
};

v1::CohortReport cohort(const Reports& reports, int exit_code, const std::string& level = "0.95") {
  const Outcome o = run({"cohort", reports.path(), "--level", level, "--format", "json"});
  INFO(o.err);
  CHECK(o.exit_code == exit_code);
  v1::CohortReport out;
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &out).ok());
  return out;
}

const v1::CohortReport::Rule& rule(const v1::CohortReport& report, const std::string& id) {
  for (const auto& r : report.groups(0).rules()) {
    if (r.rule_id() == id) return r;
  }
  FAIL("no rule " << id);
  throw std::logic_error("unreachable");
}

}  // namespace

// One of three: 1 - (1 - 0.025)^(1/3) = 0.84 %, and as 1 of 3 has the same end as 2 of 3 from the other side, 90.6 %.
TEST_CASE("cohort: plans that met each rule, of those decided, with the exact interval", "[e2e][ST-1]") {
  const Reports reports({"pass", "hot-cord", "missing-stomach"});
  const v1::CohortReport c = cohort(reports, 0);
  REQUIRE(c.groups_size() == 1);
  const auto& group = c.groups(0);
  CHECK(group.plans() == 3);
  CHECK(group.passed() == 1);
  CHECK(group.failed() == 1);
  CHECK(group.incomplete() == 1);
  CHECK(group.proportion() == Approx(1.0 / 3));
  CHECK(group.lower() == Approx(1.0 - std::cbrt(0.975)).epsilon(1e-6));
  CHECK(rule(c, "OR-6.Max").met() == 2);
  CHECK(rule(c, "OR-6.Max").broken() == 1);
  // The missing stomach is left out of what is decided.
  CHECK(rule(c, "OR-3.Max").not_evaluable() == 1);
  CHECK(rule(c, "OR-3.Max").met() == 2);
  CHECK(rule(c, "OR-3.Max").lower() == Approx(std::sqrt(0.025)).epsilon(1e-6));
  CHECK(rule(c, "OR-3.Max").upper() == 1.0);
  CHECK(rule(c, "DE-1").pending() == 3);
  CHECK_FALSE(rule(c, "DE-1").has_proportion());
  CHECK(rule(cohort(reports, 0, "0.9"), "OR-3.Max").lower() == Approx(std::sqrt(0.05)).epsilon(1e-6));
}

TEST_CASE("cohort: nothing is left out without being named", "[e2e]") {
  const Reports reports({"pass"});
  reports.add("pass", "again.json");
  // Another record makes no other plan.
  const std::string record = reports.path("record.txt");
  write_file(record, "{}");
  reports.add("pass", "recorded.json", {"--plan-only", "--record", record});
  write_file(reports.path("broken.json"), "{");
  write_file(reports.path("empty.json"), "{}");
  write_file(reports.path("notes.txt"), "not looked at");
  const v1::CohortReport c = cohort(reports, 2);
  REQUIRE(c.groups_size() == 1);
  CHECK(c.groups(0).plans() == 1);
  REQUIRE(c.left_size() == 4);
  CHECK(c.left(0).file() == "broken.json");
  CHECK(c.left(1).file() == "empty.json");
  CHECK(c.left(2).file() == "pass.json");
  CHECK(c.left(2).reason().find("again.json") != std::string::npos);
  CHECK(c.left(3).file() == "recorded.json");
  CHECK(c.left(3).reason().find("again.json") != std::string::npos);
  const Outcome text = run({"cohort", reports.path()});
  CHECK(text.exit_code == 2);
  CHECK(text.out.find("Not counted (4)") != std::string::npos);
}

TEST_CASE("cohort: a report whose verdict was edited is named, not counted", "[e2e]") {
  const Reports reports({"pass", "hot-cord"});
  std::string edited = read_file(reports.path("hot-cord.json"));
  REQUIRE(edited.find("\"FAIL\"") != std::string::npos);
  edited.replace(edited.find("\"FAIL\""), 6, "\"PASS\"");
  write_file(reports.path("hot-cord.json"), edited);
  const v1::CohortReport c = cohort(reports, 2);
  CHECK(c.groups(0).plans() == 1);
  REQUIRE(c.left_size() == 1);
  CHECK(c.left(0).reason().find("says PASS, but its findings make FAIL") == 0);
}

// Links, depth, other names: whatever holds a report is counted, whatever may hold one and cannot be read is named.
TEST_CASE("cohort: a report counts wherever it lies, and what cannot be read is named", "[e2e]") {
  namespace fs = std::filesystem;
  const Reports reports({"pass"});
  const TemporaryFolder elsewhere;
  const Reports others({"hot-cord", "two-fields", "missing-stomach", "cold-ptv"});
  const auto move = [&](const char* name, const fs::path& to) {
    fs::create_directories(to.parent_path());
    fs::copy_file(others.path(name), to);
  };
  const fs::path folder = reports.path();
  move("hot-cord.json", elsewhere / "outside.json");
  fs::create_symlink(elsewhere / "outside.json", folder / "link.json");
  move("two-fields.json", elsewhere / "more/r.json");
  fs::create_symlink(elsewhere / "more", folder / "linked folder");
  fs::path deep = folder;
  for (int i = 0; i < 60; ++i) deep /= "d";
  move("missing-stomach.json", deep / "r.JSON");
  move("cold-ptv.json", folder / "report without an ending");
  fs::create_symlink(".", folder / "loop");
  fs::create_symlink("not there", folder / "dead.json");
  fs::create_symlink("pass.json", folder / "same.json");
  REQUIRE(::mkfifo((folder / "pipe.json").c_str(), 0600) == 0);
  const std::string report = read_file(folder / "pass.json");
  write_file(folder / "doubled.json", "{\"verdict\": \"FAIL\"," + report.substr(report.find('{') + 1));
  write_file(folder / "large.json", "{" + std::string(std::size_t{17} << 20, ' '));
  const v1::CohortReport c = cohort(reports, 2);
  REQUIRE(c.groups_size() == 1);
  CHECK(c.groups(0).plans() == 5);
  std::string left;
  for (const auto& l : c.left()) left += l.file() + " ";
  CHECK(left == "dead.json doubled.json large.json pipe.json same.json ");
}

TEST_CASE("cohort: another protocol and another scope stand by themselves, and CSV has a row a rule", "[e2e]") {
  const Reports reports({"pass"});
  reports.add("hot-cord", "sbrt.json", {"--plan-only", "--protocol", "LIVER-SBRT-5"});
  reports.add("hot-cord", "whole.json", {});
  const v1::CohortReport c = cohort(reports, 0);
  CHECK(c.groups_size() == 3);
  const Outcome csv = run({"cohort", reports.path(), "--format", "csv"});
  CHECK(csv.out.rfind("protocol,version,scope,rule,", 0) == 0);
  int rows = 0;
  for (const auto& g : c.groups()) rows += 1 + g.rules_size();
  CHECK(std::count(csv.out.begin(), csv.out.end(), '\n') == rows + 1);
  CHECK(csv.out.find("\r\nChiCTR2000036385,1.0.0,PLAN_ONLY,(verdict),,true,1,1,0,0,0,0,0,1,0.025") !=
        std::string::npos);
}

TEST_CASE("cohort: a folder that cannot be read or holds no report is exit 3", "[e2e]") {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"cohort"}, {"cohort", "/no/such"}, {"cohort", folder.path().string()}, {"cohort", "x", "--level", "95"}}) {
    const Outcome o = run(arguments);
    INFO(o.err);
    CHECK(o.exit_code == 3);
    CHECK(o.error_lines() == 1);
    CHECK(o.out.empty());
  }
}
