// Room to a limit and the way dose has to go, against closed forms.
#include "core/rules/dose_metric/room.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "core/checker.h"
#include "core/geometry/test_shapes.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/text/text.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// A box of x 0..`length` mm, 20 mm in y, 24 mm in z, in a dose that depends on x alone; nodes every 2.5 mm.
struct Box {
  double length;
  std::function<double(double)> dose;

  Case make() const {
    Case c;
    c.course.structures()[1] = prism("Organ", {box_ring(0, -10, length, 10)}, planes(-12, 12, 3), 1);
    GridSpec grid;
    grid.first = {-30, -30, -30};
    grid.spacing = {2.5, 2.5, 2.5};
    grid.size = {41, 25, 25};
    c.course.set_dose(sample(grid, [&](const auto& p) { return dose(p.x()); }));
    return c;
  }
};

Finding finding(const Case& c, const std::string& metric, Comparator comparator, double limit) {
  Protocol protocol;
  protocol.id = "room";
  protocol.prescription = {Dose::gy(50), 1, Dose::gy(50), "Organ"};
  Role role;
  role.id = "Organ";
  protocol.roles = {role};
  Rule rule;
  rule.id = "rule";
  DoseMetricRule kind;
  kind.structure = "Organ";
  kind.metric = *parse_metric(metric);
  kind.limit = Limit{comparator, limit, 0.0};
  rule.kind = std::make_shared<const DoseMetricRule>(kind);
  protocol.rules = {rule};
  const auto report = check(c, protocol);
  REQUIRE(report);
  INFO(english(report->findings.front().message));
  return report->findings.front();
}

constexpr Comparator kBelow = Comparator::kLess, kAtMost = Comparator::kLessOrEqual, kAbove = Comparator::kGreater,
                     kAtLeast = Comparator::kGreaterOrEqual;

void room_is(const Finding& f, double gy) {
  INFO(english(f.message));
  REQUIRE(f.margin_dose);
  CHECK(f.margin_dose->in_gy() == Approx(gy).margin(0.01));
  CHECK(f.margin_dose_lower->in_gy() <= gy + 1e-4);
  CHECK(f.margin_dose_upper->in_gy() >= gy - 1e-4);
}

}  // namespace

TEST_CASE("A limit bounds the dose of a structure from the side on which its metric grows with the dose", "[OR-2]") {
  struct Row {
    const char* metric;
    BoundsDose of_upper_limit;
  };
  for (const Row& row : {Row{"V20Gy[%]", BoundsDose::kFromAbove}, Row{"V20Gy[cc]", BoundsDose::kFromAbove},
                         Row{"CV20Gy[cc]", BoundsDose::kFromBelow}, Row{"CV20Gy[%]", BoundsDose::kFromBelow},
                         Row{"D2%[Gy]", BoundsDose::kFromAbove}, Row{"DC2%[Gy]", BoundsDose::kFromAbove},
                         Row{"Min[Gy]", BoundsDose::kFromAbove}, Row{"Max[Gy]", BoundsDose::kFromAbove},
                         Row{"Mean[Gy]", BoundsDose::kFromAbove}}) {
    INFO(row.metric);
    const Metric metric = *parse_metric(row.metric);
    const BoundsDose other =
        row.of_upper_limit == BoundsDose::kFromAbove ? BoundsDose::kFromBelow : BoundsDose::kFromAbove;
    for (const Comparator c : {kBelow, kAtMost}) CHECK(bounds_dose(metric, c) == row.of_upper_limit);
    for (const Comparator c : {kAbove, kAtLeast}) CHECK(bounds_dose(metric, c) == other);
  }
}

