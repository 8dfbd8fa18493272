// Doses at points as text: a detector array's measurement.
//
// The first line that is neither empty nor a comment (#) names the columns: x_mm, y_mm, z_mm and dose_gy or dose_cgy,
// in any order, separated by commas, semicolons or tabs. Each further line is a point; decimals have a point. A comment
// "# frame_of_reference_uid: 1.2.3" says in which frame of reference the coordinates are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/extensions/gamma.h"

namespace dosegate::cli {

struct GammaPoints {
  std::vector<double> points_mm, gy;
  std::string frame_of_reference_uid;  // empty: not stated

  dosegate_dose_points view() const;
};

// Throws a Problem with the file, the line and what to mend. At most 10 million points.
GammaPoints read_points(const std::string& file, std::string_view text);

// The same as a grid, for a dose that is to be interpolated: every crossing of its x, y and z has exactly one point,
// and x and y are evenly spaced. Throws a Problem where it is none. `dose` is a view of the rest.
struct GridOfPoints {
  std::vector<double> values, offsets_mm;
  std::string frame_of_reference_uid;
  dosegate_dose dose{};
};
void make_grid(const std::string& file, const GammaPoints& points, GridOfPoints& out);

}  // namespace dosegate::cli
