#include "core/margin/margin_fit.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/margin/shortfall.h"

namespace dosegate {
namespace {

constexpr double kRowPitch = 2.0, kPlanePitch = 2.5;  // mm, of the two Gauss points' interval
constexpr std::size_t kMostPlanes = 20'000, kMostRows = 20'000;
constexpr std::int64_t kBudget = 4'000'000'000;
constexpr int kRefinements = 3;  // each to a quarter of the pitch
// Excess decides little and its search costs most: it looks at every so many planes and rows before it is refined.
constexpr std::size_t kExcessEvery = 4;
constexpr double kStep = 1.0;  // mm, where the refinement begins

struct Node {
  double at, weight;
};

// Gauss-Legendre, two points an interval, between breaks (any order); also the breaks' own ends with no weight.
std::vector<Node> nodes(std::vector<double> breaks, double pitch, std::size_t most) {
  std::vector<Node> out;
  if (breaks.empty()) return out;
  std::sort(breaks.begin(), breaks.end());
  const double g = 0.5 / std::sqrt(3.0);
  out.push_back({breaks.front(), 0.0});
  for (std::size_t n = 0; n + 1 < breaks.size(); ++n) {
    const double wide = breaks[n + 1] - breaks[n];
    if (wide < 1e-9) continue;
    const double parts = std::ceil(wide / pitch - 1e-9);
    if (!(parts + static_cast<double>(out.size()) < static_cast<double>(most))) return {};
    const double step = wide / parts;
    for (double k = 0.0; k < parts; ++k) {
      const double middle = breaks[n] + (k + 0.5) * step;
      out.push_back({middle - g * step, 0.5 * step});
      out.push_back({middle + g * step, 0.5 * step});
    }
  }
  out.push_back({breaks.back(), 0.0});
  return out;
}

struct Sums {
  double expected = 0.0, missing = 0.0, unexplained = 0.0, excess = 0.0;

  void add(const Sums& o, double weight) {
    expected += weight * o.expected;
    missing += weight * o.missing;
    unexplained += weight * o.unexplained;
    excess += weight * o.excess;
  }
};

class Comparison {
 public:
  Comparison(const MarginQuestion& q, const Host& host, Shortfall& shortfall)
      : q_(q), host_(host), expansion_(*q.from, q.margins), shortfall_(shortfall) {}

  // False: too complex.
  bool integrate(double scale, bool search, Sums& sums) {
    std::vector<double> breaks = {expansion_.lowest(), expansion_.highest()};
    for (const auto* stack : {q_.from, q_.to}) {
      for (const Slab& slab : stack->slabs) breaks.insert(breaks.end(), {slab.lo, slab.hi});
    }
    const std::vector<Node> planes = nodes(std::move(breaks), scale * kPlanePitch, kMostPlanes);
    if (planes.empty()) return false;
    std::vector<Sums> of_plane(planes.size());
    std::vector<Worst> worst(planes.size());
    std::atomic<bool> complex{false};
    const bool went_on = parallel_for(host_, planes.size(), [&](std::size_t n) {
      if (complex || budget_ < 0) return;
      std::int64_t left = 0;
      const double z = planes[n].at;
      std::vector<double> at = expansion_.breaks(z);
      for (const Slab& slab : q_.to->slabs) {
        if (z < slab.lo || z >= slab.hi) continue;
        for (const Ring& ring : *slab.include) {
          const auto [low, high] = extent(ring);
          at.insert(at.end(), {low, high});
        }
      }
      const std::vector<Node> rows = nodes(std::move(at), scale * kRowPitch, kMostRows);
      std::vector<double> v;
      for (const Node& row : rows) v.push_back(row.at);
      of_plane[n] = compare(z, v, &rows, search ? &worst[n] : nullptr, n % kExcessEvery == 0, left);
      budget_ += left;
      if (v.empty() && !expansion_.breaks(z).empty()) complex = true;
    });
    if (!went_on) throw Cancelled{};
    if (complex || budget_ < 0) return false;
    for (std::size_t n = 0; n < planes.size(); ++n) {
      sums.add(of_plane[n], planes[n].weight);
      worst_.take(worst[n]);
    }
    return true;
  }

