// A plateau whose dose is the level but for how either is written: stored as whole numbers times a scaling, in single
// precision, of one fraction, in cGy; the level as a decimal or a percentage.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/geometry/test_shapes.h"
#include "core/metric/metric.h"
#include "core/rules/measure.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// 4 x 4 x 4 voxels of 10 mm with one dose, as `Sample` times `scaling`.
template <typename Sample>
DoseGrid uniform(DoseValueType type, Sample sample, double scaling, DoseUnits units = DoseUnits::kGy) {
  const std::vector<Sample> values(64, sample);
  const std::vector<double> offsets = {0, 10, 20, 30};
  DoseDescription d;
  d.value_type = type;
  d.values = values.data();
  d.value_count = values.size();
  d.scaling = scaling;
  d.units = units;
  d.columns = d.rows = d.planes = 4;
  d.row_spacing_mm = d.column_spacing_mm = 10;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  auto grid = DoseGrid::make(d);
  REQUIRE(grid);
  return *std::move(grid);
}

const SlabStack& box() {
  static const SlabStack stack = *make_stack(prism("Box", {box_ring(3, 4, 25, 27)}, planes(2, 26, 3)));
  return stack;
}

MetricValue measured(const std::string& text, const Dvh& dvh, Plateau plateau = Plateau::kCounts,
                     std::optional<double> limit = std::nullopt) {
  const auto metric = parse_metric(text);
  REQUIRE(metric);
  const Measured out = measure(*metric, dvh, Dose::gy(45), plateau, limit);
  REQUIRE(out.value);
  return *out.value;
}

bool holds(const MetricValue& m, double truth) { return m.lower <= truth && truth <= m.upper; }

std::string decimal(double gy) {
  std::string text = std::to_string(static_cast<int>(std::lround(gy * 100)) / 100) + ".";
  const auto rest = std::lround(gy * 100) % 100;
  return text + (rest < 10 ? "0" : "") + std::to_string(rest);
}

// Both sides of a plateau at `gy`, and nothing else, whatever way its dose was stored.
void check_plateau(const Dvh& dvh, double gy) {
  INFO("a plateau at " << gy << " Gy");
  const std::string v = "V" + decimal(gy) + "Gy[%]", cv = "CV" + decimal(gy) + "Gy[%]";
  for (const std::optional<double> limit : {std::optional<double>(), std::optional<double>(97.0)}) {
    const MetricValue at_least = measured(v, dvh, Plateau::kCounts, limit);
    CHECK(at_least.value == Approx(100.0).epsilon(1e-12));
    CHECK(at_least.upper == 100.0);
    const MetricValue more = measured(v, dvh, Plateau::kDoesNotCount, limit);
    CHECK(more.value == 0.0);
    CHECK(more.lower == 0.0);
    CHECK(holds(measured(cv, dvh, Plateau::kCounts, limit), 0.0));
    CHECK(std::abs(measured(cv, dvh, Plateau::kCounts, limit).value) < 1e-10);
    // To the last bit, or on both sides: never one side by accident.
    CHECK((at_least.lower == 0.0 || at_least.lower == 100.0));
    CHECK((at_least.lower == 0.0) == (more.upper == 100.0));
  }
  // 0.01 Gy away there is no doubt.
  const MetricValue below = measured("V" + decimal(gy - 0.01) + "Gy[%]", dvh),
                    above = measured("V" + decimal(gy + 0.01) + "Gy[%]", dvh);
  CHECK(below.lower == 100.0);
  CHECK(above.upper == 0.0);
  for (const char* metric : {"Min[Gy]", "Mean[Gy]", "Max[Gy]", "D95%[Gy]", "D2%[Gy]"}) {
    const MetricValue d = measured(metric, dvh, Plateau::kCounts, gy);
    CHECK(holds(d, gy));
    CHECK(d.upper - d.lower < 1e-3);
  }
}

}  // namespace

