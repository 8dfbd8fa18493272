#include "core/context/judge.h"

namespace dosegate {

Finding judge(const RuleKind& kind, const Context& context) {
  const Refusal& refused = context.input().plan_refused;
  if (!refused) return kind.evaluate(context);
  const RuleNeeds needs = kind.needs();
  if (needs.plan) {
    Finding f;
    f.status = FindingStatus::kNotEvaluable;
    f.message = refused.problem;
    f.hint = refused.hint;
    return f;
  }
  Finding f = kind.evaluate(context);
  if (needs.plan_beside && f.status != FindingStatus::kNotEvaluable && f.status != FindingStatus::kPending) {
    f.message += say<Said::kNotComparedWithPlan>(refused.problem);
  }
  return f;
}

}  // namespace dosegate
