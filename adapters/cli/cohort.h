// Many reports of one trial, counted rule by rule.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "adapters/cli/deviations.h"
#include "dosegate/v1/cohort.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

// Two-sided interval of successes of n, as proportions.
using IntervalOf = std::function<std::pair<double, double>(std::uint64_t successes, std::uint64_t n)>;

// Counts reports, rule by rule.
class CohortCount {
 public:
  // `deviations`: whom to ask for those of each report, which outlives this; nullptr: those that the reports hold
  // count.
  CohortCount(v1::CohortReport& out, DeviationSource* deviations) : out_(out), deviations_(deviations) {}

  // `file` is not counted, and why.
  void leave(const std::string& file, const std::string& reason);
  // Unless it reports on the same plan as one before.
  void add(const std::string& file, v1::Report report);
  // Once, when all are added.
  void finish(const IntervalOf& interval);

 private:
  using Key = std::tuple<std::string, std::string, v1::CaseOptions::Scope>;

  v1::CohortReport::Rule& rule_of(v1::CohortReport::Group& group, const Key& key, const v1::Finding& finding);

  void accept(v1::CohortReport::Rule& rule, const v1::Report& report);

  v1::CohortReport& out_;
  DeviationSource* deviations_;
  std::map<Key, v1::CohortReport::Group> groups_;
  std::map<Key, std::map<std::string, int>> places_;         // of each rule in its group
  std::map<std::pair<Key, std::string>, std::string> seen_;  // inputs -> the file that has them
};

// Of what was not looked at when the work was interrupted.
inline constexpr const char* kNotReached = "was not looked at: the work was interrupted before";

// Whether something in `report` was not looked at.
bool has_not_reached(const v1::CohortReport& report);

// Every file below `directory` whose name ends in .json, or that holds a report under another name, in the order of
// their paths, however deep; links are followed. What is no report, or reports on inputs that another one has, and what
// cannot be read, is named in `left` and not counted. A Problem: no such folder, none of them is a report, more than
// 10,000 files. Ends early when is_interrupted(): what was not reached is named in `left`, and where
// nothing was there is no group.
v1::CohortReport read_cohort(const std::string& directory, double level, const IntervalOf& interval,
                             DeviationSource* deviations);

}  // namespace dosegate::cli
