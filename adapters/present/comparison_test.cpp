#include "adapters/present/comparison.h"

#include <catch2/catch.hpp>

#include "adapters/present/comparison_view.h"

using namespace dosegate::present;
namespace v1 = dosegate::v1;
using v1::ComparisonReport;
using v1::Finding;

namespace {

Finding finding(const char* rule, Finding::Status status) {
  Finding f;
  f.set_rule_id(rule);
  f.set_status(status);
  f.set_mandatory(true);
  f.set_message(std::string("What was found of ") + rule + ".");
  return f;
}

// An upper limit of 40 Gy on a value that is `value`, known to lie in [lower, upper].
Finding dose(double value, double lower, double upper, v1::Comparator comparator = v1::LT, double limit = 40.0) {
  const bool is_upper = comparator == v1::LT || comparator == v1::LE;
  Finding f = finding("OR-6.Max", (is_upper ? upper < limit : lower > limit) ? Finding::PASS : Finding::DEVIATION);
  f.set_structure("SpinalCord");
  f.set_metric("Max[Gy]");
  f.set_unit("Gy");
  f.set_value(value);
  f.set_lower(lower);
  f.set_upper(upper);
  f.set_comparator(comparator);
  f.set_limit(limit);
  return f;
}

ComparisonReport::Change change(const Finding& a, const Finding& b) { return change_between(&a, &b); }

Compared plan(const char* name, std::initializer_list<Finding> findings,
              v1::Report::Verdict verdict = v1::Report::PASS) {
  Compared c;
  c.name = name;
  c.report.set_verdict(verdict);
  c.report.mutable_protocol()->set_id("TRIAL");
  c.report.mutable_protocol()->set_version("1");
  c.report.set_engine_version("0.1.0");
  auto* set = c.report.add_inputs();
  set->set_role("RTSTRUCT");
  set->set_sha256("aa");
  for (const Finding& f : findings) *c.report.add_findings() = f;
  return c;
}

}  // namespace

TEST_CASE("comparison: less of what is limited above is better, more is worse, where the intervals are apart",
          "[present]") {
  const Finding before = dose(30, 29, 31);
  CHECK(change(before, dose(28, 27.5, 28.9)) == ComparisonReport::BETTER);
  CHECK(change(before, dose(33, 31.1, 34)) == ComparisonReport::WORSE);
  // From below the same numbers say the opposite.
  const Finding from_below = dose(50, 49, 51, v1::GE);
  CHECK(change(from_below, dose(45, 44, 46, v1::GE)) == ComparisonReport::WORSE);
  CHECK(change(from_below, dose(53, 52, 54, v1::GE)) == ComparisonReport::BETTER);
}

TEST_CASE("comparison: what lies inside both intervals is no difference", "[present]") {
  const Finding before = dose(30, 29, 31);
  CHECK(change(before, dose(31.5, 31.0, 32)) == ComparisonReport::NONE);  // they touch
  CHECK(change(before, dose(30.9, 30.5, 31.2)) == ComparisonReport::NONE);
  CHECK(change(before, before) == ComparisonReport::NONE);
  // A number without an interval is exact but for 1e-6 of it.
  CHECK(change(dose(30, 30, 30), dose(30.00004, 30.00004, 30.00004)) == ComparisonReport::NONE);
  CHECK(change(dose(30, 30, 30), dose(30.0001, 30.0001, 30.0001)) == ComparisonReport::WORSE);
}

TEST_CASE("comparison: the true difference lies between the far ends of the two intervals", "[present]") {
  const auto d = difference_between(dose(30, 29, 31), dose(34, 33, 36));
  REQUIRE(d);
  CHECK(d->value == 4.0);
  CHECK(d->lower == 33.0 - 31.0);
  CHECK(d->upper == 36.0 - 29.0);
  Finding other = dose(34, 33, 36);
  other.set_unit("cGy");
  CHECK_FALSE(difference_between(dose(30, 29, 31), other));
  other = dose(34, 33, 36);
  other.clear_value();
  CHECK_FALSE(difference_between(dose(30, 29, 31), other));
}

