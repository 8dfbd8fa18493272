// Assessments and gradings after treatment.
#include "core/rules/response.h"

#include "core/record/events.h"
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

Message name_of(const ResponseAssessment& r, std::size_t place) {
  return r.date ? say<Said::kAssessmentOf>(*r.date) : say<Said::kAssessmentAtPlace>(place + 1);
}

// What is missing to say whether the tumour can be resected [EL-3]; nothing where one part forbids it alone.
std::vector<std::string> lacking(const std::optional<Resectability>& stated) {
  const Resectability r = stated.value_or(Resectability());
  if (r.extrahepatic_metastasis == true || r.remnant_liver_enough == false || r.child_pugh == ChildPugh::kC ||
      r.r0_way == R0Way::kNotAchievable) {
    return {};
  }
  std::vector<std::string> fields;
  if (!r.extrahepatic_metastasis) fields.emplace_back("extrahepaticMetastasis");
  if (!r.remnant_liver_enough) fields.emplace_back("remnantLiverEnough");
  if (!r.child_pugh) fields.emplace_back("childPugh");
  if (!r.r0_way) fields.emplace_back("r0Way");
  return fields;
}

Finding assessed(const ResponseRule& rule, const Context& context) {
  const Record& record = *context.input().record;
  const auto first = infusion_day(infusions_of(record, rule.drug, now(context)), 1);
  if (!first) return finding(FindingStatus::kPending, say<Said::kNoInfusionOfDrugYet>(rule.drug));
  const days tolerance{*rule.tolerance_days};
  const Day due = *first + days{*rule.due_day};
  const auto today = now(context);
  Tally tally;
  bool made = false;
  for (std::size_t i = 0; i < record.responses.size(); ++i) {
    const ResponseAssessment& r = record.responses[i];
    const Message name = name_of(r, i);
    if (!r.date) {
      tally.missing(say<Said::kAssessmentWithoutDate>(name));
      continue;
    }
    if (*r.date < due - tolerance || *r.date > due + tolerance) continue;
    made = true;
    if (!r.recist) tally.missing(say<Said::kAssessmentWithoutRecist>(name));
    const std::vector<std::string> lacks = lacking(r.resectability);
    if (lacks.size() == 4) {
      tally.missing(say<Said::kAssessmentWithoutResectability>(name));
    } else if (!lacks.empty()) {
      tally.missing(say<Said::kResectabilityIncomplete>(listing(lacks), name));
    } else if (r.recist) {
      tally.met();
    }
  }
  const auto died = day_of_death(record);
  if (!made && died && *died <= due + tolerance) {
    tally.pending(say<Said::kDiedOn>(*died));
  } else if (!made) {
    if (today && *today <= due + tolerance) {
      tally.pending(say<Said::kAssessmentDue>(due, *rule.due_day));
    } else {
      tally.deviation(say<Said::kNotAssessed>(due, *rule.due_day, *rule.tolerance_days));
    }
  }
  return tally.finding(say<Said::kAssessed>(due, *rule.due_day), say<Said::kAssessAndRecord>(),
                       say<Said::kRecordAssessment>());
}

Finding recist(const Context& context) {
  const Record& record = *context.input().record;
  if (record.responses.empty()) return finding(FindingStatus::kPending, say<Said::kNoResponseYet>());
  Tally tally;
  const ResponseAssessment* best = nullptr;
  for (std::size_t i = 0; i < record.responses.size(); ++i) {
    const ResponseAssessment& r = record.responses[i];
    if (!r.recist) {
      tally.missing(say<Said::kResponseNotStated>(name_of(r, i)));
      continue;
    }
    tally.met();
    if (best == nullptr || *r.recist < *best->recist) best = &r;
  }
  Prose text;
  if (best != nullptr) {
    constexpr const char* kNames[] = {"CR", "PR", "SD", "PD"};
    const char* name = kNames[static_cast<int>(*best->recist) - 1];
    text = *best->recist <= Recist::kPr   ? say<Said::kBestResponseObjective>(name)
           : *best->recist == Recist::kSd ? say<Said::kBestResponseStable>(name)
                                          : say<Said::kBestResponseProgressive>(name);
  }
  return tally.finding(text, {}, say<Said::kRecordRecist>());
}