TEST_CASE("A plateau on the level lies on both sides of it, for every tenth of a Gy and however it is stored",
          "[dvh]") {
  int exact = 0, open = 0;
  for (int tenths = 10; tenths <= 600; tenths += DOSEGATE_SANITIZED ? 29 : 1) {
    const double gy = tenths / 10.0;
    const auto whole = static_cast<std::uint32_t>(tenths) * 100;
    const Dvh dvh = *Dvh::make(box(), uniform(DoseValueType::kUint32, whole, 0.001), 1.0);
    check_plateau(dvh, gy);
    (dvh.volume_above(Dose::gy(gy)).lower.in_cc() > 0.0 ? exact : open) += 1;
    if (tenths % 7 != 3) continue;
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kUint16, std::uint16_t{50'000}, gy / 50'000), 1.0), gy);
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kFloat32, static_cast<float>(gy), 1.0), 1.0), gy);
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kFloat64, gy, 1.0), 1.0), gy);
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kUint32, whole / 10, 1.0, DoseUnits::kCgy), 1.0), gy);
    // A fraction of 15, of which the host summed in single precision.
    float sum = 0.0F;
    for (int n = 0; n < 15; ++n) sum += static_cast<float>(gy / 15.0);
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kFloat32, sum, 1.0), 1.0), gy);
    check_plateau(*Dvh::make(box(), uniform(DoseValueType::kFloat64, gy / 15.0, 1.0), 15.0), gy);
  }
  if (DOSEGATE_SANITIZED) return;
  CHECK(exact > 55);  // whole Gy at least
  CHECK(open > 200);
}

TEST_CASE("A percentage of the prescription is the decimal number that it stands for", "[dvh]") {
  for (int percent = 1; percent <= 120; ++percent) {
    CHECK(of(PercentOfPrescription::percent(percent), Dose::gy(45)).in_gy() == 45 * percent / 100.0);
  }
  // 49.5 Gy is a number of single precision: equal to the last bit.
  const Dvh dvh = *Dvh::make(box(), uniform(DoseValueType::kUint32, std::uint32_t{49'500}, 0.001), 1.0);
  CHECK(measured("V110%[%]", dvh).lower == 100.0);
  CHECK(measured("V110%[%]", dvh, Plateau::kDoesNotCount).upper == 0.0);
  CHECK(measured("V95%[cc]", dvh).value == Approx(12.144));
}

TEST_CASE("Beside a plateau on the level the dose that falls away still counts as it is", "[dvh]") {
  // 23.3 Gy for x <= 10, then down by 1 Gy/mm: a cell whose four corners are the plateau's is below it.
  GridSpec spec;
  spec.first = {0, 0, 0};
  spec.spacing = {10, 10, 10};
  spec.size = {4, 4, 4};
  const DoseGrid grid = sample(spec, [](const auto& p) { return 23.3 - std::max(0.0, p.x() - 10.0); });
  const Dvh dvh = *Dvh::make(box(), grid, 1.0);
  const double plateau = 7.0 / 22.0;  // x from 3 to 10 of 3 to 25
  const MetricValue v = measured("V23.3Gy[%]", dvh);
  CHECK(v.value == Approx(100 * plateau).margin(1e-3));
  CHECK(v.lower < 1e-3);
  CHECK(v.upper == Approx(100 * plateau).margin(1e-3));
  CHECK(v.upper >= 100 * plateau);
  const MetricValue below = measured("V23Gy[%]", dvh);
  CHECK(holds(below, 100 * (plateau + 0.3 / 22.0)));
  CHECK(below.upper - below.lower < 0.02);
}

TEST_CASE("The curve shows a plateau on a bin on both sides, and counts it", "[dvh]") {
  for (const double gy : {1.3, 23.3, 44.0}) {
    const auto stored = static_cast<std::uint32_t>(std::lround(gy * 1000));
    const Dvh dvh = *Dvh::make(box(), uniform(DoseValueType::kUint32, stored, 0.001), 1.0);
    const auto curve = dvh.curve(Dose::gy(0.1));
    REQUIRE(curve);
    const auto at = static_cast<std::size_t>(std::lround(gy * 10));
    const auto v = dvh.volume_above(Dose::gy(gy));
    INFO(gy << " Gy");
    REQUIRE(curve->size() == at + 2);
    CHECK((*curve)[at].value / v.value == Approx(1.0).epsilon(1e-12));
    CHECK((*curve)[at].lower == v.lower);
    CHECK((*curve)[at].upper == v.upper);
    CHECK((*curve)[at - 1].lower == dvh.total());
    CHECK((*curve)[at + 1].upper.in_cc() == 0.0);
  }
}
