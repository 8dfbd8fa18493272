// What the steps of a comparison (margin_fit.h) share. For its own files alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

#include "core/margin/lack.h"
#include "core/margin/margin_fit.h"
#include "core/margin/nodes.h"
#include "core/margin/shortfall.h"

namespace dosegate {

inline constexpr double kSearchPitch = 1.0;  // mm
inline constexpr std::size_t kMostPlanes = 20'000, kMostRows = 20'000;
// The search round the worst place: so many times, each to a quarter of the step.
inline constexpr int kRefinements = 4;
inline constexpr double kRefinedStep = 1.0;  // mm, the first
// Rows may pass the worst place by half a pitch: what nearly is beyond tolerance is looked at, too.
inline constexpr double kNearly = 0.3;  // mm

struct TooComplex {};

// Of work; over it the contours are nothing that was drawn.
class Budget {
 public:
  void take(std::int64_t used) {
    left_ += used;
    if (left_ < 0) throw TooComplex{};
  }

 private:
  std::atomic<std::int64_t> left_{4'000'000'000};
};

// Throws Cancelled.
inline void each(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (!parallel_for(host, count, task)) throw Cancelled{};
}

// The worst that look(n, worst, budget) finds, n < most.size(), where most[n] is the most that it can. The most
// promising goes first, so that the rest have something to be measured by.
template <typename Look>
Found worst_of(const Host& host, Budget& budget, const std::vector<double>& most, Found start, const Look& look) {
  std::vector<std::size_t> order;
  for (std::size_t n = 0; n < most.size(); ++n) {
    if (most[n] > kNothing) order.push_back(n);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return most[a] > most[b]; });
  if (order.empty()) return start;
  const auto run = [&](std::size_t n, Found& worst) {
    std::int64_t used = 0;
    look(n, worst, used);
    budget.take(used);
  };
  Found worst = start;
  run(order[0], worst);
  std::vector<Found> of(order.size() - 1, worst);
  each(host, of.size(), [&](std::size_t k) { run(order[k + 1], of[k]); });
  for (const Found& found : of) worst.take(found);
  return worst;
}

struct MarginComparison::State {
  MarginQuestion q;
  std::shared_ptr<ExpandedRows> rows;
  SectionIndexes solid_sections, plane_sections;
  DrawnDistance solid, reach;  // of `to`; reach: up to its next planes
  MarginFit fit;
  std::vector<Lack> missing;  // of the solids, on the planes of integration
  std::vector<Lack> lacking;  // of what is certain
  Found beyond;

  State(const MarginQuestion& question, std::shared_ptr<ExpandedRows> expanded)
      : q(question),
        rows(std::move(expanded)),
        solid_sections(index_sections(*q.to.solid)),
        plane_sections(q.to.solid == q.to.planes ? SectionIndexes{} : index_sections(*q.to.planes)),
        solid(*q.to.solid, solid_sections, Reach::kSlabs),
        reach(*q.to.planes, plane_sections.empty() ? solid_sections : plane_sections, Reach::kNextPlanes) {}

  Place place(const Found& found, const DrawnDistance& drawn) const {
    const Eigen::Vector3d d = found.direction.isZero() ? drawn.away(found.at) : found.direction;
    const SlabStack& to = *q.to.solid;
    const auto to_patient = [&](const Eigen::Vector3d& in) {
      Eigen::Vector3d out;
      out[number_of(to.u_axis())] = in.x();
      out[number_of(to.v_axis())] = in.y();
      out[number_of(to.axis)] = in.z();
      return to.frame.to_patient(out);
    };
    return {Length::mm(found.off), to_patient(found.at), to_patient(d)};
  }
  std::optional<Beyond> beyond_of(const Found& found) const {
    if (!found.found || found.rank <= -kShortfallResolution) return {};
    return Beyond{place(found, reach), Length::mm(found.rank)};
  }
  Found beyond_start() const {
    Found start;
    start.rank = -std::min(kNearly, q.tolerance.in_mm());
    return start;
  }

  void integrate(const Host& host, Budget& budget);
  void find_shortfall(const Host& host, Budget& budget);
  std::vector<double> certain_heights(std::vector<std::size_t>& slab) const;
  void certain_row(double v, double z, RowView expected, std::vector<double>& crossings, Row& drawn, Row& lack,
                   std::int64_t& used) const;
  void find_certain(const Host& host, Budget& budget);
  Found refined(Found worst, const Stacks& cropped_by, const Stacks& within, const Host& host, Budget& budget) const;
};

}  // namespace dosegate
