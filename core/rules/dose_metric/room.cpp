#include "core/rules/dose_metric/room.h"

#include <algorithm>

namespace dosegate {
namespace {

// Nothing is decided by how much volume is too much; the value is better than that.
const Tolerance kOfExcess{1e-3, Dose::gy(0.05)};

template <typename Q>
Interval<Q> room_below(Q limit, const Interval<Q>& x) {
  return {limit - x.value, limit - x.upper, limit - x.lower};
}
template <typename Q>
Interval<Q> room_above(Q limit, const Interval<Q>& x) {
  return {x.value - limit, x.lower - limit, x.upper - limit};
}

// What was decided of a metric is known of its room as well: met is no less than nothing, broken no more.
template <typename Q>
Interval<Q> as_decided(Interval<Q> room, FindingStatus status) {
  const Q none;
  if (status == FindingStatus::kPass || status == FindingStatus::kWarning) {
    room.lower = std::max(room.lower, none);
    room.upper = std::max(room.upper, none);
  } else if (status == FindingStatus::kDeviation) {
    room.lower = std::min(room.lower, none);
    room.upper = std::min(room.upper, none);
  }
  room.value = std::clamp(room.value, room.lower, room.upper);
  return room;
}

void set(Finding& f, const Interval<Dose>& room) {
  const Interval<Dose> r = as_decided(room, f.status);
  f.margin_dose = r.value, f.margin_dose_lower = r.lower, f.margin_dose_upper = r.upper;
}
void set(Finding& f, const Interval<Volume>& room) {
  const Interval<Volume> r = as_decided(room, f.status);
  f.margin_volume = r.value, f.margin_volume_lower = r.lower, f.margin_volume_upper = r.upper;
}

// One of the metric's unit of dose.
Dose unit_dose(MetricUnit unit, Dose prescription) {
  if (unit == MetricUnit::kCgy) return Dose::cgy(1.0);
  return unit == MetricUnit::kPercentOfPrescription ? of(PercentOfPrescription::percent(1.0), prescription)
                                                    : Dose::gy(1.0);
}

// Of a broken limit on a dose: the volume on its wrong side, beyond what the metric leaves out.
void set_excess_volume(const DoseMetricRule& rule, const Dvh& dvh, Dose limit, Finding& f) {
  const Metric& metric = rule.metric;
  const bool upper = is_upper(rule.limit->comparator);
  Volume left_out;  // may lie above the limit; of a limit from below: has to
  if (metric.kind == MetricKind::kMax) {
    if (!upper) return;
  } else if (metric.kind == MetricKind::kMin) {
    if (upper) return;
    left_out = dvh.total();
  } else if (metric.kind == MetricKind::kD || metric.kind == MetricKind::kDC) {
    left_out = std::holds_alternative<Volume>(metric.volume_level)
                   ? std::get<Volume>(metric.volume_level)
                   : of(std::get<PercentOfVolume>(metric.volume_level), dvh.total());
    if (metric.kind == MetricKind::kDC) left_out = dvh.total() - left_out;
  } else {
    return;
  }
  // A dose that is on the limit is on the wrong side of "<" and on the right one of ">=".
  const Comparator c = rule.limit->comparator;
  const bool counts = c == Comparator::kLess || c == Comparator::kGreaterOrEqual;
  const Interval<Volume> above =
      dvh.volume_above(limit, counts ? Plateau::kCounts : Plateau::kDoesNotCount, std::nullopt, kOfExcess);
  set(f, upper ? room_below(left_out, above) : room_above(left_out, above));
}

// The dose that the volume of the limit gets against the rule's. None: no dose meets the limit, or every one does.
std::optional<Interval<Dose>> dose_of_allowed(const DoseMetricRule& rule, const Dvh& dvh, Dose level, Volume limit) {
  const Volume total = dvh.total(), none;
  const bool spared = rule.metric.kind == MetricKind::kCV;
  const Volume allowed = spared ? total - limit : limit;
  const bool from_above = bounds_dose(rule.metric, rule.limit->comparator) == BoundsDose::kFromAbove;
  if (allowed < none || allowed > total) return {};
  // With nothing above the dose, or everything, what decides is the hottest point or the coldest: where reaching the
  // limit already breaks it, or still meets it.
  const bool reaching_breaks = is_strict(rule.limit->comparator);
  if (allowed == none) {
    if (reaching_breaks == from_above) return {};
    return dvh.widened(dvh.maximum().dose);
  }
  if (allowed == total) {
    if (reaching_breaks != from_above) return {};
    return dvh.widened(dvh.minimum().dose);
  }
  return dvh.dose_of_hottest_near(allowed, level);
}

}  // namespace

BoundsDose bounds_dose(const Metric& metric, Comparator comparator) {
  return is_upper(comparator) == (metric.kind != MetricKind::kCV) ? BoundsDose::kFromAbove : BoundsDose::kFromBelow;
}

void set_room(const DoseMetricRule& rule, const Dvh& dvh, Dose prescription, Finding& f) {
  const Metric& metric = rule.metric;
  const bool upper = is_upper(rule.limit->comparator);
  if (!metric.yields_volume()) {
    const Dose unit = unit_dose(metric.unit, prescription), limit = rule.limit->value * unit;
    const Interval<Dose> d{*f.value * unit, *f.lower * unit, *f.upper * unit};
    set(f, upper ? room_below(limit, d) : room_above(limit, d));
    if (f.status == FindingStatus::kDeviation) set_excess_volume(rule, dvh, limit, f);
    return;
  }
  const Volume unit = metric.unit == MetricUnit::kCc ? Volume::cc(1.0) : of(PercentOfVolume::percent(1.0), dvh.total());
  const Volume limit = metric.unit == MetricUnit::kCc ? Volume::cc(rule.limit->value)
                                                      : of(PercentOfVolume::percent(rule.limit->value), dvh.total());
  const Interval<Volume> v{*f.value * unit, *f.lower * unit, *f.upper * unit};
  set(f, upper ? room_below(limit, v) : room_above(limit, v));
  const Dose level = std::holds_alternative<Dose>(metric.dose_level)
                         ? std::get<Dose>(metric.dose_level)
                         : of(std::get<PercentOfPrescription>(metric.dose_level), prescription);
  const auto reached = dose_of_allowed(rule, dvh, level, limit);
  if (!reached) return;
  const bool from_above = bounds_dose(metric, rule.limit->comparator) == BoundsDose::kFromAbove;
  set(f, from_above ? room_below(level, *reached) : room_above(level, *reached));
}

void set_place(const DoseMetricRule& rule, const Dvh& dvh, Finding& f) {
  const MetricKind kind = rule.metric.kind;
  const bool from_above = bounds_dose(rule.metric, rule.limit->comparator) == BoundsDose::kFromAbove;
  const bool hottest = kind == MetricKind::kMax || (from_above && kind != MetricKind::kMin);
  if (!hottest && dvh.outside().in_cc() > 0.0) return;
  const PointDose place = hottest ? dvh.maximum() : dvh.minimum();
  f.location_mm = place.at_mm;
  f.location_kind = hottest ? LocationKind::kHottestPoint : LocationKind::kColdestPoint;
  f.location_dose = place.dose;
}

}  // namespace dosegate
