// What cases hold of memory, and the extension of include/dosegate/extensions/memory.h.
#pragma once

#include <new>
#include <string>

#include "plugin/handles.h"
#include "plugin/include/dosegate/extensions/memory.h"

namespace dosegate::plugin {

// nullptr: a build whose allocations are not counted (with a sanitizer, which has them itself).
const dosegate_memory* memory_extension();

// What the host gets and releases is no longer the case's: blocks of memory made in the present scope.
void hand_over(const void* block) noexcept;
void hand_over(const std::string& text) noexcept;

// The stores give back what they kept.
void forget_kept(dosegate_case* c) noexcept;

// Where memory runs out, results that were kept are given back for a second try. What fails has had no effect.
template <typename F>
auto tried_twice(dosegate_case* c, F&& call) {
  const bool had_kept = c->memory.kept() > 0;
  try {
    return call();
  } catch (const std::bad_alloc&) {
    if (!had_kept) throw;
  }
  forget_kept(c);
  return call();
}

// An answer, for which results are kept.
template <typename F>
auto with_kept(dosegate_case* c, F&& answer) {
  const MemoryScope scope(&c->memory, true);
  return answer();
}

}  // namespace dosegate::plugin
