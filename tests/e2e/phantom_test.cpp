// Every phantom case that differs in its plan through the built program, the plan alone (phantom_record_test.cpp has
// the record): exactly the findings it was made to cause, and every value
// against the closed form.
#include "adapters/phantom/phantom.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/report.pb.h"
#include "tests/e2e/phantom_algebra.h"
#include "tests/e2e/phantom_report.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

const Rules kNormalLiver = {"OR-1",     "OR-2.V5",  "OR-2.V10", "OR-2.V15", "OR-2.V20",
                            "OR-2.V25", "OR-2.V30", "OR-2.V35", "OR-2.V40"};
const Rules kStomachRules = {"OR-3.Max", "OR-3.D0.03cc", "OR-3.V45", "OR-3.V50"};
const Rules kKidneyRules = {"OR-7.L.Max", "OR-7.L.D0.03cc", "OR-7.L.V23", "OR-7.L.V30", "OR-7.L.V50",
                            "OR-7.R.Max", "OR-7.R.D0.03cc", "OR-7.R.V23", "OR-7.R.V30", "OR-7.R.V50"};

Rules join(std::initializer_list<Rules> sets) {
  Rules out;
  for (const Rules& s : sets) out.insert(s.begin(), s.end());
  return out;
}

const Rules kDoseRules = join({kNormalLiver,
                               kStomachRules,
                               kKidneyRules,
                               {"PL-3.PTV", "PL-3.CTV", "PL-3.GTV", "PL-4.PTV", "OR-4.Max", "OR-4.D0.03cc", "OR-4.V45",
                                "OR-5.Max", "OR-5.D0.03cc", "OR-5.V45", "OR-5.V50", "OR-6.Max", "OR-6.D0.03cc"}});
const Rules kOtherRules = {"RX-1", "RX-2", "RX-3", "RX-8.target", "RX-8.late", "PL-1",        "PL-1.beams",
                           "PL-2", "VO-1", "VO-2", "VO-2.inside", "VO-3",      "VO-3.inside", "VO-4.drawn"};

// All rules that are not named here pass.
struct Expected {
  Rules deviations, warnings, not_evaluable;
};

const std::map<std::string, Expected>& expected() {
  static const std::map<std::string, Expected> kExpected = {
      {"pass", {{}, {}, {}}},
      {"wrong-total", {{"RX-1", "RX-3"}, {}, {}}},
      {"wrong-fractions", {{"RX-2", "RX-3"}, {}, {}}},
      {"open-fields", {{"PL-1"}, {}, {}}},
      {"zero-meterset", {{"PL-1.beams"}, {}, {}}},
      {"two-fields", {{}, {"PL-2"}, {}}},
      {"setup-beam", {{}, {}, {}}},
      {"short-ctv", {{"VO-2"}, {"VO-3"}, {}}},  // the PTV is 4 mm more than the short CTV's margin
      {"short-ptv", {{"VO-3"}, {}, {}}},
      {"no-gtv", {{}, {}, join({{"VO-1", "VO-2", "VO-2.inside", "VO-4.drawn", "PL-3.GTV"}, kNormalLiver})}},
      {"drawn-liver-disagrees", {{}, {"VO-4.drawn"}, {}}},
      {"cold-ptv", {{"PL-3.PTV"}, {}, {}}},
      {"hot-ptv", {{"PL-4.PTV"}, {}, {}}},
      {"hot-liver-mean", {{"OR-1", "OR-2.V25", "OR-2.V30", "OR-2.V35", "OR-2.V40"}, {}, {}}},
      {"liver-v20", {{"OR-2.V20"}, {}, {}}},
      {"hot-stomach", {{"OR-3.Max"}, {}, {}}},
      {"stomach-v45", {{"OR-3.V45"}, {}, {}}},
      {"hot-duodenum", {{"OR-4.Max"}, {}, {}}},
      {"hot-colon", {{"OR-5.Max"}, {}, {}}},
      {"hot-cord", {{"OR-6.Max"}, {}, {}}},
      {"hot-kidney", {{"OR-7.L.Max"}, {}, {}}},
      {"missing-stomach", {{}, {}, kStomachRules}},
      {"two-stomachs", {{}, {}, kStomachRules}},
      {"two-left-kidneys", {{}, {}, kKidneyRules}},
      {"truncated", {{}, {}, kNormalLiver}},
      {"one-fraction", {{}, {}, kDoseRules}},
      {"relative", {{}, {}, kDoseRules}},
      {"effective", {{}, {}, kDoseRules}},
      {"other-frame", {{}, {}, kDoseRules}},
      {"beam-doses", {{}, {}, {}}},
      {"beam-missing", {{}, {}, kDoseRules}},
  };
  return kExpected;
}

