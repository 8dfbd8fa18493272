// SY-2, RE-1 to RE-3. Assessments and gradings after treatment.
#include "core/rules/response.h"

#include "core/rules/infusions.h"
#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/staging.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using std::chrono::days;

std::string name_of(const ResponseAssessment& r, std::size_t place) {
  return "the assessment " + (r.date ? "of " + spoken(*r.date) : "at place " + std::to_string(place + 1));
}

Finding assessed(const ResponseRule& rule, const Context& context) {
  const Record& record = *context.input().record;
  const auto first = infusion_day(infusions_of(record, rule.drug, now(context)), 1);
  if (!first) return finding(FindingStatus::kPending, "No infusion of " + rule.drug + " has been given yet.");
  const days tolerance{*rule.tolerance_days};
  const Day due = *first + days{*rule.due_day};
  const std::string when = spoken(due) + ", " + std::to_string(*rule.due_day) + " days after the first infusion";
  const auto today = now(context);
  Tally tally;
  bool made = false;
  for (std::size_t i = 0; i < record.responses.size(); ++i) {
    const ResponseAssessment& r = record.responses[i];
    const std::string name = name_of(r, i);
    if (!r.date) {
      tally.missing("No date is stated of " + name + ".");
      continue;
    }
    if (*r.date < due - tolerance || *r.date > due + tolerance) continue;
    made = true;
    if (!r.recist) tally.missing("The response (recist) is not stated of " + name + ".");
    if (!r.resectability) tally.missing("The resectability is not stated of " + name + ".");
    if (r.recist && r.resectability) tally.met();
  }
  if (!made) {
    if (today && *today <= due + tolerance) {
      tally.pending("The assessment is due on " + when + ".");
    } else {
      tally.deviation("Response and resectability were not assessed about " + when + " (+-" +
                      std::to_string(*rule.tolerance_days) + " days).");
    }
  }
  return tally.finding("Response and resectability were assessed about " + when + ".",
                       "Assess response and resectability, and record them.",
                       "Record date, recist and resectability of the assessment.");
}

Finding recist(const Context& context) {
  const Record& record = *context.input().record;
  if (record.responses.empty()) return finding(FindingStatus::kPending, "No response has been assessed yet.");
  Tally tally;
  const ResponseAssessment* best = nullptr;
  for (std::size_t i = 0; i < record.responses.size(); ++i) {
    const ResponseAssessment& r = record.responses[i];
    if (!r.recist) {
      tally.missing("The response is not stated of " + name_of(r, i) + ".");
      continue;
    }
    tally.met();
    if (best == nullptr || *r.recist < *best->recist) best = &r;
  }
  std::string text;
  if (best != nullptr) {
    constexpr const char* kNames[] = {"CR", "PR", "SD", "PD"};
    text = std::string("Best response is ") + kNames[static_cast<int>(*best->recist) - 1] + ": ";
    text += *best->recist <= Recist::kPr   ? "an objective response, disease controlled."
            : *best->recist == Recist::kSd ? "no objective response, disease controlled."
                                           : "no objective response, disease not controlled.";
  }
  return tally.finding(text, "", "Record recist of every assessment.");
}

Finding vascular(const Context& context) {
  const Record& record = *context.input().record;
  const Staging *before = baseline(record), *after = latest_staging(record);
  if (before == nullptr || after == before) {
    return finding(FindingStatus::kPending, "The invasion of vessels has not been staged again yet.");
  }
  if (!before->date || !before->vp || !before->vv || !after->vp || !after->vv) {
    return finding(FindingStatus::kNotEvaluable,
                   "A staging does not state date, vp or vv: " + text_of(*before) + "; " + text_of(*after) + ".",
                   "Complete the staging.");
  }
  const bool up = *after->vp > *before->vp || *after->vv > *before->vv;
  const bool down = *after->vp < *before->vp || *after->vv < *before->vv;
  // Worse in one vein is progression, whatever the other does.
  const std::string response = up ? "upstaged: PD" : down ? "downstaged: PR" : "unchanged: SD";
  return finding(FindingStatus::kPass,
                 "Invasion of vessels " + response + ", from " + text_of(*before) + " to " + text_of(*after) + ".");
}

Finding pathology(const ResponseRule& rule, const Context& context) {
  const auto& surgery = context.input().record->surgery;
  if (!surgery || surgery->performed == false) {
    return finding(FindingStatus::kPending,
                   surgery ? "It was decided not to operate." : "Surgery has not taken place yet.");
  }
  if (!surgery->viable_tumour_percent) {
    return finding(FindingStatus::kNotEvaluable, "The record does not state surgery.viableTumourPercent.",
                   "Record the share of viable tumour in the specimen.");
  }
  const double viable = *surgery->viable_tumour_percent;
  const std::string limit = fixed(*rule.major_below_percent, 2) + " %";
  Finding f = finding(FindingStatus::kPass,
                      "Viable tumour is " + beside(viable, *rule.major_below_percent, 2) + " % of the tumour area: " +
                          (viable == 0.0                        ? "complete response (pCR)."
                           : viable < *rule.major_below_percent ? "major response (MPR, < " + limit + ")."
                                                                : "no major response (>= " + limit + ")."));
  f.value = f.lower = f.upper = viable;
  f.unit = "%";
  return f;
}

