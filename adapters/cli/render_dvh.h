// A dosegate.v1.DvhReport as text: a table of metrics for each ROI, its cumulative curve where it was asked for.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/dvh.pb.h"

namespace dosegate::cli {

std::string render_dvh(const dosegate::v1::DvhReport& report, Style style);

// True when every ROI and every metric has a value.
bool is_complete(const dosegate::v1::DvhReport& report);

}  // namespace dosegate::cli
