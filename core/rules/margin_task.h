// What a rule on margins asks of the geometry, or why it cannot be asked.
#pragma once

#include <string>
#include <vector>

#include "core/dvh/store.h"
#include "core/margin/margin_fit.h"
#include "core/rules/context.h"

namespace dosegate {

struct MarginTask {
  std::string problem, hint;                // not empty: it cannot be asked
  DvhStore::Key key;                        // under which the answer is kept
  MarginQuestion question;                  // refers to stacks of the context
  std::vector<std::string> not_considered;  // croppers that are not there, as sentences
};

// Precondition: the context's roles are built. Both structures must be usable, in one frame of reference that is
// stated, and on planes of one direction.
MarginTask margin_task(const MarginRule& rule, const Context& context);
MarginTask margin_task(const ContainmentRule& rule, const Context& context);

}  // namespace dosegate
