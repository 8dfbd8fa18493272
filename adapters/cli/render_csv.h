// A dosegate.v1.DvhReport as CSV (RFC 4180: commas, CRLF, quotes doubled; UTF-8, a point in numbers).
#pragma once

#include <string>
#include <string_view>

#include "dosegate/v1/dvh.pb.h"

namespace dosegate::cli {

enum class CsvCurve { kLeaveOut, kInclude };

// A header line, then a row for each ROI and metric:
//   roi,roi_number,roi_volume_cc,metric,value,lower,upper,unit,problem
// An ROI for which nothing could be computed has one row with its problem. With kInclude there are the further
// columns dose_gy,volume_cc,volume_percent,volume_lower_cc,volume_upper_cc and a row for each point of the curve, its
// metric empty. Numbers have every digit they need to read back as they were. Empty: no value.
std::string render_csv(const dosegate::v1::DvhReport& report, CsvCurve curve);

// One field, quoted where it must be. Text that a spreadsheet would run as a formula (it begins with = + - @
// or their full-width forms) gets an apostrophe in front; control characters are written out.
std::string csv_text(std::string_view text);

}  // namespace dosegate::cli
