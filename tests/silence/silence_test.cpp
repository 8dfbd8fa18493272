// How much work there is between two questions to the host whether to go on, on contours and grids made to be slow.
// Work is counted in basic blocks executed, which no clock and no other program changes.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

#include "core/checker.h"
#include "core/protocols/load.h"

namespace {

std::uint64_t blocks = 0;

}  // namespace

// Called by the engine for every basic block.
extern "C" void __sanitizer_cov_trace_pc() { ++blocks; }

namespace {

using namespace dosegate;

// A processor executes a block in some 1 to 3 ns: some tens of milliseconds.
constexpr std::uint64_t kMost = 20'000'000;
constexpr std::uint64_t kGiveUp = 400'000'000;  // where the host says yes

struct Question {
  std::uint64_t last = 0, longest = 0, begin = 0, count = 0;
  void note() {
    longest = std::max(longest, blocks - last);
    last = blocks;
    ++count;
  }
};

using Outline = std::vector<Eigen::Vector2d>;
struct Shape {
  std::vector<Outline> outlines;  // of each of three slices, 5 mm apart
  std::uint32_t columns = 64, rows = 64;
  double across = 160.0;  // mm, of the grid
};

Structure drawn(std::int32_t number, const char* name, const char* type, const Shape& shape) {
  Structure s;
  s.roi_number = number;
  s.name = name;
  s.interpreted_type = type;
  s.frame_of_reference_uid = "1.2";
  for (const double z : {0.0, 5.0, 10.0}) {
    for (const Outline& outline : shape.outlines) {
      Contour& contour = s.contours.emplace_back();
      for (const auto& p : outline) contour.points.emplace_back(p.x(), p.y(), z);
    }
  }
  return s;
}

Case patient(const Shape& shape, const char* options) {
  Case c;
  const double voxel = shape.across / shape.columns, offsets[5] = {-5, 0, 5, 10, 15};
  std::vector<float> gy;
  for (std::uint32_t p = 0; p < 5; ++p) {
    for (std::uint32_t r = 0; r < shape.rows; ++r) {
      for (std::uint32_t k = 0; k < shape.columns; ++k) {
        gy.push_back(static_cast<float>(30 + 10 * std::sin(0.07 * k + r) * std::cos(0.3 * r + p)));
      }
    }
  }
  DoseDescription d;
  d.values = gy.data();
  d.value_count = gy.size();
  d.columns = shape.columns;
  d.rows = shape.rows;
  d.planes = 5;
  d.column_spacing_mm = voxel;
  d.row_spacing_mm = shape.rows == 3 ? 5.0 : voxel;
  d.plane_offsets_mm = offsets;
  d.frame_of_reference_uid = "1.2";
  c.course.set_dose(*DoseGrid::make(d));
  c.options = *load_case_options(options);
  c.course.plan() = *load_plan(R"({"label": "a", "doseReferences": [{"roiNumber": 3, "targetPrescriptionDoseGy": 45}],
    "fractionGroups": [{"fractionsPlanned": 15, "beams": [{"beamNumber": 1, "beamDoseGy": 3, "beamMeterset": 360}]}],
    "beams": [{"number": 1}]})");
  c.course.structures()[1] = drawn(1, "GTV", "GTV", shape);
  c.course.structures()[2] = drawn(2, "CTV", "CTV", shape);
  c.course.structures()[3] = drawn(3, "PTV", "PTV", shape);
  c.course.structures()[4] = drawn(4, "Liver", "ORGAN", shape);
  return c;
}

// What was asked for of one call, to its end or until the host has waited long enough.
template <typename Call>
void check_heard(const char* what, const Call& call) {
  Question q;
  Host host;
  host.threads = 1;
  host.should_cancel = [&] {
    q.note();
    return blocks - q.begin > kGiveUp;
  };
  q.begin = q.last = blocks;
  call(host);
  q.note();
  INFO(what << ": " << q.longest << " blocks of " << blocks - q.begin << " without a question, asked " << q.count
            << " times");
  CHECK(q.longest < kMost);
  CHECK(q.longest > 1000);  // blocks are counted
  CHECK(q.count > 1);
}

