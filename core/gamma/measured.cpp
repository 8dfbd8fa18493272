#include "core/gamma/measured.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "core/gamma/comparable.h"
#include "core/gamma/field.h"
#include "core/gamma/reference_points.h"
#include "core/gamma/rounded.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using gamma::Field;
using gamma::Place;
using gamma::ReferencePoints;

constexpr std::size_t kPointsATask = 4096;
constexpr double kLeastMaximumGy = 0.01, kMostMaximumGy = 1000.0;  // of check_criteria()

// Trilinear, as gamma takes it.
double dose_at(const Field& field, const Place& place) {
  std::array<double, 3> along{};
  for (std::size_t a = 0; a < 3; ++a) {
    const std::uint32_t cell = place.cell[a];
    along[a] = std::clamp((place.at[a] - field.nodes(a)[cell]) * field.per_width(a)[cell], 0.0, 1.0);
  }
  const float* corner = field.corner(place.cell[0], place.cell[1], place.cell[2]);
  double sum = 0.0;
  for (std::size_t n = 0; n < 8; ++n) {
    double weight = 1.0;
    std::size_t offset = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      const bool far = (n >> a & 1U) != 0;
      weight *= far ? along[a] : 1.0 - along[a];
      offset += far ? field.step(a) : 0;
    }
    if (weight > 0.0) sum += weight * static_cast<double>(corner[offset]);
  }
  return sum;
}

// A point at which the plan gives as much as the cut.
struct Pair {
  std::size_t number;
  double measured_gy, planned_gy;
};

// In the order of the points. Throws Cancelled.
std::vector<Pair> pairs_above(double cut_gy, const ReferencePoints& points, const Field& field, const Host& host) {
  std::vector<std::vector<Pair>> tasks((points.size() + kPointsATask - 1) / kPointsATask);
  const bool done = parallel_for(host, tasks.size(), [&](std::size_t task) {
    const std::size_t first = task * kPointsATask, end = std::min(first + kPointsATask, points.size());
    ReferencePoints::Cursor cursor(points, first);
    for (std::size_t n = first; n < end; ++n) {
      const auto place = cursor.place_of(n);
      if (!place) continue;
      const double planned = dose_at(field, *place);
      if (planned >= cut_gy) tasks[task].push_back({n, static_cast<double>(points.doses()[n]), planned});
    }
  });
  if (!done) throw Cancelled{};
  std::vector<Pair> out;
  for (const auto& pairs : tasks) out.insert(out.end(), pairs.begin(), pairs.end());
  return out;
}

DoseScale scale_of(const std::vector<Pair>& pairs, std::span<const float> measured, Dose most_planned,
                   CancelPoint& cancel_point) {
  DoseScale out;
  double most = 0.0;
  for (const Pair& p : pairs) most = std::max(most, p.planned_gy);
  std::vector<double> quotients;
  for (const Pair& p : pairs) {
    cancel_point.step();
    if (p.planned_gy > 0.0 && p.planned_gy >= 0.5 * most) quotients.push_back(p.measured_gy / p.planned_gy);
  }
  if (quotients.empty()) return out;
  const auto middle = quotients.begin() + static_cast<std::ptrdiff_t>(quotients.size() / 2);
  std::nth_element(quotients.begin(), middle, quotients.end(), [&](double a, double b) {
    cancel_point.step();
    return a < b;
  });
  out.points = quotients.size();
  out.median = *middle;
  const auto alike = std::count_if(quotients.begin(), quotients.end(),
                                   [&](double q) { return std::abs(q - out.median) <= kAlike * out.median; });
  // By a factor alone nothing is far above that factor times the plan's largest dose: but for a few wild readings.
  constexpr float kBeyond = 1.5F;
  constexpr std::size_t kFew = 20;  // one in so many
  const float beyond = kBeyond * static_cast<float>(out.median * most_planned.in_gy());
  const auto above = std::count_if(measured.begin(), measured.end(), [&](float gy) {
    cancel_point.step();
    return gy > beyond;
  });
  out.are_alike = 2 * static_cast<std::size_t>(alike) >= quotients.size() &&
                  kFew * static_cast<std::size_t>(above) <= quotients.size();
  return out;
}

