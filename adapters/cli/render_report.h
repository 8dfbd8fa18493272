// A dosegate.v1.Report as text: verdict, what is wrong, what could not be evaluated, warnings, what passed,
// then what it rests on. In the order in which a dosimetrist needs it.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

// What the first lines say beside the report: the plan as the reader found it; the protocol's title.
struct ReportContext {
  dosegate::v1::Plan plan;
  std::string protocol_title;
};

std::string render_report(const dosegate::v1::Report& report, const ReportContext& context, Style style);

}  // namespace dosegate::cli