TEST_CASE("comparison: a limit that is crossed is worse or better without any number", "[present]") {
  CHECK(change(finding("SY-1", Finding::PASS), finding("SY-1", Finding::DEVIATION)) == ComparisonReport::WORSE);
  CHECK(change(finding("SY-1", Finding::DEVIATION), finding("SY-1", Finding::WARNING)) == ComparisonReport::BETTER);
  CHECK(change(finding("SY-1", Finding::PASS), finding("SY-1", Finding::PASS)) == ComparisonReport::NONE);
  CHECK(change(finding("SY-1", Finding::PASS), finding("SY-1", Finding::WARNING)) == ComparisonReport::DIFFERENT);
}

TEST_CASE("comparison: without a direction nothing is better or worse", "[present]") {
  Finding a = dose(30, 30, 30), b = dose(31, 31, 31);
  a.clear_limit(), a.clear_comparator(), b.clear_limit(), b.clear_comparator();
  CHECK(change(a, b) == ComparisonReport::DIFFERENT);
}

TEST_CASE("comparison: numbers in another unit or metric or by another limit are not known, and it is said why",
          "[present]") {
  const Finding a = dose(18.59, 18.59, 18.59);
  const auto why = [&](const Finding& b) {
    const std::vector<Compared> plans = {plan("a", {a}), plan("b", {b})};
    const ComparisonReport r = compare(plans);
    CHECK(r.plans(1).not_known() == 1);
    CHECK_FALSE(r.rules(0).cells(1).has_difference());
    const ComparisonView v = make_comparison_view(r, plans, "", Language::kEnglish);
    const auto& details = (b.status() == Finding::DEVIATION ? v.group(Together::kBroken) : v.group(Together::kNotKnown))
                              .rows.at(0)
                              .details;
    CHECK(details.back() == "A, B: " + unlike(a, b));
    CHECK(r.notes(r.notes_size() - 1) == "OR-6.Max: what A and B say cannot be compared: " + unlike(a, b) + ".");
    return unlike(a, b);
  };
  CHECK(unlike(a, dose(20, 20, 20)).empty());
  Finding b = dose(2000, 2000, 2000);
  b.set_unit("cGy");
  CHECK(why(b) == "18.59 Gy beside 2000 cGy");
  b = dose(20, 20, 20);
  b.clear_unit();
  CHECK(why(b).find("18.59 Gy beside 20") == 0);
  b = dose(20, 20, 20);
  b.set_metric("Mean[Gy]");
  CHECK(why(b) == "Max[Gy] = 18.59 Gy beside Mean[Gy] = 20 Gy");
  CHECK(why(dose(20, 20, 20, v1::LT, 45)).find("18.59 Gy (") == 0);
  CHECK_FALSE(why(dose(20, 20, 20, v1::LE)).empty());
  CHECK_FALSE(why(dose(41, 41, 41, v1::LT, 40.5)).empty());
  b = dose(20, 20, 20);
  b.clear_limit(), b.clear_comparator();
  CHECK(why(b).find("without a limit") != std::string::npos);
}

TEST_CASE("comparison: an unknown patient and a file that was changed are named", "[present]") {
  Compared a = plan("a", {dose(30, 29, 31)});
  a.report.mutable_inputs(0)->set_sop_instance_uid("1.2.3");
  Compared b = a;
  b.report.mutable_inputs(0)->set_sha256("bb");
  const auto notes = [&] {
    std::string text;
    const ComparisonReport r = compare({a, b});
    for (const auto& note : r.notes()) text += note + "\n";
    return text;
  };
  CHECK(notes().find("Whether A and B are of one patient is not known") != std::string::npos);
  CHECK(notes().find("RTSTRUCT: A and B name one SOP Instance UID, but the files differ") != std::string::npos);
  a.plan = b.plan = Compared::Plan{"P1", "1.2"};
  b.report.mutable_inputs(0)->set_sop_instance_uid("1.2.4");
  CHECK(notes().find("one patient") == std::string::npos);
  CHECK(notes().find("SOP Instance UID") == std::string::npos);
}

