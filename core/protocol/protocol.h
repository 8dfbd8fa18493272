// A trial's protocol in memory: the model behind dosegate.v1.Protocol. Immutable once loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/geometry/structure.h"
#include "core/margin/margins.h"
#include "core/metric/metric.h"
#include "core/protocol/course_rules.h"
#include "core/protocol/record_rules.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"
#include "core/schedule/fractionation.h"

namespace dosegate {

struct Prescription {
  Dose total;
  std::int32_t fractions = 0;
  Dose per_fraction;
  std::string target_role;
};

enum class RoleKind { kTarget, kOrganAtRisk };
enum class Laterality { kNone, kLeft, kRight };

// What is in base or any of plus, in every one of within, and in none of minus; computed on the polygons.
struct Derivation {
  std::string base;
  std::vector<std::string> minus;
  std::vector<std::string> drawn_as;  // names of a drawn version, cross-checked
  PercentOfVolume volume_tolerance;
  Dose mean_tolerance;
  std::vector<std::string> plus, within;

  // Every role named: base, plus, within, minus.
  std::vector<std::string> parts() const;
  // "Liver minus GTV"
  std::string text() const;
};

struct Role {
  std::string id;  // TG-263 primary name
  RoleKind kind = RoleKind::kOrganAtRisk;
  Laterality laterality = Laterality::kNone;
  std::vector<std::string> aliases;
  std::optional<Derivation> derived;
};

enum class Comparator { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
std::string_view symbol(Comparator c);  // "<", "<=", ">", ">="

struct Limit {
  Comparator comparator = Comparator::kLess;
  double value = 0.0;           // in the metric's unit
  double warning_within = 0.0;  // a pass nearer than this is a WARNING; 0: never
};

// Each rule kind is a struct here and a file in core/rules.
struct DoseMetricRule {
  std::string structure;
  Metric metric;
  bool strictly_above = false;     // V counts dose > x instead of >= x
  std::optional<Limit> limit;      // none: reported only
  std::optional<Dose> percent_of;  // what 100 % of a prescribed dose are; none: the protocol's total dose
};
struct PrescriptionRule {
  enum class Quantity { kTotalDose, kFractions, kDosePerFraction };
  Quantity quantity = Quantity::kTotalDose;
};
struct StructureRule {
  std::string structure;
};
struct DerivedCheckRule {
  std::string structure;
};
// `to` is `from` plus margins (core/margin/margin_fit.h), but for what is cropped: inside one of cropped_by, or outside
// one of within.
struct MarginRule {
  std::string from, to;
  Margins margins;
  Length tolerance;  // before what the spacing of slices adds
  std::vector<std::string> cropped_by, within;
  std::optional<PercentOfVolume> allowed_uncovered;  // of the expected expansion, cropped or not; none: any share
  std::optional<Length> excess_limit;                // beyond it a WARNING; none: only reported
};
struct ContainmentRule {
  std::string inner, outer;
  Length tolerance;
};
using RuleKind = std::variant<DoseMetricRule, PrescriptionRule, StructureRule, DerivedCheckRule, MarginRule,
                              ContainmentRule, GammaRule, DeliveryRule, TherapyRule, ImagingRule, EligibilityRule,
                              LabRule, GradingRule, ResponseRule, ScheduleRule, FractionationRule, BedRule, BeamsRule>;

// Rule ids of findings that are no rule's but the engine's own begin so.
inline constexpr std::string_view kEngineRulePrefix = "dosegate.";

struct Rule {
  std::string id;  // begins not with kEngineRulePrefix
  std::string clause;
  std::string text;
  std::string reading;
  std::string source;
  bool mandatory = true;
  RuleKind kind;
};

struct Protocol {
  std::string id;
  std::string version;
  std::string title;
  std::string source;
  Prescription prescription;
  std::optional<Fractionation> fractionation;  // none: the protocol says nothing of time
  BetweenSlices between_slices = BetweenSlices::kSlab;
  std::vector<Role> roles;
  std::vector<Rule> rules;
  std::string json;  // the text it was loaded from

  const Role* find_role(std::string_view id) const;  // nullptr when there is none
};

// Loads dosegate.v1.Protocol. Strict: an unknown field, a wrong type, a missing one, a metric that does
// not parse, a role that is not declared, a repeated id, a limit outside the metric's range: an error
// whose path is the JSON path. Text over 4 MiB or nested deeper than 32: kLimitExceeded.
Result<Protocol> load_protocol(std::string_view json);

struct LintEntry {
  enum class Severity { kError, kWarning, kNote };
  Severity severity = Severity::kError;
  std::string path;
  std::string message;  // what, and why it is odd
  std::string mend;     // what to do; empty where the message of an error says what is expected
};

// Everything that load_protocol would refuse (all of it, not only the first), and what loads but is
// likely a mistake: a limit that can never be the first to fail or that contradicts another, a V-metric whose limits
// rise with the dose, a constraint whose direction is unusual for its role or that its metric always meets, a
// percentage, a fraction or cGy where another is meant, a rule said twice or without source, a role no rule uses, names
// of two roles that collide or name another side.
std::vector<LintEntry> lint_protocol(std::string_view json);

// The protocols compiled into the library; the first is the default.
struct BuiltinProtocol {
  std::string_view id;
  std::string_view json;
};
const std::vector<BuiltinProtocol>& builtin_protocols();

}  // namespace dosegate
