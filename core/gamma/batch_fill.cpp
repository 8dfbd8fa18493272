#include "core/gamma/batch_fill.h"

#include <algorithm>

namespace dosegate::gamma {

BatchFiller::BatchFiller(const ReferencePoints& points, const Field& field, double largest_gy)
    : points_(points), field_(field), largest_gy_(largest_gy) {
  for (std::size_t a = 0; a < 3; ++a) possible_ = possible_ && field.cells(a) >= 2;
  if (!possible_ || !points.are_grid()) return;
  in_step_ = true;
  for (std::size_t a = 0; a < 3; ++a) {
    Table& table = tables_[a];
    for (std::size_t i = 0; i < points.coordinates(a); ++i) {
      // Of what lies outside nothing is asked for.
      const Nearest n = nearest(a, points.cell(a, i).value_or(0), points.scaled(a, i));
      if (a == 0 && i > 0 && n.node != table.node.back() + 1 && points.cell(a, i) && points.cell(a, i - 1)) {
        in_step_ = false;
      }
      table.node.push_back(n.node);
      table.middle.push_back(n.middle);
      table.below.push_back(n.below);
      table.above.push_back(n.above);
      table.per_below.push_back(n.per_below);
      table.per_above.push_back(n.per_above);
    }
  }
}

BatchFiller::Nearest BatchFiller::nearest(std::size_t axis, std::uint32_t cell, double at) const {
  const double* const x = field_.nodes(axis);
  std::uint32_t node = cell + (at - x[cell] > x[cell + 1] - at ? 1U : 0U);
  node = std::clamp(node, 1U, field_.cells(axis) - 1);
  return {node,
          x[node] - at,
          x[node] - x[node - 1],
          x[node + 1] - x[node],
          field_.per_width(axis)[node - 1],
          field_.per_width(axis)[node]};
}

void BatchFiller::set_lane(std::size_t lane, std::size_t axis, const Nearest& n, Lanes& out) const {
  out.batch.middle[axis][lane] = n.middle;
  out.batch.below[axis][lane] = n.below;
  out.batch.above[axis][lane] = n.above;
  out.batch.per_below[axis][lane] = n.per_below;
  out.batch.per_above[axis][lane] = n.per_above;
}

void BatchFiller::copy_lane(std::size_t lane, const std::array<std::uint32_t, 3>& node, Lanes& out) const {
  const float* const lowest = field_.corner(node[0] - 1, node[1] - 1, node[2] - 1);
  for (std::size_t z = 0; z < 3; ++z) {
    for (std::size_t y = 0; y < 3; ++y) {
      const float* const row = lowest + z * field_.node_stride(2) + y * field_.node_stride(1);
      for (std::size_t x = 0; x < 3; ++x) out.copies[9 * z + 3 * y + x][lane] = row[x];
    }
  }
}

// kLanes points that follow each other along x.
void BatchFiller::fill_row(const std::array<std::size_t, 3>& id, Lanes& out) const {
  Batch& b = out.batch;
  const auto from = [&](const std::vector<double>& of, double* to) { std::copy_n(of.data() + id[0], kLanes, to); };
  from(tables_[0].middle, b.middle[0]);
  from(tables_[0].below, b.below[0]);
  from(tables_[0].above, b.above[0]);
  from(tables_[0].per_below, b.per_below[0]);
  from(tables_[0].per_above, b.per_above[0]);
  for (std::size_t a = 1; a < 3; ++a) {
    const Nearest n = tables_[a][id[a]];
    for (std::size_t lane = 0; lane < kLanes; ++lane) set_lane(lane, a, n, out);
  }
  const float* const lowest =
      field_.corner(tables_[0].node[id[0]] - 1, tables_[1].node[id[1]] - 1, tables_[2].node[id[2]] - 1);
  for (std::size_t z = 0; z < 3; ++z) {
    for (std::size_t y = 0; y < 3; ++y) {
      for (std::size_t x = 0; x < 3; ++x)
        b.nodes[9 * z + 3 * y + x] = lowest + z * field_.node_stride(2) + y * field_.node_stride(1) + x;
    }
  }
}

void BatchFiller::fill(std::span<const Compared> points, Lanes& out) const {
  out.batch.largest = largest_gy_;
  if (!points_.are_grid()) {
    ReferencePoints::Cursor cursor(points_, points.front().index);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const Place place = *cursor.place_of(points[std::min(lane, points.size() - 1)].index);
      std::array<std::uint32_t, 3> node{};
      for (std::size_t a = 0; a < 3; ++a) {
        const Nearest n = nearest(a, place.cell[a], place.at[a]);
        node[a] = n.node;
        set_lane(lane, a, n, out);
      }
      copy_lane(lane, node, out);
    }
    for (std::size_t n = 0; n < out.copies.size(); ++n) out.batch.nodes[n] = out.copies[n].data();
    return;
  }
  const std::size_t columns = points_.coordinates(0), rows = points_.coordinates(1), number = points.front().index;
  std::array<std::size_t, 3> id = {number % columns, number / columns % rows, number / columns / rows};
  if (in_step_ && points.size() == kLanes && points.back().index - number == kLanes - 1 && id[0] + kLanes <= columns) {
    fill_row(id, out);
    return;
  }
  std::size_t before = number;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t now = points[std::min(lane, points.size() - 1)].index;
    id[0] += now - before;
    before = now;
    for (; id[0] >= columns; id[0] -= columns) {
      if (++id[1] < rows) continue;
      id[1] = 0;
      ++id[2];
    }
    for (std::size_t a = 0; a < 3; ++a) set_lane(lane, a, tables_[a][id[a]], out);
    copy_lane(lane, {tables_[0].node[id[0]], tables_[1].node[id[1]], tables_[2].node[id[2]]}, out);
  }
  for (std::size_t n = 0; n < out.copies.size(); ++n) out.batch.nodes[n] = out.copies[n].data();
}

}  // namespace dosegate::gamma