TEST_CASE("comparison: what is not known on one side is never better, worse or the same", "[present]") {
  const Finding known = dose(30, 29, 31);
  for (const auto status :
       {Finding::NOT_EVALUABLE, Finding::PENDING, Finding::STATUS_UNSPECIFIED, static_cast<Finding::Status>(77)}) {
    Finding unknown = dose(20, 20, 20);
    unknown.set_status(status);
    CHECK(change(known, unknown) == ComparisonReport::NOT_KNOWN);
    CHECK(change(unknown, known) == ComparisonReport::NOT_KNOWN);
  }
  CHECK(change_between(&known, nullptr) == ComparisonReport::NOT_KNOWN);
  CHECK(change_between(nullptr, nullptr) == ComparisonReport::NOT_KNOWN);
  const Finding pending = finding("SY-1", Finding::PENDING);
  CHECK(change(pending, pending) == ComparisonReport::PENDING_IN_BOTH);
  const Finding open = finding("SY-1", Finding::NOT_EVALUABLE);
  CHECK(change(open, open) == ComparisonReport::NOT_KNOWN);
}

TEST_CASE("comparison: another protocol, version or model of solids is refused by name", "[present]") {
  const Compared a = plan("a", {dose(30, 29, 31)});
  Compared b = plan("b.json", {dose(30, 29, 31)});
  CHECK(not_comparable({a, b}).empty());
  b.report.mutable_protocol()->set_version("2");
  CHECK(not_comparable({a, b}).find("b.json: was checked against TRIAL version 2") == 0);
  b = a;
  b.report.mutable_protocol()->set_id("OTHER");
  CHECK_FALSE(not_comparable({a, a, b}).empty());
  b = a;
  b.report.set_between_slices(v1::BetweenSlices::INTERPOLATE);
  CHECK_FALSE(not_comparable({a, b}).empty());
}

TEST_CASE("comparison: counts of each plan against the first, and what it breaks newly and no longer", "[present]") {
  const std::vector<Compared> plans = {
      plan("a", {dose(30, 29, 31), finding("SY-1", Finding::DEVIATION), finding("SY-2", Finding::NOT_EVALUABLE)},
           v1::Report::FAIL),
      plan("b", {dose(42, 42, 42), finding("SY-1", Finding::PASS), finding("SY-3", Finding::PENDING)},
           v1::Report::FAIL)};
  const ComparisonReport r = compare(plans);
  REQUIRE(r.plans_size() == 2);
  const auto& b = r.plans(1);
  CHECK(b.worse() == 1);
  CHECK(b.better() == 1);
  CHECK(b.not_known() == 2);  // SY-2 is not in b, SY-3 not in a
  CHECK(b.unchanged() == 0);
  REQUIRE(b.newly_broken_size() == 1);
  CHECK(b.newly_broken(0) == "OR-6.Max");
  REQUIRE(b.no_longer_broken_size() == 1);
  CHECK(b.no_longer_broken(0) == "SY-1");
  REQUIRE(r.rules_size() == 4);
  CHECK(r.rules(3).rule_id() == "SY-3");
  CHECK_FALSE(r.rules(3).cells(0).has_finding());
}

