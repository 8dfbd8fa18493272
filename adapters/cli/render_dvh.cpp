#include "adapters/cli/render_dvh.h"

#include <algorithm>
#include <optional>

#include "adapters/cli/number.h"
#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using Align = Table::Align;

template <typename Metric>
std::string interval(const Metric& m) {
  return interval_text(m.value(), m.has_lower() ? std::optional(m.lower()) : std::nullopt,
                       m.has_upper() ? std::optional(m.upper()) : std::nullopt);
}

void curve(Page& page, const dosegate::v1::RoiDvh& roi) {
  const auto& c = roi.curve();
  Table table({{"Dose at least", Align::kRight},
               {"Volume", Align::kRight},
               {"of the structure", Align::kRight},
               {"Between", Align::kRight}});
  const bool bounded = c.lower_cc_size() == c.volume_cc_size() && c.upper_cc_size() == c.volume_cc_size();
  for (int i = 0; i < c.volume_cc_size(); ++i) {
    const double cc = c.volume_cc(i);
    const auto percent = [&](double part) { return 100.0 * part / roi.volume_cc(); };
    const bool known = roi.volume_cc() > 0.0;
    const std::string between =
        known && bounded ? interval_text(percent(cc), percent(c.lower_cc(i)), percent(c.upper_cc(i))) : "";
    table.add({with_unit(fixed(i * c.bin_gy()), "Gy"), with_unit(fixed(cc), "cc"),
               known ? with_unit(fixed(percent(cc)), "%") : "", between.empty() ? "" : with_unit(between, "%")});
  }
  page.table(table);
}

}  // namespace

std::string render_dvh(const dosegate::v1::DvhReport& report, Style style) {
  Page page(style);
  if (report.rois().empty()) page.paragraph("There is no structure.");
  for (const auto& roi : report.rois()) {
    if (&roi != &report.rois(0)) page.blank();
    std::string heading = roi.name().empty() ? "ROI " + std::to_string(roi.roi_number()) + " (no name)" : roi.name();
    if (roi.has_volume_cc()) heading += "  " + with_unit(fixed(roi.volume_cc()), "cc");
    page.heading(heading);
    if (!roi.problem().empty()) page.paragraph("No values: " + roi.problem(), 2, 2);
    Table table({{"Metric"}, {"Value", Align::kRight}, {"Between", Align::kRight}, {"Remark"}});
    for (const auto& m : roi.metrics()) {
      table.add({m.metric(), m.has_value() ? with_unit(fixed(m.value()), m.unit()) : "-",
                 m.has_value() ? interval(m) : "", m.problem()});
    }
    page.table(table);
    if (roi.has_curve()) curve(page, roi);
    for (const std::string& note : roi.notes()) page.paragraph("- " + note, 2, 4);
  }
  if (report.between_slices() == dosegate::v1::BetweenSlices::INTERPOLATE) {
    page.blank();
    page.paragraph(solids_text(report.between_slices()));
  }
  return page.text();
}

bool is_complete(const dosegate::v1::DvhReport& report) {
  return std::all_of(report.rois().begin(), report.rois().end(), [](const auto& roi) {
    return roi.problem().empty() && std::all_of(roi.metrics().begin(), roi.metrics().end(),
                                                [](const auto& m) { return m.has_value() && m.problem().empty(); });
  });
}

}  // namespace dosegate::cli
