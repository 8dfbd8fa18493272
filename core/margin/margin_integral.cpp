// The solids compared: volumes, and the worst shortfall.
#include <algorithm>
#include <cmath>

#include "core/margin/comparison.h"

namespace dosegate {
namespace {

constexpr std::size_t kCoarseEvery = 4;  // planes

}  // namespace

void MarginComparison::State::integrate(const Host& host, Budget& budget) {
  struct Sums {
    double expected = 0.0, missing = 0.0, excess = 0.0, missing_coarse = 0.0;
  };
  std::vector<double> breaks;
  for (const Slab& slab : q.to.solid->slabs) breaks.insert(breaks.end(), {slab.lo, slab.hi});
  const std::vector<Node> planes = nodes(rows->ends(), std::move(breaks), ExpandedRows::kPlanePitch, kMostPlanes);
  if (rows->ends().empty() || planes.empty()) throw TooComplex{};
  std::vector<Sums> sums(planes.size());
  missing.resize(planes.size());
  const auto& slabs = q.to.solid->slabs;
  const double lowest = rows->of_solid().lowest(), highest = rows->of_solid().highest();
  const auto is_coarse = [&](std::size_t n) {
    return (planes[n].base != kNoBase ? planes[n].base : n) % kCoarseEvery == 0;
  };
  each(host, planes.size(), [&](std::size_t n) {
    std::int64_t used = 0;
    const double z = planes[n].at;
    const bool coarse_too = is_coarse(n);
    const bool any_expected = z >= lowest && z <= highest;
    const auto plane = any_expected ? rows->plane(planes[n].base, z, coarse_too, used, host.workers)
                                    : std::make_shared<const ExpandedRows::Plane>();
    const auto slab = std::partition_point(slabs.begin(), slabs.end(), [&](const Slab& s) { return s.hi <= z; });
    const bool any_drawn = slab != slabs.end() && slab->lo <= z;
    const SectionIndex* section =
        any_drawn ? &(*sections.solid)[static_cast<std::size_t>(slab - slabs.begin())] : nullptr;
    std::vector<double> at;
    if (section != nullptr) {
      for (const auto& [low, high] : section->ring_extents()) at.insert(at.end(), {low, high});
    }
    if (plane->ends.empty() && at.empty()) return;
    Lack& lack = missing[n];
    lack.reserve(2 * (plane->ends.size() + at.size()));
    lack.z = z;
    lack.weight_of_plane = planes[n].weight;
    std::vector<double> crossings;
    Row fresh, drawn, piece;
    const auto compare = [&](const std::vector<double>& ends, const Rows& base, double pitch, const auto& each_row) {
      const std::vector<Node> v = nodes(ends, at, pitch, kMostRows);
      if (v.empty()) throw TooComplex{};
      std::optional<Expansion::Section> expansion;
      for (const Node& node : v) {
        RowView expected;
        if (node.base != kNoBase) {
          expected = base[node.base];
        } else if (!plane->ends.empty() && node.at >= plane->ends.front() && node.at <= plane->ends.back()) {
          if (!expansion) expansion.emplace(rows->of_solid(), z, host.workers);
          expansion->row(node.at, fresh, used);
          expected = fresh;
        }
        drawn.clear();
        if (section != nullptr) section->row(node.at, crossings, drawn, used);
        used -= 1;
        each_row(node, expected);
      }
    };
    Sums& sum = sums[n];
    compare(plane->ends, plane->rows, ExpandedRows::kRowPitch, [&](const Node& node, RowView expected) {
      subtract(expected, drawn, piece);
      lack.weight.push_back(node.weight);
      lack.add(node.at, piece, drawn);
      sum.expected += node.weight * length(expected);
      sum.missing += node.weight * length(piece);
      subtract(drawn, expected, piece);
      sum.excess += node.weight * length(piece);
    });
    if (coarse_too) {
      compare(plane->coarse_ends, plane->coarse_rows, 2.0 * ExpandedRows::kRowPitch,
              [&](const Node& node, RowView expected) {
                subtract(expected, drawn, piece);
                sum.missing_coarse += node.weight * length(piece);
              });
    }
    budget.take(used);
  });
  Sums all;
  double error = 0.0, weight = 0.0, weight_seen = 0.0;
  for (std::size_t n = 0; n < planes.size(); ++n) {
    const double w = planes[n].weight;
    all.expected += w * sums[n].expected;
    all.missing += w * sums[n].missing;
    all.excess += w * sums[n].excess;
    weight += w;
    if (!is_coarse(n)) continue;
    weight_seen += w;
    error += w * std::abs(sums[n].missing - sums[n].missing_coarse);
  }
  fit.expected = Volume::mm3(all.expected);
  fit.missing = fit.unexplained = Volume::mm3(all.missing);
  fit.excess = Volume::mm3(all.excess);
  fit.missing_error = Volume::mm3(weight_seen > 0.0 ? error * (weight / weight_seen) : all.missing);
}

void MarginComparison::State::find_shortfall(const Host& host, Budget& budget) {
  std::vector<double> most;
  for (const Lack& lack : missing) most.push_back(lack.most);
  Found worst =
      worst_of(host, budget, most, {}, [&](std::size_t n, Found& found, std::int64_t& used, CancelPoint& cancel_point) {
        const Lack& lack = missing[n];
        for (std::size_t k = 0; k < lack.v.size(); ++k) {
          search(solid, lack.missing[k], lack.drawn[k], lack.v[k], lack.z, 0.0, found, used, cancel_point);
        }
      });
  double step = kRefinedStep;
  for (int round = 0; round < kRefinements && worst.found; ++round, step *= 0.25) {
    const Eigen::Vector3d centre = worst.at;
    std::vector<Found> found(5, worst);
    each(host, found.size(), [&](std::size_t n) {
      std::int64_t used = 0;
      CancelPoint cancel_point(host.workers);
      const double z = centre.z() + 0.5 * step * (static_cast<double>(n) - 2.0);
      Expansion::Section expansion(rows->of_solid(), z, host.workers);
      const auto& slabs = q.to.solid->slabs;
      const auto slab = std::partition_point(slabs.begin(), slabs.end(), [&](const Slab& s) { return s.hi <= z; });
      std::vector<double> crossings;
      Row expected, drawn, piece;
      for (int k = -4; k <= 4; ++k) {
        const double v = centre.y() + 0.25 * step * k;
        expansion.row(v, expected, used);
        drawn.clear();
        if (slab != slabs.end() && slab->lo <= z) {
          (*sections.solid)[static_cast<std::size_t>(slab - slabs.begin())].row(v, crossings, drawn, used);
        }
        subtract(expected, drawn, piece);
        search(solid, piece, drawn, v, z, 0.0, found[n], used, cancel_point);
      }
      budget.take(used);
    });
    for (const Found& f : found) worst.take(f);
  }
  if (worst.found) fit.shortfall = place(worst, solid);
}

}  // namespace dosegate
