#include "adapters/cli/html_report.h"

#include <set>

#include "adapters/cli/documents.h"
#include "adapters/cli/gamma_evidence.h"
#include "adapters/dicom/ct_images.h"
#include "adapters/html/page.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::cli {

HtmlReport::HtmlReport(const CheckArguments& args, const v1::Protocol& protocol, const dicom::RtCase& rt,
                       const std::string& record, const v1::CaseOptions& options) {
  if (!is_page(args.input.format)) return;
  measured_ = args.measured;
  paths_.assign(args.input.paths.begin(), args.input.paths.end());
  evidence_.protocol = protocol;
  evidence_.rt = rt;
  evidence_.holidays.assign(options.holidays().begin(), options.holidays().end());
  v1::ClinicalRecord parsed;  // the library says what is wrong with one that cannot be read
  if (!record.empty() && read_document(record, parsed).empty()) evidence_.record = std::move(parsed);
}

v1::DvhReport curves_of(const v1::Report& report, Case& c, std::string& why) {
  v1::DvhRequest request;
  std::set<std::string> asked;
  for (const auto& match : report.structures()) {
    if (match.has_roi() && asked.insert(match.roi()).second) request.add_rois(match.roi());
  }
  request.set_curve(true);
  if (asked.empty()) return {};
  try {
    return parse_document<v1::DvhReport>(c.dvh(to_json(request)).json());
  } catch (const PluginError& e) {
    why = e.what();
    return {};
  }
}

std::string HtmlReport::make(const present::View& view, std::string_view report_json, Case& c) {
  evidence_.dvh = curves_of(*view.report, c, evidence_.no_curves);
  std::string frame;
  for (const dicom::Structure& s : evidence_.rt.structures) {
    if (frame.empty()) frame = s.frame_of_reference_uid;
  }
  evidence_.ct = dicom::read_ct(paths_, frame, evidence_.no_ct);
  // Doses of a fraction that were taken for a course are not those that were measured.
  const bool is_as_read = view.report->dose().has_scale_factor() && view.report->dose().scale_factor() == 1.0;
  if (!measured_.empty() && evidence_.rt.dose && is_as_read)
    evidence_.gamma = measured_gamma(evidence_.protocol, *evidence_.rt.dose, measured_, c);
  evidence_.report_sha256 = dosegate::detail::sha256_of(report_json.data(), report_json.size());
  return html::page(view, evidence_);
}

}  // namespace dosegate::cli
