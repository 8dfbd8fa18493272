// Reports that `dosegate check --format json` wrote, read again.
#pragma once

#include <cstddef>
#include <string>

#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

inline constexpr std::size_t kMostReportBytes = std::size_t{16} << 20;

// Empty: `report` is one, with a protocol, a finding a rule whose numbers can be, and the verdict that the findings
// make. Else what is wrong and how to mend it, as what follows a name.
std::string read_report(const std::string& json, dosegate::v1::Report& report);

}  // namespace dosegate::cli
