#include "adapters/cli/verdict.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::Finding;
using dosegate::v1::Report;

bool bears_out_pass(const Report& report) {
  bool any = false;
  for (const Finding& f : report.findings()) {
    if (!f.mandatory() || f.status() == Finding::PENDING) continue;
    if (f.status() != Finding::PASS && f.status() != Finding::WARNING) return false;
    any = true;
  }
  return any;
}

}  // namespace

Exit exit_of(dosegate_verdict verdict, const Report& report) {
  switch (verdict) {
    case DOSEGATE_VERDICT_PASS:
      return report.verdict() == Report::PASS && bears_out_pass(report) ? Exit::kPass : Exit::kUnusable;
    case DOSEGATE_VERDICT_FAIL:
      return report.verdict() == Report::FAIL ? Exit::kFail : Exit::kUnusable;
    case DOSEGATE_VERDICT_INCOMPLETE:
      return report.verdict() == Report::INCOMPLETE ? Exit::kIncomplete : Exit::kUnusable;
    default:
      return Exit::kUnusable;
  }
}

}  // namespace dosegate::cli
