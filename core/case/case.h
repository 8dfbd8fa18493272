// What the host handed over of one patient: a course, the clinical record, and what the site states.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/case/held_course.h"
#include "core/gamma/gamma.h"
#include "core/plan/options.h"
#include "core/record/record.h"

namespace dosegate {

// A series of parallel images: their frame of reference (empty: not stated), and the axis of the patient that they are
// normal to. Images that lie oblique in the patient are not stated.
struct SliceSeries {
  std::string frame_of_reference_uid;
  Axis axis = Axis::kZ;

  friend auto operator<=>(const SliceSeries&, const SliceSeries&) = default;
};
using Slices = std::map<SliceSeries, std::vector<double>>;  // where images are known to lie along the axis, mm

// Not thread-safe; copies are independent.
struct Case {
  HeldCourse course;
  CaseOptions options;
  Slices slices;
  std::optional<Record> record;
  std::optional<Measurement> measurement;  // of the dose: what the rule on gamma compares it with
};

}  // namespace dosegate
