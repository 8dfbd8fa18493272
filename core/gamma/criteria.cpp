#include "core/gamma/criteria.h"

#include <cmath>

#include "core/json/reader.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::size_t kSizeLimit = std::size_t{1} << 20;
constexpr std::size_t kMostRois = 64;
constexpr double kMostDistanceMm = 100.0;
// Below what doses and contours mean anything; far below them gamma is a search of the whole grid for each point.
constexpr double kLeastDosePercent = 0.01, kLeastDistanceMm = 0.01, kLeastGy = 0.01;
constexpr Range kAnyNumber{-1e9, 1e9};  // what is too much, check_criteria() says

constexpr EnumName kNormalise[] = {{"MAXIMUM", 1}, {"PRESCRIPTION", 2}, {"DOSE", 3}, {"LOCAL", 4}};
constexpr EnumName kInterpolate[] = {{"TRILINEAR", 1}, {"SIMPLEX", 2}};

Error wrong(std::string member, std::string message) {
  return Error{ErrorCode::kInvalidData, "$." + std::move(member), std::move(message)};
}

}  // namespace

Status check_criteria(const GammaCriteria& c) {
  // Negated: NaN is in no range.
  if (!(c.dose_percent >= kLeastDosePercent && c.dose_percent <= 100.0)) {
    return wrong("dosePercent", "The dose criterion must be at least 0.01 % and at most 100 %.");
  }
  const double mm = c.distance.in_mm();
  if (!(mm >= kLeastDistanceMm && mm <= kMostDistanceMm)) {
    return wrong("distanceMm", "The distance criterion must be at least 0.01 mm and at most 100 mm.");
  }
  if (!(c.cutoff_percent >= 0.0 && c.cutoff_percent < 100.0)) {
    return wrong("cutoffPercent", "The low-dose cut must be at least 0 % and less than 100 %.");
  }
  const bool needs_dose = c.normalise == GammaNormalise::kPrescription || c.normalise == GammaNormalise::kDose;
  if (needs_dose && !c.dose) {
    return wrong("normalisationGy", "Normalisation to a prescription or a given dose needs that dose.");
  }
  if (!needs_dose && c.dose) {
    return wrong("normalisationGy", "A dose is given, but the normalisation is to none: say PRESCRIPTION or DOSE.");
  }
  if (needs_dose && !(c.dose->in_gy() >= kLeastGy && c.dose->in_gy() <= 1000.0)) {
    return wrong("normalisationGy", "The dose to normalise to must be at least 0.01 Gy and at most 1000 Gy.");
  }
  return ok();
}

Result<GammaRequest> load_gamma_request(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the gamma request");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader reader(*document, "$", errors);
  GammaRequest request;
  GammaCriteria& c = request.criteria;
  c.dose_percent = reader.number("dosePercent", kAnyNumber).value_or(c.dose_percent);
  c.distance = Length::mm(reader.number("distanceMm", kAnyNumber).value_or(c.distance.in_mm()));
  if (const int n = reader.enumeration("normalisation", "OF_UNSPECIFIED", kNormalise); n != 0) {
    c.normalise = static_cast<GammaNormalise>(n);
  }
  if (const auto gy = reader.number("normalisationGy", kAnyNumber)) c.dose = Dose::gy(*gy);
  c.cutoff_percent = reader.number("cutoffPercent", kAnyNumber).value_or(c.cutoff_percent);
  if (const int n = reader.enumeration("interpolation", "MODEL_UNSPECIFIED", kInterpolate); n != 0) {
    c.interpolate = static_cast<GammaInterpolate>(n);
  }
  c.pass_fail_only = reader.boolean("passFailOnly");
  request.rois = reader.strings("rois");
  reader.finish();
  if (!errors.empty()) return errors.front();
  if (request.rois.size() > kMostRois) {
    return Error{ErrorCode::kLimitExceeded, "$.rois", "At most 64 ROIs may be asked for at a time."};
  }
  for (std::size_t n = 0; n < request.rois.size(); ++n) {
    for (std::size_t m = 0; m < n; ++m) {
      if (request.rois[m] == request.rois[n]) {
        return wrong("rois[" + std::to_string(n) + "]", "ROI " + quoted(request.rois[n]) + " is named twice.");
      }
    }
  }
  if (const Status status = check_criteria(c); !status) return status.error();
  return request;
}

std::string_view name_of(GammaNormalise normalise) { return kNormalise[static_cast<std::size_t>(normalise) - 1].name; }
std::string_view name_of(GammaInterpolate interpolate) {
  return kInterpolate[static_cast<std::size_t>(interpolate) - 1].name;
}

}  // namespace dosegate