  void refine() {
    for (std::size_t kind = 0; kind < Worst::kKinds; ++kind) {
      double step = kStep;
      for (int n = 0; n < kRefinements && worst_.of[kind].found; ++n, step *= 0.25) {
        if (host_.cancelled()) throw Cancelled{};
        const Eigen::Vector3d centre = worst_.of[kind].at;
        std::vector<double> v;
        for (int k = -4; k <= 4; ++k) v.push_back(centre.y() + 0.25 * k * step);
        for (int k = -4; k <= 4; ++k) {
          Worst found = worst_;
          std::int64_t left = 0;
          compare(centre.z() + 0.25 * k * step, v, nullptr, &found, kind == Worst::kExcess, left);
          worst_.take(found);
        }
      }
    }
  }

  const Worst& worst() const { return worst_; }

 private:
  static std::pair<double, double> extent(const Ring& ring) {
    double low = ring.front().y(), high = low;
    for (const auto& p : ring) low = std::min(low, p.y()), high = std::max(high, p.y());
    return {low, high};
  }

  Sums compare(double z, const std::vector<double>& v, const std::vector<Node>* nodes, Worst* worst, bool with_excess,
               std::int64_t& left) {
    Sums sums;
    if (v.empty()) return sums;
    const std::vector<Row> expected = expansion_.rows(z, v, left);
    const std::vector<Row> drawn = rows_at(*q_.to, z, v);
    std::vector<Row> missing(v.size());
    bool any = false;
    for (std::size_t k = 0; k < v.size(); ++k) {
      missing[k] = subtract(expected[k], drawn[k]);
      any = any || !missing[k].empty();
    }
    std::vector<Row> unexplained = missing;
    if (any) {
      for (const auto* stack : q_.cropped_by) {
        const std::vector<Row> other = rows_at(*stack, z, v);
        for (std::size_t k = 0; k < v.size(); ++k) unexplained[k] = subtract(unexplained[k], other[k]);
      }
      for (const auto* stack : q_.within) {
        const std::vector<Row> other = rows_at(*stack, z, v);
        for (std::size_t k = 0; k < v.size(); ++k) unexplained[k] = intersect(unexplained[k], other[k]);
      }
    }
    for (std::size_t k = 0; k < v.size(); ++k) {
      const Row excess = subtract(drawn[k], expected[k]);
      if (nodes != nullptr) {
        sums.add({length(expected[k]), length(missing[k]), length(unexplained[k]), length(excess)}, (*nodes)[k].weight);
      }
      if (worst == nullptr) continue;
      shortfall_.search(expansion_, missing[k], unexplained[k], v[k], z, *worst, left);
      if (with_excess && (nodes == nullptr || k % kExcessEvery == 0))
        shortfall_.search_excess(expansion_, excess, v[k], z, *worst, left);
    }
    return sums;
  }

  const MarginQuestion& q_;
  const Host& host_;
  Expansion expansion_;
  Shortfall& shortfall_;
  Worst worst_;
  std::atomic<std::int64_t> budget_{kBudget};
};

}  // namespace

Result<MarginFit> fit_margin(const MarginQuestion& q, const Host& host) {
  const Error complex{ErrorCode::kLimitExceeded, "", "The contours are too complex for their margin to be verified."};
  Result<Shortfall> shortfall = Shortfall::make(*q.to, q.tolerance, q.spacing_tolerance);
  if (!shortfall) return shortfall.error();
  Comparison comparison(q, host, *shortfall);
  Sums fine, coarse;
  try {
    if (!comparison.integrate(2.0, false, coarse) || !comparison.integrate(1.0, true, fine)) return complex;
    comparison.refine();
  } catch (const TooManyCrossings&) {
    return complex;
  }
  MarginFit fit;
  fit.expected = Volume::mm3(fine.expected);
  fit.missing = Volume::mm3(fine.missing);
  fit.unexplained = Volume::mm3(fine.unexplained);
  fit.excess = Volume::mm3(fine.excess);
  fit.missing_error = Volume::mm3(std::abs(fine.missing - coarse.missing));
  const auto place = [&](Worst::Kind kind) -> std::optional<Place> {
    const Worst::Found& f = comparison.worst().of[kind];
    if (!f.found) return {};
    return shortfall->place(f);
  };
  fit.shortfall = place(Worst::kShort);
  const auto beyond = [&](Worst::Kind kind) -> std::optional<Beyond> {
    const std::optional<Place> p = place(kind);
    if (!p) return {};
    return Beyond{*p, Length::mm(comparison.worst().of[kind].rank)};
  };
  fit.beyond = beyond(Worst::kBeyond);
  fit.beyond_unexplained = beyond(Worst::kUnexplained);
  fit.furthest_excess = place(Worst::kExcess);
  return fit;
}

}  // namespace dosegate
