#include "core/geometry/round_end.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>
#include <vector>

namespace dosegate {
namespace {

// Of half_width().
constexpr double kRelative = 0.002, kAbsolute = 0.001;  // mm
constexpr std::size_t kMostQueries = 4000;
constexpr double kMostFirstCells = 64.0;
// A section that changes by less from plane to plane has no tip in sight.
constexpr double kLeastNarrowing = 0.05;
// So much further than the next slice a tip may seem to lie.
constexpr double kTipSlack = 1.1;
// Of a cone the parabola has a double root, which contours miss by a little.
constexpr double kTouches = 0.02;

struct Cell {
  Eigen::Vector2d middle;
  double half;   // of its side, mm
  double found;  // half-width at its middle, mm
  double most;   // that any point of it can have
  std::size_t number;

  bool operator<(const Cell& other) const { return most != other.most ? most < other.most : number > other.number; }
};

struct Parabola {
  double linear, bend;
  std::optional<double> tip;  // mm beyond the last plane; none: there is none
};

// Through the squares of a measure on the last three planes.
Parabola through(const std::array<double, 3>& measure, double spacing, double spacing_before) {
  const double square = measure[0] * measure[0];
  const double slope = (square - measure[1] * measure[1]) / spacing;
  const double slope_before = (measure[1] * measure[1] - measure[2] * measure[2]) / spacing_before;
  Parabola p;
  p.bend = (slope - slope_before) / (spacing + spacing_before);
  p.linear = slope + p.bend * spacing;
  const double discriminant = p.linear * p.linear - 4.0 * p.bend * square;
  if (discriminant >= 0.0) {
    // Of the two roots the smaller positive one, in a form that holds where the bend is 0.
    const double sum = -p.linear + std::sqrt(discriminant);
    if (sum > 0.0) p.tip = 2.0 * square / sum;
    return p;
  }
  const double lowest = -p.linear / (2.0 * p.bend);
  if (lowest > 0.0 && square + lowest * (p.linear + p.bend * lowest) <= kTouches * square) p.tip = lowest;
  return p;
}

}  // namespace

double half_width(const SectionDistance& section, const Eigen::AlignedBox2d& box, std::int64_t& budget) {
  if (box.isEmpty()) return 0.0;
  const Eigen::Vector2d size = box.sizes();
  const double side = std::max({size.minCoeff(), size.maxCoeff() / kMostFirstCells, kAbsolute});
  std::priority_queue<Cell> cells;
  double best = 0.0;
  std::size_t queries = 0;
  const auto look = [&](const Eigen::Vector2d& middle, double half) {
    const double found = -section.at(middle, budget);
    best = std::max(best, found);
    cells.push({middle, half, found, found + half * std::numbers::sqrt2, queries++});
  };
  // Squares round the middle of the box, enough to cover it.
  const Eigen::Vector2d count = (size / side).array().ceil().max(1.0);
  const Eigen::Vector2d first = box.center() - 0.5 * side * (count - Eigen::Vector2d::Ones());
  for (double x = 0.0; x < count.x(); ++x) {
    for (double y = 0.0; y < count.y(); ++y) look(first + side * Eigen::Vector2d(x, y), 0.5 * side);
  }
  while (!cells.empty() && queries < kMostQueries) {
    const Cell cell = cells.top();
    if (cell.most - best <= std::max(kRelative * best, kAbsolute)) break;
    cells.pop();
    const double half = 0.5 * cell.half;
    for (const double dx : {-half, half}) {
      for (const double dy : {-half, half}) look(cell.middle + Eigen::Vector2d(dx, dy), half);
    }
  }
  return best;
}

std::optional<RoundEnd> RoundEnd::make(const Measures& measures, double spacing, double spacing_before,
                                       double next_slice) {
  const auto& width = measures.half_width;
  if (!(width[0] > 0.0) || !(width[1] - width[0] > kLeastNarrowing * width[0])) return {};
  const double furthest = kTipSlack * next_slice;
  const Parabola of_width = through(width, spacing, spacing_before);
  if (!of_width.tip || !(*of_width.tip <= furthest)) return {};
  double furthest_tip = *of_width.tip;
  for (const auto* extent : {&measures.length, &measures.breadth}) {
    const std::optional<double> other = through(*extent, spacing, spacing_before).tip;
    if (other && *other <= furthest) furthest_tip = std::max(furthest_tip, *other);
  }
  const double tip = 0.5 * (*of_width.tip + furthest_tip);
  RoundEnd end;
  end.width_ = width[0];
  end.narrowing_ = width[1] - width[0];
  end.linear_ = of_width.linear;
  end.bend_ = of_width.bend;
  end.hurry_ = *of_width.tip / tip;
  end.reach_ = std::min(tip, next_slice);
  return end;
}

double RoundEnd::steps(double x) const {
  const double t = hurry_ * x;
  const double square = width_ * width_ + t * (linear_ + bend_ * t);
  return std::clamp((width_ - std::sqrt(std::max(square, 0.0))) / narrowing_, 0.0, most_steps());
}

}  // namespace dosegate
