// Every document that the engine reads, on any bytes: a value or an error with a message, nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/checker.h"
#include "core/protocol/structure_match.h"
#include "core/protocols/diff.h"
#include "core/protocols/lint.h"
#include "core/protocols/load.h"

namespace {

template <typename T>
void judge(const dosegate::Result<T>& result) {
  if (!result && result.error().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dosegate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Protocol> protocol = load_protocol(text);
  judge(protocol);
  const std::vector<LintEntry> lint = lint_protocol(text);
  bool refused = false;
  for (const auto& entry : lint) refused |= entry.severity == LintEntry::Severity::kError;
  if (refused == static_cast<bool>(protocol)) std::abort();  // the linter and the loader must agree
  if (protocol) {
    static const Protocol shipped = *load_protocol(builtin_protocols().front().json);
    const Result<ProtocolDiff> diff = diff_protocols(shipped, *protocol);
    if (!diff || to_json(*diff).empty()) std::abort();
    if (!diff_protocols(*protocol, *protocol)->changes.empty()) std::abort();
  }
  if (protocol && check(Case{}, *protocol)->verdict != Verdict::kIncomplete) std::abort();
  judge(load_plan(text));
  judge(load_case_options(text));
  judge(load_dvh_request(text));
  const Result<Metric> metric = parse_metric(text);
  judge(metric);
  if (metric && !parse_metric(metric->text)) std::abort();
  fold_name(text);
  return 0;
}
