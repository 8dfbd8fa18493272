#include "core/protocol/diff_metric.h"

#include "core/json/writer.h"
#include "core/protocol/implication.h"

namespace dosegate {
namespace {

using Effect = ProtocolChange::Effect;

bool is_upper(const Limit& limit) {
  return limit.comparator == Comparator::kLess || limit.comparator == Comparator::kLessOrEqual;
}
bool is_strict(const Limit& limit) {
  return limit.comparator == Comparator::kLess || limit.comparator == Comparator::kGreater;
}

bool same_limit(const Limit& a, const Limit& b) { return a.comparator == b.comparator && a.value == b.value; }

// The same metric, counted in the same way.
bool same_measure(const DoseMetricRule& a, const DoseMetricRule& b) {
  return a.metric.text == b.metric.text && a.strictly_above == b.strictly_above && a.structure == b.structure;
}

// Both limits are of one and the same number.
Effect effect_of_limits(const Limit& before, const Limit& after) {
  if (is_upper(before) != is_upper(after)) return Effect::kDepends;
  if (before.value != after.value) {
    const bool falls = after.value < before.value;
    return falls == is_upper(after) ? Effect::kStricter : Effect::kLooser;
  }
  if (is_strict(before) == is_strict(after)) return Effect::kNone;
  return is_strict(after) ? Effect::kStricter : Effect::kLooser;
}

// V of a level and V strictly above it, under one limit: the second volume is the smaller.
Effect effect_of_counting(const DoseMetricRule& after) {
  return is_upper(*after.limit) == after.strictly_above ? Effect::kLooser : Effect::kStricter;
}

}  // namespace

std::string limit_text(const DoseMetricRule& rule) {
  if (!rule.limit) return "reported only";
  return std::string(symbol(rule.limit->comparator)) + " " + number_text(rule.limit->value) + " " +
         std::string(unit_text(rule.metric.unit));
}

Effect effect_on_plans(const DoseMetricRule& before, Dose prescribed_before, const DoseMetricRule& after,
                       Dose prescribed_after) {
  const bool of_prescription = before.metric.needs_prescription() || after.metric.needs_prescription();
  const bool same_prescription =
      before.percent_of.value_or(prescribed_before) == after.percent_of.value_or(prescribed_after) || !of_prescription;
  if (!before.limit || !after.limit) {
    if (before.limit) return Effect::kLooser;
    return after.limit ? Effect::kStricter : Effect::kNone;
  }
  if (before.structure != after.structure) return Effect::kDepends;
  if (same_measure(before, after) && same_prescription) return effect_of_limits(*before.limit, *after.limit);
  if (before.metric.text == after.metric.text && same_limit(*before.limit, *after.limit) && same_prescription) {
    return effect_of_counting(after);
  }
  const auto a = dvh_statement(before, prescribed_before);
  const auto b = dvh_statement(after, prescribed_after);
  if (a && b && implies(*b, *a)) return Effect::kStricter;
  if (a && b && implies(*a, *b)) return Effect::kLooser;
  return Effect::kDepends;
}

}  // namespace dosegate
