#include <cmath>

#include "core/report/text.h"
#include "core/rules/rules.h"

namespace dosegate {

Finding evaluate(const StructureRule& rule, const Context& context) {
  Finding f;
  const RoleState& state = context.role(rule.structure);
  f.structure = rule.structure;
  if (state.match.roi) f.roi = state.match.roi->name;
  if (!state.volume || !state.empty_text.empty()) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = rule.structure + ": " + (state.volume ? state.empty_text : state.problem);
    f.hint = state.hint;
    return f;
  }
  f.status = FindingStatus::kPass;
  f.value = f.lower = f.upper = state.volume->in_cc();
  f.unit = "cc";
  f.message = rule.structure + " is drawn, " + fixed(state.volume->in_cc(), 2) + " cc.";
  return f;
}

Finding evaluate(const DerivedCheckRule& rule, const Context& context) {
  Finding f;
  f.structure = rule.structure;
  const RoleState& computed = context.role(rule.structure);
  if (!computed.volume) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = rule.structure + " cannot be computed. " + computed.problem;
    f.hint = computed.hint;
    return f;
  }
  f.status = FindingStatus::kPass;
  f.value = f.lower = f.upper = computed.volume->in_cc();
  f.unit = "cc";
  f.message = rule.structure + " was computed, " + fixed(computed.volume->in_cc(), 2) + " cc.";
  const RoleState* drawn = context.drawn(rule.structure);
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

}  // namespace dosegate
