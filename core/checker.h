// The engine's face: a case, and the two questions one can ask of it. The only file that knows all rule kinds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/dvh/store.h"
#include "core/gamma/gamma.h"
#include "core/geometry/structure.h"
#include "core/parallel/parallel.h"
#include "core/plan/options.h"
#include "core/plan/plan.h"
#include "core/protocol/protocol.h"
#include "core/quantity/result.h"
#include "core/record/record.h"
#include "core/report/report.h"

namespace dosegate {

inline constexpr const char* kEngineVersion = DOSEGATE_VERSION;

// A series of parallel images: their frame of reference (empty: not stated), and the patient axis that they are normal
// to.
struct SliceSeries {
  std::string frame_of_reference_uid;
  int axis = 2;  // 0 x, 1 y, 2 z

  friend auto operator<=>(const SliceSeries&, const SliceSeries&) = default;
};

// One patient's plan, structures, dose and clinical record. Not thread-safe; copies are independent.
struct Case {
  std::optional<Plan> plan;
  CaseOptions options;
  std::map<std::int32_t, Structure> structures;       // by ROI number
  std::map<SliceSeries, std::vector<double>> slices;  // where images are known to lie along the axis, mm
  std::optional<DoseGrid> dose;
  std::optional<Record> record;
  std::optional<Measurement> measurement;  // of the dose: what the rule on gamma compares it with
};

// Evaluates every rule of the protocol. Only kCancelled and kLimitExceeded are errors: whatever is wrong
// with the case is in the findings. Deterministic. `kept`: what earlier calls computed for this case; the caller tells
// it of every change since.
Result<Report> check(const Case& c, const Protocol& protocol, const Host& host = {}, DvhStore* kept = nullptr);

// The model behind dosegate.v1.DvhRequest.
struct DvhRequest {
  std::vector<std::string> rois;  // empty: all
  std::vector<Metric> metrics;
  bool curve = false;
  std::optional<Dose> prescription;
};
Result<DvhRequest> load_dvh_request(std::string_view json);

// DVHs as canonical dosegate.v1.DvhReport JSON, in the order asked for (all: by ROI number). kNotFound: an
// ROI name that no structure carries. What cannot be computed carries its problem instead of a value.
Result<std::string> dvh_json(const Case& c, const DvhRequest& request, const Host& host = {}, DvhStore* kept = nullptr);

}  // namespace dosegate