std::vector<dosegate::phantom::CaseInfo> plan_cases() {
  auto out = dosegate::phantom::cases();
  std::erase_if(out, [](const auto& c) { return c.differs != dosegate::phantom::Differs::kInPlan; });
  return out;
}

// The dose is stored to 1e-7 Gy and the contours to 1e-6 mm; the engine's own arithmetic adds less.
constexpr double kRelative = 1e-5, kAbsolute = 1e-5;
bool agrees(double value, double truth) { return std::abs(value - truth) <= kRelative * std::abs(truth) + kAbsolute; }

// The engine finds the dose of a volume by bisection down to 0.001 Gy.
constexpr double kDoseOfVolumeGy = 1e-3;
bool agrees(const std::string& metric, double value, double truth) {
  return metric.front() == 'D' ? std::abs(value - truth) <= kDoseOfVolumeGy : agrees(value, truth);
}

// The bounds enclose the value and, but for the rounding of what is stored, the truth.
bool encloses(double lower, double upper, double value, double truth) {
  const double slack = kRelative * std::abs(truth) + kAbsolute;
  return lower <= value && value <= upper && lower <= truth + slack && upper >= truth - slack;
}

template <typename Message>
Message parse(const std::string& json) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
  INFO(status.ToString());
  REQUIRE(status.ok());
  return message;
}

v1::Report check(const std::string& dir, int exit_code, std::vector<std::string> options = {}) {
  std::vector<std::string> arguments = {"check", dir, "--format", "json", "--plan-only"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Outcome checked = run(arguments);
  INFO(checked.err);
  CHECK(checked.exit_code == exit_code);
  return parse<v1::Report>(checked.out);
}

void check_findings(const v1::Report& report, const Expected& e) {
  Rules all;
  for (const auto& f : report.findings()) {
    if (f.status() != v1::Finding::PENDING) all.insert(f.rule_id());  // those wait for the clinical record
  }
  CHECK(all == join({kDoseRules, kOtherRules}));
  CHECK(rules_with(report, v1::Finding::DEVIATION) == e.deviations);
  CHECK(rules_with(report, v1::Finding::WARNING) == e.warnings);
  CHECK(rules_with(report, v1::Finding::NOT_EVALUABLE) == e.not_evaluable);
  CHECK(rules_with(report, v1::Finding::INDETERMINATE) == Rules{});
}

// Every dose metric that has a value, against the closed form; the bounds must hold it.
void check_values(const v1::Report& report, const std::string& case_name) {
  std::size_t compared = 0;
  for (const auto& f : report.findings()) {
    if (!f.has_metric() || f.status() == v1::Finding::NOT_EVALUABLE) continue;
    const double truth = closed_form(f.metric(), solid(f.structure(), case_name));
    INFO(f.rule_id() << " " << f.metric() << " is " << f.value() << " in [" << f.lower() << ", " << f.upper()
                     << "], closed form " << truth);
    CHECK(f.has_value());
    CHECK(agrees(f.metric(), f.value(), truth));
    CHECK(encloses(f.lower(), f.upper(), f.value(), truth));
    ++compared;
  }
  CHECK(compared + expected().at(case_name).not_evaluable.size() >= kDoseRules.size());
}

const v1::Finding& finding(const v1::Report& report, const std::string& rule) {
  const auto found = std::find_if(report.findings().begin(), report.findings().end(),
                                  [&](const v1::Finding& f) { return f.rule_id() == rule; });
  REQUIRE(found != report.findings().end());
  return *found;
}

}  // namespace

