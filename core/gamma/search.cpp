#include "core/gamma/search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/gamma/block.h"
#include "core/gamma/rounded.h"
#include "core/gamma/tetrahedra.h"

namespace dosegate::gamma {
namespace {

constexpr std::size_t kMostCells = 1000;  // looked at one by one around a point
constexpr std::uint32_t kMostAlong = 32;  // along an axis
constexpr int kMostSplits = 48;           // of a cell in a row; then its bound is as it is
constexpr std::size_t kStepsOfPart = 4;   // of work, to settle a part of a cell or a cell's tetrahedra

}  // namespace

void Search::begin(const Place& place, double dose, double per_dose) {
  p_ = place.at;
  dose_ = dose;
  per_dose_ = per_dose;
  best2_ = open2_ = std::numeric_limits<double>::infinity();
  walked_count_ = 0;
}

void Search::take(double squared, const Vec3& at) {
  if (squared >= best2_) return;
  best2_ = squared;
  best_ = std::sqrt(squared);
  best_at_ = at;
  enough_ = what_ == SearchFor::kValue ? std::max(best_ - tolerance_, 0.0) : best2_ <= 1.0 ? 0.0 : kJustOver1;
  enough2_ = enough_ * enough_;
}

Box Search::box_of(const CellId& c) const {
  const double *x = field_.nodes(0) + c.i, *y = field_.nodes(1) + c.j, *z = field_.nodes(2) + c.k;
  return {{x[0] - p_[0], y[0] - p_[1], z[0] - p_[2]}, {x[1] - p_[0], y[1] - p_[1], z[1] - p_[2]}};
}

TrilinearCell Search::trilinear(const CellId& c) const {
  return TrilinearCell(field_.corner(c.i, c.j, c.k), {field_.step(0), field_.step(1), field_.step(2)},
                       {field_.per_width(0)[c.i], field_.per_width(1)[c.j], field_.per_width(2)[c.k]}, dose_,
                       per_dose_);
}

// In units of the dose criterion and relative to the reference dose; `u` is from the cell's lowest corner.
double Search::value_in(const CellId& cell, const Vec3& u) const {
  const float* c = field_.corner(cell.i, cell.j, cell.k);
  const std::size_t x = field_.step(0), y = field_.step(1), z = field_.step(2);
  const double tx = u[0] * field_.per_width(0)[cell.i], ty = u[1] * field_.per_width(1)[cell.j];
  const double tz = u[2] * field_.per_width(2)[cell.k];
  const auto along = [](double a, double b, double t) { return a + t * (b - a); };
  const auto edge = [&](const float* from) {
    return along(static_cast<double>(from[0]), static_cast<double>(from[x]), tx);
  };
  return (along(along(edge(c), edge(c + y), ty), along(edge(c + z), edge(c + y + z), ty), tz) - dose_) * per_dose_;
}

// Goes down from `at` within the box; the best lower bound on the way. Ends early where nothing is left to find.
double Search::settle(const TrilinearCell& c, const Vec3& base, const Box& box, int steps, Vec3& at) {
  double proven = 0.0;
  for (int n = 0;; ++n) {
    const Expansion e(c, at[0] - base[0], at[1] - base[1], at[2] - base[2]);
    const double far2 = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
    take(far2 + e.v * e.v, at);
    Vec3 next;
    const double s = least_of_plane(e.v - e.g[0] * at[0] - e.g[1] * at[1] - e.g[2] * at[2], e.g, box, next);
    // Where gamma is less than what was found, so is |v|: a larger s proves no more, and bends the cell.
    proven = std::max(proven, lower_bound(c, e, std::clamp(s, -best_, best_), at, box));
    if (proven >= enough2_ || n == steps) return proven;
    at = next;
  }
}

// The least there, exactly, or a value that is not below `enough`.
double Search::look_into_tetrahedra(const CellId& cell, const Box& box) {
  cancel_point_.step(kStepsOfPart);
  Vec3 at;
  const double least =
      least_of_tetrahedra(field_.corner(cell.i, cell.j, cell.k), {field_.step(0), field_.step(1), field_.step(2)}, box,
                          dose_, per_dose_, best2_, at);
  if (least < best2_) take(least, at);
  return least;
}

bool Search::was_walked(const CellId& cell) const {
  for (std::size_t n = 0; n < walked_count_; ++n) {
    if (walked_[n] == cell) return true;
  }
  return false;
}

// From cell to cell downhill, to begin with a good upper bound.
void Search::walk(CellId cell) {
  Vec3 at{};
  double before = std::numeric_limits<double>::infinity();
  for (int n = 0; n < 8; ++n) {
    const Box box = box_of(cell);
    for (std::size_t a = 0; a < 3; ++a) at[a] = std::min(std::max(at[a], box.lo[a]), box.hi[a]);
    const double proven = interpolate_ == GammaInterpolate::kSimplex ? look_into_tetrahedra(cell, box)
                                                                     : settle(trilinear(cell), box.lo, box, 3, at);
    if (proven >= enough2_) walked_[walked_count_++] = cell;
    if (decided() || best2_ >= before) return;
    before = best2_;
    // On a face beyond which it goes on downhill.
    CellId next = cell;
    std::uint32_t* const id[3] = {&next.i, &next.j, &next.k};
    for (std::size_t a = 0; a < 3; ++a) {
      if (best_at_[a] <= box.lo[a] && *id[a] > 0) {
        --*id[a];
      } else if (best_at_[a] >= box.hi[a] && *id[a] + 1 < field_.cells(a)) {
        ++*id[a];
      }
    }
    if (next == cell || was_walked(next)) return;
    at = best_at_;
    cell = next;
  }
}

void Search::finish_cell(const CellId& cell) {
  Box box = box_of(cell);
  if (interpolate_ == GammaInterpolate::kSimplex) {
    look_into_tetrahedra(cell, box);
    return;
  }
  const Vec3 base = box.lo;
  for (std::size_t a = 0; a < 3; ++a) {
    box.lo[a] = std::max(box.lo[a], -enough_);
    box.hi[a] = std::min(box.hi[a], enough_);
    if (box.lo[a] > box.hi[a]) return;
  }
  cut_up(trilinear(cell), base, box);
}

void Search::cut_up(const TrilinearCell& c, const Vec3& base, const Box& whole) {
  struct Part {
    Box box;
    int splits;
  };
  std::array<Part, kMostSplits + 2> parts;
  std::size_t count = 0;
  parts[count++] = {whole, 0};
  while (count > 0) {
    Part part = parts[--count];
    Vec3 at;
    double far2 = 0.0;
    for (std::size_t a = 0; a < 3; ++a) {
      const double gap = std::max({part.box.lo[a], -part.box.hi[a], 0.0});
      far2 += gap * gap;
      at[a] = std::min(std::max(best_at_[a], part.box.lo[a]), part.box.hi[a]);
    }
    if (far2 >= enough2_) continue;
    cancel_point_.step(kStepsOfPart);
    const double proven = settle(c, base, part.box, 2, at);
    if (proven >= enough2_) continue;
    if (part.splits == kMostSplits) {
      open2_ = std::min(open2_, proven);  // what is this small has no bend left; if it had, the bound would say so
      continue;
    }
    std::size_t widest = 0;
    for (std::size_t a = 1; a < 3; ++a) {
      if (part.box.hi[a] - part.box.lo[a] > part.box.hi[widest] - part.box.lo[widest]) widest = a;
    }
    const double middle = 0.5 * (part.box.lo[widest] + part.box.hi[widest]);
    Part other = part;
    ++part.splits, ++other.splits;
    part.box.hi[widest] = middle;
    other.box.lo[widest] = middle;
    // The half where the descent ended comes first.
    if (at[widest] > middle) std::swap(part, other);
    parts[count++] = other;
    parts[count++] = part;
  }
}

// Every cell that could hold less. False: they are too many.
bool Search::scan(const CellId& home) {
  std::uint32_t first[3], last[3];
  const std::uint32_t at[3] = {home.i, home.j, home.k};
  double far2[3][kMostAlong];
  std::size_t cells = 1;
  for (std::size_t a = 0; a < 3; ++a) {
    const double* x = field_.nodes(a);
    const double low = p_[a] - enough_, high = p_[a] + enough_;
    first[a] = last[a] = at[a];
    while (first[a] > 0 && x[first[a]] > low && at[a] - first[a] < kMostAlong) --first[a];
    while (last[a] + 1 < field_.cells(a) && x[last[a] + 1] < high && last[a] - at[a] < kMostAlong) ++last[a];
    const std::uint32_t count = last[a] - first[a] + 1;
    cells *= count;
    if (count > kMostAlong || cells > kMostCells) return false;
    for (std::uint32_t n = 0; n < count; ++n) {
      const double off = std::max({x[first[a] + n] - p_[a], p_[a] - x[first[a] + n + 1], 0.0});
      far2[a][n] = off * off;
    }
  }
  const CellRange& range = field_.prepared();
  for (std::size_t a = 0; a < 3; ++a) {
    if (first[a] < range.begin[a] || last[a] >= range.end[a]) return false;
  }
  for (std::uint32_t k = first[2]; k <= last[2]; ++k) {
    const double z2 = far2[2][k - first[2]];
    if (z2 >= enough2_) continue;
    for (std::uint32_t j = first[1]; j <= last[1]; ++j) {
      const double yz2 = z2 + far2[1][j - first[1]];
      if (yz2 >= enough2_) continue;
      cancel_point_.step();
      const std::size_t row = field_.index(first[0], j, k);
      const float *least = field_.least() + row, *most = field_.most() + row;
      for (std::uint32_t n = 0; n <= last[0] - first[0]; ++n) {
        const double off =
            std::max(std::max(static_cast<double>(least[n]) - dose_, dose_ - static_cast<double>(most[n])), 0.0) *
            per_dose_;
        if (yz2 + far2[0][n] + off * off >= enough2_) continue;
        const CellId cell{first[0] + n, j, k};
        if (was_walked(cell)) continue;
        finish_cell(cell);
        if (decided()) return true;
      }
    }
  }
  return true;
}

Bounds Search::bounds() const {
  Bounds out;
  out.upper = best_;
  out.lower = std::sqrt(std::min({enough2_, open2_, best2_}));
  for (std::size_t a = 0; a < 3; ++a) out.at[a] = p_[a] + best_at_[a];
  return out;
}

// By its distance and its least and largest dose alone.
bool Search::is_ruled_out(const CellId& c) const {
  const CellRange& range = field_.prepared();
  if (!range.holds({{c.i, c.j, c.k}, {c.i + 1, c.j + 1, c.k + 1}})) return false;
  const std::size_t at = field_.index(c.i, c.j, c.k);
  const double low = static_cast<double>(field_.least()[at]), high = static_cast<double>(field_.most()[at]);
  const double off = std::max({low - dose_, dose_ - high, 0.0}) * per_dose_;
  const Box box = box_of(c);
  double far2 = off * off;
  for (std::size_t a = 0; a < 3; ++a) {
    const double gap = std::max({box.lo[a], -box.hi[a], 0.0});
    far2 += gap * gap;
  }
  return far2 >= enough2_;
}

// The cells around the nearest voxel centre; most points are settled there. False: that is no way to begin.
bool Search::begin_with_block(const CellId& home) {
  if (interpolate_ != GammaInterpolate::kTrilinear) return false;
  const std::uint32_t cell[3] = {home.i, home.j, home.k};
  std::array<std::uint32_t, 3> node{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double* x = field_.nodes(a) + cell[a];
    node[a] = cell[a] + (p_[a] - x[0] > x[1] - p_[a] ? 1U : 0U);
    if (node[a] == 0 || node[a] + 1 > field_.cells(a) - (a == 0 ? 1U : 0U)) return false;
  }
  const Block block = look_at_block(field_, node, p_, dose_, per_dose_);
  const auto lane_cell = [&](std::size_t n) {
    return CellId{node[0] - 1 + static_cast<std::uint32_t>(n & 1), node[1] - 1 + static_cast<std::uint32_t>(n >> 1 & 1),
                  node[2] - 1 + static_cast<std::uint32_t>(n >> 2)};
  };
  // What was seen in single precision, exactly.
  const CellId best = lane_cell(block.best);
  const Box box = box_of(best);
  Vec3 at;
  for (std::size_t a = 0; a < 3; ++a) at[a] = std::min(std::max(block.best_at[a], box.lo[a]), box.hi[a]);
  const double v = value_in(best, {at[0] - box.lo[0], at[1] - box.lo[1], at[2] - box.lo[2]});
  take(at[0] * at[0] + at[1] * at[1] + at[2] * at[2] + v * v, at);
  bool inside = true;  // all that is to be looked at
  for (std::size_t a = 0; a < 3; ++a) {
    const double* x = field_.nodes(a) + node[a];
    inside = inside && p_[a] - enough_ >= x[-1] && p_[a] + enough_ <= x[1];
  }
  complete_ = inside;
  if (inside && static_cast<double>(block.least_bound) >= enough2_) return true;
  unsigned open = 0;  // lanes to be looked at
  for (std::size_t n = 0; n < 8; ++n)
    open |= static_cast<unsigned>(static_cast<double>(block.bound[n]) < enough2_) << n;
  for (std::size_t n = 0; n < 8; ++n) {
    if ((open >> n & 1U) == 0) {
      if (!inside) walked_[walked_count_++] = lane_cell(n);
    } else if (inside && !decided() && !is_ruled_out(lane_cell(n))) {
      finish_cell(lane_cell(n));
    }
    if (inside && open >> n == 0) break;
  }
  return true;
}

Search::Outcome Search::run(const Place& place, double dose, double per_dose, Bounds& out) {
  begin(place, dose, per_dose);
  const CellId home{place.cell[0], place.cell[1], place.cell[2]};
  complete_ = false;
  if (!begin_with_block(home)) walk(home);
  if (complete_) {
    out = bounds();
    return Outcome::kFound;
  }
  const Outcome outcome = decided() || scan(home) ? Outcome::kFound : Outcome::kTooFar;
  out = bounds();
  return outcome;
}

}  // namespace dosegate::gamma
