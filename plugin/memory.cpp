#include "plugin/memory.h"

#include <algorithm>
#include <limits>

#include "plugin/arguments.h"
#include "plugin/call.h"
#include "plugin/runtime/size_of_block.h"

namespace dosegate::plugin {
namespace {

[[maybe_unused]] std::uint64_t not_negative(std::int64_t bytes) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

[[maybe_unused]] dosegate_status case_memory(dosegate_case* c, dosegate_case_memory* out, dosegate_error** error) {
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(c)) return bad_handle("case");
    if (const Status status = check_struct(out, "out"); !status) return status.error();
    if (out->reserved != 0) return Error{ErrorCode::kInvalidArgument, "out.reserved", "must be 0."};
    const std::int64_t itself = static_cast<std::int64_t>(size_of_block(c));
    out->bytes = not_negative(c->memory.bytes() + itself);
    out->kept = not_negative(c->memory.kept());
    out->most = not_negative(c->memory.take_most() + itself);
    return ok();
  });
}

[[maybe_unused]] dosegate_status give_back(dosegate_case* c, dosegate_error** error) {
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(c)) return bad_handle("case");
    const CaseUse use(c);
    if (!use.is_granted()) return case_in_use();
    forget_kept(c);
    return ok();
  });
}

[[maybe_unused]] dosegate_status set_limit(dosegate_case* c, std::uint64_t bytes, dosegate_error** error) {
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(c)) return bad_handle("case");
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    c->memory.set_limit(static_cast<std::int64_t>(std::min(bytes, kMost)));
    return ok();
  });
}

}  // namespace

#if defined(DOSEGATE_COUNTS_MEMORY)
const dosegate_memory* memory_extension() {
  static constexpr dosegate_memory kMemory = {sizeof(dosegate_memory), 0, case_memory, give_back, set_limit};
  return &kMemory;
}
void hand_over(const void* block) noexcept { memory_use.give(size_of_block(const_cast<void*>(block))); }
#else
const dosegate_memory* memory_extension() { return nullptr; }
void hand_over(const void*) noexcept {}
#endif

void hand_over(const std::string& text) noexcept {
  const auto* const object = reinterpret_cast<const char*>(&text);
  const bool is_inside = text.data() >= object && text.data() < object + sizeof text;
  if (!is_inside) hand_over(static_cast<const void*>(text.data()));
}

void forget_kept(dosegate_case* c) noexcept {
  const MemoryScope scope(&c->memory, true);
  c->kept = DvhStore();
  c->reports = ReportStore();
}

}  // namespace dosegate::plugin
