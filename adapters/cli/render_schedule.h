// Proposed dates for people.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/schedule.pb.h"

namespace dosegate::cli {

std::string render_schedule(const dosegate::v1::ScheduleProposal& proposal, Style style);

}  // namespace dosegate::cli