// 40 Gy up to x = 10, from there on 10 Gy/mm: the box of 11.5 mm ends 1.5 mm inside the cell.
TEST_CASE("The room of a V rule is the dose of the limit's volume, where a structure ends inside a steep cell",
          "[OR-3][PL-3]") {
  const Case c = Box{11.5, [](double x) { return x <= 10 ? 40.0 : 65.0; }}.make();
  // The hottest 10 % are 1.15 mm: from x = 10.35, 43.5 Gy.
  room_is(finding(c, "V45Gy[%]", kBelow, 10), 1.5);
  room_is(finding(c, "V42Gy[%]", kBelow, 10), -1.5);
  room_is(finding(c, "V42Gy[%]", kAtMost, 10), -1.5);
  room_is(finding(c, "V42Gy[%]", kAtLeast, 10), 1.5);
  room_is(finding(c, "V45Gy[%]", kAbove, 10), -1.5);
  room_is(finding(c, "V42Gy[cc]", kAtLeast, 0.552), 1.5);
  room_is(finding(c, "V84%[%]", kAtLeast, 10), 1.5);
  // What is spared of 42 Gy and more: 90 % get less than 43.5 Gy.
  room_is(finding(c, "CV45Gy[%]", kAtLeast, 90), 1.5);
  room_is(finding(c, "CV42Gy[%]", kAtLeast, 90), -1.5);
  room_is(finding(c, "CV42Gy[%]", kBelow, 90), 1.5);
  room_is(finding(c, "CV45Gy[cc]", kBelow, 4.968), -1.5);
  // Of nothing and of everything the hottest and the coldest point decide.
  room_is(finding(c, "V45Gy[%]", kAtMost, 0), -10.0);
  room_is(finding(c, "V45Gy[%]", kAtLeast, 100), -5.0);
  room_is(finding(c, "V45Gy[%]", kBelow, 100), 5.0);
}

TEST_CASE("The room of a dose metric is its distance from the limit, in Gy whatever its unit", "[OR-1][OR-6]") {
  const Case c = Box{20, [](double x) { return std::max(0.0, 20 + x); }}.make();  // 20 to 40 Gy
  room_is(finding(c, "Max[Gy]", kBelow, 38), -2.0);
  room_is(finding(c, "Max[cGy]", kBelow, 4100), 1.0);
  room_is(finding(c, "Max[%]", kBelow, 82), 1.0);
  room_is(finding(c, "Mean[Gy]", kAtLeast, 31), -1.0);
  room_is(finding(c, "Min[Gy]", kAtLeast, 18), 2.0);
  room_is(finding(c, "D10%[Gy]", kAtMost, 37), -1.0);  // 38 Gy
  room_is(finding(c, "DC10%[Gy]", kAtMost, 23), 1.0);  // the coldest 10 % get 22 Gy or less
  room_is(finding(c, "DC10%[Gy]", kAtLeast, 23), -1.0);
}

TEST_CASE("What lies on the wrong side of a limit on dose is told beyond what the metric leaves out", "[OR-6]") {
  const Case c = Box{20, [](double x) { return std::max(0.0, 20 + x); }}.make();  // 0.48 cc a mm
  const auto cc_is = [&](const Finding& f, double cc) {
    INFO(english(f.message));
    REQUIRE(f.margin_volume);
    CHECK(f.margin_volume->in_cc() == Approx(cc).margin(1e-3));
    CHECK(f.margin_volume_lower->in_cc() <= cc + 1e-4);
    CHECK(f.margin_volume_upper->in_cc() >= cc - 1e-4);
  };
  cc_is(finding(c, "Max[Gy]", kBelow, 38), -2 * 0.48);
  cc_is(finding(c, "Min[Gy]", kAtLeast, 21), -1 * 0.48);
  cc_is(finding(c, "D10%[Gy]", kAtMost, 37), -1 * 0.48);    // 3 mm are above, 2 may be
  cc_is(finding(c, "D90%[Gy]", kAtLeast, 25), -3 * 0.48);   // 5 mm are below, 2 may be
  cc_is(finding(c, "DC10%[Gy]", kAtLeast, 23), -1 * 0.48);  // 3 mm are below, 2 may be
  CHECK_FALSE(finding(c, "Max[Gy]", kAtLeast, 41).margin_volume);
  CHECK_FALSE(finding(c, "Mean[Gy]", kAtLeast, 31).margin_volume);
}

