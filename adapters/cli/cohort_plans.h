// A folder of plans that have not been checked yet: each folder in it is one.
#pragma once

#include <string>
#include <vector>

#include "adapters/cli/args.h"
#include "adapters/cli/cohort.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::cli {

// The folders in args.directory are checked, in the order of their names, and counted under these; one of them may hold
// a file record.json, the patient's clinical record. What cannot be checked, and what is no folder, is named in `left`.
// Where args.resume names a folder, each report is kept there (KeptReports) under the digest of what it rests on (see
// row_key), and one that is there already is taken from it. Ends early when is_interrupted(): what was not reached is
// named in `left`, and where nothing was there is no group. A Problem: no such folder, no plan in it, more than 10,000
// things in it, reports cannot be kept, or are to be kept among the inputs.
v1::CohortReport check_cohort(const Library& library, const CohortArguments& args, const IntervalOf& interval,
                              DeviationSource* deviations);

}  // namespace dosegate::cli
