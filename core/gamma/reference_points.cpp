#include "core/gamma/reference_points.h"

#include <algorithm>

namespace dosegate::gamma {
namespace {

double width_of(const std::vector<double>& at, std::size_t i) {
  if (at.size() < 2) return 0.0;
  const std::size_t last = at.size() - 1;
  const double below = i == 0 ? at[1] - at[0] : at[i] - at[i - 1];
  const double above = i == last ? at[last] - at[last - 1] : at[i + 1] - at[i];
  return 0.5 * (below + above);
}

}  // namespace

ReferencePoints::ReferencePoints(const GammaReference& reference, const DoseGrid& evaluated, const Field& field)
    : reference_(reference),
      evaluated_(evaluated),
      field_(field),
      doses_(reference.grid != nullptr ? reference.grid->values().data() : reference.points->gy.data()),
      count_(reference.size()) {
  if (reference_.grid == nullptr) return;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::vector<double>& at = reference_.grid->axes()[a];
    for (std::size_t i = 0; i < at.size(); ++i) {
      cell_[a].push_back(field.find(a, at[i]).value_or(kOutside));
      scaled_[a].push_back(at[i] / field.distance_mm());
      width_mm_[a].push_back(width_of(at, i));
    }
  }
  const auto is_inside = [](std::uint32_t cell) { return cell != kOutside; };
  const auto begin = std::find_if(cell_[0].begin(), cell_[0].end(), is_inside);
  const auto end = std::find_if_not(begin, cell_[0].end(), is_inside);  // coordinates rise
  inside_begin_ = static_cast<std::size_t>(begin - cell_[0].begin());
  inside_end_ = static_cast<std::size_t>(end - cell_[0].begin());
}

Eigen::Vector3d ReferencePoints::at_mm(std::size_t n) const {
  if (reference_.grid == nullptr) return reference_.points->at_mm[n];
  const auto& axes = reference_.grid->axes();
  const std::size_t x = axes[0].size(), y = axes[1].size();
  return reference_.grid->orientation().to_patient({axes[0][n % x], axes[1][n / x % y], axes[2][n / x / y]});
}

std::optional<Place> ReferencePoints::place_in_grid(const std::array<std::size_t, 3>& id) const {
  Place place{};
  for (std::size_t a = 0; a < 3; ++a) {
    place.cell[a] = cell_[a][id[a]];
    place.at[a] = scaled_[a][id[a]];
  }
  if (place.cell[0] == kOutside || place.cell[1] == kOutside || place.cell[2] == kOutside) return std::nullopt;
  return place;
}

std::optional<Place> ReferencePoints::place_in_patient(const Eigen::Vector3d& at_mm) const {
  Place place{};
  const Eigen::Vector3d at = evaluated_.orientation().to_grid(at_mm);
  for (std::size_t a = 0; a < 3; ++a) {
    const double mm = at[static_cast<Eigen::Index>(a)];
    const auto cell = field_.find(a, mm);
    if (!cell) return std::nullopt;
    place.cell[a] = *cell;
    place.at[a] = mm / field_.distance_mm();
  }
  return place;
}

ReferencePoints::Cursor::Cursor(const ReferencePoints& points, std::size_t first) : points_(points), number_(first) {
  if (points.reference_.grid == nullptr) return;
  const std::size_t x = points.cell_[0].size(), y = points.cell_[1].size();
  id_ = {first % x, first / x % y, first / x / y};
}

void ReferencePoints::Cursor::move_to(std::size_t n) {
  id_[0] += n - number_;
  number_ = n;
  while (id_[0] >= points_.cell_[0].size()) {
    id_[0] -= points_.cell_[0].size();
    if (++id_[1] < points_.cell_[1].size()) continue;
    id_[1] = 0;
    ++id_[2];
  }
}

std::optional<Place> ReferencePoints::Cursor::place_of(std::size_t n) {
  if (points_.reference_.grid == nullptr) return points_.place_in_patient(points_.reference_.points->at_mm[n]);
  move_to(n);
  return points_.place_in_grid(id_);
}

ReferencePoints::Row ReferencePoints::Cursor::row_of(std::size_t n) {
  if (points_.reference_.grid == nullptr) {
    return {n + 1, n, points_.place_in_patient(points_.reference_.points->at_mm[n]) ? n + 1 : n};
  }
  move_to(n);
  const std::size_t start = n - id_[0], end = start + points_.cell_[0].size();
  if (points_.cell_[1][id_[1]] == kOutside || points_.cell_[2][id_[2]] == kOutside) return {end, end, end};
  return {end, start + points_.inside_begin_, start + points_.inside_end_};
}

bool ReferencePoints::have_volume() const {
  return reference_.grid != nullptr &&
         std::all_of(kAxes.begin(), kAxes.end(), [&](Axis axis) { return reference_.grid->size(axis) > 1; });
}

double ReferencePoints::volume_mm3(std::size_t n) const {
  const std::size_t x = width_mm_[0].size(), y = width_mm_[1].size();
  return width_mm_[0][n % x] * width_mm_[1][n / x % y] * width_mm_[2][n / x / y];
}

}  // namespace dosegate::gamma
