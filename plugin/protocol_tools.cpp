#include "plugin/protocol_tools.h"

#include "core/protocol/diff.h"
#include "plugin/call.h"

namespace dosegate::plugin {
namespace {

dosegate_status diff(const dosegate_protocol* before, const dosegate_protocol* after, dosegate_document** out,
                     dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(before)) return bad_handle("before");
    if (!is_handle(after)) return bad_handle("after");
    if (out == nullptr) return null_argument("out");
    const Result<ProtocolDiff> result = diff_protocols(before->value, after->value);
    if (!result) return result.error();
    return give_document(to_json(*result), out);
  });
}

}  // namespace

constexpr dosegate_protocol_tools kProtocolTools = {sizeof(dosegate_protocol_tools), 0, diff};

}  // namespace dosegate::plugin
