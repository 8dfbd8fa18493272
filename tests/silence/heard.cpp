#include "tests/silence/heard.h"

#include <cmath>
#include <numbers>
#include <random>

namespace dosegate::silence {

std::uint64_t blocks = 0;

}  // namespace dosegate::silence

// Called by the engine for every basic block.
extern "C" void __sanitizer_cov_trace_pc() { ++dosegate::silence::blocks; }

namespace dosegate::silence {
namespace {

Structure drawn(std::int32_t number, const char* name, const char* type, const Shape& shape) {
  Structure s;
  s.roi_number = number;
  s.name = name;
  s.interpreted_type = type;
  s.frame_of_reference_uid = "1.2";
  for (std::size_t slice = 0; slice < shape.slices; ++slice) {
    const double z = 5.0 * static_cast<double>(slice);
    for (const Outline& outline : shape.outlines) {
      Contour& contour = s.contours.emplace_back();
      for (const auto& p : outline) contour.points.emplace_back(p.x(), p.y(), z);
    }
  }
  return s;
}

}  // namespace

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

Shape star(std::size_t points, std::size_t step) {
  Shape s{{{}}};
  for (std::size_t i = 0; i < points; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i * step % points) / static_cast<double>(points);
    s.outlines[0].emplace_back(80 + 75 * std::cos(turn), 80 + 75 * std::sin(turn));
  }
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

}  // namespace dosegate::silence
