// The pass rate of a measurement of the plan: computed where the case has the measured dose, else as recorded. A
// recorded result says something only with the criteria it was computed by (AAPM TG-218): other criteria are another
// measurement.
#include "core/rules/gamma.h"

#include <algorithm>
#include <cmath>

#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

Number in_percent(double value) { return number(value, 2, "%"); }

Message criteria_of(double percent, double mm, double cut, GammaNormalisation normalisation) {
  const Number distance = number(mm, 2, "mm");
  return normalisation == GammaNormalisation::kGlobal
             ? say<Said::kGammaCriteriaGlobal>(in_percent(percent), distance, in_percent(cut))
             : say<Said::kGammaCriteriaLocal>(in_percent(percent), distance, in_percent(cut));
}

Message dated(const GammaResult& r) { return r.date ? say<Said::kGammaOfDay>(*r.date) : say<Said::kGammaUndated>(); }

std::vector<std::string> unstated(const GammaResult& r) {
  std::vector<std::string> out;
  if (!r.date) out.emplace_back("date");
  if (!r.pass_rate_percent) out.emplace_back("passRatePercent");
  if (!r.dose_difference_percent) out.emplace_back("doseDifferencePercent");
  if (!r.distance_mm) out.emplace_back("distanceMm");
  if (!r.low_dose_cut_percent) out.emplace_back("lowDoseCutPercent");
  if (!r.normalisation) out.emplace_back("normalisation");
  return out;
}

// Recorded and computed differ by more than this where they are not of one measurement: tools that sample the dose
// differ by less as a rule.
constexpr double kAgree = 3.0;  // percentage points
// Doses whose maxima differ by more than this are not of the same: one is of a fraction, the other of the course.
constexpr double kSameScale = 1.5;

bool treated(const Context& context) { return !context.input().record->delivered_fractions.empty(); }

Message wanted_criteria(const GammaRule& rule) {
  return criteria_of(rule.dose_difference_percent, rule.distance_mm, rule.low_dose_cut_percent, rule.normalisation);
}

Finding recorded(const GammaRule& rule, const Context& context) {
  if (auto none = no_record(context)) return *none;
  const Message wanted = wanted_criteria(rule);
  const Message supply = say<Said::kRecordGamma>(wanted);
  const std::vector<GammaResult>& results = context.input().record->gamma_results;
  if (results.empty()) {
    if (!treated(context) && now(context)) {
      return finding(FindingStatus::kPending, say<Said::kNotMeasuredYet>(), supply);
    }
    return finding(FindingStatus::kNotEvaluable, say<Said::kNoGammaResult>(), supply);
  }
  std::vector<const GammaResult*> usable;
  Prose others;
  for (const GammaResult& r : results) {
    if (const auto missing = unstated(r); !missing.empty()) {
      others += say<Said::kGammaDoesNotState>(dated(r), listing(missing));
      continue;
    }
    if (is_before(context, *r.date)) {
      return finding(FindingStatus::kNotEvaluable, say<Said::kGammaInFuture>(*r.date, *now(context)),
                     say<Said::kCorrectDateOfResult>());
    }
    const bool same = *r.dose_difference_percent == rule.dose_difference_percent &&
                      *r.distance_mm == rule.distance_mm && *r.low_dose_cut_percent == rule.low_dose_cut_percent &&
                      *r.normalisation == rule.normalisation;
    if (same) {
      usable.push_back(&r);
    } else {
      others += say<Said::kGammaOtherCriteria>(
          dated(r), criteria_of(*r.dose_difference_percent, *r.distance_mm, *r.low_dose_cut_percent, *r.normalisation));
    }
  }
  if (usable.empty()) {
    Prose none = say<Said::kGammaNoneOfCriteria>(wanted);
    none += std::move(others);
    return finding(FindingStatus::kNotEvaluable, std::move(none), supply);
  }
  // The latest day; of several on that day the worst.
  const GammaResult& r =
      **std::max_element(usable.begin(), usable.end(), [](const GammaResult* a, const GammaResult* b) {
        return *a->date != *b->date ? *a->date < *b->date : *a->pass_rate_percent > *b->pass_rate_percent;
      });
  const double rate = *r.pass_rate_percent;
  const bool met = rate > rule.pass_rate_above_percent;
  Finding f = finding(met ? FindingStatus::kPass : FindingStatus::kDeviation,
                      say<Said::kGammaRecorded>(dated(r), beside_number(rate, rule.pass_rate_above_percent, 2, "%"),
                                                in_percent(rule.pass_rate_above_percent), wanted));
  if (!met) f.hint = say<Said::kGammaFindOut>();
  f.value = f.lower = f.upper = rate;
  f.limit = rule.pass_rate_above_percent;
  f.comparator = Comparator::kGreater;
  f.unit = "%";
  return f;
}