Finding events(const Context& context) {
  const Record& record = *context.input().record;
  Tally tally;
  const auto look = [&](const char* kind, std::size_t place, bool date, bool term, bool grade) {
    std::vector<std::string> fields;
    if (!date) fields.emplace_back("date");
    if (!term) fields.emplace_back("term");
    if (!grade) fields.emplace_back("grade");
    if (fields.empty()) return tally.met();
    tally.missing(std::string("The ") + kind + " at place " + std::to_string(place + 1) + " does not state " +
                  enumerated(fields) + ".");
  };
  std::int32_t worst = 0;
  for (std::size_t i = 0; i < record.adverse_events.size(); ++i) {
    const AdverseEvent& e = record.adverse_events[i];
    look("adverse event", i, e.date.has_value(), !e.term.empty(), e.grade.has_value());
    worst = std::max(worst, e.grade.value_or(0));
  }
  if (record.surgery) {
    for (std::size_t i = 0; i < record.surgery->complications.size(); ++i) {
      const Complication& c = record.surgery->complications[i];
      look("complication", i, c.date.has_value(), !c.term.empty(), c.grade.has_value());
    }
  }
  if (tally.count_met() == 0 && record.adverse_events.empty()) tally.pending("No adverse event is recorded yet.");
  return tally.finding(std::to_string(tally.count_met()) +
                           " adverse events and complications are graded; the highest CTCAE grade is " +
                           std::to_string(worst) + ".",
                       "", "Record date, term and grade: CTCAE 5.0 of adverse events, Clavien-Dindo of complications.");
}

}  // namespace

ResponseRule ResponseRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kPercent{0.0, 100.0};
  ResponseRule rule;
  const int check =
      o.enumeration("check", "CHECK_UNSPECIFIED",
                    {{"ASSESSED", 1}, {"RECIST", 2}, {"VASCULAR_INVASION", 3}, {"PATHOLOGY", 4}, {"EVENTS_GRADED", 5}},
                    Need::kRequired);
  if (check != 0) rule.check = static_cast<ResponseRule::Check>(check);
  rule.drug = o.string("drug");
  rule.due_day = read_optional_whole(o, "dueDay", 0, kMostDays);
  rule.tolerance_days = read_optional_whole(o, "toleranceDays", 0, kMostDays);
  rule.major_below_percent = o.number("majorBelowPercent", kPercent);
  const bool when = !rule.drug.empty() && rule.due_day && rule.tolerance_days;
  const bool any_when = !rule.drug.empty() || rule.due_day || rule.tolerance_days;
  if (check == 1 && !when) o.fail("", "ASSESSED needs drug, dueDay and toleranceDays");
  if (check > 1 && any_when) o.fail("", "drug, dueDay and toleranceDays are of ASSESSED only");
  if (check == 4 && !rule.major_below_percent) o.fail("majorBelowPercent", "state the limit of a major response");
  if (check != 4 && rule.major_below_percent) o.fail("majorBelowPercent", "is of PATHOLOGY only");
  o.finish();
  return rule;
}

RuleNeeds ResponseRule::needs() const {
  RuleNeeds out;
  if (!drug.empty()) out.drugs = {drug};
  switch (check) {
    case Check::kAssessed:
      out.topics = {Topic::kAssessment};
      break;
    case Check::kRecist:
      out.topics = {Topic::kResponse};
      break;
    case Check::kVascularInvasion:
      out.topics = {Topic::kInvasion};
      break;
    case Check::kPathology:
      out.topics = {Topic::kSpecimen};
      break;
    case Check::kEvents:
      out.topics = {Topic::kEvents};
      break;
  }
  return out;
}

Finding ResponseRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  switch (check) {
    case ResponseRule::Check::kAssessed:
      return assessed(*this, context);
    case ResponseRule::Check::kRecist:
      return recist(context);
    case ResponseRule::Check::kVascularInvasion:
      return vascular(context);
    case ResponseRule::Check::kPathology:
      return pathology(*this, context);
    case ResponseRule::Check::kEvents:
      return events(context);
  }
  return finding(FindingStatus::kNotEvaluable, "Unknown check.");
}

Requirement ResponseRule::requirement(const Protocol&) const {
  switch (check) {
    case Check::kAssessed:
      return {"", "response and resectability assessed on day " + std::to_string(due_day.value_or(0)) +
                      " after the first " + drug + give_or_take(tolerance_days.value_or(0))};
    case Check::kRecist:
      return {"", "every assessment states its RECIST 1.1 response"};
    case Check::kVascularInvasion:
      return {"", "response of the vascular invasion, latest staging against the earliest"};
    case Check::kPathology:
      return {"", "viable tumour in the specimen stated; major response below " +
                      plain(major_below_percent.value_or(0.0), "%")};
    case Check::kEvents:
      return {"", "adverse events graded by CTCAE, complications by Clavien-Dindo"};
  }
  return {};
}

}  // namespace dosegate
