// A GammaReport for a reader at a terminal, and as CSV.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/gamma.pb.h"

namespace dosegate::cli {

// Names of the two doses, as the user gave them.
struct GammaNames {
  std::string reference, evaluated;
};
std::string render_gamma(const dosegate::v1::GammaReport& report, const GammaNames& names, Style style);
// A header, then a row for all points ("") and for each ROI.
std::string render_gamma_csv(const dosegate::v1::GammaReport& report);

}  // namespace dosegate::cli
