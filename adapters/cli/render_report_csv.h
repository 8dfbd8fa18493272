// A report as CSV (RFC 4180, as render_csv.h says), for a spreadsheet.
#pragma once

#include <string>

#include "adapters/present/view.h"

namespace dosegate::cli {

// A header line, then a row for each finding, in the order of the other faces:
//   rule,status,mandatory,structure,roi,metric,value,lower,upper,unit,comparator,limit,room_gy,room_cc,
//   x_mm,y_mm,z_mm,dose_gy,message,what_to_do
// Numbers have every digit they need to read back as they were; status, message and what to do are in the view's
// language. Empty: there is none.
std::string render_report_csv(const present::View& view);

}  // namespace dosegate::cli
