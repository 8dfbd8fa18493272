#include "core/dvh/cells.h"

#include <algorithm>
#include <cmath>

#include "core/geometry/trapezoids.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxCells = 20'000'000;

// Integrals of 1, u, v, u v over a convex polygon about (u0, v0), by its triangles; u v by the edge-midpoint
// rule, which is exact for quadratics (Strang and Fix, degree 2).
void add_moments(const ConvexPolygon& p, double u0, double v0, Footprint& f) {
  for (std::size_t n = 2; n < p.size; ++n) {
    const double ou = p.point[0][0] - u0, ov = p.point[0][1] - v0;
    const double qu = p.point[n - 1][0] - u0, qv = p.point[n - 1][1] - v0;
    const double ru = p.point[n][0] - u0, rv = p.point[n][1] - v0;
    const double area = 0.5 * std::abs((qu - ou) * (rv - ov) - (qv - ov) * (ru - ou));
    f.area += area;
    f.mu += area * (ou + qu + ru) / 3.0;
    f.mv += area * (ov + qv + rv) / 3.0;
    f.muv += area * ((ou + qu) * (ov + qv) + (qu + ru) * (qv + rv) + (ru + ou) * (rv + ov)) / 12.0;
  }
}

// Collects one slab's footprints, row by row of the lattice.
class RowCutter {
 public:
  RowCutter(const Lattice& lattice, CellSet& out)
      : u_(lattice.nodes(0)), v_(lattice.nodes(1)), out_(out), full_height_(u_.size() - 1), parts_(u_.size() - 1) {}

  void add(const Trapezoid& t) {
    area_ += t.area();
    const double middle = 0.5 * (t.v0 + t.v1);
    if (middle < v_.front() || middle > v_.back()) return;
    const auto row = static_cast<std::size_t>(std::upper_bound(v_.begin(), v_.end(), middle) - v_.begin() - 1);
    if (row + 1 >= v_.size()) return;
    if (row != row_) {
      finish_row();
      row_ = row;
    }
    spread(t);
  }

  double finish() {
    finish_row();
    return area_;
  }
  double inside_area() const { return inside_area_; }

 private:
  void spread(const Trapezoid& t) {
    const double left = std::min(t.left0, t.left1), right = std::max(t.right0, t.right1);
    if (right <= u_.front() || left >= u_.back()) return;
    const double whole_from = std::max(t.left0, t.left1), whole_to = std::min(t.right0, t.right1);
    auto i = static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(0, std::upper_bound(u_.begin(), u_.end(), left) - u_.begin() - 1));
    for (; i + 1 < u_.size() && u_[i] < right; ++i) {
      touch(i);
      if (u_[i] >= whole_from && u_[i + 1] <= whole_to) {
        add_whole(i, t.v0, t.v1);
        continue;
      }
      ConvexPolygon p;
      p.add(t.left0, t.v0);
      p.add(t.right0, t.v0);
      p.add(t.right1, t.v1);
      p.add(t.left1, t.v1);
      p = clip(clip(p, 1, 0, -u_[i]), -1, 0, u_[i + 1]);
      if (p.size >= 3 && p.area() > 0.0) parts_[i].push_back(p);
    }
  }

  void touch(std::size_t i) {
    first_ = std::min(first_, i);
    last_ = std::max(last_, i + 1);
  }

  // A stretch over the column's whole width; stretches that touch become one rectangle.
  void add_whole(std::size_t i, double v0, double v1) {
    auto& open = full_height_[i];
    if (open.second > open.first && open.second == v0) {
      open.second = v1;
      return;
    }
    close(i);
    open = {v0, v1};
  }
  void close(std::size_t i) {
    auto& open = full_height_[i];
    if (open.second > open.first) parts_[i].push_back(rectangle(u_[i], open.first, u_[i + 1], open.second));
    open = {0.0, 0.0};
  }

  void finish_row() {
    if (row_ == kNone) return;
    for (std::size_t i = first_; i < last_; ++i) {
      Footprint f;
      f.i = static_cast<std::uint32_t>(i);
      f.j = static_cast<std::uint32_t>(row_);
      const auto& open = full_height_[i];
      if (parts_[i].empty() && open.first == v_[row_] && open.second == v_[row_ + 1]) {
        add_moments(rectangle(u_[i], v_[row_], u_[i + 1], v_[row_ + 1]), u_[i], v_[row_], f);
        full_height_[i] = {0.0, 0.0};
      } else {
        close(i);
        f.first = static_cast<std::uint32_t>(out_.polygons.size());
        f.count = static_cast<std::uint32_t>(parts_[i].size());
        for (const auto& p : parts_[i]) add_moments(p, u_[i], v_[row_], f);
        out_.polygons.insert(out_.polygons.end(), parts_[i].begin(), parts_[i].end());
        parts_[i].clear();
        if (f.count == 0) continue;
      }
      inside_area_ += f.area;
      out_.footprints.push_back(f);
    }
    first_ = kNone;
    last_ = 0;
    row_ = kNone;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const std::vector<double>&u_, &v_;
  CellSet& out_;
  std::vector<std::pair<double, double>> full_height_;  // of the row: the open whole-width stretch per column
  std::vector<std::vector<ConvexPolygon>> parts_;
  std::size_t row_ = kNone, first_ = kNone, last_ = 0;
  double area_ = 0.0, inside_area_ = 0.0;
};

}  // namespace

