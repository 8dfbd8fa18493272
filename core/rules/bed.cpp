// Biologically effective dose and the dose in 2 Gy fractions: of the plan, and of what was given so far.
#include "core/rules/bed.h"

#include "core/rules/on_record.h"
#include "core/rules/requirement_words.h"
#include "core/schedule/course.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

Number gy(double value) { return number(value, 2, "Gy"); }

}  // namespace

BedRule BedRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kAlphaBetaGy{0.1, 100.0}, kDoseGy{0.0, 100.0};
  BedRule rule;
  rule.alpha_beta_gy = o.number("alphaBetaGy", kAlphaBetaGy, Need::kRequired).value_or(10.0);
  if (const auto gy = o.number("usualLeastGy", kDoseGy)) rule.usual_least = Dose::gy(*gy);
  if (const auto gy = o.number("usualMostGy", kDoseGy)) rule.usual_most = Dose::gy(*gy);
  if (rule.usual_least && rule.usual_most && *rule.usual_most < *rule.usual_least) {
    o.fail("usualMostGy", "is less than usualLeastGy");
  }
  o.finish();
  return rule;
}

RuleNeeds BedRule::needs() const {
  RuleNeeds out;
  out.plan = true;
  return out;
}

void BedRule::lint(const LintedRule& at, RuleLint& out) const {
  if (!at.rule.mandatory || usual_least || usual_most) return;
  out.left_out.push_back({LintEntry::Severity::kWarning, at.path + ".mandatory",
                          at.rule.id + " is mandatory, but met by every dose a fraction: it only reports",
                          "Write usualLeastGy or usualMostGy, or make it advisory."});
}

Finding BedRule::evaluate(const Context& context) const {
  const std::optional<Dose>& total = context.prescription().dose;
  const std::optional<int>& fractions = context.fractions().count;
  if (!total) {
    return finding(FindingStatus::kNotEvaluable, context.prescription().problem, context.prescription().hint);
  }
  if (!fractions) return finding(FindingStatus::kNotEvaluable, context.fractions().problem, context.fractions().hint);
  const double ratio = alpha_beta_gy;
  const Dose each = (1.0 / *fractions) * *total;
  const double bed = *fractions * bed_gy(each, ratio);
  Prose text = say<Said::kBedOfPlan>(gy(ratio), gy(total->in_gy()), gy(bed), gy(eqd2_gy(bed, ratio)));
  if (const auto& record = context.input().record) {
    double given = 0.0, effect = 0.0;
    std::size_t unknown = 0, given_count = 0;
    for (const DeliveredFraction& f : join_parts(record->delivered_fractions, context.protocol().fractionation)) {
      ++given_count;
      if (!f.dose) {
        ++unknown;
        continue;
      }
      given += f.dose->in_gy();
      effect += bed_gy(*f.dose, ratio);
    }
    if (given_count > 0) {
      const Number eqd2 = gy(eqd2_gy(effect, ratio));
      text += unknown == 0
                  ? say<Said::kBedGiven>(gy(given), gy(effect), eqd2, given_count)
                  : say<Said::kBedGivenSomeUnknown>(gy(given), gy(effect), eqd2, given_count - unknown, unknown);
    }
  }
  const bool low = usual_least && each < *usual_least, high = usual_most && each > *usual_most;
  Finding f = finding(FindingStatus::kPass, text);
  if (low || high) {
    f.status = FindingStatus::kWarning;
    f.message += say<Said::kBedUnusual>(number(each.in_gy(), 3, "Gy"));
    f.hint = say<Said::kBedCheck>();
  }
  f.value = f.lower = f.upper = bed;
  f.unit = "Gy";
  return f;
}

Requirement BedRule::requirement(const Protocol&) const {
  std::string text = "BED and EQD2 with alpha/beta " + plain(alpha_beta_gy, "Gy") + ", reported";
  if (usual_least && usual_most) {
    text += "; usually " + plain(usual_least->in_gy()) + " to " + plain(usual_most->in_gy(), "Gy") + " a fraction";
  } else if (usual_least || usual_most) {
    text += std::string("; usually at ") + (usual_least ? "least " : "most ") +
            plain((usual_least ? *usual_least : *usual_most).in_gy(), "Gy") + " a fraction";
  }
  return {"", text};
}

}  // namespace dosegate