TEST_CASE("phantom: the expectations and the program's cases are the same list", "[e2e][phantom]") {
  Rules known, tested;
  for (const auto& c : plan_cases()) known.insert(c.name);
  for (const auto& [name, e] : expected()) tested.insert(name);
  CHECK(known == tested);
}

TEST_CASE(
    "phantom: every case gets exactly the findings it was made to cause, with values of closed form",
    "[e2e][phantom][RX-1][RX-2][RX-3][VO-1][VO-2][VO-3][VO-4][PL-3][PL-4][OR-1][OR-2][OR-3][OR-4][OR-5][OR-6][OR-7]") {
  const std::map<std::string, std::pair<int, v1::Report::Verdict>> verdicts = {
      {"PASS", {0, v1::Report::PASS}}, {"FAIL", {1, v1::Report::FAIL}}, {"INCOMPLETE", {2, v1::Report::INCOMPLETE}}};
  const TemporaryFolder folder;
  for (const auto& c : plan_cases()) {
    DYNAMIC_SECTION(c.name) {
      const auto& [exit_code, verdict] = verdicts.at(c.expected_verdict);
      const v1::Report report = check(write_phantom(folder, c.name), exit_code);
      CHECK(report.verdict() == verdict);
      check_findings(report, expected().at(c.name));
      check_values(report, c.name);
    }
  }
}

// Worked out by hand from the drawing, so that a slip in phantom_algebra.cpp shows.
TEST_CASE("phantom: figures that one can work out on paper", "[e2e][phantom][PL-3][PL-4][OR-3][OR-5][OR-6][OR-7]") {
  const TemporaryFolder folder;
  const v1::Report pass = check(write_phantom(folder, "pass"), 0);
  // GTV 20 x 24 x 25 mm.
  CHECK(finding(pass, "VO-1").value() == Approx(12.0));
  // Lobes 75 x 110 x 155 and 85 x 65 x 75 mm, less the GTV.
  CHECK(finding(pass, "VO-4.drawn").value() == Approx(1278.75 + 414.375 - 12.0));
  // The first of 50 mm rises from 42 to 44.5 Gy in 2.5 mm: 42.75 Gy is reached after 0.75 mm.
  CHECK(finding(pass, "PL-3.PTV").value() == Approx(100 * (50 - 0.75) / 50));
  CHECK(finding(pass, "OR-6.Max").value() == Approx(25.0));
  CHECK(finding(pass, "OR-7.R.Max").value() == Approx(14.0));
  // 47 Gy at x = -20 falls to 10 Gy at x = 100; the colon begins at -18.75.
  CHECK(finding(pass, "OR-5.Max").value() == Approx(47 - 37 * 1.25 / 120));

  // A triangle of 10 mm, from 46.5 to 52 Gy and back: above 49.5 Gy on 5 * (52 - 49.5) / 5.5 mm each side.
  const v1::Report hot = check(write_phantom(folder, "hot-ptv"), 1);
  CHECK(finding(hot, "PL-4.PTV").value() == Approx(100 * 2 * 5 * 2.5 / 5.5 / 50));
  // From 37 to 45 Gy in 5 mm: 42.75 Gy after 5 * 5.75 / 8 mm.
  const v1::Report cold = check(write_phantom(folder, "cold-ptv"), 1);
  CHECK(finding(cold, "PL-3.PTV").value() == Approx(100 * (50 - 5 * 5.75 / 8) / 50));
  // Half-way between the voxels of 66 and 46 Gy.
  const v1::Report colon = check(write_phantom(folder, "hot-colon"), 1);
  CHECK(finding(colon, "OR-5.Max").value() == Approx(56.0));
}

