#include "core/checker.h"
#include "core/json/reader.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr const char* kDefaultMetrics[] = {"Min[Gy]",   "Mean[Gy]",  "Max[Gy]",  "D98%[Gy]",
                                           "D95%[Gy]", "D50%[Gy]", "D2%[Gy]", "D0.03cc[Gy]"};

}  // namespace

Result<DvhRequest> load_dvh_request(std::string_view json) {
  const Result<JsonValue> value = parse_json(json, kMaxBytes, "the DVH request");
  if (!value) return value.error();
  std::vector<Error> errors;
  ObjectReader o(*value, "$", errors);
  DvhRequest request;
  request.rois = o.strings("rois");
  std::vector<std::string> metrics = o.strings("metrics");
  request.curve = o.boolean("curve");
  if (const auto gy = o.number("prescriptionGy", Range{0.0, 1000.0})) {
    if (*gy > 0.0) {
      request.prescription = Dose::gy(*gy);
    } else {
      o.fail("prescriptionGy", "The prescribed dose must be over 0 Gy.");
    }
  }
  o.finish();
  if (metrics.empty()) metrics.assign(std::begin(kDefaultMetrics), std::end(kDefaultMetrics));
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    Result<Metric> metric = parse_metric(metrics[i]);
    if (!metric) {
      errors.push_back({ErrorCode::kInvalidData, "$.metrics[" + std::to_string(i) + "]", metric.error().message});
    } else {
      request.metrics.push_back(*std::move(metric));
    }
  }
  if (!errors.empty()) return errors.front();
  return request;
}

}  // namespace dosegate
