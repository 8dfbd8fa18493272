#include "core/dvh/cell_curve.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

// Bounds wider than this part of a box say little about where in them the value lies: it is summed over columns then.
constexpr double kWide = 0.06;
constexpr double kNoRise = 1e-12;  // Gy
constexpr std::size_t kColumnsAcrossCell = 6, kColumnsAcrossPiece = 4;

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

void CellCurve::add(const Corners& f, Patch patch, bool whole, double mm3, std::size_t first, std::size_t end,
                    int halvings) {
  if (first >= end) return;
  const PrismAbove prism(f, patch, whole);
  const double area = whole ? 1.0 : area_of(patch);
  // The middle first: bounds are widest there, and a box that is halved needs no others.
  found_.resize(std::max(found_.size(), levels_.size()));
  const std::size_t middle = (first + end) / 2;
  bool wide = false;
  for (std::size_t n = 0; n < end - first; ++n) {
    const std::size_t b = middle + n < end ? middle + n : first + (middle + n - end);
    cancel_point_.step(2 * patch.size());
    found_[b] = prism.at(levels_[b]);
    if (found_[b].gap() > allowed_[b] * area && halvings < kMostHalvings) {
      if (halve(f, patch, whole, mm3, first, end, halvings)) return;
      halvings = kMostHalvings;
    }
    wide = wide || found_[b].gap() > kWide * area;
  }
  if (wide) find_columns(f, patch, whole);
  for (std::size_t b = first; b < end; ++b) {
    VolumeBounds& found = found_[b];
    if (found.gap() > kWide * area) found.value = std::clamp(by_columns(levels_[b].dose), found.lower, found.upper);
    sum_[b] += mm3 * found;
  }
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
