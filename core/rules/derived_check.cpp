#include "core/rules/derived_check.h"

#include <cmath>

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/text/text.h"

namespace dosegate {

DerivedCheckRule DerivedCheckRule::read(ObjectReader& o, const CheckRole& check) {
  DerivedCheckRule rule;
  rule.structure = o.string("structure", Need::kRequired);
  const Role* role = check(o, "structure", rule.structure);
  if (role != nullptr && !role->derived) {
    o.fail("structure", shown(rule.structure) + " is not a derived role");
  } else if (role != nullptr && role->derived->drawn_as.empty()) {
    o.fail("structure", shown(rule.structure) + " has no names in derived.drawnAs to look for");
  }
  o.finish();
  return rule;
}

RuleNeeds DerivedCheckRule::needs() const {
  RuleNeeds out;
  out.roles = {structure};
  out.doses = {structure};
  return out;
}

Finding DerivedCheckRule::evaluate(const Context& context) const {
  Finding f;
  f.structure = structure;
  const RoleState& computed = context.role(structure);
  if (!computed.volume) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = structure + " cannot be computed. " + computed.problem;
    f.hint = computed.hint;
    return f;
  }
  f.status = FindingStatus::kPass;
  f.value = f.lower = f.upper = computed.volume->in_cc();
  f.unit = "cc";
  f.message = structure + " was computed, " + fixed(computed.volume->in_cc(), 2) + " cc.";
  const RoleState* drawn = context.drawn(structure);
  if (drawn == nullptr) {
    if (!computed.match.problem.empty()) {
      f.status = FindingStatus::kWarning;
      f.message += " No drawn version was compared: " + computed.match.problem;
      f.hint = computed.match.hint;
    } else {
      f.message += " No drawn version to compare with.";
    }
    return f;
  }
  f.roi = drawn->match.roi->name;
  const auto warn = [&](const std::string& what) {
    f.status = FindingStatus::kWarning;
    f.message += " The drawn " + quoted(f.roi) + " " + what;
    f.hint = "The computed structure was used. Draw " + quoted(f.roi) + " again, or delete it.";
  };
  if (!drawn->volume) {
    warn("cannot be used: " + drawn->problem);
    return f;
  }
  const Derivation& tolerance = *computed.role->derived;
  if (!computed.empty_text.empty()) {
    warn("differs: " + fixed(drawn->volume->in_cc(), 2) + " cc.");
    return f;
  }
  if (std::abs(*drawn->volume / *computed.volume - 1.0) > tolerance.volume_tolerance.as_fraction()) {
    warn("differs: " + fixed(drawn->volume->in_cc(), 2) + " cc.");
  }
  if (computed.dvh && drawn->dvh) {
    const Dose a = computed.dvh->mean().value, b = drawn->dvh->mean().value;
    if (std::abs((a - b).in_gy()) > tolerance.mean_tolerance.in_gy()) {
      warn("differs in mean dose: " + fixed(b.in_gy(), 2) + " Gy against " + fixed(a.in_gy(), 2) + " Gy.");
    }
  } else if (computed.dvh) {
    warn("could not be compared in dose: " + drawn->dose_problem);
  }
  if (f.status == FindingStatus::kPass) f.message += " The drawn " + quoted(f.roi) + " agrees.";
  return f;
}

Requirement DerivedCheckRule::requirement(const Protocol&) const {
  return {structure, "drawn one agrees with the computed one"};
}

}  // namespace dosegate
