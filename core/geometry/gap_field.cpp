#include "core/geometry/gap_field.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/geometry/between.h"

namespace dosegate {
namespace {

double spacing(const PlaneField& a, const PlaneField& b) { return std::abs(a.at - b.at); }

// The most that a distance can change over a mm of the plane is 1, so a step over `spacing` changes by 2 / spacing.
double steepness_of_rise(double spacing_next, double spacing_beyond) {
  return kMostRise * 2.0 / std::min(spacing_next, spacing_beyond);
}

double steepness_of_blend(const GapField& gap) {
  // The weights of the rises are at most 4/27 of the spacing.
  const double height = spacing(gap.a, gap.b);
  double rises = 0.0;
  for (const double other : {gap.before.distance ? spacing(gap.before, gap.a) : height,
                             gap.after.distance ? spacing(gap.b, gap.after) : height}) {
    rises += steepness_of_rise(height, other);
  }
  return 1.0 + 4.0 / 27.0 * height * rises;
}

double steepness_of_cap(const Cap& cap) {
  if (!cap.before.distance) return 1.0;
  if (cap.round) return 1.0 + 2.0 * cap.round->most_steps();
  const double next = spacing(cap.own, cap.before);
  const double beyond = cap.earlier.distance ? spacing(cap.before, cap.earlier) : next;
  const double bend = (2.0 / next + 2.0 / beyond) * 2.0 / (next + beyond);
  const double parabola = cap.reach * (2.0 / next + 0.5 * (next + cap.reach) * bend);
  return 1.0 + std::max(parabola, cap.reach * kMostRise * 2.0 / next);
}

class Evaluator {
 public:
  Evaluator(const GapField& gap, const std::vector<double>& heights, double exact_within, double steepness,
            std::int64_t& budget)
      : gap_(gap), heights_(heights), exact_within_(exact_within), steepness_(steepness), budget_(budget) {
    if (!gap.a.distance || !gap.b.distance) return;
    const double height = spacing(gap.a, gap.b);
    for (const double z : heights) weights_.push_back(hermite_weights((z - gap.a.at) / height, height));
  }

  void operator()(const Eigen::Vector2d& p, double* values) const {
    std::fill(values, values + heights_.size(), std::numeric_limits<double>::infinity());
    if (!weights_.empty()) blend(p, values);
    for (const auto& cap : gap_.caps) add(cap, p, values);
  }

 private:
  void blend(const Eigen::Vector2d& p, double* values) const {
    const double height = spacing(gap_.a, gap_.b);
    const double a = gap_.a.distance->at(p, budget_), b = gap_.b.distance->at(p, budget_);
    // Monotone: on one side of both outlines there is no zero before the nearer of them.
    const double nearer = std::min(std::abs(a), std::abs(b));
    if ((a < 0.0) == (b < 0.0) && nearer > exact_within_) {
      std::fill(values, values + weights_.size(), std::copysign(steepness_ * nearer, a));
      return;
    }
    const double step = (b - a) / height;
    double before_a = step, after_b = step, height_before = height, height_after = height;
    if (gap_.before.distance) {
      height_before = spacing(gap_.before, gap_.a);
      before_a = (a - gap_.before.distance->at(p, budget_)) / height_before;
    }
    if (gap_.after.distance) {
      height_after = spacing(gap_.b, gap_.after);
      after_b = (gap_.after.distance->at(p, budget_) - b) / height_after;
    }
    const double rise_a = gap_.before.distance ? rise(before_a, height_before, step, height)
                                               : end_rise(step, height, after_b, height_after);
    const double rise_b = gap_.after.distance ? rise(step, height, after_b, height_after)
                                              : end_rise(step, height, before_a, height_before);
    for (std::size_t k = 0; k < weights_.size(); ++k) {
      const HermiteWeights& w = weights_[k];
      values[k] = w.a * a + w.b * b + w.rise_a * rise_a + w.rise_b * rise_b;
    }
  }

  void add(const Cap& cap, const Eigen::Vector2d& p, double* values) const {
    double own = cap.own.distance->at(p, budget_);
    double next = 0.0, beyond = 0.0, height = 1.0, height_before = 1.0;
    double change = 0.0;  // from the plane before, for a round end
    const double surely_outside = own - kMostWidening * cap.reach;
    if (surely_outside > exact_within_) {
      own = steepness_ * surely_outside;
    } else if (cap.round) {
      change = own - cap.before.distance->at(p, budget_);
    } else if (cap.before.distance) {
      const double before = cap.before.distance->at(p, budget_);
      height = height_before = spacing(cap.own, cap.before);
      next = beyond = (own - before) / height;
      if (cap.earlier.distance) {
        height_before = spacing(cap.before, cap.earlier);
        beyond = (before - cap.earlier.distance->at(p, budget_)) / height_before;
      }
    }
    for (std::size_t k = 0; k < heights_.size(); ++k) {
      const double x = std::abs(heights_[k] - cap.own.at);
      if (x > cap.reach) continue;
      const double more = cap.round ? std::max(change * cap.round->steps(x), -kMostWidening * x)
                                    : beyond_end(x, next, height, beyond, height_before);
      const double value = own + more;
      values[k] = cap.matter ? std::min(values[k], value) : std::max(values[k], -value);
    }
  }

  const GapField& gap_;
  const std::vector<double>& heights_;
  double exact_within_, steepness_;
  std::int64_t& budget_;
  std::vector<HermiteWeights> weights_;
};

}  // namespace

Fields fields_at(const GapField& gap, const std::vector<double>& heights, double exact_within, std::int64_t& budget) {
  Fields fields;
  fields.count = heights.size();
  if (gap.a.distance && gap.b.distance) fields.steepness = steepness_of_blend(gap);
  for (const auto& cap : gap.caps) fields.steepness = std::max(fields.steepness, steepness_of_cap(cap));
  fields.at = Evaluator(gap, heights, exact_within, fields.steepness, budget);
  return fields;
}

}  // namespace dosegate
