// Reports on several plans beside each other, as data: what is proven to have become better or worse, and what else
// differs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapters/present/catalogue.h"
#include "dosegate/v1/comparison.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::present {

inline constexpr std::size_t kLeastCompared = 2, kMostCompared = 6;

// A report, and what is known of its plan beside it.
struct Compared {
  std::string name;   // as it was given
  std::string label;  // of the plan; empty: not known
  dosegate::v1::Report report;
  // Where the plan itself was read. None: only its report was.
  struct Plan {
    std::string patient_id, frame_of_reference;  // empty: not stated
  };
  std::optional<Plan> plan;
};

// Of one rule, in two reports of which either may not have it. An interval is at least as wide as what a number is
// worth by itself, 1e-6 of it (report.proto).
dosegate::v1::ComparisonReport::Change change_between(const dosegate::v1::Finding* before,
                                                      const dosegate::v1::Finding* after);

// "18.59 Gy beside 2000 cGy": why the numbers of one rule cannot be set against each other, because metric, unit,
// comparator or limit differ. Empty: they can.
std::string unlike(const dosegate::v1::Finding& before, const dosegate::v1::Finding& after,
                   Language language = Language::kEnglish);

// Of two values in the same metric and unit: after less before, and the two ends of what it can be.
struct Difference {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
std::optional<Difference> difference_between(const dosegate::v1::Finding& before, const dosegate::v1::Finding& after);

// Why these cannot be compared, naming the one that does not belong; empty: they can. Protocol, its version, and how
// contours were made solids have to be the same: intervals are worth nothing from one model to another.
std::string not_comparable(const std::vector<Compared>& compared);

// Of `compared` that can be, kLeastCompared to kMostCompared of them.
// The notes are sentences in `language`.
dosegate::v1::ComparisonReport compare(const std::vector<Compared>& compared, Language language = Language::kEnglish);

// "A", "B", ...: what a plan is called in a comparison.
std::string mark_of(std::size_t plan);

}  // namespace dosegate::present
