// What a random report is asked: metrics, and limits near and far from what they give.
#pragma once

#include <optional>
#include <vector>

#include "core/protocol/protocol.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "tests/property/dvh_reference.h"
#include "tests/property/random.h"

namespace dosegate::property {

// A metric of one structure, its level as dose or volume, and its unit in Gy or cc.
struct Asked {
  DoseMetricRule rule;
  Dose level;     // of V and CV
  Volume volume;  // of D and DC: the hottest volume
  double unit = 1.0;
  bool is_dose = true;

  bool is_upper() const {
    return rule.limit->comparator == Comparator::kLess || rule.limit->comparator == Comparator::kLessOrEqual;
  }
  bool is_strict() const {
    return rule.limit->comparator == Comparator::kLess || rule.limit->comparator == Comparator::kGreater;
  }
  // Whether less dose is more room.
  bool bounds_from_above() const { return is_upper() == (rule.metric.kind != MetricKind::kCV); }
  double limit() const { return rule.limit->value * unit; }  // Gy or cc
};

// One of every kind of metric; now and then without a limit. `prescribed`: what 100 % are.
std::vector<Asked> ask(Random& random, const std::string& structure, const DvhReference& reference,
                       const VoxelDoses& doses, double scale, Dose prescribed);

}  // namespace dosegate::property
