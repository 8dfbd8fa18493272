#include "core/margin/expanded_rows.h"

#include <algorithm>

#include "core/margin/nodes.h"

namespace dosegate {
namespace {

constexpr double kCapPitch = 2.0;      // mm; the caps are round
constexpr double kLeastParts = 10.0;   // of the rows of a plane
constexpr double kCertainPitch = 1.0;  // mm; of the intervals whose ends are looked at
constexpr std::size_t kMostEnds = 20'000;
constexpr std::size_t kMostKeptRows = 2'000'000;

std::vector<double> solid_ends(const SlabStack& stack, const Expansion& e) {
  std::vector<double> breaks;
  for (const Slab& slab : stack.slabs) breaks.insert(breaks.end(), {slab.lo, slab.hi});
  // Where slices would go on: the other structure is mostly drawn on them.
  const Slab &first = stack.slabs.front(), &last = stack.slabs.back();
  const auto go_on = [&](double from, double step, double end) {
    if (!(std::abs(step) > 0.5)) return;
    for (double at = from + step; step > 0.0 ? at < end : at > end; at += step) breaks.push_back(at);
  };
  go_on(last.hi, last.hi - last.lo, e.highest());
  go_on(first.lo, first.lo - first.hi, e.lowest());
  breaks.insert(breaks.end(), {e.lowest(), e.highest()});
  std::vector<double> ends = intervals(std::move(breaks), ExpandedRows::kPlanePitch, kMostEnds);
  std::vector<double> finer;
  for (const double at : ends) {
    const double before = finer.empty() ? at : finer.back();
    if (at - before > kCapPitch && (at <= first.lo + 1e-9 || before >= last.hi - 1e-9)) {
      finer.push_back(0.5 * (before + at));
    }
    finer.push_back(at);
  }
  return finer;
}

}  // namespace

ExpandedRows::ExpandedRows(MarginStructure s, MarginSections sections, const Margins& margins)
    : structure_(std::move(s)),
      sections_(std::move(sections)),
      of_solid_(*structure_.solid, *sections_.solid, margins, Reach::kSlabs),
      of_planes_(*structure_.planes, *sections_.planes, margins, Reach::kPlanes),
      of_next_planes_(*structure_.planes, *sections_.planes, margins, Reach::kNextPlanes),
      ends_(solid_ends(*structure_.solid, of_solid_)),
      solid_(2 * ends_.size()) {}

ExpandedRows::Plane ExpandedRows::made_plane(double z, bool coarse, std::int64_t& budget, Workers* workers) const {
  Plane plane;
  std::vector<double> breaks = of_solid_.breaks(z);
  if (breaks.empty()) return plane;
  const auto [low, high] = std::minmax_element(breaks.begin(), breaks.end());
  const double pitch = std::min(kRowPitch, (*high - *low) / kLeastParts);
  plane.ends = intervals(std::move(breaks), pitch, kMostEnds);
  Expansion::Section section(of_solid_, z, workers);
  Row row;
  const auto add_rows = [&](const std::vector<double>& ends, Rows& rows) {
    rows.reserve(2 * ends.size());
    for (const Node& node : nodes(ends, {}, pitch, 4 * kMostEnds)) {
      section.row(node.at, row, budget);
      rows.add(row);
    }
  };
  add_rows(plane.ends, plane.rows);
  if (!coarse) return plane;
  for (std::size_t k = 0; k < plane.ends.size(); k += 2) plane.coarse_ends.push_back(plane.ends[k]);
  if (plane.ends.size() % 2 == 0 && !plane.ends.empty()) plane.coarse_ends.push_back(plane.ends.back());
  add_rows(plane.coarse_ends, plane.coarse_rows);
  return plane;
}

std::shared_ptr<const ExpandedRows::Plane> ExpandedRows::plane(std::size_t n, double z, bool coarse,
                                                               std::int64_t& budget, Workers* workers) {
  if (n != kNoBase && solid_[n]) return solid_[n];
  auto made = std::make_shared<const Plane>(made_plane(z, coarse, budget, workers));
  if (n != kNoBase && kept_rows_ < kMostKeptRows) {
    kept_rows_ += made->rows.size();
    solid_[n] = made;
  }
  return made;
}

void ExpandedRows::want_certain(const std::vector<double>& heights) {
  std::map<double, std::shared_ptr<const Plane>> wanted;
  for (const double z : heights) {
    const auto found = certain_.find(z);
    wanted.emplace(z, found != certain_.end() ? found->second : nullptr);
  }
  certain_ = std::move(wanted);
}

std::shared_ptr<const ExpandedRows::Plane> ExpandedRows::certain(double z, std::int64_t& budget, Workers* workers) {
  std::shared_ptr<const Plane>& kept = certain_.at(z);
  if (kept) return kept;
  Plane plane;
  std::vector<double> breaks = of_planes_.breaks(z);
  if (!breaks.empty()) {
    const auto [low, high] = std::minmax_element(breaks.begin(), breaks.end());
    plane.ends = intervals({*low, *high}, kCertainPitch, kMostEnds);
    Expansion::Section section(of_planes_, z, workers);
    Row row;
    plane.rows.reserve(plane.ends.size());
    for (const double v : plane.ends) {
      section.row(v, row, budget);
      plane.rows.add(row);
    }
  }
  auto made = std::make_shared<const Plane>(std::move(plane));
  if (kept_rows_ < kMostKeptRows) {
    kept_rows_ += made->rows.size();
    kept = made;
  }
  return made;
}

}  // namespace dosegate
