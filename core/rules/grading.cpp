// GR-1, GR-2. The invasion of portal and hepatic veins is staged, and its grade is the table's.
#include <algorithm>

#include "core/rules/on_record.h"
#include "core/rules/rules.h"
#include "core/rules/staging.h"
#include "core/rules/tally.h"

namespace dosegate {
namespace {

template <typename E>
bool one_of(const std::vector<E>& set, E value) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

// 0: no row applies.
std::int32_t grade_of(const GradingRule& rule, PortalVein vp, HepaticVein vv) {
  for (const GradingRule::Row& row : rule.table) {
    const bool portal = one_of(row.vp, vp), hepatic = one_of(row.vv, vv);
    if (row.both ? portal && hepatic : portal || hepatic) return row.grade;
  }
  return 0;
}

std::string grade_text(std::int32_t grade) { return grade == 0 ? "no grade" : "grade " + std::to_string(grade); }

}  // namespace

Finding evaluate(const GradingRule& rule, const Context& context) {
  if (auto none = no_record(context)) return *none;
  const Record& record = *context.input().record;
  const std::string supply = "Record date, vp and vv of every staging.";
  if (record.staging.empty())
    return finding(FindingStatus::kNotEvaluable, "The record holds no staging of the vessels.", supply);
  Tally tally;
  std::vector<std::string> stages;
  std::int32_t last = 0;
  for (std::size_t i = 0; i < record.staging.size(); ++i) {
    const Staging& s = record.staging[i];
    const std::string name = "The staging at place " + std::to_string(i + 1) + ", " + text_of(s) + ",";
    if (!s.date || !s.vp || !s.vv) {
      std::vector<std::string> fields;
      if (!s.date) fields.emplace_back("date");
      if (!s.vp) fields.emplace_back("vp");
      if (!s.vv) fields.emplace_back("vv");
      tally.missing(name + " does not state " + enumerated(fields) + ".");
      continue;
    }
    if (rule.table.empty()) {
      stages.push_back(text_of(s));
      tally.met();
      continue;
    }
    const std::int32_t grade = grade_of(rule, *s.vp, *s.vv);
    stages.push_back(text_of(s) + " " + grade_text(grade));
    if (s.mvi_grade && *s.mvi_grade != grade) {
      tally.deviation(name + " is recorded as grade " + std::to_string(*s.mvi_grade) + "; by the table it is " +
                      grade_text(grade) + ".");
    } else {
      tally.met();
    }
    if (&s == latest_staging(record)) last = grade;
  }
  Finding f = tally.finding("Invasion of the vessels: " + enumerated(stages) + ".",
                            "Correct the recorded grade, or vp and vv.", supply);
  if (!rule.table.empty() && f.status == FindingStatus::kPass) f.value = f.lower = f.upper = last;
  return f;
}

}  // namespace dosegate
