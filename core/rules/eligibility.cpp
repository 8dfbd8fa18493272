// One criterion of eligibility, as recorded at enrolment.
#include "core/rules/eligibility.h"

#include "core/record/events.h"
#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/staging.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using Criterion = EligibilityRule::Criterion;

Finding missing(Argument field) {
  return finding(FindingStatus::kNotEvaluable, say<Said::kRecordDoesNotState>(std::move(field)),
                 say<Said::kAddItToRecord>());
}

Finding decided(bool met, Message message) {
  return finding(met ? FindingStatus::kPass : FindingStatus::kDeviation, std::move(message),
                 met ? Prose() : say<Said::kNotEligible>());
}

// `wanted`: what the fact has to be.
template <Said yes, Said no>
Finding truth(const std::optional<bool>& fact, bool wanted, const char* field) {
  if (!fact) return missing(field);
  return decided(*fact == wanted, *fact ? say<yes>() : say<no>());
}

template <Said sentence>
Finding bounded(const std::optional<std::int32_t>& value, const EligibilityRule& rule, const char* field) {
  if (!value) return missing(field);
  const bool low = rule.least && *value < *rule.least, high = rule.most && *value > *rule.most;
  Prose limits;
  if (rule.least && rule.most) {
    limits = say<Said::kAtLeastAndMost>(*rule.least, *rule.most);
  } else if (rule.least) {
    limits = say<Said::kAtLeast>(*rule.least);
  } else if (rule.most) {
    limits = say<Said::kAtMost>(*rule.most);
  }
  Finding f = decided(!low && !high, say<sentence>(*value, std::move(limits)));
  f.value = f.lower = f.upper = *value;
  if (low || (rule.least && !rule.most)) {
    f.limit = *rule.least, f.comparator = Comparator::kGreaterOrEqual;
  } else {
    f.limit = *rule.most, f.comparator = Comparator::kLessOrEqual;
  }
  return f;
}

Finding invasion(const Context& context, const std::optional<Day>& enrolled) {
  const Staging* stage = baseline(*context.input().record);
  if (stage == nullptr) return missing(say<Said::kInvasionOfVessels>());
  if (!stage->date) return missing(say<Said::kDateOfEveryStaging>());
  if (enrolled && *stage->date > *enrolled) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kEarliestStagingLate>(*stage->date, *enrolled),
                   say<Said::kRecordStagingOfEnrolment>());
  }
  const bool any = (stage->vp && *stage->vp != PortalVein::kVp0) || (stage->vv && *stage->vv != HepaticVein::kVv0);
  if (!any && !(stage->vp && stage->vv)) return missing(say<Said::kVeinsOfStaging>(*stage->date));
  return decided(any, say<Said::kInvasionAtEnrolment>(text_of(*stage)));
}

Finding resectability(const EligibilityRule& rule, const Eligibility& e) {
  if (!e.resectability) return missing("eligibility.resectability");
  const Resectability& r = *e.resectability;
  switch (rule.criterion) {
    case Criterion::kNoExtrahepaticMetastasis:
      return truth<Said::kMetastasis, Said::kNoMetastasis>(r.extrahepatic_metastasis, false,
                                                           "eligibility.resectability.extrahepaticMetastasis");
    case Criterion::kRemnantLiver:
      return truth<Said::kRemnantEnough, Said::kRemnantNotEnough>(r.remnant_liver_enough, true,
                                                                  "eligibility.resectability.remnantLiverEnough");
    case Criterion::kChildPugh: {
      if (!r.child_pugh) return missing("eligibility.resectability.childPugh");
      const auto letter = [](ChildPugh c) {
        return std::string(1, static_cast<char>('A' + static_cast<int>(c) - static_cast<int>(ChildPugh::kA)));
      };
      bool met = false;
      std::vector<std::string> eligible;
      for (const ChildPugh c : rule.classes) {
        met = met || c == *r.child_pugh;
        eligible.push_back(letter(c));
      }
      return decided(met, say<Said::kChildPughIs>(letter(*r.child_pugh), listing_of_all(Join::kComma, eligible)));
    }
    default: {
      if (!r.r0_way) return missing("eligibility.resectability.r0Way");
      constexpr Said kWays[] = {Said::kWaySameSide, Said::kWayReconstruction, Said::kWayOcclusion};
      const bool met = *r.r0_way != R0Way::kNotAchievable;
      return decided(met, met ? Message{kWays[static_cast<int>(*r.r0_way) - 1], {}} : say<Said::kR0NotAchievable>());
    }
  }
}

Finding judge_criterion(const EligibilityRule& rule, const Context& context) {
  const auto& recorded = context.input().record->eligibility;
  if (!recorded) return missing("eligibility");
  const Eligibility& e = *recorded;
  switch (rule.criterion) {
    case Criterion::kAge:
      return bounded<Said::kAgeIs>(e.age_years, rule, "eligibility.ageYears");
    case Criterion::kEcog:
      return bounded<Said::kEcogIs>(e.ecog, rule, "eligibility.ecog");
    case Criterion::kHepatocellular:
      return truth<Said::kIsHepatocellular, Said::kIsNotHepatocellular>(e.hepatocellular, true,
                                                                        "eligibility.hepatocellular");
    case Criterion::kTreatmentNaive:
      return truth<Said::kNotTreatedBefore, Said::kTreatedBefore>(e.treatment_naive, true,
                                                                  "eligibility.treatmentNaive");
    case Criterion::kMeasurable:
      return truth<Said::kMeasurable, Said::kNotMeasurable>(e.measurable_by_recist, true,
                                                            "eligibility.measurableByRecist");
    case Criterion::kVascularInvasion:
      return invasion(context, e.date);
    case Criterion::kNoExtrahepaticMetastasis:
    case Criterion::kRemnantLiver:
    case Criterion::kChildPugh:
    case Criterion::kR0Achievable:
      return resectability(rule, e);
  }
  return missing(say<Said::kTheCriterion>());
}

