#include "core/gamma/statistics.h"

#include <algorithm>

namespace dosegate::gamma {
namespace {

constexpr double kSums = 1e-11;  // more than the rounding of so many sums

}  // namespace

void Tally::add(const Compared& c) {
  ++compared_;
  if (c.passes) ++passing_.value;
  if (c.upper <= 1.0F) ++passing_.lower;
  if (c.lower <= 1.0F) ++passing_.upper;
  if (has_volume_ && c.upper > 1.0F) {
    const double mm3 = points_.volume_mm3(c.index);
    failing_mm3_.upper += mm3;
    if (!c.passes) failing_mm3_.value += mm3;
    if (c.lower > 1.0F) failing_mm3_.lower += mm3;
  }
  if (pass_fail_only_) return;
  sum_.value += static_cast<double>(c.gamma);
  sum_.lower += static_cast<double>(c.lower);
  sum_.upper += static_cast<double>(c.upper);
  ++histogram_[std::min(static_cast<std::size_t>(static_cast<double>(c.gamma) / kGammaBin), kGammaBins - 1)];
  maximum_.lower = std::max(maximum_.lower, static_cast<double>(c.lower));
  maximum_.upper = std::max(maximum_.upper, static_cast<double>(c.upper));
  if (!worst_ || static_cast<double>(c.gamma) > maximum_.value) {
    maximum_.value = static_cast<double>(c.gamma);
    worst_ = c.index;
  }
}

void Tally::add(const LeftOut& points) {
  left_out_.not_in_roi += points.not_in_roi;
  left_out_.below_cutoff += points.below_cutoff;
  left_out_.outside += points.outside;
}

void Tally::add(const Tally& later) {
  compared_ += later.compared_;
  add(later.left_out_);
  passing_.value += later.passing_.value;
  passing_.lower += later.passing_.lower;
  passing_.upper += later.passing_.upper;
  failing_mm3_.value += later.failing_mm3_.value;
  failing_mm3_.lower += later.failing_mm3_.lower;
  failing_mm3_.upper += later.failing_mm3_.upper;
  sum_.value += later.sum_.value;
  sum_.lower += later.sum_.lower;
  sum_.upper += later.sum_.upper;
  for (std::size_t bin = 0; bin < kGammaBins; ++bin) histogram_[bin] += later.histogram_[bin];
  maximum_.lower = std::max(maximum_.lower, later.maximum_.lower);
  maximum_.upper = std::max(maximum_.upper, later.maximum_.upper);
  if (later.worst_ && (!worst_ || later.maximum_.value > maximum_.value)) {
    maximum_.value = later.maximum_.value;
    worst_ = later.worst_;
  }
}

GammaStatistics Tally::statistics() const {
  GammaStatistics out;
  out.compared = compared_;
  out.not_in_roi = left_out_.not_in_roi;
  out.below_cutoff = left_out_.below_cutoff;
  out.outside = left_out_.outside;
  out.passing = passing_;
  if (has_volume_) {
    out.failing_volume = {Volume::mm3(failing_mm3_.value), Volume::mm3(failing_mm3_.lower),
                          Volume::mm3(failing_mm3_.upper)};
  }
  if (pass_fail_only_) return out;
  if (compared_ > 0) {
    const auto count = static_cast<double>(compared_);
    out.mean = {sum_.value / count, sum_.lower / count * (1.0 - kSums), sum_.upper / count * (1.0 + kSums)};
  }
  out.maximum = maximum_;
  if (worst_) out.maximum_at_mm = points_.at_mm(*worst_);
  out.histogram.assign(histogram_.begin(), histogram_.end());
  return out;
}

}  // namespace dosegate::gamma