TEST_CASE("comparison: other patients, structure sets, engines, scopes and structures of a role are named",
          "[present]") {
  const Compared a = plan("a", {dose(30, 29, 31)});
  CHECK(compare({a, a}).notes_size() == 1);  // that they are the same
  Compared b = a;
  b.report.mutable_inputs(0)->set_sha256("bb");
  const auto notes = [&](const Compared& first) {
    std::string text;
    const ComparisonReport r = compare({first, b});
    for (const auto& note : r.notes()) text += note + "\n";
    return text;
  };
  CHECK(notes(a).find("different structure sets") != std::string::npos);
  b.report.set_engine_version("0.2.0");
  CHECK(notes(a).find("engine 0.1.0, B by engine 0.2.0") != std::string::npos);
  b.report.set_scope(v1::CaseOptions::PLAN_ONLY);
  CHECK(notes(a).find("the plan alone") != std::string::npos);
  Compared first = a;
  first.plan = Compared::Plan{"P1", "1.2"};
  b.plan = Compared::Plan{"P2", "1.3"};
  CHECK(notes(first).find("different patients") != std::string::npos);
  CHECK(notes(first).find("P1") == std::string::npos);  // never by their identifiers
  b.plan->patient_id = "P1";
  CHECK(notes(first).find("different frames of reference") != std::string::npos);
  for (auto* c : {&first, &b}) {
    auto* match = c->report.add_structures();
    match->set_role("Stomach");
    match->set_roi(c == &b ? "Magen" : "Stomach");
  }
  CHECK(notes(first).find("\"Stomach\" stands for it in A, \"Magen\" in B") != std::string::npos);
  b.report.clear_inputs();
  CHECK(notes(first).find("is not known: a report names none") != std::string::npos);
}

TEST_CASE("comparison view: what any plan breaks comes first, then what is not known, different, the same, pending",
          "[present]") {
  const auto rule = [](const char* id, Finding::Status status) { return finding(id, status); };
  const std::vector<Compared> plans = {
      plan("a", {rule("E", Finding::PENDING), rule("D", Finding::PASS), rule("C", Finding::PASS),
                 rule("B", Finding::PASS), rule("A", Finding::PASS)}),
      plan("b", {rule("E", Finding::PENDING), rule("D", Finding::PASS), rule("C", Finding::WARNING),
                 rule("B", Finding::NOT_EVALUABLE), rule("A", Finding::DEVIATION)})};
  const ComparisonReport report = compare(plans);
  const ComparisonView v = make_comparison_view(report, plans, "", Language::kEnglish);
  const char* const expected[] = {"A", "B", "C", "D", "E"};
  for (std::size_t i = 0; i < kTogether; ++i) {
    REQUIRE(v.groups[i].rows.size() == 1);
    CHECK(v.groups[i].rows[0].rule == expected[i]);
  }
  CHECK(v.group(Together::kNotKnown).rows[0].details == std::vector<std::string>{"B: What was found of B."});
  CHECK(v.plans[1].changes[0] == "B against A: 1 worse, 1 different, 1 not known, 1 without a proven difference.");
  CHECK(v.plans[1].changes[1] == "Newly broken: A.");
}

TEST_CASE("comparison view: a change says by how much, with its interval where that is wide", "[present]") {
  const std::vector<Compared> plans = {plan("a", {dose(30, 30, 30)}), plan("b", {dose(32, 32, 32)}),
                                       plan("c", {dose(27, 26, 28)}), plan("d", {dose(30, 30, 30)})};
  const ComparisonReport report = compare(plans);
  const ComparisonView v = make_comparison_view(report, plans, "", Language::kEnglish);
  const ComparedRow& row = v.group(Together::kDifferent).rows.at(0);
  CHECK(row.cells[0].change_text.empty());
  CHECK(row.cells[1].change_text == "worse by 2.00 Gy");
  CHECK(row.cells[2].change_text == "better by 3.00 Gy (2.00 to 4.00)");
  CHECK(row.cells[3].change_text == "no difference");
  const ComparisonView german = make_comparison_view(report, plans, "", Language::kGerman);
  CHECK(german.group(Together::kDifferent).rows.at(0).cells[1].change_text == "schlechter um 2.00 Gy");
}

TEST_CASE("comparison view: of rules with one reason the last has it", "[present]") {
  Finding first = finding("OR-3.V45", Finding::NOT_EVALUABLE), second = finding("OR-3.V50", Finding::NOT_EVALUABLE);
  first.set_message("No stomach."), second.set_message("No stomach.");
  const std::vector<Compared> plans = {plan("a", {first, second}), plan("b", {first, second})};
  const ComparisonReport report = compare(plans);
  const ComparisonView v = make_comparison_view(report, plans, "", Language::kEnglish);
  const auto& rows = v.group(Together::kNotKnown).rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].details.empty());
  CHECK(rows[1].details == std::vector<std::string>{"A, B: No stomach."});
}