Lattice::Lattice(const DoseGrid& grid, const SlabStack& stack)
    : patient_axis_{stack.u_axis(), stack.v_axis(), stack.axis} {
  for (std::size_t a = 0; a < 3; ++a) {
    const auto& c = grid.axes()[static_cast<std::size_t>(patient_axis_[a])];
    auto& n = nodes_[a];
    n.reserve(c.size() + 2);
    n.push_back(c.front() - 0.5 * (c[1] - c[0]));
    n.insert(n.end(), c.begin(), c.end());
    n.push_back(c.back() + 0.5 * (c.back() - c[c.size() - 2]));
  }
}

TrilinearBox Lattice::box(const DoseGrid& grid, const std::array<std::uint32_t, 3>& cell, double w0, double w1) const {
  TrilinearBox whole{};
  std::array<std::array<std::size_t, 2>, 3> voxel{};  // per patient axis: the voxels at the cell's two ends
  for (std::size_t a = 0; a < 3; ++a) {
    whole.extent.lo[a] = nodes_[a][cell[a]];
    whole.extent.hi[a] = nodes_[a][cell[a] + 1];
    const std::size_t last = nodes_[a].size() - 3;
    const auto axis = static_cast<std::size_t>(patient_axis_[a]);
    voxel[axis] = {cell[a] == 0 ? 0 : cell[a] - 1, std::min<std::size_t>(cell[a], last)};
  }
  std::array<std::size_t, 3> bit{};  // of the corner number, per patient axis
  for (std::size_t a = 0; a < 3; ++a) bit[static_cast<std::size_t>(patient_axis_[a])] = a;
  for (std::size_t n = 0; n < 8; ++n) {
    whole.corner[n] = grid.values()[grid.index(voxel[0][(n >> bit[0]) & 1], voxel[1][(n >> bit[1]) & 1],
                                               voxel[2][(n >> bit[2]) & 1])];
  }
  if (w0 == whole.extent.lo[2] && w1 == whole.extent.hi[2]) return whole;
  BoxExtent part = whole.extent;
  part.lo[2] = w0;
  part.hi[2] = w1;
  return whole.part(part);
}

Eigen::Vector3d Lattice::patient(double u, double v, double w) const {
  Eigen::Vector3d p;
  p[patient_axis_[0]] = u;
  p[patient_axis_[1]] = v;
  p[patient_axis_[2]] = w;
  return p;
}

Result<CellSet> cut_into_cells(const SlabStack& stack, const Lattice& lattice, std::int64_t& budget) {
  const Error too_large{ErrorCode::kLimitExceeded, "",
                        "The structure and the dose grid give more pieces than can be evaluated."};
  CellSet out;
  double total = 0.0, outside = 0.0, rim = 0.0;
  const auto& w = lattice.nodes(2);
  for (const auto& slab : stack.slabs) {
    const auto first = static_cast<std::uint32_t>(out.footprints.size());
    RowCutter cutter(lattice, out);
    if (const Status s = decompose(slab, lattice.nodes(1), budget, [&](const Trapezoid& t) { cutter.add(t); }); !s) {
      return s.error();
    }
    const double area = cutter.finish();
    const double w_lo = std::max(slab.lo, w.front()), w_hi = std::min(slab.hi, w.back());
    const double inside_height = std::max(0.0, w_hi - w_lo);
    total += area * (slab.hi - slab.lo);
    outside += area * (slab.hi - slab.lo - inside_height) + std::max(0.0, area - cutter.inside_area()) * inside_height;
    auto k = static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(0, std::upper_bound(w.begin(), w.end(), w_lo) - w.begin() - 1));
    for (; k + 1 < w.size() && w[k] < w_hi; ++k) {
      const double w0 = std::max(w_lo, w[k]), w1 = std::min(w_hi, w[k + 1]);
      if (w1 <= w0) continue;
      if (out.cells.size() + out.footprints.size() - first > kMaxCells || out.polygons.size() > kMaxCells) {
        return too_large;
      }
      for (auto f = first; f < out.footprints.size(); ++f) {
        out.cells.push_back({f, static_cast<std::uint32_t>(k), w0, w1});
        const auto& print = out.footprints[f];
        const bool at_rim = k == 0 || k + 2 == w.size() || print.i == 0 || print.i + 1 == lattice.cells(0) ||
                            print.j == 0 || print.j + 1 == lattice.cells(1);
        if (at_rim) rim += print.area * (w1 - w0);
      }
    }
  }
  out.total = Volume::mm3(total);
  // Sums in another order differ in the last digits; less than this is none.
  out.outside = Volume::mm3(outside > 1e-9 * total ? outside : 0.0);
  out.rim = Volume::mm3(rim);
  return out;
}

}  // namespace dosegate
