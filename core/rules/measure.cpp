#include "core/rules/measure.h"

#include <algorithm>

#include "core/text/text.h"

namespace dosegate {
namespace {

Measured undefined(Prose why) { return {std::nullopt, std::move(why)}; }

Measured in_unit(const Interval<Dose>& d, MetricUnit unit, Dose prescription) {
  const auto convert = [&](Dose x) {
    if (unit == MetricUnit::kCgy) return x.in_cgy();
    if (unit == MetricUnit::kPercentOfPrescription) return 100.0 * (x / prescription);
    return x.in_gy();
  };
  return {MetricValue{convert(d.value), convert(d.lower), convert(d.upper)}, {}};
}

Measured in_unit(const Interval<Volume>& v, MetricUnit unit, Volume total) {
  const auto convert = [&](Volume x) { return unit == MetricUnit::kCc ? x.in_cc() : 100.0 * (x / total); };
  return {MetricValue{convert(v.value), convert(v.lower), convert(v.upper)}, {}};
}

}  // namespace

Measured measure(const Metric& metric, const Dvh& dvh, std::optional<Dose> prescription, Plateau plateau,
                 std::optional<double> limit, const Tolerance& tolerance) {
  if (metric.needs_prescription() && !(prescription && prescription->in_gy() > 0.0)) {
    return undefined(say<Said::kNeedsPrescription>(metric.text));
  }
  const Dose full = prescription.value_or(Dose::gy(0.0));
  const Volume total = dvh.total();
  switch (metric.kind) {
    case MetricKind::kMin:
      return in_unit(dvh.widened(dvh.minimum().dose), metric.unit, full);
    case MetricKind::kMax:
      return in_unit(dvh.widened(dvh.maximum().dose), metric.unit, full);
    case MetricKind::kMean:
      return in_unit(dvh.mean(), metric.unit, full);
    case MetricKind::kV:
    case MetricKind::kCV: {
      const Dose level = std::holds_alternative<Dose>(metric.dose_level)
                             ? std::get<Dose>(metric.dose_level)
                             : of(std::get<PercentOfPrescription>(metric.dose_level), full);
      std::optional<Volume> decides;
      if (limit) {
        decides = metric.unit == MetricUnit::kCc ? Volume::cc(*limit) : of(PercentOfVolume::percent(*limit), total);
        if (metric.kind == MetricKind::kCV) decides = total - *decides;
      }
      Interval<Volume> v = dvh.volume_above(level, plateau, decides, tolerance);
      if (metric.kind == MetricKind::kCV) v = {total - v.value, total - v.upper, total - v.lower};
      return in_unit(v, metric.unit, total);
    }
    case MetricKind::kD:
    case MetricKind::kDC: {
      Volume volume = std::holds_alternative<Volume>(metric.volume_level)
                          ? std::get<Volume>(metric.volume_level)
                          : of(std::get<PercentOfVolume>(metric.volume_level), total);
      if (volume > total) {
        return undefined(say<Said::kSmallerThanMetric>(number(total.in_cc(), 4, "cc"), number(volume.in_cc(), 4, "cc"),
                                                       metric.text));
      }
      if (metric.kind == MetricKind::kDC) volume = total - volume;
      if (volume.in_cc() <= 0.0) return in_unit(dvh.widened(dvh.maximum().dose), metric.unit, full);
      std::optional<Dose> decides;
      if (limit) {
        decides = metric.unit == MetricUnit::kCgy                     ? Dose::cgy(*limit)
                  : metric.unit == MetricUnit::kPercentOfPrescription ? of(PercentOfPrescription::percent(*limit), full)
                                                                      : Dose::gy(*limit);
      }
      return in_unit(dvh.dose_of_hottest(volume, decides, tolerance), metric.unit, full);
    }
  }
  return undefined(say<Said::kUnknown>());
}

}  // namespace dosegate
