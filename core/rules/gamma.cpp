// The pass rate of a measurement of the plan: computed where the case has the measured dose, else as recorded. A
// recorded result says something only with the criteria it was computed by (AAPM TG-218): other criteria are another
// measurement.
#include "core/rules/gamma.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/record/events.h"
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

// Whether it may be by the criteria of the rule: nothing that it states of them differs. What is absent is not known.
bool may_be_by(const GammaRule& rule, const GammaResult& r) {
  const auto may_be = [](const auto& stated, const auto& wanted) { return !stated || *stated == wanted; };
  return may_be(r.dose_difference_percent, rule.dose_difference_percent) && may_be(r.distance_mm, rule.distance_mm) &&
         may_be(r.low_dose_cut_percent, rule.low_dose_cut_percent) && may_be(r.normalisation, rule.normalisation);
}

using Results = std::vector<const GammaResult*>;

// The latest day; of several on that day the worst. Precondition: not empty, each complete.
const GammaResult& that_counts(const Results& results) {
  return **std::max_element(results.begin(), results.end(), [](const GammaResult* a, const GammaResult* b) {
    return *a->date != *b->date ? *a->date < *b->date : *a->pass_rate_percent > *b->pass_rate_percent;
  });
}

// Recorded and computed differ by more than this where they are not of one measurement: tools that sample the dose
// differ by less as a rule.
constexpr double kAgree = 3.0;  // percentage points
// Doses that differ by more than this factor, and are alike in shape, are not of the same: one is of a fraction, the
// other of the course.
constexpr double kSameScale = 1.5;

bool treated(const Context& context) { return !context.input().record->delivered_fractions.empty(); }

Message wanted_criteria(const GammaRule& rule) {
  return criteria_of(rule.dose_difference_percent, rule.distance_mm, rule.low_dose_cut_percent, rule.normalisation);
}

// What the record says, and a word that a PASS by it, or beside it, does not go without.
struct Recorded {
  Finding finding;
  Prose doubt, hint;
};

// A result that counts and is later than the first fraction, while none that was met counted by then: the plan was not
// known to be right when it was given. Where no result is earlier at all, core/record/contradictions.h says so.
void doubt_late(const GammaRule& rule, const Context& context, const Results& usable, Recorded& out) {
  const Record& record = *context.input().record;
  const auto first = first_fraction(record, now(context));
  const auto is_by_then = [&](const GammaResult& r) { return r.date && *r.date <= *first; };
  const GammaResult& counts = that_counts(usable);
  if (!first || is_by_then(counts)) return;
  if (std::none_of(record.gamma_results.begin(), record.gamma_results.end(), is_by_then)) return;
  Results by_then;
  std::copy_if(usable.begin(), usable.end(), std::back_inserter(by_then),
               [&](const GammaResult* r) { return is_by_then(*r); });
  const GammaResult* before = by_then.empty() ? nullptr : &that_counts(by_then);
  if (before != nullptr && *before->pass_rate_percent > rule.pass_rate_above_percent) return;
  const Day last = *last_fraction(record, now(context));
  out.doubt += *counts.date > last ? say<Said::kGammaCountsAfterLast>(*counts.date, *first, last)
                                   : say<Said::kGammaCountsLate>(*counts.date, *first);
  out.doubt += before == nullptr ? say<Said::kGammaNoneByThen>()
                                 : say<Said::kGammaByThen>(dated(*before), in_percent(*before->pass_rate_percent));
  out.hint = say<Said::kGammaLateHint>();
}

