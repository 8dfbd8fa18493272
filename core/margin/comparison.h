// What the steps of a comparison (margin_fit.h) share. Only the files that implement it include this.
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

inline constexpr double kSearchPitch = 1.0;  // mm between the rows that are searched
inline constexpr std::size_t kMostPlanes = 20'000, kMostRows = 20'000;
// The search is repeated so many times round the worst place, each time with a quarter of the step.
inline constexpr int kRefinements = 4;
inline constexpr double kRefinedStep = 1.0;  // mm, the first of these steps
// Rows may pass the worst place by half a pitch, so what is beyond tolerance but for this much is looked at, too.
inline constexpr double kNearly = 0.3;  // mm

// Thrown when the budget runs out.
struct TooComplex {};

// The work that one comparison may take. Contours that need more are nothing that anybody drew. Shared by threads.
class Budget {
 public:
  // `used`: a budget that began at 0, counted down.
  void take(std::int64_t used) {
    left_ += used;
    if (left_ < 0) throw TooComplex{};
  }

 private:
  std::atomic<std::int64_t> left_{4'000'000'000};
};

// parallel_for() that throws Cancelled.
inline void each(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (!parallel_for(host, count, task)) throw Cancelled{};
}

// The worst place that look(n, worst, budget, cancel_point) finds for any n < most.size(), or `start`. No look(n) finds
// anything worse than most[n], mm. The most promising n goes first, so that the rest have something to be measured by.
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
    CancelPoint cancel_point(host.workers);
    look(n, worst, used, cancel_point);
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
  std::shared_ptr<ExpandedRows> rows;  // of q.from with its margins
  MarginSections sections;             // of q.to
  DrawnDistance solid, reach;          // to q.to as a solid, and to its planes up to the next planes
  MarginFit fit;
  std::vector<Lack> missing;  // what the drawn solid lacks, on the planes of integration
  std::vector<Lack> lacking;  // what of the certain expansion q.to cannot reach
  Found beyond;               // the worst place beyond tolerance

  State(const MarginQuestion& question, std::shared_ptr<ExpandedRows> expanded, MarginSections of_to)
      : q(question),
        rows(std::move(expanded)),
        sections(std::move(of_to)),
        solid(*q.to.solid, *sections.solid, Reach::kSlabs),
        reach(*q.to.planes, *sections.planes, Reach::kNextPlanes) {}

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
