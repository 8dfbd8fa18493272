#include "core/geometry/slices.h"

#include <algorithm>
#include <cmath>

#include "core/geometry/planes.h"

namespace dosegate {
namespace {

// Gaps as wide as each other: within this factor.
constexpr double kAsWide = 1.25;

// The same, of values whose order does not matter any more.
double lower_median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

double lower_median(std::vector<double> values) { return lower_median_of(values); }

void SliceGrid::take(const std::vector<double>& planes) {
  if (planes.empty()) return;
  ++sources_;
  std::vector<double> gaps;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const double below = i > 0 ? planes[i] - planes[i - 1] : 0.0;
    const double above = i + 1 < planes.size() ? planes[i + 1] - planes[i] : 0.0;
    if (i > 0) gaps.push_back(below);
    seen_.push_back({planes[i], below, above});
  }
  if (gaps.empty()) return;
  if (const double own = lower_median(std::move(gaps)); own <= kThickestSlice) own_spacings_.push_back(own);
}

void SliceGrid::add(const std::vector<double>& planes) { take(planes); }

void SliceGrid::state(std::vector<double> slices) {
  std::sort(slices.begin(), slices.end());
  for (const double at : slices) {
    if (stated_.empty() || at - stated_.back() > kSamePlane) stated_.push_back(at);
  }
  take(stated_);
}

void SliceGrid::finish(Workers* workers) {
  CancelPoint cancel_point(workers);
  if (!own_spacings_.empty()) typical_ = lower_median(own_spacings_);
  const auto lower = [](const Seen& a, const Seen& b) { return a.at < b.at; };
  sort_asking(seen_.begin(), seen_.end(), lower, cancel_point);
  std::vector<double> spacings[2];
  const auto close = [&] {
    for (const Side side : {kBelow, kAbove}) {
      slices_.back().spacing[side] = spacings[side].empty() ? 0.0 : lower_median_of(spacings[side]);
      spacings[side].clear();
    }
  };
  for (const Seen& s : seen_) {
    cancel_point.step();
    if (slices_.empty() || s.at - slices_.back().at > kSamePlane) {
      if (!slices_.empty()) close();
      slices_.push_back({s.at, 0, {0.0, 0.0}});
    }
    ++slices_.back().sources;
    if (s.below > 0.0 && s.below <= kThickestSlice) spacings[kBelow].push_back(s.below);
    if (s.above > 0.0 && s.above <= kThickestSlice) spacings[kAbove].push_back(s.above);
  }
  if (!slices_.empty()) close();
  seen_ = {};
}

const SliceGrid::Slice* SliceGrid::find(double at) const {
  const auto next =
      std::upper_bound(slices_.begin(), slices_.end(), at, [](double a, const Slice& s) { return a < s.at; });
  const Slice* best = nullptr;
  if (next != slices_.end() && next->at - at <= kSamePlane) best = &*next;
  if (next != slices_.begin()) {
    const Slice& before = *(next - 1);
    if (at - before.at <= kSamePlane && (best == nullptr || at - before.at <= best->at - at)) best = &before;
  }
  return best;
}

bool SliceGrid::has_between(double a, double b) const {
  const auto next = std::upper_bound(slices_.begin(), slices_.end(), a + kSamePlane,
                                     [](double v, const Slice& s) { return v < s.at; });
  return next != slices_.end() && next->at < b - kSamePlane;
}

std::size_t SliceGrid::sources_at(double at) const {
  const Slice* slice = find(at);
  return slice != nullptr ? slice->sources : 0;
}

double SliceGrid::spacing_at(double at, Side side) const {
  const Slice* slice = find(at);
  return slice != nullptr ? slice->spacing[side] : 0.0;
}

bool SliceGrid::are_neighbouring_images(double a, double b) const {
  const auto is_at = [](double image, double at) { return std::abs(image - at) <= kSamePlane; };
  const auto next = std::lower_bound(stated_.begin(), stated_.end(), a - kSamePlane);
  return next != stated_.end() && is_at(*next, a) && next + 1 != stated_.end() && is_at(*(next + 1), b);
}

SliceGrid::Run SliceGrid::run_of_gaps(double a, double b, std::size_t enough) const {
  Run run;
  const Slice *low = find(a), *high = find(b);
  if (low == nullptr || high == nullptr || low >= high) return run;
  const double gap = b - a;
  const auto as_wide = [&](double other) { return other >= gap / kAsWide && other <= gap * kAsWide; };
  const Slice *first = slices_.data(), *last = slices_.data() + slices_.size() - 1;
  while (run.length < enough && low > first && as_wide(low->at - (low - 1)->at)) --low, ++run.length;
  while (run.length < enough && high < last && as_wide((high + 1)->at - high->at)) ++high, ++run.length;
  run.reaches_an_end = low == first || high == last;
  return run;
}

}  // namespace dosegate
