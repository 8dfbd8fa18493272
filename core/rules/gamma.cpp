// QA-1. The pass rate of a recorded measurement of the plan. A result says something only with the criteria it was
// computed by (AAPM TG-218): other criteria are another measurement.
#include <algorithm>

#include "core/report/text.h"
#include "core/rules/on_record.h"
#include "core/rules/rules.h"
#include "core/rules/tally.h"

namespace dosegate {
namespace {

std::string criteria_of(double percent, double mm, double cut, GammaNormalisation normalisation) {
  return fixed(percent, 2) + " % " + (normalisation == GammaNormalisation::kGlobal ? "global" : "local") + ", " +
         fixed(mm, 2) + " mm, low-dose cut " + fixed(cut, 2) + " %";
}

std::string dated(const GammaResult& r) { return r.date ? "of " + spoken(*r.date) : "without a date"; }

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

bool treated(const Context& context) { return !context.input().record->delivered_fractions.empty(); }

}  // namespace

Finding evaluate(const GammaRule& rule, const Context& context) {
  if (auto none = no_record(context)) return *none;
  const std::string wanted =
      criteria_of(rule.dose_difference_percent, rule.distance_mm, rule.low_dose_cut_percent, rule.normalisation);
  const std::string supply = "Record the gamma result of this plan with its criteria: " + wanted + ".";
  const std::vector<GammaResult>& results = context.input().record->gamma_results;
  if (results.empty()) {
    if (!treated(context) && now(context)) {
      return finding(FindingStatus::kPending, "The plan has not been measured yet, and no fraction has been given.",
                     supply);
    }
    return finding(FindingStatus::kNotEvaluable, "The record holds no gamma result.", supply);
  }
  std::vector<const GammaResult*> usable;
  std::string others;
  for (const GammaResult& r : results) {
    if (const auto missing = unstated(r); !missing.empty()) {
      others += " The result " + dated(r) + " does not state " + enumerated(missing) + ".";
      continue;
    }
    if (is_before(context, *r.date)) {
      return finding(FindingStatus::kNotEvaluable,
                     "A gamma result is dated " + spoken(*r.date) + ", after the day of this check, " +
                         spoken(*now(context)) + ".",
                     "Correct the date of the result, or the day of the check (--as-of).");
    }
    const bool same = *r.dose_difference_percent == rule.dose_difference_percent &&
                      *r.distance_mm == rule.distance_mm && *r.low_dose_cut_percent == rule.low_dose_cut_percent &&
                      *r.normalisation == rule.normalisation;
    if (same) {
      usable.push_back(&r);
    } else {
      others += " The result " + dated(r) + " was computed by " +
                criteria_of(*r.dose_difference_percent, *r.distance_mm, *r.low_dose_cut_percent, *r.normalisation) +
                ".";
    }
  }
  if (usable.empty()) {
    return finding(FindingStatus::kNotEvaluable,
                   "No gamma result carries the protocol's criteria, " + wanted + "." + others, supply);
  }
  // The latest day; of several on that day the worst.
  const GammaResult& r =
      **std::max_element(usable.begin(), usable.end(), [](const GammaResult* a, const GammaResult* b) {
        return *a->date != *b->date ? *a->date < *b->date : *a->pass_rate_percent > *b->pass_rate_percent;
      });
  const double rate = *r.pass_rate_percent;
  const bool met = rate > rule.pass_rate_above_percent;
  Finding f = finding(met ? FindingStatus::kPass : FindingStatus::kDeviation,
                      "Gamma pass rate " + dated(r) + " is " + beside(rate, rule.pass_rate_above_percent, 2) +
                          " %, limit > " + fixed(rule.pass_rate_above_percent, 2) + " % (" + wanted + ").");
  if (!met) f.hint = "Find out why the delivered dose differs; measure again before the next fraction.";
  f.value = f.lower = f.upper = rate;
  f.limit = rule.pass_rate_above_percent;
  f.comparator = Comparator::kGreater;
  f.unit = "%";
  return f;
}

}  // namespace dosegate
