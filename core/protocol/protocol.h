// A trial's protocol in memory: the model behind dosegate.v1.Protocol. Immutable once loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/structure.h"
#include "core/protocol/rule_kind.h"
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

// Rule ids of findings that are no rule's but the engine's own begin so.
inline constexpr std::string_view kEngineRulePrefix = "dosegate.";

struct Rule {
  std::string id;  // begins not with kEngineRulePrefix
  std::string clause;
  std::string text;
  std::string reading;
  std::string source;
  bool mandatory = true;
  std::shared_ptr<const RuleKind> kind;  // never null in a protocol that loaded; copies of a rule share it

  // The rule where it is of that kind; else null.
  template <typename Kind>
  const Kind* as() const {
    return dynamic_cast<const Kind*>(kind.get());
  }
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

}  // namespace dosegate