TEST_CASE("Advice, words and place of a broken limit point the way that helps", "[OR-3][PL-3]") {
  const Case c = Box{20, [](double x) { return std::max(0.0, 20 + x); }}.make();
  struct Row {
    const char* metric;
    Comparator comparator;
    double limit;
    const char *advice, *words;
    LocationKind kind;
    double gy;
  };
  for (const Row& row : {Row{"CV25Gy[%]", kAtLeast, 50, "Lower", "too much", LocationKind::kHottestPoint, 40},
                         Row{"CV25Gy[%]", kBelow, 20, "Raise", "too little", LocationKind::kColdestPoint, 20},
                         Row{"V25Gy[%]", kBelow, 50, "Lower", "too much", LocationKind::kHottestPoint, 40},
                         Row{"V25Gy[%]", kAtLeast, 95, "Raise", "too little", LocationKind::kColdestPoint, 20},
                         Row{"DC50%[Gy]", kBelow, 25, "Lower", "too much", LocationKind::kHottestPoint, 40},
                         Row{"D98%[Gy]", kAtLeast, 25, "Raise", "too little", LocationKind::kColdestPoint, 20},
                         Row{"Mean[Gy]", kBelow, 25, "Lower", "too much", LocationKind::kHottestPoint, 40},
                         Row{"Min[Gy]", kBelow, 15, "Lower", "too much", LocationKind::kColdestPoint, 20},
                         Row{"Max[Gy]", kAtLeast, 45, "Raise", "too little", LocationKind::kHottestPoint, 40}}) {
    const Finding f = finding(c, row.metric, row.comparator, row.limit);
    INFO(english(f.message) << " " << english(f.hint));
    CHECK(f.status == FindingStatus::kDeviation);
    CHECK(english(f.hint).rfind(row.advice, 0) == 0);
    CHECK(english(f.message).find(row.words) != std::string::npos);
    CHECK(f.location_kind == row.kind);
    REQUIRE(f.location_dose);
    CHECK(f.location_dose->in_gy() == Approx(row.gy));
    CHECK(f.location_mm->x() == Approx(row.gy - 20).margin(1e-6));
  }
}

TEST_CASE("A limit that no dose meets is said to be the protocol's fault, and no place is named") {
  const Case c = Box{20, [](double x) { return std::max(0.0, 20 + x); }}.make();
  for (const auto& [comparator, limit] : {std::pair(kBelow, 0.0), std::pair(kAbove, 100.0)}) {
    const Finding f = finding(c, "V25Gy[%]", comparator, limit);
    CHECK(f.status == FindingStatus::kDeviation);
    CHECK(english(f.hint).find("No dose of Organ meets this limit") == 0);
    CHECK_FALSE(f.location_mm);
    CHECK_FALSE(f.margin_dose);
  }
}

TEST_CASE("A sentence shows as many digits as tell a value from its limit") {
  const auto says = [](const Finding& f, const std::string& part) {
    INFO(english(f.message));
    CHECK(english(f.message).find(part) != std::string::npos);
  };
  const Case c = Box{20, [](double x) { return std::max(0.0, 20 + x); }}.make();
  says(finding(c, "Max[Gy]", kBelow, 40.002), "is 40 Gy, limit < 40.002 Gy.");
  says(finding(c, "Max[Gy]", kBelow, 39.998), "is 40 Gy, limit < 39.998 Gy: 0.002 Gy too much");
  says(finding(c, "D10%[Gy]", kBelow, 38.02), "is 38 Gy, limit < 38.02 Gy.");
  const Case near = Box{20, [](double x) { return std::max(0.0, 20 + 0.99999 * x); }}.make();
  says(finding(near, "Max[Gy]", kBelow, 40), "is 39.9998 Gy, limit < 40 Gy.");
  CHECK(beside(53.9999, 54, 2) == "53.9999");
  CHECK(beside(54, 54, 2) == "54");
  CHECK(beside(53.1234, 54, 2) == "53.12");
  CHECK(beside(-0.004, 0, 2) == "-0.004");
  CHECK(amount(0.004, 2) == "0.004");
  CHECK(amount(0.014, 2) == "0.01");
  CHECK(amount(0.0, 2) == "0");
  CHECK(outwards(53.99996, 54.00001, 4) == "53.9999 to 54.0001");
}