// One reading a place: that which is farthest from the plan's dose there, of equal ones the first. None: every place
// is there once.
std::optional<DosePoints> each_place_once(const DosePoints& points, const ReferencePoints& places, const Field& field,
                                          CancelPoint& cancel_point) {
  constexpr double kPerMm = 100.0;  // as far as coordinates with two decimals are known
  const std::size_t count = points.gy.size();
  std::vector<Eigen::Vector3d> keys(count);
  for (std::size_t n = 0; n < count; ++n) {
    cancel_point.step();
    keys[n] = (points.at_mm[n] * kPerMm).array().round();
  }
  const auto key = [&](std::size_t n) { return std::make_tuple(keys[n].x(), keys[n].y(), keys[n].z()); };
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  sort_asking(
      order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; }, cancel_point);
  const auto is_again = [&](std::size_t at) { return key(order[at]) == key(order[at - 1]); };
  std::size_t again = 0;
  for (std::size_t at = 1; at < count; ++at) again += is_again(at) ? 1 : 0;
  if (again == 0) return std::nullopt;
  std::vector<std::size_t> kept;
  for (std::size_t at = 0; at < count;) {
    std::size_t end = at + 1;
    cancel_point.step();
    while (end < count && is_again(end)) ++end;
    const auto place = ReferencePoints::Cursor(places, order[at]).place_of(order[at]);
    const double planned = place ? dose_at(field, *place) : 0.0;
    kept.push_back(*std::max_element(order.begin() + static_cast<std::ptrdiff_t>(at),
                                     order.begin() + static_cast<std::ptrdiff_t>(end),
                                     [&](std::size_t a, std::size_t b) {
                                       return std::abs(static_cast<double>(points.gy[a]) - planned) <
                                              std::abs(static_cast<double>(points.gy[b]) - planned);
                                     }));
    at = end;
  }
  sort_asking(kept.begin(), kept.end(), std::less<>(), cancel_point);
  DosePoints out;
  out.frame_of_reference_uid = points.frame_of_reference_uid;
  for (const std::size_t n : kept) {
    out.at_mm.push_back(points.at_mm[n]);
    out.gy.push_back(points.gy[n]);
  }
  return out;
}

void take(const GammaStatistics& s, MeasuredAnswer& out) {
  out.compared += s.compared;
  out.passing.value += s.passing.value;
  out.passing.lower += s.passing.lower;
  out.passing.upper += s.passing.upper;
  if (s.compared > 0 && s.maximum.value > out.maximum) {
    out.maximum = s.maximum.value;
    out.maximum_at_mm = s.maximum_at_mm;
  }
}

// Preconditions: the two are comparable, the plan's largest dose is one that percentages can be of.
Result<MeasuredAnswer> compare(const GammaReference& measured, const DoseGrid& planned, const GammaCriteria& criteria,
                               const Host& host) {
  MeasuredAnswer out;
  const Field field(planned, criteria.distance);
  const double cut_gy = criteria.cutoff_percent / 100.0 * planned.maximum().in_gy();
  CancelPoint cancel_point(host.workers);
  std::optional<DosePoints> once;
  GammaReference reference = measured;
  if (measured.points != nullptr) {
    once = each_place_once(*measured.points, ReferencePoints(measured, planned, field), field, cancel_point);
    if (once) reference.points = &*once;
    out.repeated = measured.size() - reference.size();
  }
  const ReferencePoints points(reference, planned, field);
  const std::vector<Pair> pairs = pairs_above(cut_gy, points, field, host);
  out.scale = scale_of(pairs, {points.doses(), points.size()}, planned.maximum(), cancel_point);
  auto answer = compute_gamma(reference, planned, criteria, {}, host);
  if (!answer) return answer.error();
  out.below_cutoff = answer->all.below_cutoff;
  out.outside = answer->all.outside;
  take(answer->all, out);
  // Where the plan gives as much as the cut and the measurement does not.
  const float threshold = gamma::rounded_up(answer->cutoff.in_gy());
  DosePoints low;
  for (const Pair& p : pairs) {
    const float gy = points.doses()[p.number];
    if (gy >= threshold) continue;
    low.at_mm.push_back(points.at_mm(p.number));
    low.gy.push_back(gy);
  }
  if (low.gy.empty()) {
    out.problem = std::move(answer->problem);
    out.hint = std::move(answer->hint);
    return out;
  }
  low.frame_of_reference_uid = planned.frame_of_reference_uid();
  GammaCriteria all = criteria;
  all.cutoff_percent = 0.0;
  auto of_low = compute_gamma({nullptr, &low}, planned, all, {}, host);
  if (!of_low) return of_low.error();
  take(of_low->all, out);
  // By the dose at the point a reading of 0 Gy agrees with nothing.
  out.compared += low.gy.size() - of_low->all.compared;
  out.below_cutoff -= std::min<std::uint64_t>(out.below_cutoff, low.gy.size());
  return out;
}

}  // namespace

Result<MeasuredAnswer> compare_measured(const GammaReference& measured, const DoseGrid& planned,
                                        const GammaCriteria& asked, const Host& asked_host) {
  if (const Status status = check_criteria(asked); !status) return status.error();
  std::optional<Workers> own;
  Host host = asked_host;
  if (host.workers == nullptr) host.workers = &own.emplace(asked_host);
  GammaCriteria criteria = asked;
  if (planned.problem().empty()) {
    const double most = planned.maximum().in_gy();
    if (!(most >= kLeastMaximumGy && most <= kMostMaximumGy)) {
      MeasuredAnswer none;
      none.problem = "The largest dose of the plan is " + fixed(most, 3) + " Gy: percentages cannot be of that.";
      none.hint = "Check the units and the scaling of the plan's dose.";
      return none;
    }
    criteria.cut_of = planned.maximum();
    if (criteria.normalise == GammaNormalise::kMaximum) {
      criteria.normalise = GammaNormalise::kDose;
      criteria.dose = planned.maximum();
    }
  }
  if (const gamma::Comparable c = gamma::comparable(measured, planned, criteria, {}); !c.problem.empty()) {
    MeasuredAnswer none;
    none.problem = c.problem;
    none.hint = c.hint;
    return none;
  }
  try {
    return compare(measured, planned, criteria, host);
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
}

}  // namespace dosegate
