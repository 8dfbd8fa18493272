#include <cmath>

#include "core/json/writer.h"
#include "core/rules/dose_metric/linted.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

// A hot spot is counted from 105 to 120 % of the prescription; what is beyond is more likely a dose in Gy.
constexpr double kHottestUsualPercent = 120.0;
// "0.95" where 95 % is meant, "1.1" where 110 % is: of the prescription.
constexpr double kFactorNotPercent = 2.0;
// A lower limit of 0.97 % is a fraction; so is an upper one of 0.03 %, while 0.5 % of a volume may be meant.
constexpr double kFractionNotPercent = 1.0, kSmallestUpperPercent = 0.1;
// Nobody limits less than 1 Gy in cGy; so few are Gy.
constexpr double kSmallestCgy = 100.0;
// Beyond three prescriptions a dose in Gy is one in cGy.
constexpr double kMostPrescriptions = 3.0;

// "V20Gy[%] < 49"
std::string stated(const DoseMetricRule& rule) {
  std::string text = rule.metric.text;
  if (rule.strictly_above) text += " (strictly above)";
  if (rule.limit) text += " " + std::string(symbol(rule.limit->comparator)) + " " + number_text(rule.limit->value);
  return text;
}

// A fraction as a percentage, without the last bits that binary numbers leave: "110" for 1.1.
std::string as_percent(double fraction) {
  constexpr double kStep = 1e6;
  return number_text(std::round(100.0 * kStep * fraction) / kStep);
}

// The dose that a rule speaks of, in its metric or as its limit, and where it stands. None: a % of the prescription.
struct StatedDose {
  Dose dose;
  bool in_cgy;
  std::string path;
};
std::optional<StatedDose> stated_dose(const LintedDoseRule& r) {
  const Metric& metric = r.dose->metric;
  if (metric.yields_volume()) {
    const auto* level = std::get_if<Dose>(&metric.dose_level);
    if (level == nullptr) return std::nullopt;
    return StatedDose{*level, metric.text.find("cGy") != std::string::npos, r.path + ".metric"};
  }
  if (!r.dose->limit || metric.unit == MetricUnit::kPercentOfPrescription) return std::nullopt;
  const bool in_cgy = metric.unit == MetricUnit::kCgy;
  const double value = r.dose->limit->value;
  return StatedDose{in_cgy ? Dose::cgy(value) : Dose::gy(value), in_cgy, r.path + ".limit"};
}

void lint_trivial(const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const Metric& metric = r.dose->metric;
  const double limit = r.dose->limit->value;
  const Comparator c = r.dose->limit->comparator;
  std::string why;
  if (c == Comparator::kGreaterOrEqual && limit == 0.0) why = "no value is below 0";
  if (c == Comparator::kLessOrEqual && limit == 100.0 && metric.unit == MetricUnit::kPercentOfVolume) {
    why = "no volume is above 100 %";
  }
  const auto* level = std::get_if<Dose>(&metric.dose_level);
  const auto* percent = std::get_if<PercentOfPrescription>(&metric.dose_level);
  const bool at_zero = metric.yields_volume() && ((level != nullptr && *level == Dose::gy(0)) ||
                                                  (percent != nullptr && percent->in_percent() == 0.0));
  if (at_zero && !r.dose->strictly_above && why.empty()) {
    why = metric.kind == MetricKind::kV ? "the whole structure receives 0 Gy or more"
                                        : "no part of a structure receives less than 0 Gy";
  }
  if (why.empty()) return;
  const bool fixed_value = at_zero && !r.dose->strictly_above;
  out.push_back(
      {Severity::kWarning, r.path + (fixed_value ? ".metric" : ".limit"),
       r.rule->id + ": " + r.stated + (fixed_value ? " does not depend on the plan: " : " always holds: ") + why,
       fixed_value ? "Write the dose level that the source states."
                   : "Turn the comparator, or write the limit that the source states."});
}

void lint_volume_percent(const Protocol& protocol, const LintedDoseRule& r, double percent,
                         std::vector<LintEntry>& out) {
  const double prescribed = r.dose->percent_of.value_or(protocol.prescription.total).in_gy();
  const std::string message = r.rule->id + ": " + r.dose->metric.text + " counts from " +
                              number_text(percent * prescribed / 100.0) + " Gy, " + number_text(percent) +
                              " % of the prescribed " + number_text(prescribed) + " Gy";
  const std::string path = r.path + ".metric";
  if (percent > kHottestUsualPercent) {
    out.push_back({Severity::kWarning, path, message + "; is a dose in Gy meant?",
                   "Write V" + number_text(percent) + "Gy if it is; otherwise compare with the source."});
  } else if (percent <= kFactorNotPercent && percent > 0.0) {
    out.push_back({Severity::kWarning, path, message + "; is a fraction written as a percentage?",
                   "Write V" + as_percent(percent) + "%."});
  } else if (percent > 100.0) {
    out.push_back(
        {Severity::kNote, path, message,
         "Compare with the source: protocols differ in whether 110 % or 120 % is the hot spot, and in what it "
         "is of."});
  }
}

void lint_limit_percent(const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const Limit& limit = *r.dose->limit;
  const MetricUnit unit = r.dose->metric.unit;
  const bool of_prescription = unit == MetricUnit::kPercentOfPrescription;
  if (unit != MetricUnit::kPercentOfVolume && !of_prescription) return;
  const double largest = of_prescription              ? kFactorNotPercent
                         : is_upper(limit.comparator) ? kSmallestUpperPercent
                                                      : kFractionNotPercent;
  if (limit.value <= 0.0 || limit.value > largest) return;
  out.push_back({Severity::kWarning, r.path + ".limit",
                 r.rule->id + ": " + r.stated + " is in %; is a fraction written as a percentage?",
                 "Write " + as_percent(limit.value) + " for " + as_percent(limit.value) + " %."});
}