Recorded recorded(const GammaRule& rule, const Context& context) {
  if (auto none = no_record(context)) return {*none, {}, {}};
  const Message wanted = wanted_criteria(rule);
  const Message supply = say<Said::kRecordGamma>(wanted);
  const std::vector<GammaResult>& results = context.input().record->gamma_results;
  if (results.empty()) {
    if (!treated(context) && now(context)) {
      return {finding(FindingStatus::kPending, say<Said::kNotMeasuredYet>(), supply), {}, {}};
    }
    return {finding(FindingStatus::kNotEvaluable, say<Said::kNoGammaResult>(), supply), {}, {}};
  }
  Results usable, incomplete;
  Prose others;
  Recorded out;
  for (const GammaResult& r : results) {
    if (r.date && is_before(context, *r.date)) {
      return {finding(FindingStatus::kNotEvaluable, say<Said::kGammaInFuture>(*r.date, *now(context)),
                      say<Said::kCorrectDateOfResult>()),
              {},
              {}};
    }
    const auto missing = unstated(r);
    if (!missing.empty()) others += say<Said::kGammaDoesNotState>(dated(r), listing(missing));
    if (may_be_by(rule, r)) {
      (missing.empty() ? usable : incomplete).push_back(&r);
    } else if (missing.empty()) {
      others += say<Said::kGammaOtherCriteria>(
          dated(r), criteria_of(*r.dose_difference_percent, *r.distance_mm, *r.low_dose_cut_percent, *r.normalisation));
    }
  }
  const auto words_of = [](const GammaResult& r) {
    return say<Said::kGammaDoesNotState>(dated(r), listing(unstated(r)));
  };
  // Beside a measured dose: one that states that the limit is not met.
  for (const GammaResult* r : incomplete) {
    if (!r->pass_rate_percent || *r->pass_rate_percent > rule.pass_rate_above_percent) continue;
    out.doubt += say<Said::kGammaStatesBelow>(dated(*r), in_percent(*r->pass_rate_percent));
    out.doubt += words_of(*r);
    out.hint = supply;
  }
  if (usable.empty()) {
    Prose none = say<Said::kGammaNoneOfCriteria>(wanted);
    none += std::move(others);
    out.finding = finding(FindingStatus::kNotEvaluable, std::move(none), supply);
    return out;
  }
  const GammaResult& r = that_counts(usable);
  const double rate = *r.pass_rate_percent;
  const bool met = rate > rule.pass_rate_above_percent;
  // One that may be the latest, by the criteria, below the limit: what is absent is not known. A deviation that is
  // known stays one.
  Prose may_count;
  for (const GammaResult* one : incomplete) {
    if (!one->date || *one->date >= *r.date) may_count += words_of(*one);
  }
  if (met && !may_count.empty()) {
    may_count += say<Said::kGammaMayCount>(wanted);
    may_count += say<Said::kGammaStates>(dated(r), in_percent(rate));
    out.finding = finding(FindingStatus::kNotEvaluable, std::move(may_count), say<Said::kGammaComplete>());
    return out;
  }
  doubt_late(rule, context, usable, out);
  Finding f = finding(met ? FindingStatus::kPass : FindingStatus::kDeviation,
                      say<Said::kGammaRecorded>(dated(r), beside_number(rate, rule.pass_rate_above_percent, 2, "%"),
                                                in_percent(rule.pass_rate_above_percent), wanted));
  f.message += std::move(may_count);
  if (!met) f.hint = say<Said::kGammaFindOut>();
  f.value = f.lower = f.upper = rate;
  f.limit = rule.pass_rate_above_percent;
  f.comparator = Comparator::kGreater;
  f.unit = "%";
  out.finding = std::move(f);
  return out;
}

// Of the measured dose of the case, as reference, and the plan's.
Finding computed(const GammaRule& rule, const Result<MeasuredAnswer>& answer) {
  const auto cannot = [](Prose why, Prose hint) {
    Prose text = say<Said::kGammaCannotCompare>();
    text += std::move(why);
    return finding(FindingStatus::kNotEvaluable, std::move(text), std::move(hint));
  };
  if (!answer) return cannot(answer.error().message, say<Said::kCorrectCriteria>());
  const DoseScale& scale = answer->scale;
  const bool is_other = scale.median >= kSameScale || scale.median <= 1.0 / kSameScale;
  if (scale.points > 0 && scale.are_alike && scale.median > 0.0 && is_other) {
    return cannot(say<Said::kGammaOtherScaleThere>(scale.points, number(100.0 * scale.median, 2, "%"),
                                                   number(100.0 * kAlike, 0, "%")),
                  say<Said::kGiveSameFractions>());
  }
  if (!answer->problem.empty()) return cannot(answer->problem, answer->hint);
  const MeasuredAnswer& s = *answer;
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
  Finding f = finding(status, say<Said::kGammaMeasured>(beside_number(value, limit, 2, "%"), in_percent(limit),
                                                        wanted_criteria(rule), s.compared, s.below_cutoff, s.outside));
  if (s.repeated > 0) f.message += say<Said::kGammaRepeated>(s.repeated);
  if (status == FindingStatus::kDeviation || status == FindingStatus::kIndeterminate) {
    f.hint = say<Said::kGammaFindOut>();
    f.hint += say<Said::kGammaLargest>(number(s.maximum, 2), number(s.maximum_at_mm.x(), 1),
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

// Of what is computed and what is recorded.
Finding both(const GammaRule& rule, Finding f, const Finding& r) {
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
  const Number rate = beside_number(*other.value, rule.pass_rate_above_percent, 2, "%");
  worse.message += record_is_worse ? say<Said::kDisagreesWithComputed>(rate) : say<Said::kDisagreesWithRecord>(rate);
  worse.hint = say<Said::kGammaWhichIsWrong>();
  if (worse.status == FindingStatus::kPass) worse.status = FindingStatus::kWarning;
  return worse;
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
  const Result<MeasuredAnswer>* answer = context.measured(*this);
  Recorded r = recorded(*this, context);
  Finding f = answer == nullptr ? std::move(r.finding) : both(*this, computed(*this, *answer), r.finding);
  if (f.status != FindingStatus::kPass || r.doubt.empty()) return f;
  f.status = FindingStatus::kWarning;
  f.message += std::move(r.doubt);
  f.hint = std::move(r.hint);
  return f;
}

Requirement GammaRule::requirement(const Protocol&) const {
  return {"", "gamma pass rate over " + plain(pass_rate_above_percent, "%") + " by " + english(wanted_criteria(*this))};
}

}  // namespace dosegate
