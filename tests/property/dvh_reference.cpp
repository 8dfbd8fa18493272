#include "tests/property/dvh_reference.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace dosegate::property {
namespace {

constexpr double kRounding = 1e-12;    // of a volume or a dose: sums of thousands of terms
constexpr double kQuadrature = 1e-10;  // of the total volume: what one smooth stretch of a piece may be wrong by

// A straight line across y.
struct Line {
  double y0, y1, x0, x1;

  double x(double y) const { return y == y1 ? x1 : x0 + (x1 - x0) * ((y - y0) / (y1 - y0)); }
  // Where it reaches x, if between its ends.
  std::optional<double> y(double at_x) const {
    if ((x0 < at_x) == (x1 < at_x)) return {};
    return y0 + (y1 - y0) * ((at_x - x0) / (x1 - x0));
  }
};

// Edges that are not horizontal, each upwards. A horizontal one bounds nothing that the others do not.
std::vector<Line> lines_of(const DrawnPlane& plane) {
  std::vector<Line> lines;
  for (const auto& ring : plane.rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto &p = ring[i], &q = ring[(i + 1) % ring.size()];
      if (p.y() < q.y()) lines.push_back({p.y(), q.y(), p.x(), q.x()});
      if (p.y() > q.y()) lines.push_back({q.y(), p.y(), q.x(), p.x()});
    }
  }
  return lines;
}

// Where two lines cross, if they do.
std::optional<double> crossing(const Line& a, const Line& b) {
  const double lo = std::max(a.y0, b.y0), hi = std::min(a.y1, b.y1);
  if (!(lo < hi)) return {};
  const double at_lo = a.x(lo) - b.x(lo), at_hi = a.x(hi) - b.x(hi);
  if ((at_lo < 0.0) == (at_hi < 0.0) || at_lo == at_hi) return {};
  return lo + (hi - lo) * (at_lo / (at_lo - at_hi));
}

void sort_unique(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Calls `visit` for each cell that [lo, hi] meets, with the part in it; kOutside for what lies beyond the nodes.
constexpr std::size_t kOutside = std::numeric_limits<std::size_t>::max();
template <typename Visit>
void for_each_cell(const std::vector<double>& nodes, double lo, double hi, const Visit& visit) {
  if (lo < nodes.front()) visit(kOutside, lo, std::min(hi, nodes.front()));
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    if (std::max(lo, nodes[i]) < std::min(hi, nodes[i + 1])) {
      visit(i, std::max(lo, nodes[i]), std::min(hi, nodes[i + 1]));
    }
  }
  if (hi > nodes.back()) visit(kOutside, std::max(lo, nodes.back()), hi);
}

}  // namespace

std::vector<DrawnSlab> half_way(const std::vector<DrawnPlane>& planes) {
  std::vector<DrawnSlab> slabs;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const double below = i > 0 ? planes[i].z - planes[i - 1].z : planes[1].z - planes[0].z;
    const double above = i + 1 < planes.size() ? planes[i + 1].z - planes[i].z : below;
    slabs.push_back({planes[i], planes[i].z - 0.5 * below, planes[i].z + 0.5 * above});
  }
  return slabs;
}

DvhReference::DvhReference(std::span<const DrawnSlab> slabs, const VoxelDoses& doses, double scale)
    : doses_(doses), scale_(scale) {
  for (std::size_t a = 0; a < 3; ++a) {
    const auto& c = doses_.centre[a];
    node_[a].push_back(c[0] - 0.5 * (c[1] - c[0]));
    node_[a].insert(node_[a].end(), c.begin(), c.end());
    node_[a].push_back(c.back() + 0.5 * (c.back() - c[c.size() - 2]));
  }
  for (const DrawnSlab& s : slabs) add_slab(s.plane, {s.lo, s.hi});
  least_ = outside_mm3_ > 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
  for (const auto& p : pieces_) {
    least_ = std::min(least_, p.dose.least);
    most_ = std::max(most_, p.dose.most);
  }
}