Finding vascular(const Context& context) {
  const Record& record = *context.input().record;
  const Staging *before = baseline(record), *after = latest_staging(record);
  if (before == nullptr || after == before) {
    return finding(FindingStatus::kPending, say<Said::kNotStagedAgain>());
  }
  if (!before->date || !before->vp || !before->vv || !after->vp || !after->vv) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kStagingsIncomplete>(text_of(*before), text_of(*after)),
                   say<Said::kCompleteStaging>());
  }
  const bool up = *after->vp > *before->vp || *after->vv > *before->vv;
  const bool down = *after->vp < *before->vp || *after->vv < *before->vv;
  // Worse in one vein is progression, whatever the other does.
  const Message from = text_of(*before), to = text_of(*after);
  return finding(FindingStatus::kPass, up     ? say<Said::kUpstaged>(from, to)
                                       : down ? say<Said::kDownstaged>(from, to)
                                              : say<Said::kStageUnchanged>(from, to));
}

Finding pathology(const ResponseRule& rule, const Context& context) {
  const auto& surgery = context.input().record->surgery;
  if (surgery && surgery->performed == false) {
    return finding(FindingStatus::kPending, say<Said::kDecidedNotToOperate>());
  }
  const Record& record = *context.input().record;
  const bool is_planned = operation_day(record) && !operation_by(record, now(context));
  if (!surgery || is_planned) return finding(FindingStatus::kPending, say<Said::kSurgeryNotYet>());
  if (!surgery->viable_tumour_percent) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kViableNotStated>(), say<Said::kRecordViable>());
  }
  const double viable = *surgery->viable_tumour_percent;
  const Number share = beside_number(viable, *rule.major_below_percent, 2, "%");
  const Number limit = number(*rule.major_below_percent, 2, "%");
  Finding f =
      finding(FindingStatus::kPass, viable == 0.0                        ? say<Said::kViableComplete>(share)
                                    : viable < *rule.major_below_percent ? say<Said::kViableMajor>(share, limit)
                                                                         : say<Said::kViableNotMajor>(share, limit));
  f.value = f.lower = f.upper = viable;
  f.unit = "%";
  return f;
}

Finding events(const Context& context) {
  const Record& record = *context.input().record;
  Tally tally;
  const auto look = [&](bool is_event, std::size_t place, bool date, bool term, bool grade) {
    std::vector<std::string> fields;
    if (!date) fields.emplace_back("date");
    if (!term) fields.emplace_back("term");
    if (!grade) fields.emplace_back("grade");
    if (fields.empty()) return tally.met();
    tally.missing(is_event ? say<Said::kAdverseEventLacks>(place + 1, listing(fields))
                           : say<Said::kComplicationLacks>(place + 1, listing(fields)));
  };
  std::int32_t worst = 0;
  for (std::size_t i = 0; i < record.adverse_events.size(); ++i) {
    const AdverseEvent& e = record.adverse_events[i];
    look(true, i, e.date.has_value(), !e.term.empty(), e.grade.has_value());
    worst = std::max(worst, e.grade.value_or(0));
  }
  if (record.surgery) {
    for (std::size_t i = 0; i < record.surgery->complications.size(); ++i) {
      const Complication& c = record.surgery->complications[i];
      look(false, i, c.date.has_value(), !c.term.empty(), c.grade.has_value());
    }
  }
  if (tally.count_met() == 0 && record.adverse_events.empty()) tally.pending(say<Said::kNoAdverseEventYet>());
  return tally.finding(say<Said::kEventsGraded>(tally.count_met(), worst), {}, say<Said::kRecordGrades>());
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
  return finding(FindingStatus::kNotEvaluable, say<Said::kUnknownCheck>());
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
