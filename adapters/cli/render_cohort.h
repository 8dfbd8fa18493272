// A cohort for people and for spreadsheets.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/cohort.pb.h"

namespace dosegate::cli {

std::string render_cohort(const dosegate::v1::CohortReport& report, Style style);

// RFC 4180, as render_csv.h says. A header line, a row "(verdict)" for each protocol and one for each of its rules:
//   protocol,version,scope,rule,clause,mandatory,plans,met,warnings,broken,undecided,not_evaluable,pending,proportion,lower,upper
std::string render_cohort_csv(const dosegate::v1::CohortReport& report);

}  // namespace dosegate::cli
