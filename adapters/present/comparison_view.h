// What every face shows of a comparison: which rules, in what order and groups, in which words and with which digits.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "adapters/present/comparison.h"
#include "adapters/present/view.h"

namespace dosegate::present {

// Groups of rules, in the order in which a reader needs them: what any plan breaks first.
enum class Together { kBroken, kNotKnown, kDifferent, kUnchanged, kPending };
inline constexpr std::size_t kTogether = 5;

// A rule in one plan.
struct ComparedCell {
  const Row* row = nullptr;  // of the plan's view; nullptr: its report does not have the rule
  dosegate::v1::ComparisonReport::Change change = dosegate::v1::ComparisonReport::CHANGE_UNSPECIFIED;
  std::string change_text;  // "better by 2.00 Gy"; empty of the first plan
};

struct ComparedRow {
  std::string rule, structure, metric, limit;
  bool is_advisory = false;
  std::vector<ComparedCell> cells;   // one a plan
  std::vector<std::string> details;  // "B: ...": what numbers do not say; none where the row after says the same
};

struct ComparedGroup {
  Together together = Together::kBroken;
  std::string title;
  std::vector<ComparedRow> rows;  // in the protocol's order
};

struct ComparedPlan {
  std::string mark, name, label, verdict;
  std::string summary;               // "1 rule is broken, 77 passed."
  std::vector<std::string> changes;  // "B against A: 3 better.", "Newly broken: ..."; none of the first plan
};

struct ComparisonView {
  Language language = Language::kEnglish;
  const dosegate::v1::ComparisonReport* report = nullptr;  // outlives the view
  std::string protocol;
  std::vector<View> views;  // of the plans, each by itself
  std::vector<ComparedPlan> plans;
  std::array<ComparedGroup, kTogether> groups;

  const ComparedGroup& group(Together together) const { return groups[static_cast<std::size_t>(together)]; }
};

// `report` is compare() of `compared`, in the same language; both outlive the view.
ComparisonView make_comparison_view(const dosegate::v1::ComparisonReport& report, const std::vector<Compared>& compared,
                                    const std::string& protocol_title, Language language);

}  // namespace dosegate::present
