#include "core/dvh/cell_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

// Bounds wider than this part of a box say little about where in them the value lies: it is summed over columns then.
constexpr double kWide = 0.06;
constexpr double kNoRise = 1e-12;  // Gy
// Between so many levels, and times the root of a box's part of the structure, bounds are found and values run
// straight.
constexpr double kLeastNodes = 3.0, kNodesByRoot = 400.0;
constexpr std::size_t kColumnsAcrossCell = 6, kColumnsAcrossPiece = 4;

// How much of a box's patch lies between doses 1 Gy apart, at most: along its steepest axis the dose is linear.
double densest(const Corners& f, Patch patch) {
  const Trilinear t(f);
  const double gx = std::abs(t.g[0]), gy = std::abs(t.g[1]), gz = std::abs(t.g[2]);
  const double xy = std::abs(t.bxy), xz = std::abs(t.bxz), yz = std::abs(t.byz);
  double least = 0.0, across = 0.0;
  if (gz >= std::max(gx, gy)) {
    least = gz - 0.5 * (xz + yz);
    across = area_of(patch);
  } else if (gx >= gy) {
    least = gx - 0.5 * (xy + xz);
    for (const Piece& p : patch) across += p.y1 - p.y0;
  } else {
    least = gy - 0.5 * (xy + yz);
    for (const Piece& p : patch) across += std::max(p.right0, p.right1) - std::min(p.left0, p.left1);
  }
  least -= 0.25 * std::abs(t.d);
  return least > kNoRise ? std::min(across, 1.0) / least : std::numeric_limits<double>::infinity();
}

}  // namespace

void CellCurve::find_columns(const Corners& f, Patch patch, bool whole) {
  columns_.clear();
  const std::size_t n = whole ? kColumnsAcrossCell : kColumnsAcrossPiece;
  const double step = 1.0 / static_cast<double>(n);
  for (const Piece& p : patch) {
    for (std::size_t row = 0; row < n; ++row) {
      const double along = (static_cast<double>(row) + 0.5) * step, y = p.y0 + along * (p.y1 - p.y0);
      const double left = p.left0 + along * (p.left1 - p.left0), right = p.right0 + along * (p.right1 - p.right0);
      for (std::size_t column = 0; column < n; ++column) {
        const double x = left + (static_cast<double>(column) + 0.5) * step * (right - left);
        const auto [low, high] = std::minmax({value_at(f, x, y, 0.0), value_at(f, x, y, 1.0)});
        const double area = (p.y1 - p.y0) * (right - left) * step * step;
        columns_.push_back({high, area, area / std::max(high - low, kNoRise)});
      }
    }
  }
}

double CellCurve::by_columns(double dose) const {
  double above = 0.0;
  for (const Column& c : columns_) {
    above += std::clamp((c.high - dose) * c.per_gy, 0.0, c.area);
  }
  return above;
}

// Over a whole box its plane's doses are spread about their mean by a density that rises to it, falls beyond it, and is
// nowhere more than one over the largest slope. So what lies above a dose lies between two bent lines through (mean,
// 1/2): one ends where the plane does, the other is as steep as the largest slope. A patch has of that at most its own
// area, and lacks at most what lies outside it. The value is that of doses spread evenly, as widely as the plane's: of
// many cells, errors of the density's form cancel.
void CellCurve::add_small(const Corners& f, double area, double x, double y, double mm3, std::size_t first,
                          std::size_t end) {
  const Trilinear t(f);
  const double gx = std::abs(t.g[0]), gy = std::abs(t.g[1]), gz = std::abs(t.g[2]);
  const double steep = 1.0 / std::max(std::max({gx, gy, gz}), kNoRise), flat = 1.0 / std::max(gx + gy + gz, kNoRise);
  const double centre = t.mean + t.g[0] * (x - 0.5) + t.g[1] * (y - 0.5), outside = 1.0 - area;
  const double even = 1.0 / std::max(std::sqrt(area * (gx * gx + gy * gy) + gz * gz), kNoRise);
  cancel_point_.step(1 + (end - first) / 8);
  for (std::size_t b = first; b < end; ++b) {
    const double dose = levels_[b].dose, off = levels_[b].within + 1e-14 * std::abs(dose);
    const double most = t.mean + t.above + off - dose, least = t.mean - t.below - off - dose;
    const double upper = std::clamp(0.5 + most * (most > 0.0 ? steep : flat), 0.0, area);
    const double lower = std::clamp(0.5 + least * (least > 0.0 ? flat : steep) - outside, 0.0, upper);
    const double value = std::clamp(area * (0.5 + (centre - dose) * even), lower, upper);
    sum_[b].lower += mm3 * lower;
    sum_[b].value += mm3 * value;
    sum_[b].upper += mm3 * upper;
  }
}

