// What every function of the table that takes a case does around its own work.
#pragma once

#include <string>
#include <utility>

#include "plugin/call.h"
#include "plugin/memory.h"

namespace dosegate::plugin {

// As guarded() for a call on a case, which is in use meanwhile. What fails is told to the host's log, too.
template <typename F>
dosegate_status guarded_case(dosegate_case* c, dosegate_error** error, F&& call) noexcept {
  return guarded(error, [&](FloatEnvironment& environment) -> Status {
    if (!is_handle(c)) return bad_handle("case");
    const CaseUse use(c);
    if (!use.is_granted()) return case_in_use();
    const MemoryScope scope(&c->memory);
    Status status = call(environment);  // not const: returned as it is, its texts where they are
    if (!status) {
      hand_over(status.error().path);
      hand_over(status.error().message);
    }
    if (!status && c->host.log != nullptr) {
      const std::string text = status.error().path + ": " + status.error().message;
      environment.as_host([&] { c->host.log(c->host.user, 3, text.c_str()); });
    }
    return status;
  });
}

// What was kept goes from where it was counted.
template <typename F>
void kept_scope(dosegate_case* c, F&& change) {
  const MemoryScope scope(&c->memory, true);
  change();
}

// What the case holds, to be changed: reports on what it held so far go.
inline Case& change(dosegate_case* c) {
  kept_scope(c, [&] { c->reports = ReportStore(); });
  return c->content.change();
}

}  // namespace dosegate::plugin
