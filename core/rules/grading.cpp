// The invasion of portal and hepatic veins is staged, and its grade is the table's.
#include "core/rules/grading.h"

#include <algorithm>

#include "core/rules/on_record.h"
#include "core/rules/reading.h"
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

Message grade_text(std::int32_t grade) { return grade == 0 ? say<Said::kNoGrade>() : say<Said::kGrade>(grade); }

}  // namespace

GradingRule GradingRule::read(ObjectReader& o, const CheckRole&) {
  constexpr std::int32_t kMostGrade = 10;
  constexpr std::size_t kMostEntries = 20;
  GradingRule rule;
  if (o.count("table") > kMostEntries) {
    o.fail("table", "has more than " + std::to_string(kMostEntries) + " rows");
  } else {
    o.each_object("table", [&](ObjectReader& row) {
      GradingRule::Row r;
      r.grade = read_whole(row, "grade", 1, kMostGrade);
      r.vp = read_choices<PortalVein>(row, "vp", {{"VP0", 1}, {"VP1", 2}, {"VP2", 3}, {"VP3", 4}, {"VP4", 5}});
      r.vv = read_choices<HepaticVein>(row, "vv", {{"VV0", 1}, {"VV1", 2}, {"VV2", 3}, {"VV3", 4}});
      r.both = row.boolean("both");
      if (r.vp.empty() && r.vv.empty()) row.fail("", "names no vein");
      if (r.both && (r.vp.empty() || r.vv.empty())) row.fail("both", "needs vp and vv");
      rule.table.push_back(std::move(r));
    });
  }
  o.finish();
  return rule;
}

RuleNeeds GradingRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kStaging};
  return out;
}

Finding GradingRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  const Record& record = *context.input().record;
  const Message supply = say<Said::kRecordStagings>();
  if (record.staging.empty()) return finding(FindingStatus::kNotEvaluable, say<Said::kNoStaging>(), supply);
  Tally tally;
  std::vector<Argument> stages;
  std::int32_t last = 0;
  for (std::size_t i = 0; i < record.staging.size(); ++i) {
    const Staging& s = record.staging[i];
    if (!s.date || !s.vp || !s.vv) {
      std::vector<std::string> fields;
      if (!s.date) fields.emplace_back("date");
      if (!s.vp) fields.emplace_back("vp");
      if (!s.vv) fields.emplace_back("vv");
      tally.missing(say<Said::kStagingLacks>(i + 1, text_of(s), listing(fields)));
      continue;
    }
    if (table.empty()) {
      stages.emplace_back(text_of(s));
      tally.met();
      continue;
    }
    const std::int32_t grade = grade_of(*this, *s.vp, *s.vv);
    stages.emplace_back(say<Said::kStageWithGrade>(text_of(s), grade_text(grade)));
    if (s.mvi_grade && *s.mvi_grade != grade) {
      tally.deviation(say<Said::kGradeDiffers>(i + 1, text_of(s), *s.mvi_grade, grade_text(grade)));
    } else {
      tally.met();
    }
    if (&s == latest_staging(record)) last = grade;
  }
  Finding f = tally.finding(say<Said::kStagesAre>(listing(std::move(stages))), say<Said::kCorrectGrade>(), supply);
  if (!table.empty() && f.status == FindingStatus::kPass) f.value = f.lower = f.upper = last;
  return f;
}

Requirement GradingRule::requirement(const Protocol&) const {
  return {"", std::string("every staging states both veins") + (table.empty() ? "" : ", and its grade is the table's")};
}

}  // namespace dosegate
