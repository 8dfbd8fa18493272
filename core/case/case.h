// What is evaluated: one patient's plan, structures, dose and clinical record, as the host handed them over.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/gamma/gamma.h"
#include "core/geometry/structure.h"
#include "core/plan/options.h"
#include "core/plan/plan.h"
#include "core/record/record.h"

namespace dosegate {

// A series of parallel images: their frame of reference (empty: not stated), and the patient axis that they are normal
// to.
struct SliceSeries {
  std::string frame_of_reference_uid;
  int axis = 2;  // 0 x, 1 y, 2 z

  friend auto operator<=>(const SliceSeries&, const SliceSeries&) = default;
};

// Not thread-safe; copies are independent.
struct Case {
  std::optional<Plan> plan;
  CaseOptions options;
  std::map<std::int32_t, Structure> structures;       // by ROI number
  std::map<SliceSeries, std::vector<double>> slices;  // where images are known to lie along the axis, mm
  std::optional<DoseGrid> dose;
  std::optional<Record> record;
  std::optional<Measurement> measurement;  // of the dose: what the rule on gamma compares it with
};

}  // namespace dosegate