// Levels between those whose bounds are known: no volume grows with the dose, nor falls faster than `densest`. Values
// run along cubics, through a node as steep as its neighbours are apart.
void CellCurve::fill_between_nodes(double area, double densest) {
  const auto slope_at = [&](std::size_t n) {
    const bool is_first = n == 0, is_last = n + 1 == nodes_.size();
    const double here = levels_[nodes_[n]].dose;
    const double before = is_first ? 2.0 * here - levels_[nodes_[n + 1]].dose : levels_[nodes_[n - 1]].dose;
    const double after = is_last ? 2.0 * here - before : levels_[nodes_[n + 1]].dose;
    return ((is_last ? 0.0 : found_[nodes_[n + 1]].value) - (is_first ? area : found_[nodes_[n - 1]].value)) /
           (after - before);
  };
  double slope = slope_at(0);
  for (std::size_t n = 1; n < nodes_.size(); ++n) {
    const VolumeBounds &low = found_[nodes_[n - 1]], &high = found_[nodes_[n]];
    const double from = levels_[nodes_[n - 1]].dose, width = levels_[nodes_[n]].dose - from, next = slope_at(n);
    const double rise = high.value - low.value, first = slope * width, last = next * width;
    for (std::size_t b = nodes_[n - 1] + 1; b < nodes_[n]; ++b) {
      const double above = levels_[b].dose - from, x = above / width;
      VolumeBounds& found = found_[b];
      found.lower = std::max(high.lower, low.lower - above * densest);
      found.upper = std::max(found.lower, std::min(low.upper, high.upper + (width - above) * densest));
      found.value = low.value + x * (first + x * (3.0 * rise - 2.0 * first - last + x * (first + last - 2.0 * rise)));
      found.value = std::clamp(found.value, found.lower, found.upper);
    }
    slope = next;
  }
}

void CellCurve::add(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                    int halvings) {
  if (first >= end) return;
  const VolumeAboveDose prism(f, patch, whole);
  const double area = whole ? 1.0 : area_of(patch), volume = mm3 * area;
  while (first < end && prism.is_above(levels_[first])) sum_[first++] += {volume, volume, volume};
  while (first < end && prism.is_below(levels_[end - 1])) --end;
  if (first >= end) return;
  found_.resize(std::max(found_.size(), levels_.size()));
  const std::size_t count = end - first;
  nodes_.resize(std::min(count, static_cast<std::size_t>(kLeastNodes + kNodesByRoot * std::sqrt(mm3 / shared_.all))));
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    nodes_[n] = nodes_.size() == count ? first + n : first + n * (count - 1) / (nodes_.size() - 1);
  }
  // The middle first: bounds are widest there, and a box that is halved needs no others.
  bool wide = false;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const std::size_t b = nodes_[(nodes_.size() / 2 + n) % nodes_.size()];
    cancel_point_.step(2 * patch.size());
    found_[b] = prism.at(levels_[b]);
    if (found_[b].gap() > shared_.allowed[b] * area && halvings < shared_.most_halvings) {
      if (halve(f, patch, whole, mm3, first, end, halvings)) return;
      halvings = shared_.most_halvings;
    }
    wide = wide || found_[b].gap() > kWide * area;
  }
  if (wide) {
    find_columns(f, patch, whole);
    for (const std::size_t b : nodes_) {
      VolumeBounds& found = found_[b];
      if (found.gap() > kWide * area) found.value = std::clamp(by_columns(levels_[b].dose), found.lower, found.upper);
    }
  }
  if (nodes_.size() < count) fill_between_nodes(area, densest(f, patch));
  for (std::size_t b = first; b < end; ++b) sum_[b] += mm3 * found_[b];
}

// False: what is left is too little to be halved.
bool CellCurve::halve(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                      int halvings) {
  const Trilinear t(f);
  // The axis along which halving takes most of the mixed terms away.
  const double xy = std::abs(t.bxy), xz = std::abs(t.bxz), yz = std::abs(t.byz);
  const std::size_t axis = xy + xz >= xy + yz && xy + xz >= xz + yz ? 0 : xy + yz >= xz + yz ? 1 : 2;
  if (!(xy + xz + yz > 0.0)) return false;
  for (const bool upper : {false, true}) {
    const Corners half = half_of(f, axis, upper);
    if (whole || axis == 2) {
      add_half(half, patch, whole, 0.5 * mm3, first, end, halvings + 1);
      continue;
    }
    const double lo = upper ? 0.5 : 0.0;
    std::vector<Piece> pieces;
    for (const Piece& p : patch) {
      if (axis == 0) {
        add_between_columns(p, lo, lo + 0.5, pieces);
      } else if (p.y0 < lo + 0.5 && p.y1 > lo) {
        pieces.push_back(between_rows(p, lo, lo + 0.5));
      }
    }
    if (!pieces.empty()) add_half(half, pieces, false, 0.5 * mm3, first, end, halvings + 1);
  }
  return true;
}

// Levels below all doses of the half count it whole, those above not at all.
void CellCurve::add_half(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                         int halvings) {
  const auto [least, most] = std::minmax_element(f.begin(), f.end());
  const double volume = mm3 * (whole ? 1.0 : area_of(patch));
  while (first < end && levels_[first].dose + levels_[first].within <= *least) {
    sum_[first++] += {volume, volume, volume};
  }
  while (first < end && levels_[end - 1].dose - levels_[end - 1].within > *most) --end;
  add(f, patch, whole, mm3, first, end, halvings);
}

}  // namespace dosegate
