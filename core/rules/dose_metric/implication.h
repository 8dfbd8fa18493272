// Which dose-volume limits follow from, or contradict, others on the same structure.
#pragma once

#include <optional>

#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

// A limit as a statement on the cumulative DVH of its structure. An upper statement says that no more than `volume`
// receives `dose`, a lower one that at least `volume` does. Max is an upper statement on no volume, Min a lower one on
// all of it. In this form one limit implies another by two comparisons, whatever their metrics are.
struct DvhStatement {
  bool upper = true;
  bool strict = true;           // the comparator is < or >, not <= or >=
  bool bounds_volume = true;    // the metric is V or CV, which limits the volume; else the dose is what is limited
  bool strictly_above = false;  // it is about the volume that receives more than `dose`
  Dose dose;
  double volume = 0.0;  // in volume_unit; 0 % and 0 cc are the same
  enum class VolumeUnit { kPercent, kCc } volume_unit = VolumeUnit::kPercent;
};

// None for Mean, for D and DC of the coldest volume in cc, and for a rule without a limit.
std::optional<DvhStatement> dvh_statement(const DoseMetricRule& rule, Dose prescription);

// Whether every DVH that meets a meets b. Both must be of one structure. False where it is not certain.
bool implies(const DvhStatement& a, const DvhStatement& b);

// Whether no DVH meets both. Both must be of one structure. False where it is not certain.
bool contradict(const DvhStatement& a, const DvhStatement& b);

}  // namespace dosegate
