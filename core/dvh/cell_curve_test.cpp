// What one cell adds to a curve, beside the sum over many columns through it; and what metrics do to the whole.
#include "core/dvh/cell_curve.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>

#include "core/dvh/curve.h"

namespace dosegate {
namespace {

constexpr std::size_t kAcross = 150;
// Of the sum over columns: they end where the patch does, only its dose within one is taken for the middle's.
constexpr double kOfColumns = 6e-4;
constexpr std::size_t kLevels = 120;

double above_by_columns(const Corners& f, Patch patch, double dose) {
  double sum = 0.0;
  for (const Piece& p : patch) {
    for (std::size_t row = 0; row < kAcross; ++row) {
      const double along = (static_cast<double>(row) + 0.5) / kAcross, y = p.y0 + along * (p.y1 - p.y0);
      const double left = std::lerp(p.left0, p.left1, along), width = std::lerp(p.right0, p.right1, along) - left;
      for (std::size_t column = 0; column < kAcross; ++column) {
        const double x = left + (static_cast<double>(column) + 0.5) / kAcross * width;
        const auto [low, high] = std::minmax({value_at(f, x, y, 0.0), value_at(f, x, y, 1.0)});
        const double part = high > low ? std::clamp((high - dose) / (high - low), 0.0, 1.0) : high >= dose ? 1.0 : 0.0;
        sum += part * width * (p.y1 - p.y0) / (kAcross * kAcross);
      }
    }
  }
  return sum;
}

struct Centroid {
  double area = 0.0, x = 0.0, y = 0.0;
};

// Of a patch of trapezoids: each is two triangles.
Centroid centroid_of(Patch patch) {
  Centroid c;
  const auto add = [&](double ax, double ay, double bx, double by, double cx, double cy) {
    const double area = 0.5 * ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay));
    c.area += area;
    c.x += area * (ax + bx + cx) / 3.0;
    c.y += area * (ay + by + cy) / 3.0;
  };
  for (const Piece& p : patch) {
    add(p.left0, p.y0, p.right0, p.y0, p.right1, p.y1);
    add(p.left0, p.y0, p.right1, p.y1, p.left1, p.y1);
  }
  c.x /= c.area;
  c.y /= c.area;
  return c;
}

class Cells {
 public:
  explicit Cells(unsigned seed) : engine_(seed) {}
  double between(double lo, double hi) { return std::uniform_real_distribution(lo, hi)(engine_); }
  // A plane as steep as `slopes`, and `mixed` Gy at each corner of its own.
  Corners corners(const std::array<double, 3>& slopes, double mixed) {
    Corners f{};
    for (std::size_t n = 0; n < 8; ++n) {
      f[n] = 40.0 + mixed * between(-1.0, 1.0);
      for (std::size_t a = 0; a < 3; ++a) f[n] += (n >> a & 1U) != 0 ? slopes[a] : 0.0;
    }
    return f;
  }
  std::vector<Piece> patch() {
    std::vector<Piece> pieces;
    const double middle = between(0.2, 0.8);
    for (const auto& [y0, y1] : {std::pair{between(0.0, 0.1), middle}, std::pair{middle, between(0.9, 1.0)}}) {
      pieces.push_back({y0, y1, between(0.0, 0.4), between(0.0, 0.4), between(0.5, 1.0), between(0.5, 1.0)});
    }
    return pieces;
  }

 private:
  std::mt19937 engine_;
};

CellCurve::Shared levels_across(const Corners& f, double all) {
  const auto [least, most] = std::minmax_element(f.begin(), f.end());
  CellCurve::Shared shared;
  for (std::size_t b = 0; b < kLevels; ++b) {
    shared.levels.push_back({*least + (*most - *least) * static_cast<double>(b) / (kLevels - 1.0), 0.0, 0.0});
  }
  shared.allowed.assign(kLevels, 0.3);
  shared.most_halvings = 2;
  shared.all = all;
  return shared;
}

}  // namespace

