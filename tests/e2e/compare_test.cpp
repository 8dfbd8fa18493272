// `dosegate compare` on phantoms and on reports.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "dosegate/v1/comparison.pb.h"
#include "tests/e2e/phantom_report.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

v1::ComparisonReport compare(std::vector<std::string> arguments, int exit_code) {
  arguments.insert(arguments.begin(), "compare");
  arguments.insert(arguments.end(), {"--format", "json"});
  const Outcome o = run(arguments);
  INFO(o.err);
  CHECK(o.exit_code == exit_code);
  v1::ComparisonReport out;
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &out).ok());
  return out;
}

std::string report_of(const TemporaryFolder& folder, const std::string& phantom, std::vector<std::string> more = {}) {
  std::string out = (folder / (phantom + ".json")).string();
  std::vector<std::string> arguments = {"check", (folder / phantom).string(), "--plan-only", "--format", "json", "-o",
                                        out};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome o = run(arguments);
  INFO(o.err);
  REQUIRE(o.exit_code < 3);
  return out;
}

}  // namespace

// The phantom's cord is a cylinder whose largest dose is 25 Gy in `pass` and 42 Gy in `hot-cord`, by construction.
TEST_CASE("compare: the hot cord is worse by 17 Gy, and newly broken", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string pass = write_phantom(folder, "pass"), cord = write_phantom(folder, "hot-cord");
  const v1::ComparisonReport r = compare({pass, cord}, 0);
  REQUIRE(r.plans_size() == 2);
  CHECK(r.plans(0).label() == "LIVER");
  CHECK(r.plans(1).verdict() == v1::Report::FAIL);
  CHECK(r.plans(1).worse() == 1);
  CHECK(r.plans(1).better() == 0);
  REQUIRE(r.plans(1).newly_broken_size() == 1);
  CHECK(r.plans(1).newly_broken(0) == "OR-6.Max");
  for (const auto& rule : r.rules()) {
    if (rule.rule_id() != "OR-6.Max") continue;
    CHECK(rule.cells(1).change() == v1::ComparisonReport::WORSE);
    CHECK(rule.cells(1).difference() == Approx(17.0).margin(0.01));
    CHECK(rule.cells(1).difference_lower() <= 17.0001);
    CHECK(rule.cells(1).difference_upper() >= 16.9999);
  }
  // And the other way round.
  const v1::ComparisonReport back = compare({cord, pass}, 0);
  CHECK(back.plans(1).better() == 1);
  REQUIRE(back.plans(1).no_longer_broken_size() == 1);
  CHECK(back.plans(1).no_longer_broken(0) == "OR-6.Max");
}

TEST_CASE("compare: reports say the same as the folders that they are of", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string pass = write_phantom(folder, "pass"), cord = write_phantom(folder, "hot-cord");
  const v1::ComparisonReport plans = compare({pass, cord}, 0);
  const v1::ComparisonReport reports = compare({report_of(folder, "pass"), report_of(folder, "hot-cord")}, 0);
  REQUIRE(plans.rules_size() == reports.rules_size());
  for (int i = 0; i < plans.rules_size(); ++i)
    CHECK(plans.rules(i).SerializeAsString() == reports.rules(i).SerializeAsString());
}

TEST_CASE("compare: what is not evaluable in one plan is said, with exit code 2", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string pass = write_phantom(folder, "pass"), missing = write_phantom(folder, "missing-stomach");
  const v1::ComparisonReport r = compare({pass, missing}, 2);
  CHECK(r.plans(1).not_known() == 4);
  const Outcome text = run({"compare", pass, missing});
  CHECK(text.exit_code == 2);
  CHECK(text.out.find("Not known in one plan at least (4)") != std::string::npos);
  CHECK(text.out.find("B: no ROI stands for Stomach") != std::string::npos);
}

TEST_CASE("compare: the page holds every plan, asks for nothing, and is the same each time", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string pass = write_phantom(folder, "pass"), cord = write_phantom(folder, "hot-cord");
  const Outcome page = run({"compare", pass, cord, pass, "--format", "html"});
  CHECK(page.exit_code == 0);
  CHECK(page.out.find("default-src 'none'") != std::string::npos);
  CHECK(page.out.find("http") == page.out.find("http-equiv"));
  CHECK(page.out.find("data-plan=\"C\"") != std::string::npos);
  CHECK(page.out.find("worse by 17.00\u00A0Gy") != std::string::npos);
  CHECK(run({"compare", pass, cord, pass, "--format", "html"}).out == page.out);
  const Outcome chinese = run({"compare", pass, cord, "--language", "zh"});
  CHECK(chinese.out.find("更差") != std::string::npos);
}

TEST_CASE("compare: another protocol, too few or many plans, and what is no report are refused by name",
          "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string pass = write_phantom(folder, "pass"), sbrt = write_phantom(folder, "sbrt");
  const std::string a = report_of(folder, "pass"), b = report_of(folder, "sbrt", {"--protocol", "LIVER-SBRT-5"});
  check_refused({"compare", a, b}, "sbrt.json: was checked against LIVER-SBRT-5");
  check_refused({"compare", a}, "two to six plans");
  check_refused({"compare", a, a, a, a, a, a, a}, "two to six plans");
  check_refused({"compare", a, (folder / "nothing.json").string()}, "nothing.json: cannot be read");
  write_file(folder / "odd.json", "{\"verdict\": \"PASS\"}");
  check_refused({"compare", a, (folder / "odd.json").string()}, "odd.json: is no report: it names no protocol");
  write_file(folder / "cut.json", read_file(a).substr(0, 1000));
  check_refused({"compare", a, (folder / "cut.json").string()}, "cut.json: is no report");
  std::string edited = read_file(a);
  edited.replace(edited.find("\"PASS\""), 6, "\"FAIL\"");
  write_file(folder / "edited.json", edited);
  check_refused({"compare", a, (folder / "edited.json").string()},
                "edited.json: says FAIL, but its findings make PASS");
  std::filesystem::create_directory(folder / "empty");
  check_refused({"compare", a, (folder / "empty").string()}, "empty");
  check_refused({"compare", a, a, "-o", a}, "is also the input");
}
