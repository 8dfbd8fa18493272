// A verdict never hangs on a slice that nobody drew: filled and left out are both judged.
#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

using test::axial;
using test::box_ring;

// The sound patient whose duodenum gets 46 Gy where x is negative, and is drawn on slices of 3 mm from -10.5 mm but for
// one at -1.5 mm, on which other organs are drawn. On each slice it lies where x is negative (hot), or where it is
// positive. As V45 < 33 % asks for the whole of it.
Case with_gap(const std::vector<double>& hot_parts) {
  SoundPatient patient;
  patient.dose["Duodenum"] = [](double x) { return x < 0.0 ? 46.0 : 2.0; };
  Case c = patient.make();
  Structure& duodenum = structure_named(c, "Duodenum");
  std::vector<Contour> contours;
  std::size_t n = 0;
  for (const Contour& drawn : duodenum.contours) {
    const double z = drawn.points.front().z(), y0 = drawn.points[0].y(), y1 = drawn.points[2].y();
    if (std::abs(z + 1.5) < 0.1) continue;
    const double hot = 40.0 * hot_parts.at(n++);
    if (hot > 0.0) contours.push_back(axial(box_ring(-5.0 - hot, y0, -5.0, y1), z));
    if (hot < 40.0) contours.push_back(axial(box_ring(5.0, y0, 45.0 - hot, y1), z));
  }
  duodenum.contours = contours;
  return c;
}

// Slices beside the gap are 4.5 mm thick when it is filled, 24 mm in all; else 3 of 21 mm.
const std::vector<double> kHotBeside = {0, 0, 1, 1, 0, 0, 0};     // 37.5 % filled, 28.6 % else
const std::vector<double> kColdBeside = {1, 1, 0, 0, 0.5, 0, 0};  // 31.25 % filled, 35.7 % else
const std::vector<double> kCool = {1, 0, 0, 0, 0, 0, 0};          // 12.5 % and 14.3 %
const std::vector<double> kHot = {1, 1, 1, 1, 0, 0, 0};           // 62.5 % and 57.1 %

Finding v45(const Case& c) { return finding_of(report_of(c), "OR-4.V45"); }