void lint_dose_unit(const Protocol& protocol, const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const std::optional<StatedDose> stated = stated_dose(r);
  if (!stated || stated->dose == Dose::gy(0)) return;
  if (stated->in_cgy && stated->dose < Dose::cgy(kSmallestCgy)) {
    const std::string number = number_text(stated->dose.in_cgy());
    out.push_back({Severity::kWarning, stated->path,
                   r.rule->id + ": " + r.stated + " is " + number + " cGy, less than 1 Gy",
                   "Write Gy for cGy if " + number + " Gy is meant."});
  }
  if (!stated->in_cgy && stated->dose > kMostPrescriptions * protocol.prescription.total) {
    const std::string number = number_text(stated->dose.in_gy());
    out.push_back({Severity::kWarning, stated->path,
                   r.rule->id + ": " + r.stated + " is " + number + " Gy, more than three times the prescription of " +
                       number_text(protocol.prescription.total.in_gy()) + " Gy",
                   "Write cGy for Gy if " + number + " cGy is meant."});
  }
}

void lint_warning_zone(const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const Limit& limit = *r.dose->limit;
  if (limit.warning_within == 0.0) return;
  const bool of_volume = r.dose->metric.unit == MetricUnit::kPercentOfVolume;
  const bool swallows_all = is_upper(limit.comparator) ? limit.warning_within > limit.value
                                                       : of_volume && limit.value + limit.warning_within > 100.0;
  if (!swallows_all) return;
  out.push_back({Severity::kWarning, r.path + ".warningWithin",
                 r.rule->id + ": every value that meets " + r.stated + " is within " +
                     number_text(limit.warning_within) + " of it, so none passes without a warning",
                 "Make warningWithin smaller; it is in the unit of the metric."});
}

}  // namespace

LintedDoseRule linted_dose_rule(const LintedRule& at) {
  const auto* dose = at.rule.as<DoseMetricRule>();
  return {at.path + "." + std::string(DoseMetricRule::kMember), &at.rule, dose,
          dvh_statement(*dose, at.protocol.prescription.total), stated(*dose)};
}

bool limits_dose(const DoseMetricRule& rule) {
  return is_upper(rule.limit->comparator) == (rule.metric.kind != MetricKind::kCV);
}

namespace {

// Whether it is written the right way round, and whether the metric could ever break it.
void lint_direction(const Protocol& protocol, const LintedDoseRule& r, std::vector<LintEntry>& out) {
  if (!r.dose->limit) return;
  lint_trivial(r, out);
  const Role& role = *protocol.find_role(r.dose->structure);
  const std::string path = r.path + ".comparator";
  const std::string turn = "Turn the comparator if the source limits it the other way round.";
  const bool upper = limits_dose(*r.dose);
  const auto odd = [&](const std::string& why) {
    out.push_back({Severity::kWarning, path, r.rule->id + " " + why + ": " + role.id + ", " + r.stated, turn});
  };
  if (role.kind == RoleKind::kOrganAtRisk && !upper) return odd("asks for dose in an organ at risk");
  // In a target, coverage is asked for and hot spots are limited: up to the prescribed dose the volume has
  // a lower limit, above it an upper one.
  if (role.kind != RoleKind::kTarget) return;
  const MetricKind kind = r.dose->metric.kind;
  if ((kind == MetricKind::kMax && !upper) || (kind == MetricKind::kMin && upper))
    return odd("has an unusual direction");
  if (!r.statement) return;
  const Dose prescribed = protocol.prescription.total;
  if (upper && r.statement->dose < prescribed) return odd("limits the coverage of a target");
  if (!upper && r.statement->dose > prescribed) return odd("asks for a hot spot in a target");
}

// What a percentage is of is plain of the structure that the dose is prescribed to only.
void lint_percent_of(const Protocol& protocol, const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const Role& role = *protocol.find_role(r.dose->structure);
  const Prescription& p = protocol.prescription;
  if (!r.dose->metric.needs_prescription() || r.dose->percent_of) return;
  if (role.kind != RoleKind::kTarget || role.id == p.target_role) return;
  const std::string gy = number_text(p.total.in_gy());
  out.push_back({Severity::kWarning, r.path + ".metric",
                 r.rule->id + ": " + r.stated + " is in % of the " + gy + " Gy prescribed to the " + p.target_role +
                     ", and the structure is another target, " + role.id,
                 "Write \"percentOfGy\": " + gy + ", or the dose that is prescribed to the " + role.id + "."});
}

// Percentages that are fractions, Gy that are cGy, and the other way round; the zone in which a pass warns.
void lint_units(const Protocol& protocol, const LintedDoseRule& r, std::vector<LintEntry>& out) {
  const auto* level = std::get_if<PercentOfPrescription>(&r.dose->metric.dose_level);
  if (r.dose->metric.yields_volume() && level != nullptr) lint_volume_percent(protocol, r, level->in_percent(), out);
  lint_dose_unit(protocol, r, out);
  lint_percent_of(protocol, r, out);
  if (!r.dose->limit) return;
  lint_limit_percent(r, out);
  lint_warning_zone(r, out);
}

}  // namespace

void DoseMetricRule::lint(const LintedRule& at, RuleLint& out) const {
  if (!at.rule.mandatory && limit) {
    out.left_out.push_back({Severity::kNote, at.path + ".mandatory",
                            at.rule.id + " has a limit but is advisory: it never decides the verdict",
                            "Make it mandatory if the source demands it."});
  }
  const LintedDoseRule linted = linted_dose_rule(at);
  lint_direction(at.protocol, linted, out.numbers);
  lint_units(at.protocol, linted, out.numbers);
}

}  // namespace dosegate