// Met by what was found so long before the first treatment that it may not hold any more.
void warn_of_age(const EligibilityRule& rule, const Context& context, Finding& f) {
  const Record& record = *context.input().record;
  const bool of_staging = rule.criterion == Criterion::kVascularInvasion;
  const auto& enrolled = record.eligibility->date;
  auto until = first_treatment(record, drugs_of(context.protocol()), now(context));
  // Without a treatment a staging still has to be as new at enrolment.
  if (!until && of_staging && enrolled) until = TimedEvent{*enrolled, say<Said::kEnrolmentOn>(*enrolled)};
  if (!until) return;
  Day day = Day::min();
  if (!of_staging && enrolled) day = *enrolled;
  for (const Staging& s : record.staging) {
    // An older one beside it does no harm.
    if (of_staging && s.date && *s.date <= until->date) day = std::max(day, *s.date);
  }
  if (day == Day::min() || day >= until->date - std::chrono::days{*rule.window_days}) return;
  if (f.status == FindingStatus::kPass) f.status = FindingStatus::kWarning;
  const auto n = (until->date - day).count();
  f.message += of_staging ? say<Said::kStagingOld>(day, n, until->text, *rule.window_days)
                          : say<Said::kEnrolmentOld>(day, n, until->text, *rule.window_days);
  if (f.hint.empty()) f.hint = say<Said::kExamineAgain>();
}

std::string in_words(const EligibilityRule& rule) {
  switch (rule.criterion) {
    case Criterion::kAge:
      return "age " + bounds_text(rule.least, rule.most) + " years";
    case Criterion::kEcog:
      return "ECOG performance status " + bounds_text(rule.least, rule.most);
    case Criterion::kHepatocellular:
      return "hepatocellular carcinoma";
    case Criterion::kTreatmentNaive:
      return "not treated before";
    case Criterion::kMeasurable:
      return "a lesion measurable by RECIST 1.1";
    case Criterion::kNoExtrahepaticMetastasis:
      return "no extrahepatic metastasis";
    case Criterion::kVascularInvasion:
      return "invasion of the portal or a hepatic vein";
    case Criterion::kRemnantLiver:
      return "enough liver would remain after surgery";
    case Criterion::kChildPugh: {
      std::vector<std::string> classes;
      for (const ChildPugh c : rule.classes) classes.emplace_back(1, static_cast<char>('A' + static_cast<int>(c) - 1));
      return "Child-Pugh " + either(classes);
    }
    case Criterion::kR0Achievable:
      return "resectable without tumour at the margin (R0)";
  }
  return "";
}

}  // namespace

EligibilityRule EligibilityRule::read(ObjectReader& o, const CheckRole&) {
  using Criterion = EligibilityRule::Criterion;
  EligibilityRule rule;
  const int criterion = o.enumeration("criterion", "CRITERION_UNSPECIFIED",
                                      {{"AGE", 1},
                                       {"ECOG", 2},
                                       {"HEPATOCELLULAR", 3},
                                       {"TREATMENT_NAIVE", 4},
                                       {"MEASURABLE_BY_RECIST", 5},
                                       {"NO_EXTRAHEPATIC_METASTASIS", 6},
                                       {"VASCULAR_INVASION", 7},
                                       {"REMNANT_LIVER_ENOUGH", 8},
                                       {"CHILD_PUGH", 9},
                                       {"R0_ACHIEVABLE", 10}},
                                      Need::kRequired);
  if (criterion != 0) rule.criterion = static_cast<Criterion>(criterion);
  rule.least = o.integer("least", 0);
  rule.most = o.integer("most", 0);
  const bool counts = rule.criterion == Criterion::kAge || rule.criterion == Criterion::kEcog;
  if (counts && !rule.least && !rule.most) o.fail("", "state least, most or both");
  if (!counts && (rule.least || rule.most)) o.fail("", "least and most are of AGE and ECOG only");
  if (rule.least && rule.most && *rule.most < *rule.least) o.fail("most", "is less than least: nobody is eligible");
  rule.window_days = read_optional_whole(o, "windowDays", 0, kMostDays);
  rule.classes = read_choices<ChildPugh>(o, "classes", {{"A", 1}, {"B", 2}, {"C", 3}});
  if ((rule.criterion == Criterion::kChildPugh) == rule.classes.empty()) {
    o.fail("classes", rule.classes.empty() ? "name the classes that are eligible" : "are of CHILD_PUGH only");
  }
  o.finish();
  return rule;
}

RuleNeeds EligibilityRule::needs() const {
  RuleNeeds out;
  switch (criterion) {
    case Criterion::kVascularInvasion:
      out.topics = {Topic::kEnrolment, Topic::kBaseline};
      break;
    case Criterion::kChildPugh:
      out.topics = {Topic::kChildPugh};
      break;
    case Criterion::kR0Achievable:
      out.topics = {Topic::kResectability};
      break;
    case Criterion::kEcog:
    case Criterion::kTreatmentNaive:
      out.topics = {Topic::kEnrolment};
      break;
    default:
      break;
  }
  return out;
}

Finding EligibilityRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  Finding f = judge_criterion(*this, context);
  if (window_days && context.input().record->eligibility) warn_of_age(*this, context, f);
  return f;
}

Requirement EligibilityRule::requirement(const Protocol&) const {
  return {"", in_words(*this) + window_text(window_days, "the first treatment")};
}

}  // namespace dosegate