// Between two neighbouring heights of `events` no line ends, crosses another or enters another row of cells: the lines
// there, from left to right, bound the inside in pairs.
void DvhReference::add_slab(const DrawnPlane& plane, Interval z) {
  const std::vector<Line> lines = lines_of(plane);
  std::vector<double> events = node_[1];
  for (std::size_t i = 0; i < lines.size(); ++i) {
    events.push_back(lines[i].y0);
    events.push_back(lines[i].y1);
    for (std::size_t j = 0; j < i; ++j) {
      if (const auto y = crossing(lines[i], lines[j])) events.push_back(*y);
    }
  }
  sort_unique(events);
  for (std::size_t e = 0; e + 1 < events.size(); ++e) {
    const double y0 = events[e], y1 = events[e + 1], middle = 0.5 * (y0 + y1);
    std::vector<const Line*> here;
    for (const auto& line : lines) {
      if (line.y0 < middle && middle < line.y1) here.push_back(&line);
    }
    std::sort(here.begin(), here.end(), [&](const Line* a, const Line* b) { return a->x(middle) < b->x(middle); });
    for (std::size_t n = 0; n + 1 < here.size(); n += 2) {
      const Line &left = *here[n], &right = *here[n + 1];
      std::vector<double> cuts = {y0, y1};  // also where the two enter another column
      for (const double x : node_[0]) {
        for (const auto& y : {left.y(x), right.y(x)}) {
          if (y && *y > y0 && *y < y1) cuts.push_back(*y);
        }
      }
      sort_unique(cuts);
      for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        Prism p{};
        p.y0 = cuts[c];
        p.y1 = cuts[c + 1];
        p.left0 = left.x(p.y0);
        p.left1 = left.x(p.y1);
        p.right0 = right.x(p.y0);
        p.right1 = right.x(p.y1);
        add_prisms(p, z);
      }
    }
  }
}

// Cuts a trapezoid, in mm, that spans one row at most and whose sides each stay in one column, at the columns and z
// layers, and adds what comes of it in coordinates of the cells.
void DvhReference::add_prisms(Prism whole, Interval z) {
  const auto cell_of = [](const std::vector<double>& nodes, double at) {
    return static_cast<std::size_t>(std::upper_bound(nodes.begin(), nodes.end(), at) - nodes.begin()) - 1;
  };
  const double middle = 0.5 * (whole.y0 + whole.y1);
  const bool row_outside = middle < node_[1].front() || middle > node_[1].back();
  const double left = 0.5 * (whole.left0 + whole.left1), right = 0.5 * (whole.right0 + whole.right1);
  for_each_cell(node_[0], left, right, [&](std::size_t i, double from, double to) {
    Prism part = whole;
    if (from > left) part.left0 = part.left1 = from;
    if (to < right) part.right0 = part.right1 = to;
    const double area = (part.y1 - part.y0) * 0.5 * (part.right0 + part.right1 - part.left0 - part.left1);
    if (!(area > 0.0)) return;
    for_each_cell(node_[2], z.lo, z.hi, [&](std::size_t k, double z0, double z1) {
      total_mm3_ += area * (z1 - z0);
      if (row_outside || i == kOutside || k == kOutside) {
        outside_mm3_ += area * (z1 - z0);
        return;
      }
      const std::array<std::size_t, 3> cell = {i, cell_of(node_[1], middle), k};
      std::array<double, 3> start{}, size{};
      for (std::size_t a = 0; a < 3; ++a) {
        start[a] = node_[a][cell[a]];
        size[a] = node_[a][cell[a] + 1] - start[a];
      }
      const auto along = [&](std::size_t a, double at) { return (at - start[a]) / size[a]; };
      const Prism p{along(1, part.y0),     along(1, part.y1),          along(0, part.left0), along(0, part.left1),
                    along(0, part.right0), along(0, part.right1),      along(2, z0),         along(2, z1),
                    dose_of_cell(cell),    size[0] * size[1] * size[2]};
      pieces_.push_back({p, extremes(p), p.volume_mm3()});
    });
  });
}

