#include "core/rules/dose_metric/implication.h"

namespace dosegate {

namespace {

using VolumeUnit = DvhStatement::VolumeUnit;

Dose dose_of(const DoseLevel& level, Dose prescription) {
  if (const auto* dose = std::get_if<Dose>(&level)) return *dose;
  return of(std::get<PercentOfPrescription>(level), prescription);
}

Dose dose_limit(const Metric& metric, double limit, Dose prescription) {
  switch (metric.unit) {
    case MetricUnit::kCgy:
      return Dose::cgy(limit);
    case MetricUnit::kPercentOfPrescription:
      return of(PercentOfPrescription::percent(limit), prescription);
    default:
      return Dose::gy(limit);
  }
}

bool is_whole(const DvhStatement& s) { return s.volume_unit == VolumeUnit::kPercent && s.volume >= 100.0; }

// -1, 0, 1 as the volume of a is less than, the same as, more than that of b; nothing when a % stands
// against cc and only the structure's size could tell.
std::optional<int> compare_volume(const DvhStatement& a, const DvhStatement& b) {
  if (a.volume_unit == b.volume_unit || a.volume == 0.0 || b.volume == 0.0) {
    return a.volume < b.volume ? -1 : a.volume > b.volume ? 1 : 0;
  }
  if (is_whole(a)) return 1;
  if (is_whole(b)) return -1;
  return std::nullopt;
}

}  // namespace

std::optional<DvhStatement> dvh_statement(const DoseMetricRule& rule, Dose prescription) {
  if (!rule.limit) return std::nullopt;
  if (rule.percent_of) prescription = *rule.percent_of;
  const Metric& metric = rule.metric;
  const Comparator c = rule.limit->comparator;
  DvhStatement s;
  s.upper = c == Comparator::kLess || c == Comparator::kLessOrEqual;
  s.strict = c == Comparator::kLess || c == Comparator::kGreater;
  s.bounds_volume = metric.yields_volume();
  s.strictly_above = rule.strictly_above;
  if (metric.yields_volume()) {
    s.dose = dose_of(metric.dose_level, prescription);
    s.volume = rule.limit->value;
    s.volume_unit = metric.unit == MetricUnit::kCc ? VolumeUnit::kCc : VolumeUnit::kPercent;
    if (metric.kind == MetricKind::kV) return s;
    // CVx = total - Vx: the other side of the same volume, known in % only.
    if (metric.unit == MetricUnit::kCc) return std::nullopt;
    s.upper = !s.upper;
    s.volume = 100.0 - s.volume;
    return s;
  }
  s.dose = dose_limit(metric, rule.limit->value, prescription);
  switch (metric.kind) {
    case MetricKind::kMax:
      s.volume = 0.0;
      return s;
    case MetricKind::kMin:
      s.volume = 100.0;
      return s;
    case MetricKind::kD:
    case MetricKind::kDC: {
      const bool coldest = metric.kind == MetricKind::kDC;
      if (const auto* percent = std::get_if<PercentOfVolume>(&metric.volume_level)) {
        s.volume = coldest ? 100.0 - percent->in_percent() : percent->in_percent();
        return s;
      }
      if (coldest) return std::nullopt;
      s.volume = std::get<Volume>(metric.volume_level).in_cc();
      s.volume_unit = VolumeUnit::kCc;
      return s;
    }
    default:
      return std::nullopt;
  }
}

bool implies(const DvhStatement& a, const DvhStatement& b) {
  if (a.upper != b.upper) return false;
  const auto volume = compare_volume(a, b);
  if (!volume) return false;
  // An upper statement is the stronger, the lower its dose and the smaller its volume; a lower one the other
  // way round.
  const int stronger_by_volume = a.upper ? -*volume : *volume;
  const int dose = a.dose < b.dose ? -1 : a.dose > b.dose ? 1 : 0;
  const int stronger_by_dose = a.upper ? -dose : dose;
  if (stronger_by_volume < 0 || stronger_by_dose < 0) return false;
  if (stronger_by_volume == 0 && stronger_by_dose == 0) return false;  // the same limit, or too close to tell
  if (stronger_by_volume == 0) return a.strict || !b.strict;
  if (stronger_by_dose == 0) {
    // "Max <= 20 Gy" lets the whole structure receive 20 Gy, "Max < 20 Gy" none of it.
    if (!a.bounds_volume) return a.strict;
    return b.bounds_volume && a.strictly_above == b.strictly_above;
  }
  return true;
}

bool contradict(const DvhStatement& a, const DvhStatement& b) {
  if (a.upper == b.upper) return false;
  const DvhStatement& upper = a.upper ? a : b;
  const DvhStatement& lower = a.upper ? b : a;
  const auto volume = compare_volume(upper, lower);
  if (!volume || *volume > 0) return false;
  const bool volumes = upper.bounds_volume && lower.bounds_volume, doses = !upper.bounds_volume && !lower.bounds_volume;
  const bool strict = upper.strict || lower.strict;
  if (upper.dose < lower.dose) return *volume < 0 || doses || (volumes && strict);
  if (upper.dose > lower.dose) return false;
  // The same dose. A structure that receives just that dose is above it in the one counting and not in the other.
  if (doses) return strict;
  if (!volumes || (upper.strictly_above && !lower.strictly_above)) return false;
  return *volume < 0 || strict;
}

}  // namespace dosegate