TEST_CASE("What a cell adds to a curve is bounded at every bin, by few bounds as by many, and of a small cell",
          "[dvh]") {
  Cells cells(7);
  double value_off = 0.0;
  for (int n = 0; n < 60; ++n) {
    // Never level along a column, where the sum over them is exact.
    const std::array<double, 3> slopes{n % 7 == 0 ? 0.0 : cells.between(-9, 9), n % 5 == 0 ? 0.0 : cells.between(-9, 9),
                                       (n % 4 < 2 ? 1.0 : -1.0) * cells.between(1, 9)};
    const Corners f = cells.corners(slopes, n % 3 == 0 ? 0.0 : n % 3 == 1 ? 0.3 : 4.0);
    const bool whole = n % 2 == 0;
    const std::vector<Piece> pieces = whole ? std::vector(kWholeCell.begin(), kWholeCell.end()) : cells.patch();
    const Centroid c = centroid_of(pieces);
    std::vector<double> truth(kLevels);
    const double mm3 = 2.5;
    for (const double all : {mm3, 3000.0 * mm3, 1e9}) {
      const CellCurve::Shared shared = levels_across(f, all);
      std::vector<VolumeBounds> of_add(kLevels), of_small(kLevels);
      CellCurve(shared, of_add, nullptr).add(f, pieces, whole, mm3, 0, kLevels);
      CellCurve(shared, of_small, nullptr).add_small(f, c.area, c.x, c.y, mm3, 0, kLevels);
      for (std::size_t b = 0; b < kLevels; b += 7) {
        if (all == mm3) truth[b] = mm3 * above_by_columns(f, pieces, shared.levels[b].dose);
        INFO("cell " << n << ", level " << b << ", of " << all << " mm3");
        for (const VolumeBounds& found : {of_add[b], of_small[b]}) {
          CHECK(found.lower <= truth[b] + kOfColumns * mm3);
          CHECK(found.upper >= truth[b] - kOfColumns * mm3);
          CHECK(found.lower <= found.value);
          CHECK(found.value <= found.upper);
          CHECK(found.upper <= mm3 * c.area * (1.0 + 1e-12));
        }
        // A plane's own volume is known in full; between few nodes a cubic follows it.
        if (n % 3 == 0 && all < 1e9) value_off = std::max(value_off, std::abs(of_add[b].value - truth[b]) / mm3);
      }
    }
  }
  CHECK(value_off < 0.01);
}

TEST_CASE("A curve held to metrics is the same whenever it is settled, and in whatever order", "[dvh]") {
  std::mt19937 random(9);
  std::uniform_real_distribution<double> any(0, 1);
  const Dose bin = Dose::gy(0.1);
  for (int round = 0; round < 200; ++round) {
    // What is proven may contradict itself by far, which rounding does by little.
    std::vector<Interval<Volume>> once;
    for (int b = 0; b < 50; ++b) {
      const double left = 50.0 - b + any(random);
      once.push_back({Volume::cc(left), Volume::cc(left - 1), Volume::cc(left + 1)});
    }
    settle(once);
    std::vector<Interval<Volume>> each = once, each_turned = once;
    std::vector<std::function<void(std::vector<Interval<Volume>>&)>> metrics;
    for (int n = 0; n < 6; ++n) {
      const double level = 0.1 * std::round(60 * any(random)), volume = 50 * any(random), wide = any(random);
      if (n % 2 == 0) {
        metrics.emplace_back([=](auto& curve) {
          hold_to(curve, bin, Dose::gy(level), {Volume::cc(volume), Volume::cc(volume), Volume::cc(volume + wide)});
        });
      } else {
        metrics.emplace_back([=](auto& curve) {
          hold_to(curve, bin, Volume::cc(volume), {Dose::gy(level), Dose::gy(level), Dose::gy(level + wide)});
        });
      }
    }
    for (const auto& metric : metrics) {
      metric(once);
      metric(each);
      settle(each);
    }
    settle(once);
    std::for_each(metrics.rbegin(), metrics.rend(), [&](const auto& metric) { metric(each_turned); });
    settle(each_turned);
    for (std::size_t b = 0; b < once.size(); ++b) {
      for (const auto part : {&Interval<Volume>::value, &Interval<Volume>::lower, &Interval<Volume>::upper}) {
        CHECK(once[b].*part == each[b].*part);
        CHECK(once[b].*part == each_turned[b].*part);
      }
    }
  }
}

}  // namespace dosegate
