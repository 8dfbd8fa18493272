// RX-8. Biologically effective dose and the dose in 2 Gy fractions: of the plan, and of what was given so far.
#include "core/record/events.h"
#include "core/report/text.h"
#include "core/rules/on_record.h"
#include "core/rules/rules.h"
#include "core/schedule/course.h"

namespace dosegate {
namespace {

std::string in_words(double total_gy, double bed, double ratio) {
  return fixed(total_gy, 2) + " Gy: BED " + fixed(bed, 2) + " Gy, EQD2 " + fixed(eqd2_gy(bed, ratio), 2) + " Gy";
}

}  // namespace

Finding evaluate(const BedRule& rule, const Context& context) {
  const std::optional<Dose>& total = context.prescription().dose;
  const std::optional<int>& fractions = context.fractions().count;
  if (!total) {
    return finding(FindingStatus::kNotEvaluable, context.prescription().problem, context.prescription().hint);
  }
  if (!fractions) return finding(FindingStatus::kNotEvaluable, context.fractions().problem, context.fractions().hint);
  const double ratio = rule.alpha_beta_gy;
  const Dose each = (1.0 / *fractions) * *total;
  const double bed = *fractions * bed_gy(each, ratio);
  std::string text =
      "With alpha/beta " + fixed(ratio, 2) + " Gy the plan's " + in_words(total->in_gy(), bed, ratio) + ".";
  if (const auto& record = context.input().record) {
    double given = 0.0, effect = 0.0;
    std::size_t unknown = 0, given_count = 0;
    for (const DeliveredFraction& f : record->delivered_fractions) {
      if (!took_place(f)) continue;
      ++given_count;
      if (!f.dose) {
        ++unknown;
        continue;
      }
      given += f.dose->in_gy();
      effect += bed_gy(*f.dose, ratio);
    }
    if (given_count > 0) {
      text += " Given so far " + in_words(given, effect, ratio) + " in " + std::to_string(given_count - unknown) +
              " fractions";
      text += unknown == 0 ? "." : "; of " + std::to_string(unknown) + " more the dose is not stated.";
    }
  }
  const bool low = rule.usual_least && each < *rule.usual_least, high = rule.usual_most && each > *rule.usual_most;
  Finding f = finding(FindingStatus::kPass, text);
  if (low || high) {
    f.status = FindingStatus::kWarning;
    f.message += " " + fixed(each.in_gy(), 3) + " Gy a fraction is unusual.";
    f.hint = "Check the dose a fraction.";
  }
  f.value = f.lower = f.upper = bed;
  f.unit = "Gy";
  return f;
}

}  // namespace dosegate
