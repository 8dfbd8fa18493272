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
    f.message = say<Said::kCannotBeComputed>(structure);
    f.message += computed.problem;
    f.hint = computed.hint;
    return f;
  }
  f.status = FindingStatus::kPass;
  f.value = f.lower = f.upper = computed.volume->in_cc();
  f.unit = "cc";
  const auto cc = [](Volume v) { return number(v.in_cc(), 2, "cc"); };
  f.message = say<Said::kWasComputed>(structure, cc(*computed.volume));
  const RoleState* drawn = context.drawn(structure);
  if (drawn == nullptr) {
    if (!computed.match.problem.empty()) {
      f.status = FindingStatus::kWarning;
      f.message += say<Said::kNoDrawnCompared>(computed.match.problem);
      f.hint = computed.match.hint;
    } else {
      f.message += say<Said::kNoDrawnVersion>();
    }
    return f;
  }
  f.roi = drawn->match.roi->name;
  const auto warn = [&](Message what) {
    f.status = FindingStatus::kWarning;
    f.message += std::move(what);
    f.hint = say<Said::kComputedWasUsed>(f.roi);
  };
  if (!drawn->volume) {
    warn(say<Said::kDrawnCannotBeUsed>(f.roi, drawn->problem));
    return f;
  }
  const Derivation& tolerance = *computed.role->derived;
  if (!computed.empty_text.empty()) {
    warn(say<Said::kDrawnDiffers>(f.roi, cc(*drawn->volume)));
    return f;
  }
  if (std::abs(*drawn->volume / *computed.volume - 1.0) > tolerance.volume_tolerance.as_fraction()) {
    warn(say<Said::kDrawnDiffers>(f.roi, cc(*drawn->volume)));
  }
  if (computed.dvh && drawn->mean) {
    const Dose a = computed.dvh->mean().value, b = *drawn->mean;
    if (std::abs((a - b).in_gy()) > tolerance.mean_tolerance.in_gy()) {
      warn(say<Said::kDrawnDiffersInDose>(f.roi, number(b.in_gy(), 2, "Gy"), number(a.in_gy(), 2, "Gy")));
    }
  } else if (computed.dvh) {
    warn(say<Said::kDrawnNotComparedInDose>(f.roi, drawn->dose_problem));
  }
  if (f.status == FindingStatus::kPass) f.message += say<Said::kDrawnAgrees>(f.roi);
  return f;
}

Requirement DerivedCheckRule::requirement(const Protocol&) const {
  return {structure, "drawn one agrees with the computed one"};
}

}  // namespace dosegate