// Of the measured dose of the case, as reference, and the plan's.
Finding computed(const GammaRule& rule, const Result<GammaAnswer>& answer) {
  const auto cannot = [](Prose why, Prose hint) {
    Prose text = say<Said::kGammaCannotCompare>();
    text += std::move(why);
    return finding(FindingStatus::kNotEvaluable, std::move(text), std::move(hint));
  };
  if (!answer) return cannot(answer.error().message, say<Said::kCorrectCriteria>());
  if (!answer->problem.empty()) return cannot(answer->problem, answer->hint);
  const double scale = answer->reference_maximum / answer->evaluated_maximum;
  if (!(scale < kSameScale && scale > 1.0 / kSameScale)) {
    return cannot(say<Said::kGammaOtherScale>(number(answer->reference_maximum.in_gy(), 2, "Gy"),
                                              number(answer->evaluated_maximum.in_gy(), 2, "Gy")),
                  say<Said::kGiveSameFractions>());
  }
  const GammaStatistics& s = answer->all;
  const auto percent = [&](std::uint64_t n) {
    return 100.0 * static_cast<double>(n) / static_cast<double>(s.compared);
  };
  const double limit = rule.pass_rate_above_percent;
  const double value = percent(s.passing.value), lower = percent(s.passing.lower), upper = percent(s.passing.upper);
  // So few that one more failing point would break the limit, or most of them outside: nobody should rely on it unread.
  const bool is_thin = static_cast<double>(s.compared) * (100.0 - limit) < 100.0 || s.outside > s.compared;
  const FindingStatus status = lower > limit    ? is_thin ? FindingStatus::kWarning : FindingStatus::kPass
                               : upper <= limit ? FindingStatus::kDeviation
                                                : FindingStatus::kIndeterminate;
  Finding f = finding(status, say<Said::kGammaComputed>(beside_number(value, limit, 2, "%"), in_percent(limit),
                                                        wanted_criteria(rule), s.compared, s.below_cutoff, s.outside));
  if (status == FindingStatus::kDeviation || status == FindingStatus::kIndeterminate) {
    f.hint = say<Said::kGammaFindOut>();
    f.hint += say<Said::kGammaLargest>(number(s.maximum.value, 2), number(s.maximum_at_mm.x(), 1),
                                       number(s.maximum_at_mm.y(), 1), number(s.maximum_at_mm.z(), 1));
  }
  f.value = value;
  f.lower = lower;
  f.upper = upper;
  f.limit = limit;
  f.comparator = Comparator::kGreater;
  f.unit = "%";
  return f;
}

}  // namespace

GammaRule GammaRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kPercent{0.0, 100.0}, kDistanceMm{0.0, 100.0};
  GammaRule rule;
  rule.pass_rate_above_percent = read_number(o, "passRateAbovePercent", kPercent);
  if (rule.pass_rate_above_percent >= 100.0) {
    o.fail("passRateAbovePercent", "no pass rate is above 100 %: the rule can never be met");
  }
  rule.dose_difference_percent = read_number(o, "doseDifferencePercent", kPercent);
  rule.distance_mm = read_number(o, "distanceMm", kDistanceMm);
  rule.low_dose_cut_percent = read_number(o, "lowDoseCutPercent", kPercent);
  rule.normalisation =
      o.enumeration("normalisation", "NORMALISATION_UNSPECIFIED", {{"GLOBAL", 1}, {"LOCAL", 2}}, Need::kRequired) == 2
          ? GammaNormalisation::kLocal
          : GammaNormalisation::kGlobal;
  o.finish();
  return rule;
}

RuleNeeds GammaRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kMeasurement};
  GammaCriteria criteria;
  criteria.dose_percent = dose_difference_percent;
  criteria.distance = Length::mm(distance_mm);
  criteria.cutoff_percent = low_dose_cut_percent;
  if (normalisation == GammaNormalisation::kLocal) criteria.normalise = GammaNormalise::kLocal;
  out.comparison = criteria;
  return out;
}

Finding GammaRule::evaluate(const Context& context) const {
  const Result<GammaAnswer>* answer = context.gamma(*this);
  if (answer == nullptr) return recorded(*this, context);
  Finding f = computed(*this, *answer);
  const Finding r = recorded(*this, context);
  if (!r.value) return f;
  if (!f.value) {
    f.message += say<Said::kRecordStates>(in_percent(*r.value));
    return f;
  }
  if (f.status == r.status && std::abs(*f.value - *r.value) <= kAgree) {
    f.message += say<Said::kRecordAgrees>(in_percent(*r.value));
    return f;
  }
  // Either may be the wrong one. The worse counts, and never without a word.
  const bool record_is_worse = r.status == FindingStatus::kDeviation && f.status != FindingStatus::kDeviation;
  Finding worse = record_is_worse ? r : f;
  const Finding& other = record_is_worse ? f : r;
  const Number rate = beside_number(*other.value, pass_rate_above_percent, 2, "%");
  worse.message += record_is_worse ? say<Said::kDisagreesWithComputed>(rate) : say<Said::kDisagreesWithRecord>(rate);
  worse.hint = say<Said::kGammaWhichIsWrong>();
  if (worse.status == FindingStatus::kPass) worse.status = FindingStatus::kWarning;
  return worse;
}

Requirement GammaRule::requirement(const Protocol&) const {
  return {"", "gamma pass rate over " + plain(pass_rate_above_percent, "%") + " by " + english(wanted_criteria(*this))};
}

}  // namespace dosegate
