#include "adapters/present/words.h"

#include <catch2/catch.hpp>

#include "adapters/present/number.h"

using namespace dosegate::present;
namespace v1 = dosegate::v1;

namespace {

v1::Finding finding(const char* rule, v1::Finding::Status status, const char* role, const char* roi, const char* metric,
                    double value, double limit, const char* unit) {
  v1::Finding f;
  f.set_rule_id(rule);
  f.set_status(status);
  f.set_mandatory(true);
  f.set_structure(role);
  f.set_roi(roi);
  f.set_metric(metric);
  f.set_value(value);
  f.set_lower(value - 0.01);
  f.set_upper(value + 0.01);
  f.set_unit(unit);
  f.set_comparator(v1::LT);
  f.set_limit(limit);
  return f;
}

}  // namespace

TEST_CASE("numbers: a value that is not on its limit is not shown on it", "[present]") {
  CHECK(against(48.9999, 49) == "48.9999");
  CHECK(against(49, 49) == "49.00");
  CHECK(against(42.314, 40) == "42.31");
  CHECK(fixed(-0.001) == "0.00");
  CHECK(fixed(1e300).size() > 300);
  CHECK(shortest(45) == "45");
  CHECK(shortest(0.1) == "0.1");
}

TEST_CASE("numbers: a count of many is in groups of three digits", "[present]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(9999) == "9999");
  CHECK(grouped(10000) == "10\u202F000");
  CHECK(grouped(1234567) == "1\u202F234\u202F567");
  CHECK(grouped(-5) == "-5");
}

TEST_CASE("numbers: a ratio has no unit, and the codes of laboratory units are written as people do", "[present]") {
  CHECK(with_unit("1.00", "1") == "1.00");
  CHECK(with_unit("1.00", "{INR}") == "1.00");
  CHECK(with_unit("1.00", "") == "1.00");
  CHECK(with_unit("180.00", "10*9/L") == "180.00 x10^9/L");
  CHECK(with_unit("180000", "/uL") == "180000/uL");
  CHECK(with_unit("30.00", "[IU]/L") == "30.00 IU/L");
  CHECK(with_unit("1.55", "x ULN") == "1.55 x ULN");
  CHECK(with_unit("45.00", "Gy") == "45.00 Gy");
}

TEST_CASE("numbers: a value that is not on its limit is never shown on it", "[present]") {
  CHECK(against(53.99999999, 54.0) == "53.99999999");
  CHECK(against(54.0, 54.0) == "54.00");
}

TEST_CASE("numbers: an interval is shown when it is wide", "[present]") {
  CHECK(interval_text(42.31, 42.30, 42.32) == "");
  CHECK(interval_text(42.31, 42.10, 42.55) == "42.10 to 42.55");
  CHECK(interval_text(42.31, std::nullopt, 42.55) == "");
  v1::Finding f = finding("OR-6", v1::Finding::INDETERMINATE, "SpinalCord", "", "Max[Gy]", 40, 40, "Gy");
  CHECK(interval_text(f) == "39.99 to 40.01");
}

TEST_CASE("numbers: an excess is told in the limit's unit, in Gy and in cc, each once", "[present]") {
  v1::Finding f = finding("OR-2", v1::Finding::DEVIATION, "Liver-GTV", "", "V20Gy[%]", 52, 49, "%");
  f.set_margin_dose_gy(-0.85);
  f.set_margin_volume_cc(-30.9);
  CHECK(margin_text(f, Margin::kExcess) == "3.00 %, 0.85 Gy, 30.90 cc");
  f = finding("OR-6", v1::Finding::DEVIATION, "SpinalCord", "", "Max[Gy]", 40.001, 40, "Gy");
  CHECK(margin_text(f, Margin::kExcess) == "0.001 Gy");
}

TEST_CASE("words: directions are those of the patient", "[present]") {
  v1::Location at;
  at.set_x_mm(5);
  at.set_y_mm(-6.25);
  at.set_z_mm(-7);
  CHECK(location_text(at) == "x 5.0 mm (left), y -6.2 mm (anterior), z -7.0 mm (inferior)");
}

TEST_CASE("words: a place is called what it is, with its dose where that is not the value", "[present]") {
  v1::Finding f = finding("VO-3", v1::Finding::DEVIATION, "PTV", "", "", 7.2, 5, "%");
  f.mutable_location()->set_x_mm(5);
  CHECK(place_text(f) == "Place: x 5.0 mm (left), y 0.0 mm, z 0.0 mm");
  f.mutable_location()->set_kind(v1::Location::LARGEST_SHORTFALL);
  CHECK(place_text(f) == "Largest shortfall: x 5.0 mm (left), y 0.0 mm, z 0.0 mm");
  f.mutable_location()->set_kind(v1::Location::FURTHEST_EXCESS);
  CHECK(place_text(f) == "Furthest beyond: x 5.0 mm (left), y 0.0 mm, z 0.0 mm");
  f.mutable_location()->set_kind(v1::Location::COLDEST_POINT);
  f.mutable_location()->set_dose_gy(33.9);
  CHECK(place_text(f) == "Coldest point: x 5.0 mm (left), y 0.0 mm, z 0.0 mm, 33.90 Gy");
  f = finding("OR-6", v1::Finding::DEVIATION, "SpinalCord", "", "Max[Gy]", 42, 40, "Gy");
  f.mutable_location()->set_kind(v1::Location::HOTTEST_POINT);
  f.mutable_location()->set_dose_gy(42);
  CHECK(place_text(f) == "Hottest point: x 0.0 mm, y 0.0 mm, z 0.0 mm");
}

TEST_CASE("words: a plan that does not state its prescription says so", "[present]") {
  v1::Plan plan;
  CHECK(prescription_text(plan) == "prescription not stated in the plan");
  plan.add_fraction_groups()->set_fractions_planned(15);
  CHECK(prescription_text(plan) == "15 fractions, prescribed dose not stated in the plan");
}
