#include "adapters/cli/verdict.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::Finding;
using dosegate::v1::Report;

}  // namespace

Report::Verdict borne_out_by(const Report& report) {
  bool any = false, is_broken = false, is_open = false;
  for (const Finding& f : report.findings()) {
    if (!f.mandatory() || f.status() == Finding::PENDING) continue;
    any = true;
    is_broken = is_broken || f.status() == Finding::DEVIATION;
    is_open = is_open || (f.status() != Finding::PASS && f.status() != Finding::WARNING);
  }
  if (is_broken) return Report::FAIL;
  return any && !is_open ? Report::PASS : Report::INCOMPLETE;
}

Exit exit_of(dosegate_verdict verdict, const Report& report) {
  switch (verdict) {
    case DOSEGATE_VERDICT_PASS:
      return report.verdict() == Report::PASS && borne_out_by(report) == Report::PASS ? Exit::kPass : Exit::kUnusable;
    case DOSEGATE_VERDICT_FAIL:
      return report.verdict() == Report::FAIL ? Exit::kFail : Exit::kUnusable;
    case DOSEGATE_VERDICT_INCOMPLETE:
      return report.verdict() == Report::INCOMPLETE ? Exit::kIncomplete : Exit::kUnusable;
    default:
      return Exit::kUnusable;
  }
}

}  // namespace dosegate::cli
