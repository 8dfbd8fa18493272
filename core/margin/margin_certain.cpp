// What is certain, whatever the slices hide: what is beyond tolerance, and what is beyond the margin.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/margin/comparison.h"

namespace dosegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

// The planes of `to`; those of `from` whose margin reaches none of them; and heights that `to` cannot reach. slab[n]:
// the plane of `to` that height n is, or none.
std::vector<double> MarginComparison::State::certain_heights(std::vector<std::size_t>& slab) const {
  const auto& to = q.to.planes->slabs;
  const Expansion& expansion = rows->of_planes();
  std::vector<std::pair<double, std::size_t>> at;
  for (std::size_t n = 0; n < to.size(); ++n) at.emplace_back(to[n].at, n);
  for (const Slab& s : q.from.planes->slabs) {
    const auto next = std::lower_bound(to.begin(), to.end(), s.at - expansion.down(),
                                       [](const Slab& a, double z) { return a.at < z; });
    if (next == to.end() || next->at > s.at + expansion.up()) at.emplace_back(s.at, kNoBase);
  }
  const auto add_outside = [&](double from, double end) {
    if (!(from < end)) return;
    const double parts = std::min(std::ceil((end - from) / kSearchPitch), 1000.0);
    for (double k = 0.0; k <= parts; ++k) at.emplace_back(k < parts ? from + (end - from) * (k / parts) : end, kNoBase);
  };
  if (!expansion.none()) {
    double covered = expansion.lowest();
    for (const auto& [lo, hi] : reaches_of(*q.to.planes, Reach::kNextPlanes)) {
      add_outside(covered, std::min(lo, expansion.highest()));
      covered = std::max(covered, hi);
    }
    add_outside(covered, expansion.highest());
  }
  std::stable_sort(at.begin(), at.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<double> heights;
  for (const auto& [z, n] : at) {
    heights.push_back(z);
    slab.push_back(n);
  }
  return heights;
}

// What `to` may reach on a row, and what of the certain expansion is outside that.
void MarginComparison::State::certain_row(double v, double z, RowView expected, std::vector<double>& crossings,
                                          Row& drawn, Row& lack, std::int64_t& used) const {
  drawn.clear();
  Row one;
  const auto [first, end] = reach.touched(z);
  for (std::size_t n = first; n < end; ++n) {
    const auto [lo, hi] = reach.of_slab(n);
    if (z < lo || z > hi) continue;
    reach.section(n).row(v, crossings, one, used);
    for (const Stretch& s : one) unite(drawn, s);
  }
  subtract(expected, drawn, lack);
}

void MarginComparison::State::find_certain(const Host& host, Budget& budget) {
  std::vector<std::size_t> slab;
  const std::vector<double> heights = certain_heights(slab);
  if (heights.size() > kMostPlanes) throw TooComplex{};
  rows->want_certain(heights);
  lacking.resize(heights.size());
  std::vector<Lack> beyond_margin(heights.size());  // drawn and expected exchanged
  const double slight = std::max(kNothing, q.tolerance.in_mm() - kNearly);
  std::vector<std::size_t> order(heights.size());
  // The same height twice is one task's: rows of a height are made by one thread.
  std::vector<std::size_t> firsts;
  for (std::size_t n = 0; n < heights.size(); ++n) {
    if (n == 0 || heights[n] != heights[n - 1]) firsts.push_back(n);
  }
  each(host, firsts.size(), [&](std::size_t task) {
    std::int64_t used = 0;
    const std::size_t end = task + 1 < firsts.size() ? firsts[task + 1] : heights.size();
    for (std::size_t n = firsts[task]; n < end; ++n) {
      const double z = heights[n];
      const auto plane = rows->certain(z, used, host.workers);
      const SectionIndex* own = slab[n] != kNoBase ? &reach.section(slab[n]) : nullptr;
      Lack &lack = lacking[n], &more = beyond_margin[n];
      lack.z = more.z = z;
      std::vector<double> crossings;
      Row drawn, piece, all;
      const auto look = [&](double v, RowView expected) {
        drawn.clear();
        if (own != nullptr) own->row(v, crossings, drawn, used);
        used -= 1;
        subtract(expected, drawn, piece);
        const bool matters = std::any_of(piece.begin(), piece.end(),
                                         [&](const Stretch& s) { return most_along_row(s, drawn) > slight; });
        if (matters) {
          certain_row(v, z, expected, crossings, all, piece, used);
          if (!piece.empty()) lack.add(v, piece, all);
        }
      };
      for (std::size_t k = 0; k < plane->ends.size(); ++k) {
        look(plane->ends[k], plane->rows[k]);
        if (own == nullptr || rows->of_planes().none()) continue;
        subtract(drawn, plane->rows[k], piece);
        if (!piece.empty()) more.add(plane->ends[k], piece, plane->rows[k]);
      }
      if (own != nullptr && !own->empty() && !rows->of_planes().none()) {
        // Rows of what is drawn beyond those of the expansion; its top is no row of its own (rows.h).
        constexpr double kBelowTop = 1e-4;
        const double low = plane->ends.empty() ? kInfinity : plane->ends.front();
        const double high = plane->ends.empty() ? -kInfinity : plane->ends.back();
        const double top = std::max(own->low(), own->high() - kBelowTop);
        const double parts = std::clamp(std::ceil((top - own->low()) / kSearchPitch), 1.0, double{kMostRows});
        for (double k = 0.0; k <= parts; ++k) {
          const double v = own->low() + (top - own->low()) * (k / parts);
          if (v >= low && v <= high) continue;
          own->row(v, crossings, drawn, used);
          used -= 1;
          if (!drawn.empty()) more.add(v, drawn, {});
        }
      }
    }
    budget.take(used);
  });

  std::vector<double> most;
  for (const Lack& lack : lacking) most.push_back(lack.most);
  beyond = worst_of(host, budget, most, beyond_start(),
                    [&](std::size_t n, Found& found, std::int64_t& used, CancelPoint& cancel_point) {
                      const Lack& lack = lacking[n];
                      for (std::size_t k = 0; k < lack.v.size(); ++k) {
                        search(reach, lack.missing[k], lack.drawn[k], lack.v[k], lack.z, q.tolerance.in_mm(), found,
                               used, cancel_point);
                      }
                    });
  beyond = refined(beyond, {}, {}, host, budget);
  fit.beyond = fit.beyond_unexplained = beyond_of(beyond);

  most.clear();
  for (const Lack& more : beyond_margin) most.push_back(more.most);
  const Expansion& expansion = rows->of_next_planes();
  Found unremarkable;
  unremarkable.rank = kSlightExcess.in_mm();
  Found furthest = worst_of(host, budget, most, unremarkable,
                            [&](std::size_t n, Found& found, std::int64_t& used, CancelPoint& cancel_point) {
                              const Lack& more = beyond_margin[n];
                              for (std::size_t k = 0; k < more.v.size(); ++k) {
                                search_excess(expansion, more.missing[k], more.drawn[k], more.v[k], more.z, found, used,
                                              cancel_point);
                              }
                            });
  double step = kRefinedStep;
  const auto plane_at = [&](double z) {
    const auto& planes = q.to.planes->slabs;
    const auto found = std::find_if(planes.begin(), planes.end(), [&](const Slab& s) { return s.at == z; });
    return static_cast<std::size_t>(found - planes.begin());
  };
  for (int round = 0; round < kRefinements && furthest.found; ++round, step *= 0.25) {
    const Eigen::Vector3d centre = furthest.at;
    const SectionIndex& own = reach.section(plane_at(centre.z()));
    std::int64_t used = 0;
    CancelPoint cancel_point(host.workers);
    std::vector<double> crossings;
    Row drawn;
    for (int k = -4; k <= 4; ++k) {
      const double v = centre.y() + 0.25 * step * k;
      own.row(v, crossings, drawn, used);
      search_excess(expansion, drawn, {}, v, centre.z(), furthest, used, cancel_point);
    }
    budget.take(used);
  }
  if (furthest.found) fit.furthest_excess = place(furthest, reach);
}

// Round the worst place beyond tolerance, on the plane that it lies on.
Found MarginComparison::State::refined(Found worst, const Stacks& cropped_by, const Stacks& within, const Host& host,
                                       Budget& budget) const {
  double step = kRefinedStep;
  for (int round = 0; round < kRefinements && worst.found; ++round, step *= 0.25) {
    if (host.cancelled()) throw Cancelled{};
    const Eigen::Vector3d centre = worst.at;
    std::int64_t used = 0;
    CancelPoint cancel_point(host.workers);
    Lack lack;
    lack.z = centre.z();
    Expansion::Section expansion(rows->of_planes(), centre.z(), host.workers);
    std::vector<double> crossings;
    Row expected, drawn, piece;
    for (int k = -4; k <= 4; ++k) {
      const double v = centre.y() + 0.25 * step * k;
      expansion.row(v, expected, used);
      certain_row(v, lack.z, expected, crossings, drawn, piece, used);
      lack.add(v, piece, drawn);
    }
    const std::vector<Row> open = lack.unexplained(cropped_by, within);
    for (std::size_t k = 0; k < lack.v.size(); ++k) {
      search(reach, open[k], lack.drawn[k], lack.v[k], lack.z, q.tolerance.in_mm(), worst, used, cancel_point);
    }
    budget.take(used);
  }
  return worst;
}

}  // namespace dosegate
