#include "core/protocol/read_course_rules.h"

namespace dosegate {
namespace {

constexpr Range kAlphaBetaGy{0.1, 100.0}, kDoseGy{0.0, 100.0};
// Ten times what machines leave open; more would hide a part of a fraction that was not given.
constexpr Range kGivenTolerancePercent{0.0, 5.0};

}  // namespace

ScheduleRule read_schedule_rule(ObjectReader& o, const CheckRole&) {
  ScheduleRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED",
                                  {{"PATTERN", 1}, {"OVERALL_TIME", 2}, {"START", 3}, {"END", 4}}, Need::kRequired);
  if (check != 0) rule.check = static_cast<ScheduleRule::Check>(check);
  o.finish();
  return rule;
}

FractionationRule read_fractionation_rule(ObjectReader& o, const CheckRole&) {
  FractionationRule rule;
  const int quantity = o.enumeration("quantity", "QUANTITY_UNSPECIFIED",
                                     {{"TOTAL_DOSE", 1}, {"FRACTIONS", 2}, {"DOSE_PER_FRACTION", 3}}, Need::kRequired);
  if (quantity != 0) rule.quantity = static_cast<FractionationRule::Quantity>(quantity);
  if (const auto percent = o.number("givenTolerancePercent", kGivenTolerancePercent)) {
    rule.given_tolerance_percent = *percent;
    if (rule.quantity == FractionationRule::Quantity::kFractions) {
      o.fail("givenTolerancePercent", "is of TOTAL_DOSE and DOSE_PER_FRACTION only");
    }
  }
  o.finish();
  return rule;
}

BedRule read_bed_rule(ObjectReader& o, const CheckRole&) {
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

}  // namespace dosegate
