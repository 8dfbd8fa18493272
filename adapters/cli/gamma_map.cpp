#include "adapters/cli/gamma_map.h"

#include <algorithm>
#include <cmath>

namespace dosegate::cli {

std::vector<std::string> gamma_plane(const dosegate_dose& grid, const std::vector<float>& map, std::uint32_t& plane,
                                     std::uint32_t columns) {
  // NaN is not more than anything.
  std::size_t worst = map.size();
  for (std::size_t n = 0; n < map.size(); ++n) {
    if (!std::isnan(map[n]) && (worst == map.size() || map[n] > map[worst])) worst = n;
  }
  if (worst == map.size()) return {};
  const std::size_t per_plane = std::size_t{grid.columns} * grid.rows;
  plane = static_cast<std::uint32_t>(worst / per_plane);
  const float* const values = map.data() + plane * per_plane;
  std::uint32_t left = grid.columns, right = 0, top = grid.rows, bottom = 0;
  for (std::uint32_t r = 0; r < grid.rows; ++r) {
    for (std::uint32_t c = 0; c < grid.columns; ++c) {
      if (std::isnan(values[r * grid.columns + c])) continue;
      left = std::min(left, c);
      right = std::max(right, c);
      top = std::min(top, r);
      bottom = std::max(bottom, r);
    }
  }
  // A character is about twice as high as it is wide.
  const std::uint32_t across = (right - left + columns) / columns;
  const double shape = grid.column_spacing_mm / grid.row_spacing_mm;
  const auto down = static_cast<std::uint32_t>(std::clamp(std::lround(2.0 * across * shape), 1L, 1000L));
  std::vector<std::string> out;
  for (std::uint32_t r = top; r <= bottom; r += down) {
    std::string line;
    for (std::uint32_t c = left; c <= right; c += across) {
      float most = -1.0F;
      for (std::uint32_t y = r; y < std::min(r + down, bottom + 1); ++y) {
        for (std::uint32_t x = c; x < std::min(c + across, right + 1); ++x) {
          const float value = values[y * grid.columns + x];
          if (!std::isnan(value)) most = std::max(most, value);
        }
      }
      line += most < 0.0F ? ' ' : most <= 0.5F ? '.' : most <= 1.0F ? 'o' : '#';
    }
    out.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  return out;
}

}  // namespace dosegate::cli