TEST_CASE("phantom: a deviation says by how much and where", "[e2e][phantom][OR-6]") {
  const TemporaryFolder folder;
  const v1::Report report = check(write_phantom(folder, "hot-cord"), 1);
  const v1::Finding& f = finding(report, "OR-6.Max");
  CHECK(f.roi() == "SpinalCord");
  CHECK(f.margin_dose_gy() == Approx(-2.0));
  // The peak falls by 18 Gy in 15 mm: above 40 Gy on 2 * 15 * 2/18 mm of an octagon of radius 6 mm.
  const double octagon = 4 * std::sqrt(2.0) / 2 * 36;
  CHECK(f.margin_volume_cc() == Approx(-octagon * 2 * 15 * 2.0 / 18 / 1000).epsilon(1e-4));
  CHECK(std::hypot(f.location().x_mm(), f.location().y_mm() - 75) <= 6.001);
  CHECK(f.location().z_mm() == Approx(2.5));
}

TEST_CASE("phantom: what could not be evaluated is named with its remedy", "[e2e][phantom]") {
  const TemporaryFolder folder;
  const auto text_of = [&](const char* name, const char* rule) {
    const v1::Finding f = finding(check(write_phantom(folder, name), 2), rule);
    return f.message() + " " + f.hint();
  };
  using Catch::Contains;
  CHECK_THAT(text_of("missing-stomach", "OR-3.Max"), Contains("Stomach") && Contains("--map"));
  CHECK_THAT(text_of("two-stomachs", "OR-3.Max"), Contains("7") && Contains("13"));
  CHECK_THAT(text_of("two-left-kidneys", "OR-7.L.Max"), Contains("Kidney_L") && Contains("11") && Contains("12"));
  CHECK_THAT(text_of("truncated", "OR-1"), Contains("outside the dose grid"));
  CHECK_THAT(text_of("one-fraction", "OR-1"), Contains("--dose-is fraction"));
  CHECK_THAT(text_of("other-frame", "OR-1"), Contains("frame"));
  CHECK_THAT(text_of("relative", "OR-1"), Contains("RELATIVE"));
  CHECK_THAT(text_of("effective", "OR-1"), Contains("EFFECTIVE"));
  CHECK_THAT(text_of("beam-missing", "OR-1"), Contains("4"));
  CHECK_THAT(text_of("no-gtv", "OR-1"), Contains("GTV"));
}

TEST_CASE("phantom: a grid of one fraction is read with --dose-is fraction", "[e2e][phantom]") {
  const TemporaryFolder folder;
  const v1::Report report = check(write_phantom(folder, "one-fraction"), 0, {"--dose-is", "fraction"});
  CHECK(report.verdict() == v1::Report::PASS);
  CHECK(report.dose().scale_factor() == 15.0);
  check_findings(report, expected().at("pass"));
  for (const auto& f : report.findings()) {
    if (!f.has_metric()) continue;
    INFO(f.rule_id());
    CHECK(agrees(f.metric(), f.value(), closed_form(f.metric(), solid(f.structure(), "pass"))));
  }
}

TEST_CASE("phantom: two checks of one case give the same bytes", "[e2e][phantom]") {
  const TemporaryFolder folder;
  const std::string dir = write_phantom(folder, "hot-cord");
  const Outcome first = run({"check", dir, "--format", "json"}), second = run({"check", dir, "--format", "json"});
  CHECK(first.out == second.out);
  CHECK(!first.out.empty());
}