std::array<double, 8> DvhReference::dose_of_cell(const std::array<std::size_t, 3>& cell) const {
  // Node 0 and the last have the dose of the outermost centres, 0 and n - 1; node i in between is centre i - 1.
  const auto voxel = [&](std::size_t a, std::size_t node) {
    return std::clamp<std::size_t>(node, 1, doses_.centre[a].size()) - 1;
  };
  std::array<double, 8> c{};
  for (std::size_t n = 0; n < 8; ++n) {
    const std::size_t x = voxel(0, cell[0] + (n & 1)), y = voxel(1, cell[1] + ((n >> 1) & 1)),
                      z = voxel(2, cell[2] + (n >> 2));
    c[n] = static_cast<double>(doses_.gy[(z * doses_.centre[1].size() + y) * doses_.centre[0].size() + x]);
  }
  // From corner values to coefficients, one axis after the other: f0, f1 become f0, f1 - f0.
  for (std::size_t bit = 1; bit < 8; bit *= 2) {
    for (std::size_t n = 0; n < 8; ++n) {
      if (n & bit) c[n] -= c[n - bit];
    }
  }
  return c;
}

Measured<Volume> DvhReference::rounded(double mm3) const {
  return {Volume::mm3(mm3), Volume::mm3(kRounding * total_mm3_)};
}
Measured<Dose> DvhReference::rounded_dose(double gy) const {
  return {Dose::gy(scale_ * gy), Dose::gy(kRounding * scale_ * most_)};
}

Measured<Dose> DvhReference::mean() const {
  double sum = 0.0;
  for (const auto& p : pieces_) sum += p.prism.dose_integral();
  return rounded_dose(sum / total_mm3_);
}

Measured<Volume> DvhReference::volume_above(Dose level, AtTheLevel at_level) const {
  const double t = level.in_gy() / scale_;
  const auto above = [&](double dose) { return at_level == AtTheLevel::kCounts ? dose >= t : dose > t; };
  Estimate sum;
  if (above(0.0)) sum.value += outside_mm3_;
  for (const auto& p : pieces_) {
    if (above(p.dose.least)) {
      sum.value += p.mm3;
    } else if (above(p.dose.most)) {
      const Estimate part = property::volume_above(p.prism, t, kQuadrature * total_mm3_);
      sum.value += part.value;
      sum.error += part.error;
    }
  }
  return {Volume::mm3(sum.value), Volume::mm3(sum.error + kRounding * total_mm3_)};
}

Measured<Dose> DvhReference::dose_of_hottest(Volume volume) const {
  const auto surplus = [&](double t) { return volume_above(Dose::gy(t)).value / volume - 1.0; };
  const double least = minimum().value.in_gy(), most = maximum().value.in_gy();
  double lo = most, hi = most;  // as much of the volume as is asked for may have the largest dose
  if (surplus(least) <= 0.0) {
    lo = hi = least;
  } else if (surplus(most) < 0.0) {
    std::uintmax_t steps = 60;
    std::tie(lo, hi) = boost::math::tools::toms748_solve(
        surplus, least, most, [&](double a, double b) { return std::abs(a - b) <= 1e-9 * most; }, steps);
  }
  const double found = 0.5 * (lo + hi);
  // The error grows until V is surely more than the volume on one side and surely less on the other.
  for (double error = 0.5 * (hi - lo) + kRounding * most;; error *= 2.0) {
    const Measured<Volume> below = volume_above(Dose::gy(found - error)), above = volume_above(Dose::gy(found + error));
    if (found - error > least && below.value - below.error < volume) continue;
    if (found + error < most && above.value + above.error >= volume) continue;
    return {Dose::gy(found), Dose::gy(error)};
  }
}

Dose DvhReference::dose_at(const Eigen::Vector3d& point) const {
  std::array<std::size_t, 3> cell{};
  std::array<double, 3> at{};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto& n = node_[a];
    const double p = point[static_cast<Eigen::Index>(a)];
    if (p < n.front() || p > n.back()) return Dose::gy(0.0);
    const auto next = std::upper_bound(n.begin() + 1, n.end() - 1, p);
    cell[a] = static_cast<std::size_t>(next - n.begin()) - 1;
    at[a] = (p - n[cell[a]]) / (n[cell[a] + 1] - n[cell[a]]);
  }
  Prism whole{};
  whole.c = dose_of_cell(cell);
  return Dose::gy(scale_ * whole.dose(at[0], at[1], at[2]));
}

}  // namespace dosegate::property
