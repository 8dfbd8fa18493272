// A dose rule before and after, as one requirement: "V20Gy[%] < 49 %".
#include <tuple>

#include "core/json/writer.h"
#include "core/protocol/protocol.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/dose_metric/implication.h"

namespace dosegate {
namespace {

using Effect = ProtocolChange::Effect;
using Part = ProtocolChange::Part;
using What = ProtocolChange::What;

bool same_limit(const Limit& a, const Limit& b) { return a.comparator == b.comparator && a.value == b.value; }

// The same metric, counted in the same way.
bool same_measure(const DoseMetricRule& a, const DoseMetricRule& b) {
  return a.metric.text == b.metric.text && a.strictly_above == b.strictly_above && a.structure == b.structure;
}

// Both limits are of one and the same number.
Effect effect_of_limits(const Limit& before, const Limit& after) {
  if (is_upper(before.comparator) != is_upper(after.comparator)) return Effect::kDepends;
  if (before.value != after.value) {
    const bool falls = after.value < before.value;
    return falls == is_upper(after.comparator) ? Effect::kStricter : Effect::kLooser;
  }
  if (is_strict(before.comparator) == is_strict(after.comparator)) return Effect::kNone;
  return is_strict(after.comparator) ? Effect::kStricter : Effect::kLooser;
}

// V of a level and V strictly above it, under one limit: the second volume is the smaller.
Effect effect_of_counting(const DoseMetricRule& after) {
  return is_upper(after.limit->comparator) == after.strictly_above ? Effect::kLooser : Effect::kStricter;
}

// "< 49 %"; "reported only" without a limit.
std::string limit_text(const DoseMetricRule& rule) {
  if (!rule.limit) return "reported only";
  return std::string(symbol(rule.limit->comparator)) + " " + number_text(rule.limit->value) + " " +
         std::string(unit_text(rule.metric.unit));
}

// What became of `before`'s requirement, with each dose in % taken of its own protocol's prescription. kNone: the same.
// kStricter and kLooser only where it is certain for every DVH.
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

}  // namespace

std::string DoseMetricRule::in_short() const { return structure + " " + metric.text + " " + limit_text(*this); }

std::optional<std::vector<ProtocolChange>> DoseMetricRule::changes(const ChangedRule& rule) const {
  const auto& was = *rule.before.as<DoseMetricRule>();
  const auto& is = *this;
  const std::string& id = rule.after.id;
  const std::string remark = rule.decides ? "" : " (advisory)";
  std::vector<ProtocolChange> out;
  const auto metric_of = [](const DoseMetricRule& r) {
    return r.metric.text + (r.strictly_above ? " (strictly above)" : "");
  };
  std::vector<std::tuple<std::string, std::string, std::string>> parts;  // words, before, after
  std::string first;                                                     // the member that differs first
  const auto differ = [&](const char* name, const std::string& words, const std::string& x, const std::string& y) {
    if (x == y) return;
    if (first.empty()) first = std::string("doseMetric.") + name;
    parts.emplace_back(words, x, y);
  };
  differ("structure", "structure ", was.structure, is.structure);
  differ("metric", "metric ", metric_of(was), metric_of(is));
  differ("limit", "limit ", limit_text(was), limit_text(is));
  const auto hundred = [](const DoseMetricRule& r, Dose prescribed) {
    return (r.percent_of ? number_text(r.percent_of->in_gy()) : "the prescribed " + number_text(prescribed.in_gy())) +
           " Gy";
  };
  if (was.percent_of != is.percent_of) {
    differ("percentOfGy", "per cent of ", hundred(was, rule.protocol_before.prescription.total),
           hundred(is, rule.protocol_after.prescription.total));
  }
  if (!parts.empty()) {
    // One sentence: only together they say whether it is stricter.
    const Effect effect = rule.decides ? effect_on_plans(was, rule.protocol_before.prescription.total, is,
                                                         rule.protocol_after.prescription.total)
                                       : Effect::kNone;
    std::string before, after, sentence;
    for (const auto& [words, x, y] : parts) {
      before += (before.empty() ? "" : " ") + x;
      after += (after.empty() ? "" : " ") + y;
      sentence += (sentence.empty() ? "" : ", ") + words + x + " becomes " + y;
    }
    out.push_back({What::kChanged, Part::kRule, id, first, before, after, effect,
                   id + ": " + sentence + remark + effect_tail(effect)});
  }
  const double zone_before = was.limit ? was.limit->warning_within : 0.0;
  const double zone_after = is.limit ? is.limit->warning_within : 0.0;
  if (zone_before == zone_after || !was.limit || !is.limit) return out;
  const auto zone = [](double within, const DoseMetricRule& r) {
    return within == 0.0
               ? std::string("never")
               : "within " + number_text(within) + " " + std::string(unit_text(r.metric.unit)) + " of the limit";
  };
  const std::string x = zone(zone_before, was), y = zone(zone_after, is);
  out.push_back({What::kChanged, Part::kRule, id, "doseMetric.warningWithin", x, y, Effect::kNone,
                 id + ": a pass warns " + x + ", becomes " + y});
  return out;
}

}  // namespace dosegate