TEST_CASE("phantom: dvh of every structure against the closed form", "[e2e][phantom]") {
  const TemporaryFolder folder;
  for (const std::string name : {"pass", "hot-liver-mean", "hot-colon", "beam-doses"}) {
    const std::string dir = write_phantom(folder, name);
    std::vector<std::string> arguments = {"dvh", dir, "--format", "json", "--curve"};
    for (const char* metric : {"Min[Gy]", "Mean[Gy]", "Max[Gy]", "D95%[Gy]", "D50%[Gy]", "D2%[Gy]", "D0.1cc[Gy]",
                               "V10Gy[%]", "V20Gy[cc]", "V42.75Gy[%]", "V95%[cc]"}) {
      arguments.insert(arguments.end(), {"--metric", metric});
    }
    const Outcome o = run(arguments);
    INFO(name << ": " << o.err);
    REQUIRE(o.exit_code == 0);
    const auto report = parse<v1::DvhReport>(o.out);
    std::size_t compared = 0;
    for (const auto& roi : report.rois()) {
      if (roi.name() == "External") continue;  // its dose varies along all axes
      const Solid truth = solid(roi.name(), name);
      INFO(roi.name());
      CHECK(agrees(roi.volume_cc(), truth.volume_cc()));
      CHECK(roi.metrics_size() == 11);
      for (const auto& m : roi.metrics()) {
        const double closed = closed_form(m.metric(), truth);
        INFO(m.metric() << " is " << m.value() << " in [" << m.lower() << ", " << m.upper() << "], closed form "
                        << closed);
        CHECK(agrees(m.metric(), m.value(), closed));
        CHECK(encloses(m.lower(), m.upper(), m.value(), closed));
        ++compared;
      }
      REQUIRE(roi.curve().volume_cc_size() > 1);
      for (int i = 1; i < roi.curve().volume_cc_size(); ++i) {
        // A whole volume ends, or begins, exactly at a bin's edge where the minimum or maximum is a round number.
        const double gy = i * roi.curve().bin_gy();
        if (std::abs(gy - truth.min_gy()) < 1e-3 || std::abs(gy - truth.max_gy()) < 1e-3) continue;
        const double cc = truth.volume_at_least_cc(gy);
        constexpr double kOfVolume = 5e-4;  // of a value; its bounds hold the truth
        const double lower = roi.curve().lower_cc(i), upper = roi.curve().upper_cc(i);
        const bool is_near = std::abs(roi.curve().volume_cc(i) - cc) <= kOfVolume * truth.volume_cc();
        if (!is_near || !encloses(lower, upper, roi.curve().volume_cc(i), cc)) {
          INFO("at " << gy << " Gy: " << roi.curve().volume_cc(i) << " cc in [" << lower << ", " << upper
                     << "], closed form " << cc);
          CHECK(false);
          break;
        }
      }
    }
    CHECK(compared == 11 * 11);
  }
}

// The faces at x = 15 and 20 mm are drawn at 11 and 16.
TEST_CASE("phantom: a margin that is 4 mm short is found with its length and place and side",
          "[e2e][phantom][VO-2][VO-3]") {
  const TemporaryFolder folder;
  for (const auto& [name, rule, x] : {std::tuple("short-ctv", "VO-2", 15.0), std::tuple("short-ptv", "VO-3", 20.0)}) {
    const v1::Report report = check(write_phantom(folder, name), 1);
    const v1::Finding& f = finding(report, rule);
    INFO(f.message());
    CHECK(f.location().x_mm() == Approx(x).margin(0.01));
    CHECK(f.message().find("at worst 4 mm left") != std::string::npos);
    CHECK(f.value() > 0.0);
  }
}

TEST_CASE("phantom: without a CTV neither margin is evaluated", "[e2e][phantom][VO-2][VO-3]") {
  const TemporaryFolder folder;
  const std::string dir = write_phantom(folder, "pass");
  const v1::Report report = check(dir, 2, {"--map", "CTV=No such ROI"});
  for (const char* rule : {"VO-2", "VO-2.inside", "VO-3", "VO-3.inside"}) {
    CHECK(finding(report, rule).status() == v1::Finding::NOT_EVALUABLE);
  }
}
