#include "core/gamma/field.h"

#include <algorithm>
#include <atomic>

namespace dosegate::gamma {

bool CellRange::holds(const CellRange& other) const {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (other.begin[axis] < begin[axis] || other.end[axis] > end[axis]) return false;
  }
  return true;
}

Field::Field(const DoseGrid& grid, Length distance)
    : grid_(grid), values_(grid_.values().data()), distance_mm_(distance.in_mm()) {
  std::size_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::vector<double>& at = grid_.axes()[axis];
    for (const double mm : at) nodes_[axis].push_back(mm / distance_mm_);
    if (at.size() == 1) nodes_[axis].push_back(nodes_[axis].front());
    for (std::size_t i = 0; i + 1 < nodes_[axis].size(); ++i) {
      const double width = nodes_[axis][i + 1] - nodes_[axis][i];
      per_width_[axis].push_back(width > 0.0 ? 1.0 / width : 0.0);
    }
    stride_[axis] = stride;
    step_[axis] = at.size() > 1 ? stride : 0;
    stride *= at.size();
  }
}

std::optional<std::uint32_t> Field::find(std::size_t axis, double mm) const {
  const std::vector<double>& at = grid_.axes()[axis];
  if (mm < at.front() - kTouch || mm > at.back() + kTouch) return std::nullopt;
  const auto after = std::upper_bound(at.begin(), at.end(), mm) - at.begin();
  return static_cast<std::uint32_t>(std::clamp<std::ptrdiff_t>(after - 1, 0, std::ptrdiff_t{cells(axis)} - 1));
}

bool Field::prepare(const CellRange& range, const Host& host) {
  range_ = range;
  least_ = std::make_unique_for_overwrite<float[]>(range.cells());
  most_ = std::make_unique_for_overwrite<float[]>(range.cells());
  constexpr std::uint32_t kLayers = 4;  // a task
  const std::size_t tasks = (range.size(2) + kLayers - 1) / kLayers;
  return parallel_for(host, tasks, [&](std::size_t task) {
    std::vector<float> scratch(2 * (std::size_t{range.size(0)} + 1));
    const std::uint32_t first = range.begin[2] + static_cast<std::uint32_t>(task) * kLayers;
    for (std::uint32_t k = first; k < std::min(first + kLayers, range.end[2]); ++k) prepare_layer(k, scratch);
  });
}

void Field::prepare_layer(std::uint32_t k, std::vector<float>& scratch) {
  const std::size_t cells = range_.size(0), nodes = step_[0] == 0 ? 1 : cells + 1;
  float* const low = scratch.data();
  float* const high = low + cells + 1;
  for (std::uint32_t j = range_.begin[1]; j < range_.end[1]; ++j) {
    const float* a = corner(range_.begin[0], j, k);
    const float *b = a + step_[1], *c = a + step_[2], *d = b + step_[2];
    for (std::size_t i = 0; i < nodes; ++i) {
      const float ab_low = a[i] < b[i] ? a[i] : b[i], cd_low = c[i] < d[i] ? c[i] : d[i];
      const float ab_high = a[i] > b[i] ? a[i] : b[i], cd_high = c[i] > d[i] ? c[i] : d[i];
      low[i] = ab_low < cd_low ? ab_low : cd_low;
      high[i] = ab_high > cd_high ? ab_high : cd_high;
    }
    if (nodes == 1) low[1] = low[0], high[1] = high[0];
    float* const least = least_.get() + index(range_.begin[0], j, k);
    float* const most = most_.get() + index(range_.begin[0], j, k);
    for (std::size_t i = 0; i < cells; ++i) {
      least[i] = low[i] < low[i + 1] ? low[i] : low[i + 1];
      most[i] = high[i] > high[i + 1] ? high[i] : high[i + 1];
    }
  }
}

}  // namespace dosegate::gamma
