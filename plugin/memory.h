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

// An answer, for which results are kept. Where memory runs out, those that were kept before are given back for a second
// try.
template <typename F>
auto with_kept(dosegate_case* c, F&& answer) {
  const bool had_kept = c->memory.kept() > 0;
  const MemoryScope scope(&c->memory, true);
  try {
    return answer();
  } catch (const std::bad_alloc&) {
    if (!had_kept) throw;
  }
  forget_kept(c);
  return answer();
}

}  // namespace dosegate::plugin
