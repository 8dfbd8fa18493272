#include "plugin/protocol_tools.h"

#include "core/propose/propose.h"
#include "core/protocols/describe.h"
#include "core/protocols/diff.h"
#include "plugin/arguments.h"
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

constexpr std::uint64_t kMaxScheduleRequestBytes = std::uint64_t{1} << 20;

dosegate_status schedule(const dosegate_protocol* protocol, dosegate_text request_json, dosegate_document** out,
                         dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(protocol)) return bad_handle("protocol");
    if (out == nullptr) return null_argument("out");
    const Result<std::string_view> text = read_text(request_json, kMaxScheduleRequestBytes, "json");
    if (!text) return text.error();
    const Result<ScheduleRequest> request = load_schedule_request(*text);
    if (!request) return request.error();
    const Result<ScheduleProposal> proposal = propose_schedule(protocol->value, *request);
    if (!proposal) return proposal.error();
    return give_document(to_json(*proposal), out);
  });
}

dosegate_status describe(const dosegate_protocol* protocol, dosegate_document** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (!is_handle(protocol)) return bad_handle("protocol");
    if (out == nullptr) return null_argument("out");
    return give_document(describe_json(protocol->value), out);
  });
}

}  // namespace

constexpr dosegate_protocol_tools kProtocolTools = {sizeof(dosegate_protocol_tools), 0, diff, schedule, describe};

}  // namespace dosegate::plugin
