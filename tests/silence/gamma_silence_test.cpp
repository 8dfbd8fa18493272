// The host is asked often whatever two doses are compared.
#include <cmath>
#include <random>

#include "core/gamma_report.h"
#include "core/protocols/load.h"
#include "tests/silence/heard.h"

namespace {

using namespace dosegate;
using namespace dosegate::silence;

struct Extent {
  std::uint32_t columns = 96, rows = 96, planes = 24;
  double spacing = 1.5;  // mm
};

// Anything between the two: no part of it can be left out for what lies around.
DoseGrid noise(const Extent& e, double from_gy, double to_gy) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> any(static_cast<float>(from_gy), static_cast<float>(to_gy));
  std::vector<float> gy(std::size_t{e.columns} * e.rows * e.planes);
  for (float& value : gy) value = any(random);
  std::vector<double> offsets;
  for (std::uint32_t p = 0; p < e.planes; ++p) offsets.push_back(e.spacing * p);
  DoseDescription d;
  d.values = gy.data();
  d.value_count = gy.size();
  d.columns = e.columns;
  d.rows = e.rows;
  d.planes = e.planes;
  d.column_spacing_mm = d.row_spacing_mm = e.spacing;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2";
  return *DoseGrid::make(d, {}, DoseUse::kComparison);
}

DosePoints measured(std::size_t count, double gy) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> across(5, 155), along(0, 10);
  DosePoints points;
  for (std::size_t n = 0; n < count; ++n) {
    points.at_mm.emplace_back(across(random), across(random), along(random));
    points.gy.push_back(static_cast<float>(gy));
  }
  return points;
}

void check_gamma(const char* request_json, const Case& c, const GammaReference& reference, const DoseGrid& evaluated) {
  const GammaRequest request = *load_gamma_request(request_json);
  check_heard(request_json, [&](const Host& host) {
    const auto report = gamma_report(c, reference, evaluated, request, host, nullptr, GammaMap::kFilled);
    if (!report) CHECK(report.error().code == ErrorCode::kCancelled);
  });
}

}  // namespace

TEST_CASE("the host is asked often while gamma is sought far from each point", "[gamma][rule-16]") {
  const DoseGrid reference = noise({}, 45, 46), evaluated = noise({}, 30, 44);
  for (const char* request :
       {R"({"dosePercent": 0.01, "distanceMm": 0.5})", R"({"dosePercent": 1, "distanceMm": 100})",
        R"({"dosePercent": 1, "distanceMm": 3})", R"({"dosePercent": 1, "distanceMm": 3, "interpolation": "SIMPLEX"})",
        R"({"dosePercent": 0.01, "distanceMm": 100, "passFailOnly": true})"}) {
    check_gamma(request, {}, {&reference, nullptr}, evaluated);
  }
}

TEST_CASE("the host is asked often while gamma is sought in a finer dose", "[gamma][rule-16]") {
  const DoseGrid reference = noise({40, 40, 20, 3.0}, 20, 60), evaluated = noise({250, 250, 120, 0.5}, 20, 60);
  for (const char* request : {R"({"dosePercent": 0.1, "distanceMm": 10})", R"({"dosePercent": 3, "distanceMm": 3})",
                              R"({"dosePercent": 0.1, "distanceMm": 10, "interpolation": "SIMPLEX"})"}) {
    check_gamma(request, {}, {&reference, nullptr}, evaluated);
  }
}

TEST_CASE("the host is asked often while points are looked for in structures", "[gamma][rule-16]") {
  const DosePoints points = measured(100'000, 45);
  const DoseGrid evaluated = noise({108, 108, 8, 1.5}, 30, 44), fine = noise({600, 600, 24, 0.25}, 30, 44);
  for (const Shape& shape : {star(2001, 1000), many_contours(316), many_points(1'000'000)}) {
    const Case c = patient(shape, R"({"scope": "PLAN_ONLY"})");
    const char* const request = R"({"dosePercent": 3, "distanceMm": 3, "rois": ["PTV", "Liver"]})";
    check_gamma(request, c, {nullptr, &points}, evaluated);
    check_gamma(request, c, {&fine, nullptr}, fine);
  }
}

TEST_CASE("the host is asked often while a check computes gamma of a measurement", "[gamma][rule-16]") {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  Case c = patient(star(5, 2), "{}");
  c.measurement.emplace().points = measured(200'000, 90);
  check_heard("check", [&](const Host& host) { (void)check(c, protocol, host); });
}
