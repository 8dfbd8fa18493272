#include "adapters/cli/render_report_csv.h"

#include <vector>

#include "adapters/cli/number.h"
#include "adapters/cli/render_csv.h"

namespace dosegate::cli {
namespace {

constexpr const char* kReportColumns =
    "rule,status,mandatory,structure,roi,metric,value,lower,upper,unit,comparator,limit,room_gy,room_cc,x_mm,y_mm,z_mm,"
    "dose_gy,message,what_to_do\r\n";

std::string number_field(bool has, double value) { return has ? shortest(value) : ""; }

std::string comparator_field(const v1::Finding& f) {
  switch (f.comparator()) {
    case v1::LT:
      return "<";
    case v1::LE:
      return "<=";
    case v1::GT:
      return ">";
    case v1::GE:
      return ">=";
    default:
      return "";
  }
}

std::vector<std::string> fields_of(const present::Row& row, present::Language language) {
  const v1::Finding& f = *row.finding;
  const v1::Location& at = f.location();
  return {csv_text(f.rule_id()),
          csv_text(present::say(present::word_of(row.status), language)),
          f.mandatory() ? "true" : "false",
          csv_text(f.structure()),
          csv_text(f.roi()),
          csv_text(f.metric()),
          number_field(f.has_value(), f.value()),
          number_field(f.has_lower(), f.lower()),
          number_field(f.has_upper(), f.upper()),
          csv_text(f.unit()),
          csv_text(comparator_field(f)),
          number_field(f.has_limit(), f.limit()),
          number_field(f.has_margin_dose_gy(), f.margin_dose_gy()),
          number_field(f.has_margin_volume_cc(), f.margin_volume_cc()),
          number_field(f.has_location(), at.x_mm()),
          number_field(f.has_location(), at.y_mm()),
          number_field(f.has_location(), at.z_mm()),
          number_field(at.has_dose_gy(), at.dose_gy()),
          csv_text(row.message),
          csv_text(row.hint)};
}

}  // namespace

std::string render_report_csv(const present::View& view) {
  std::string text = kReportColumns;
  for (const present::Group& group : view.groups) {
    for (const present::Row& row : group.rows) {
      bool is_first = true;
      for (const std::string& field : fields_of(row, view.language)) {
        text += (is_first ? "" : ",") + field;
        is_first = false;
      }
      text += "\r\n";
    }
  }
  return text;
}

}  // namespace dosegate::cli
