// A computed role that encloses nothing: whether that is sound.
#include "core/context/context.h"

namespace dosegate {

// A computed structure has no contours that could be at fault: its parts are sound, and what they make may be nothing.
void Context::explain_empty(RoleState& state) const {
  const Result<Volume> volume = engine_.store.volume(state.key, engine_.host.workers);
  if (!volume || volume->in_mm3() > 0.0) return;
  const Derivation& d = *state.role->derived;
  if (d.within.empty()) {
    state.problem = say<Said::kNothingLeft>(d.text());
    state.hint = say<Said::kCheckBase>(d.base);
    state.dose_problem = state.problem;
    state.dose_hint = state.hint;
    return;
  }
  state.volume = Volume::mm3(0.0);
  state.problem.clear();
  state.hint.clear();
  state.empty_text = say<Said::kThereIsNothing>(d.text());
  if (reading_.factor) {
    state.dose_problem = state.empty_text;
    state.dose_hint = say<Said::kCheckOverlap>();
  } else {
    state.dose_problem = reading_.problem;
    state.dose_hint = reading_.hint;
  }
}

}  // namespace dosegate