bool has_note(const Report& report, const std::string& words) {
  return std::any_of(report.notes.begin(), report.notes.end(),
                     [&](const Prose& note) { return english(note).find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("Where filled and unfilled differ in a decision, the finding says so and does not pass", "[OR-4]") {
  for (const auto model : {BetweenSlices::kSlab, BetweenSlices::kInterpolate}) {
    for (const bool hot_beside : {true, false}) {
      Case c = with_gap(hot_beside ? kHotBeside : kColdBeside);
      c.options.between_slices = model;
      const Report report = report_of(c);
      const Finding f = finding_of(report, "OR-4.V45");
      INFO(english(f.message));
      CHECK(report.verdict != Verdict::kPass);
      CHECK(f.status == FindingStatus::kIndeterminate);
      CHECK(english(f.message).find("'Duodenum' between -4.5 mm and 1.5 mm") != std::string::npos);
      CHECK(english(f.hint).find("--separate-pieces") != std::string::npos);
      if (model == BetweenSlices::kSlab) {
        REQUIRE((f.lower && f.upper));
        CHECK(*f.lower <= Approx(hot_beside ? 28.5714 : 31.25).epsilon(1e-4));
        CHECK(*f.upper >= Approx(hot_beside ? 37.5 : 35.7143).epsilon(1e-4));
        // Room the one way, none the other: its bounds hold both, its value is that of the structure as it was taken.
        REQUIRE((f.margin_volume && f.margin_volume_lower && f.margin_volume_upper));
        CHECK(f.margin_volume_lower->in_cc() < 0.0);
        CHECK(f.margin_volume_upper->in_cc() > 0.0);
        CHECK((f.margin_volume->in_cc() > 0.0) == !hot_beside);
        CHECK(f.margin_dose.has_value() == f.margin_dose_lower.has_value());
        CHECK(f.margin_dose.has_value() == f.margin_dose_upper.has_value());
      }
    }
  }
}

TEST_CASE("Where filled and unfilled agree, the gap is a note and decides nothing", "[OR-4]") {
  const Finding cool = v45(with_gap(kCool));
  INFO(english(cool.message));
  CHECK(cool.status == FindingStatus::kPass);
  CHECK(*cool.value == Approx(12.5).epsilon(1e-3));
  CHECK(v45(with_gap(kHot)).status == FindingStatus::kDeviation);
  CHECK(has_note(report_of(with_gap(kCool)), "missing"));
}

TEST_CASE("A warning that only the other way round gives leaves the numbers of the structure as it was taken",
          "[OR-4]") {
  Protocol protocol = trial();
  for (Rule& rule : protocol.rules) {
    if (rule.id != "OR-4.V45") continue;
    DoseMetricRule kind = *rule.as<DoseMetricRule>();
    kind.limit = Limit{Comparator::kLess, 15.0, 1.5};
    rule.kind = std::make_shared<const DoseMetricRule>(kind);
  }
  // 12.5 % filled, 2.5 below the limit; 14.3 % else, 0.7 below it.
  const Finding f = finding_of(*check(with_gap(kCool), protocol), "OR-4.V45");
  INFO(english(f.message));
  CHECK(f.status == FindingStatus::kWarning);
  CHECK(*f.value == Approx(12.5).epsilon(1e-3));
  CHECK(english(f.message).find("'Duodenum' between -4.5 mm and 1.5 mm") != std::string::npos);
  CHECK(english(f.message).find("14.29") != std::string::npos);
}

TEST_CASE("Pieces that the user says are separate are judged as such", "[OR-4]") {
  Case c = with_gap(kHotBeside);
  c.options.separate_pieces = {"Duodenum"};
  const Finding met = v45(c);
  INFO(english(met.message));
  CHECK(met.status == FindingStatus::kPass);
  CHECK(*met.value == Approx(100.0 * 6 / 21).epsilon(1e-3));
  c = with_gap(kColdBeside);
  c.options.separate_pieces = {"Duodenum"};
  CHECK(v45(c).status == FindingStatus::kDeviation);
  c.options.separate_pieces = {"Duodenun"};
  CHECK(v45(c).status == FindingStatus::kIndeterminate);
  CHECK(has_note(report_of(c), "No structure is named 'Duodenun'"));
}

TEST_CASE("What was kept of one way round never shows in the other", "[OR-4][VO-3]") {
  DvhStore kept;
  const auto bytes = [&](const Case& c, DvhStore* store) { return to_json(*check(c, trial(), {}, store)); };
  for (const auto& parts : {kHotBeside, kCool, kColdBeside, kHotBeside}) {
    Case c = with_gap(parts);
    for (const auto& [number, structure] : c.course.structures()) kept.structure_changed(number);
    for (int again = 0; again < 2; ++again) {
      CHECK(bytes(c, &kept) == bytes(c, nullptr));
      c.options.separate_pieces = {"Duodenum"};
    }
  }
}

// Margins, and what is derived, rest on the solids, too: the PTV lacks one slice in its middle.
TEST_CASE("A target with an empty slice does not pass its margin by a filling", "[VO-3][PL-3]") {
  Case c = SoundPatient().make();
  Structure& ptv = structure_named(c, "PTV");
  std::erase_if(ptv.contours, [](const Contour& k) { return std::abs(k.points.front().z() - 1.5) < 0.1; });
  const Report report = report_of(c);
  const Finding margin = finding_of(report, "VO-3");
  INFO(english(margin.message));
  CHECK(margin.status == FindingStatus::kIndeterminate);
  CHECK(report.verdict != Verdict::kPass);
  CHECK(finding_of(report, "PL-3.PTV").status == FindingStatus::kPass);  // 45 Gy either way
}

}  // namespace dosegate::clause_test
