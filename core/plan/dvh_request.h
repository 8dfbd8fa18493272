// What is asked of DVHs: the model behind dosegate.v1.DvhRequest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metric/metric.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

struct DvhRequest {
  std::vector<std::string> rois;  // empty: all
  std::vector<Metric> metrics;
  bool curve = false;
  std::optional<Dose> prescription;
};

// Strict, like load_plan. Text over 1 MiB: kLimitExceeded.
Result<DvhRequest> load_dvh_request(std::string_view json);

}  // namespace dosegate
