// From the library's verdict to the exit code that a gate trusts.
#pragma once

#include "adapters/cli/output.h"
#include "dosegate/dosegate.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

// kUnusable unless the verdict is a known one and the report says the same; and for a PASS whose findings do
// not bear it out: none at all that is mandatory, or a mandatory one that is neither PASS nor WARNING.
Exit exit_of(dosegate_verdict verdict, const dosegate::v1::Report& report);

// The verdict that the findings make (report.proto).
dosegate::v1::Report::Verdict borne_out_by(const dosegate::v1::Report& report);

}  // namespace dosegate::cli
