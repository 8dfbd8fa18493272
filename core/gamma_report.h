// Gamma apart from any protocol: two doses, and ROIs of a case.
#pragma once

#include <string>
#include <vector>

#include "core/checker.h"
#include "core/gamma/gamma.h"

namespace dosegate {

struct GammaReport {
  std::string json;        // canonical dosegate.v1.GammaReport
  std::vector<float> map;  // as GammaAnswer::map
};

// The ROIs that the request names are structures of the case, solid as its options say. kNotFound: the case has none of
// a name, or several. A structure that cannot be used, or lies in another frame of reference than the reference dose,
// is a problem of the report. `kept`: as in check().
Result<GammaReport> gamma_report(const Case& c, const GammaReference& reference, const DoseGrid& evaluated,
                                 const GammaRequest& request, const Host& host = {}, DvhStore* kept = nullptr,
                                 GammaMap map = GammaMap::kNone);

}  // namespace dosegate
