// `check --format html`: what the page shows beside the report.
#pragma once

#include <string>
#include <string_view>

#include "adapters/cli/args.h"
#include "adapters/dicom/reader.h"
#include "adapters/html/evidence.h"
#include "adapters/present/view.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/options.pb.h"

namespace dosegate::cli {

// The curves of the ROIs that stand for a role in `report`; none, and `why`, where the library makes none.
v1::DvhReport curves_of(const v1::Report& report, Case& c, std::string& why);

class HtmlReport {
 public:
  // Where `args` ask for a page: copies what the library is about to take out of `rt`. `record` is the clinical
  // record's text, empty where there is none.
  HtmlReport(const CheckArguments& args, const v1::Protocol& protocol, const dicom::RtCase& rt,
             const std::string& record, const v1::CaseOptions& options);

  // The page. Asks `c` for the curves of the ROIs that stand for a role.
  std::string make(const present::View& view, std::string_view report_json, Case& c);

 private:
  std::vector<std::filesystem::path> paths_;
  std::string measured_;
  html::Evidence evidence_;
};

}  // namespace dosegate::cli
