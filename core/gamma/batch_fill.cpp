#include "core/gamma/batch_fill.h"

#include <algorithm>
#include <cstring>

namespace dosegate::gamma {

BatchFiller::BatchFiller(const ReferencePoints& points, const Field& field) : points_(points), field_(field) {
  for (std::size_t a = 0; a < 3; ++a) possible_ = possible_ && field.cells(a) >= 2;
  if (!possible_ || !points.are_grid()) return;
  for (std::size_t a = 0; a < 3; ++a) {
    Table& table = tables_[a];
    for (std::size_t i = 0; i < points.coordinates(a); ++i) {
      // Of what lies outside nothing is asked for.
      const Nearest n = nearest(a, points.cell(a, i).value_or(0), points.scaled(a, i));
      table.node.push_back(n.node);
      table.middle.push_back(n.middle);
      table.below.push_back(n.below);
      table.above.push_back(n.above);
      table.per_below.push_back(n.per_below);
      table.per_above.push_back(n.per_above);
    }
    for (auto* of : {&table.middle, &table.below, &table.above, &table.per_below, &table.per_above}) {
      of->resize(of->size() + kLanes);  // as many can be read from the last one on
    }
  }
  const std::vector<std::uint32_t>& node = tables_[0].node;
  in_step_.assign(node.size(), node.size());
  for (std::size_t i = node.size() - 1; i > 0; --i) {
    in_step_[i - 1] = node[i] == node[i - 1] + 1 ? in_step_[i] : i;
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

// Points that follow each other along x, from `lane` on: of kLanes, however many they are, which later ones overwrite.
// False: so many doses cannot be read there.
bool BatchFiller::fill_run(std::size_t lane, const std::array<std::size_t, 3>& id, Lanes& out) const {
  const std::size_t sy = field_.node_stride(1), sz = field_.node_stride(2);
  const std::size_t lowest =
      tables_[0].node[id[0]] - 1 + (tables_[1].node[id[1]] - 1) * sy + (tables_[2].node[id[2]] - 1) * sz;
  if (lowest + 2 * sz + 2 * sy + 2 + kLanes > sz * (field_.cells(2) + 1)) return false;
  Batch& b = out.batch;
  const auto copy = [&](const std::vector<double>& of, double* to) {
    std::memcpy(to + lane, of.data() + id[0], kLanes * sizeof(double));
  };
  copy(tables_[0].middle, b.middle[0]);
  copy(tables_[0].below, b.below[0]);
  copy(tables_[0].above, b.above[0]);
  copy(tables_[0].per_below, b.per_below[0]);
  copy(tables_[0].per_above, b.per_above[0]);
  for (std::size_t a = 1; a < 3; ++a) {
    const Nearest n = tables_[a][id[a]];
    std::fill_n(b.middle[a] + lane, kLanes, n.middle);
    std::fill_n(b.below[a] + lane, kLanes, n.below);
    std::fill_n(b.above[a] + lane, kLanes, n.above);
    std::fill_n(b.per_below[a] + lane, kLanes, n.per_below);
    std::fill_n(b.per_above[a] + lane, kLanes, n.per_above);
  }
  const float* const from = field_.corner(0, 0, 0) + lowest;
  for (std::size_t z = 0; z < 3; ++z) {
    for (std::size_t y = 0; y < 3; ++y) {
      for (std::size_t x = 0; x < 3; ++x) {
        std::memcpy(out.copies[9 * z + 3 * y + x].data() + lane, from + z * sz + y * sy + x, kLanes * sizeof(float));
      }
    }
  }
  return true;
}

void BatchFiller::fill(std::span<const Compared> points, Lanes& out) const {
  for (std::size_t n = 0; n < out.copies.size(); ++n) out.batch.nodes[n] = out.copies[n].data();
  const auto number = [&](std::size_t lane) { return points[std::min(lane, points.size() - 1)].index; };
  if (!points_.are_grid()) {
    ReferencePoints::Cursor cursor(points_, number(0));
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const Place place = *cursor.place_of(number(lane));
      std::array<std::uint32_t, 3> node{};
      for (std::size_t a = 0; a < 3; ++a) {
        const Nearest n = nearest(a, place.cell[a], place.at[a]);
        node[a] = n.node;
        set_lane(lane, a, n, out);
      }
      copy_lane(lane, node, out);
    }
    return;
  }
  const std::size_t columns = points_.coordinates(0), rows = points_.coordinates(1);
  std::array<std::size_t, 3> id = {number(0) % columns, number(0) / columns % rows, number(0) / columns / rows};
  for (std::size_t lane = 0; lane < kLanes;) {
    std::size_t run = 1;
    while (lane + run < points.size() && number(lane + run) == number(lane) + run && id[0] + run < in_step_[id[0]])
      ++run;
    if (!fill_run(lane, id, out)) {
      run = 1;
      for (std::size_t a = 0; a < 3; ++a) set_lane(lane, a, tables_[a][id[a]], out);
      copy_lane(lane, {tables_[0].node[id[0]], tables_[1].node[id[1]], tables_[2].node[id[2]]}, out);
    }
    lane += run;
    if (lane >= kLanes) return;
    for (id[0] += number(lane) - number(lane - run); id[0] >= columns; id[0] -= columns) {
      if (++id[1] < rows) continue;
      id[1] = 0;
      ++id[2];
    }
  }
}

}  // namespace dosegate::gamma
