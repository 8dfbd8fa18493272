#include "core/rules/structure.h"

#include "core/rules/reading.h"
#include "core/text/text.h"

namespace dosegate {

StructureRule StructureRule::read(ObjectReader& o, const CheckRole& check) {
  StructureRule rule;
  rule.structure = read_role(o, "structure", check);
  o.finish();
  return rule;
}

RuleNeeds StructureRule::needs() const {
  RuleNeeds out;
  out.roles = {structure};
  return out;
}

Finding StructureRule::evaluate(const Context& context) const {
  Finding f;
  const RoleState& state = context.role(structure);
  f.structure = structure;
  if (state.match.roi) f.roi = state.match.roi->name;
  if (!state.volume || !state.empty_text.empty()) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = say<Said::kOfRole>(structure, state.volume ? state.empty_text : state.problem);
    f.hint = state.hint;
    return f;
  }
  f.status = FindingStatus::kPass;
  f.value = f.lower = f.upper = state.volume->in_cc();
  f.unit = "cc";
  f.message = say<Said::kStructureDrawn>(structure, number(state.volume->in_cc(), 2, "cc"));
  return f;
}

Requirement StructureRule::requirement(const Protocol&) const { return {structure, "must exist"}; }

}  // namespace dosegate
