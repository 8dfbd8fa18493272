// By what two doses are compared: the gamma of Low et al. (Med Phys 25, 656, 1998; doi 10.1118/1.598248) with the names
// of AAPM TG-218 (Miften et al., Med Phys 45, e53, 2018; doi 10.1002/mp.12810).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

// What the dose criterion is a percentage of. The low-dose cut is of the same; where that is local, of the maximum of
// the reference.
enum class GammaNormalise {
  kMaximum = 1,       // the largest reference dose, cut or not, in any ROI or not
  kPrescription = 2,  // `dose`
  kDose = 3,          // `dose`
  kLocal = 4          // the reference dose at each point
};
// How the evaluated dose goes on between voxel centres.
enum class GammaInterpolate {
  kTrilinear = 1,
  kSimplex = 2  // linear in the six tetrahedra that share a cell's diagonal from least to largest x, y, z
};

struct GammaCriteria {
  double dose_percent = 3.0;
  Length distance = Length::mm(3.0);
  GammaNormalise normalise = GammaNormalise::kMaximum;
  std::optional<Dose> dose;      // of kPrescription and kDose
  double cutoff_percent = 10.0;  // reference points below it are left out
  std::optional<Dose> cut_of;    // what the cut is a percentage of; none: as GammaNormalise says
  GammaInterpolate interpolate = GammaInterpolate::kTrilinear;
  // Only on which side of 1 every point is: stops as soon as that is proven. No mean, maximum, histogram or map.
  bool pass_fail_only = false;
};

// kInvalidData, with the member of GammaRequest at fault, where a criterion is not finite or beyond what makes sense
// (dose 0.01 to 100 %, distance 0.01 to 100 mm, dose to normalise to 0.01 to 1000 Gy, cut below 0 or not below 100 %),
// or a dose is missing or superfluous.
Status check_criteria(const GammaCriteria& criteria);

// TG-218: 3 %/2 mm, global, cut 10 %, and its universal limits of the pass rate. The trial's: 3 %/3 mm, cut 10 %.
struct GammaPreset {
  std::string_view name;
  double dose_percent, distance_mm, cutoff_percent;
};
inline constexpr GammaPreset kGammaPresets[] = {{"TG-218", 3.0, 2.0, 10.0}, {"ChiCTR2000036385", 3.0, 3.0, 10.0}};
inline constexpr double kToleranceLimitPercent = 95.0, kActionLimitPercent = 90.0;

// What is asked for: the model behind dosegate.v1.GammaRequest.
struct GammaRequest {
  GammaCriteria criteria;
  std::vector<std::string> rois;  // empty: every reference point
};
// Errors: as check_criteria(), and malformed JSON. Text over 1 MiB: kLimitExceeded.
Result<GammaRequest> load_gamma_request(std::string_view json);

std::string_view name_of(GammaNormalise normalise);      // as in JSON
std::string_view name_of(GammaInterpolate interpolate);  // as in JSON

}  // namespace dosegate
