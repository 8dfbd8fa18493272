// Doses for the tests of gamma: grids filled by a function of the place.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/gamma/gamma.h"

namespace dosegate::gamma_test {

using Fill = std::function<double(double x, double y, double z)>;

struct Shape {
  std::array<std::uint32_t, 3> size{};
  std::array<double, 3> first{};  // mm
  std::array<double, 3> step{};   // mm
};

// How a grid is stored: the directions of its columns, rows and planes, and the unit.
struct Storage {
  bool x_back = false, y_back = false, z_back = false;
  DoseUnits units = DoseUnits::kGy;
};

inline Result<DoseGrid> try_grid(const Shape& s, const Fill& fill, std::string frame = "1.2", Storage how = {},
                                 DoseUse use = DoseUse::kComparison) {
  std::vector<double> values;
  const std::array<bool, 3> back = {how.x_back, how.y_back, how.z_back};
  const auto at = [&](std::size_t a, std::uint32_t i) {
    return s.first[a] + s.step[a] * (back[a] ? s.size[a] - 1 - i : i);
  };
  const double unit = how.units == DoseUnits::kCgy ? 100.0 : 1.0;
  for (std::uint32_t k = 0; k < s.size[2]; ++k) {
    for (std::uint32_t j = 0; j < s.size[1]; ++j) {
      for (std::uint32_t i = 0; i < s.size[0]; ++i) values.push_back(unit * fill(at(0, i), at(1, j), at(2, k)));
    }
  }
  DoseDescription d;
  d.value_type = DoseValueType::kFloat64;
  d.values = values.data();
  d.value_count = values.size();
  d.units = how.units;
  d.columns = s.size[0];
  d.rows = s.size[1];
  d.planes = s.size[2];
  d.position_mm = {at(0, 0), at(1, 0), at(2, 0)};
  d.row_cosines = {how.x_back ? -1.0 : 1.0, 0.0, 0.0};
  d.column_cosines = {0.0, how.y_back ? -1.0 : 1.0, 0.0};
  d.column_spacing_mm = s.step[0];
  d.row_spacing_mm = s.step[1];
  std::vector<double> offsets;
  const double normal = how.x_back == how.y_back ? 1.0 : -1.0;
  for (std::uint32_t k = 0; k < s.size[2]; ++k) offsets.push_back(normal * (at(2, k) - at(2, 0)));
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = std::move(frame);
  return DoseGrid::make(d, {}, use);
}

inline DoseGrid grid(const Shape& s, const Fill& fill, std::string frame = "1.2", Storage how = {}) {
  return *try_grid(s, fill, std::move(frame), how);
}

// Gamma at each point of the reference, NaN where it was left out.
inline GammaAnswer answer(const DoseGrid& reference, const DoseGrid& evaluated, const GammaCriteria& criteria,
                          const Host& host = {}) {
  return *compute_gamma({&reference, nullptr}, evaluated, criteria, {}, host, GammaMap::kFilled);
}

// The least distance of the origin to a line of straight pieces through (x, v): gamma of a dose that varies along x
// alone, exactly.
inline double least_along(const std::vector<std::array<double, 2>>& line) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const double dx = line[i + 1][0] - line[i][0], dv = line[i + 1][1] - line[i][1];
    const double k = std::clamp(-(line[i][0] * dx + line[i][1] * dv) / (dx * dx + dv * dv), 0.0, 1.0);
    least = std::min(least, std::hypot(line[i][0] + k * dx, line[i][1] + k * dv));
  }
  return least;
}

}  // namespace dosegate::gamma_test