void check_heard(const Shape& shape) {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  for (const char* options : {R"({"scope": "PLAN_ONLY", "betweenSlices": "SLAB"})",
                              R"({"scope": "PLAN_ONLY", "betweenSlices": "INTERPOLATE"})"}) {
    const Case c = patient(shape, options);
    INFO(options);
    check_heard("check", [&](const Host& host) { (void)check(c, protocol, host); });
    DvhRequest request =
        *load_dvh_request(R"({"metrics": ["D95%[Gy]", "V20Gy[%]", "Mean[Gy]", "Max[Gy]"], "curve": true})");
    check_heard("dvh", [&](const Host& host) { (void)dvh_json(c, request, host); });
  }
}

Shape star(std::size_t points, std::size_t step) {
  Shape s{{{}}};
  for (std::size_t i = 0; i < points; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i * step % points) / static_cast<double>(points);
    s.outlines[0].emplace_back(80 + 75 * std::cos(turn), 80 + 75 * std::sin(turn));
  }
  return s;
}

// A side of many points within one row of voxels.
Shape one_row(std::size_t points, std::uint32_t columns) {
  Shape s{{{}}, columns, 3, 0.1 * columns};
  for (std::size_t i = 0; i <= points; ++i) {
    s.outlines[0].emplace_back(1 + 0.01 * static_cast<double>(i % 2),
                               0.5 + 3.5 * static_cast<double>(i) / static_cast<double>(points));
  }
  s.outlines[0].emplace_back(s.across - 1, 4.0);
  s.outlines[0].emplace_back(s.across - 1, 0.5);
  return s;
}

// Teeth from one side to the other.
Shape comb(std::size_t teeth, bool upright) {
  Shape s{{{}}};
  const auto add = [&](double along, double across) {
    s.outlines[0].emplace_back(upright ? along : across, upright ? across : along);
  };
  for (std::size_t i = 0; i < teeth; ++i) {
    const double at = 5 + 150 * static_cast<double>(i) / static_cast<double>(teeth),
                 half = 75.0 / static_cast<double>(teeth);
    add(at, 10), add(at, 150), add(at + half, 150), add(at + half, 10);
  }
  add(155, 5), add(5, 5);
  return s;
}

Shape many_points(std::size_t points) {
  Shape s{{{}}};
  std::mt19937 random(7);
  std::uniform_real_distribution<double> radius(74.9, 75.0);
  for (std::size_t i = 0; i < points; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(points), r = radius(random);
    s.outlines[0].emplace_back(80 + r * std::cos(turn), 80 + r * std::sin(turn));
  }
  return s;
}

Shape many_contours(std::size_t a_side) {
  Shape s;
  const double pitch = 150.0 / static_cast<double>(a_side), half = 0.35 * pitch;
  for (std::size_t n = 0; n < a_side * a_side; ++n) {
    const double u = 5 + pitch * (0.5 + static_cast<double>(n % a_side)),
                 v = 5 + pitch * (0.5 + static_cast<double>(n / a_side));
    s.outlines.push_back({{u - half, v - half}, {u + half, v - half}, {u + half, v + half}, {u - half, v + half}});
  }
  return s;
}

// From anywhere to anywhere: about a third of all pairs of edges cross.
Shape tangle(std::size_t points) {
  Shape s{{{}}};
  std::mt19937 random(11);
  std::uniform_real_distribution<double> anywhere(5, 155);
  for (std::size_t i = 0; i < points; ++i) s.outlines[0].emplace_back(anywhere(random), anywhere(random));
  return s;
}

}  // namespace

TEST_CASE("the host is asked often inside a star", "[rule-16]") {
  check_heard(star(401, 200));
  check_heard(star(2001, 1000));
}
TEST_CASE("the host is asked often inside a tangle of 2000 points", "[rule-16]") { check_heard(tangle(2000)); }
TEST_CASE("the host is asked often inside combs along and across the rows", "[rule-16]") {
  check_heard(comb(5000, true));
  check_heard(comb(5000, false));
}
TEST_CASE("the host is asked often inside one row of voxels with many points", "[rule-16]") {
  check_heard(one_row(30'000, 98'304));
}
TEST_CASE("the host is asked often inside an outline of a million points", "[rule-16]") {
  check_heard(many_points(1'000'000));
}
TEST_CASE("the host is asked often inside a plane of a hundred thousand contours", "[rule-16]") {
  check_heard(many_contours(316));
}
