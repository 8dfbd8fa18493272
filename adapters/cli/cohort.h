// Many reports of one trial, counted rule by rule.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "dosegate/v1/cohort.pb.h"

namespace dosegate::cli {

// Two-sided interval of successes of n, as proportions.
using IntervalOf = std::function<std::pair<double, double>(std::uint64_t successes, std::uint64_t n)>;

// Every file below `directory` whose name ends in .json, or that holds a report under another name, in the order of
// their paths, however deep; links are followed. What is no report, or reports on inputs that another one has, and what
// cannot be read, is named in `left` and not counted. A Problem: no such folder, none of them is a report, more than
// 10,000 files.
v1::CohortReport read_cohort(const std::string& directory, double level, const IntervalOf& interval);

}  // namespace dosegate::cli
