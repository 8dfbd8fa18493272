#include "core/json/writer.h"
#include "core/rules/dose_metric/linted.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

// A limit on the mean, or on a maximum or minimum, which bounds the mean. Gy.
struct MeanBound {
  bool upper;
  bool strict;
  Dose dose;
};

std::optional<MeanBound> mean_bound(const LintedDoseRule& r) {
  if (!r.dose->limit) return std::nullopt;
  const MetricKind kind = r.dose->metric.kind;
  const Comparator c = r.dose->limit->comparator;
  const bool upper = limits_dose(*r.dose);
  const bool strict = c == Comparator::kLess || c == Comparator::kGreater;
  const double value = r.dose->limit->value;
  const Dose dose = r.dose->metric.unit == MetricUnit::kCgy ? Dose::cgy(value) : Dose::gy(value);
  if (r.dose->metric.unit == MetricUnit::kPercentOfPrescription) return std::nullopt;
  if (kind == MetricKind::kMean || (kind == MetricKind::kMax && upper) || (kind == MetricKind::kMin && !upper)) {
    return MeanBound{upper, strict, dose};
  }
  return std::nullopt;
}

bool is_mean(const LintedDoseRule& r) { return r.dose->metric.kind == MetricKind::kMean; }

// Every plan that meets `stronger` meets the limit on the mean `r`.
bool mean_follows(const LintedDoseRule& stronger, const LintedDoseRule& r) {
  const auto a = mean_bound(stronger), b = mean_bound(r);
  if (!a || !b || !is_mean(r) || a->upper != b->upper) return false;
  if (a->dose == b->dose) return !is_mean(stronger) && (a->strict || !b->strict);
  return (a->dose < b->dose) == b->upper;
}

// No mean meets both.
bool means_contradict(const LintedDoseRule& x, const LintedDoseRule& y) {
  const auto a = mean_bound(x), b = mean_bound(y);
  if (!a || !b || a->upper == b->upper || (!is_mean(x) && !is_mean(y))) return false;
  const MeanBound& upper = a->upper ? *a : *b;
  const MeanBound& lower = a->upper ? *b : *a;
  return upper.dose < lower.dose || (upper.dose == lower.dose && (upper.strict || lower.strict));
}

}  // namespace

// For each rule at most one entry of a kind: the first rule that it contradicts or repeats, and of those that make
// it idle the one that says most clearly why.
void DoseMetricRule::lint_together(const Protocol& protocol, std::vector<LintEntry>& out) {
  std::vector<LintedDoseRule> rules;
  for (std::size_t i = 0; i < protocol.rules.size(); ++i) {
    if (protocol.rules[i].as<DoseMetricRule>() == nullptr) continue;
    rules.push_back(linted_dose_rule({protocol, protocol.rules[i], "$.rules[" + std::to_string(i) + "]"}));
  }
  for (const LintedDoseRule& r : rules) {
    if (!r.dose->limit) continue;
    const LintedDoseRule *stronger = nullptr, *contradicted = nullptr, *repeated = nullptr;
    for (const LintedDoseRule& other : rules) {
      if (&other == &r || !other.dose->limit || other.dose->structure != r.dose->structure) continue;
      const bool both = r.statement && other.statement;
      if (&other < &r) {
        if (repeated == nullptr && other.stated == r.stated) repeated = &other;
        const bool clash = (both && contradict(*other.statement, *r.statement)) || means_contradict(other, r);
        if (contradicted == nullptr && clash) contradicted = &other;
      }
      if (!(both && implies(*other.statement, *r.statement)) && !mean_follows(other, r)) continue;
      const bool is_extreme =
          other.dose->metric.kind == MetricKind::kMax || other.dose->metric.kind == MetricKind::kMin;
      if (stronger == nullptr || is_extreme) stronger = &other;
    }
    if (contradicted != nullptr) {
      out.push_back({Severity::kWarning, r.path + ".limit",
                     r.rule->id + " (" + r.stated + ") and " + contradicted->rule->id + " (" + contradicted->stated +
                         ") cannot both hold: no plan can meet this protocol",
                     "Compare both with the source; one of them has a wrong number, comparator or structure."});
    }
    if (repeated != nullptr) {
      out.push_back({Severity::kWarning, r.path,
                     r.rule->id + " says the same as " + repeated->rule->id + ": " + r.stated,
                     "Delete one of them, or write what the second one is to say."});
    }
    if (stronger == nullptr) continue;
    const std::string idle = r.rule->id + " (" + r.stated + ") can never be the first to fail once " +
                             stronger->rule->id + " (" + stronger->stated + ") holds";
    // Volume limits that rise with the dose are usually two numbers in the wrong place.
    const bool rises =
        r.statement && r.dose->metric.yields_volume() && stronger->dose->metric.yields_volume() && r.statement->upper;
    if (rises) {
      out.push_back({Severity::kWarning, r.path + ".limit",
                     idle + ": the allowed volume does not fall as the dose rises",
                     "Compare the two with the source; their numbers may stand in each other's place."});
    } else {
      out.push_back({Severity::kNote, r.path + ".limit", idle,
                     "Nothing, where the source is like that; the reading should say so."});
    }
  }
}

}  // namespace dosegate
