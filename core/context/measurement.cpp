// The dose against what was measured of it, by the criteria that rules ask for.
#include "core/context/context.h"

namespace dosegate {

bool Context::compare_measurement() {
  if (!case_.measurement || (engine_.grid == nullptr && !case_.dose_refused)) return true;
  for (const Rule& rule : protocol_.rules) {
    const auto criteria = rule.kind->needs().comparison;
    if (!criteria) continue;
    if (case_.dose_refused) {
      MeasuredAnswer none;
      none.problem = english(case_.dose_refused.problem);
      none.hint = english(case_.dose_refused.hint);
      gammas_[rule.kind.get()] = std::make_shared<const Result<MeasuredAnswer>>(std::move(none));
      continue;
    }
    auto answer = compare_measured(case_.measurement->reference(), *engine_.grid, *criteria, engine_.host);
    if (!answer && answer.error().code == ErrorCode::kCancelled) return false;
    gammas_[rule.kind.get()] = std::make_shared<const Result<MeasuredAnswer>>(std::move(answer));
  }
  return true;
}

const Result<MeasuredAnswer>* Context::measured(const RuleKind& kind) const {
  const auto found = gammas_.find(&kind);
  return found == gammas_.end() ? nullptr : found->second.get();
}

}  // namespace dosegate
