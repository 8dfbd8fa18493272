#include "core/plan/dvh_request.h"

#include "core/json/reader.h"

namespace dosegate {

namespace {

constexpr std::size_t kSizeLimit = std::size_t{1} << 20;
constexpr std::size_t kMetricLimit = 1000;  // each costs a look at the DVH of every ROI
constexpr Range kPrescriptionRange{0.0, 1000.0};

// What one looks at first in a plan; ICRU 83's near-minimum, median and near-maximum among them.
constexpr std::string_view kDefaultMetrics[] = {"Min[Gy]",  "Mean[Gy]", "Max[Gy]", "D98%[Gy]",
                                                "D95%[Gy]", "D50%[Gy]", "D2%[Gy]", "D0.03cc[Gy]"};

}  // namespace

Result<DvhRequest> load_dvh_request(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the DVH request");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader reader(*document, "$", errors);
  DvhRequest request;
  request.rois = reader.strings("rois");
  std::vector<std::string> metrics = reader.strings("metrics");
  request.curve = reader.boolean("curve");
  const auto prescription = reader.number("prescriptionGy", kPrescriptionRange);
  if (prescription == 0.0) reader.fail("prescriptionGy", "must be more than 0 Gy");
  if (prescription) request.prescription = Dose::gy(*prescription);
  reader.finish();
  if (!errors.empty()) return errors.front();

  if (metrics.size() > kMetricLimit) {
    return Error{ErrorCode::kLimitExceeded, "$.metrics",
                 std::to_string(metrics.size()) + " metrics asked for; at most " + std::to_string(kMetricLimit)};
  }
  if (metrics.empty()) metrics.assign(std::begin(kDefaultMetrics), std::end(kDefaultMetrics));
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    auto metric = parse_metric(metrics[i]);
    if (!metric) {
      return Error{ErrorCode::kInvalidData, "$.metrics[" + std::to_string(i) + "]", metric.error().message};
    }
    request.metrics.push_back(*std::move(metric));
  }
  return request;
}

}  // namespace dosegate
