#include "adapters/cli/render_csv.h"

#include <catch2/catch.hpp>

#include "adapters/cli/render_dvh.h"

using namespace dosegate::cli;
namespace v1 = dosegate::v1;

TEST_CASE("csv: fields are quoted by RFC 4180 and never run as formulas", "[cli]") {
  CHECK(csv_text("Liver") == "Liver");
  CHECK(csv_text("a,b") == "\"a,b\"");
  CHECK(csv_text("say \"x\"") == "\"say \"\"x\"\"\"");
  CHECK(csv_text("=1+1") == "'=1+1");
  CHECK(csv_text("@SUM(A1,2)") == "\"'@SUM(A1,2)\"");
  CHECK(csv_text(" -x") == "' -x");
  CHECK(csv_text("\xEF\xBC\x9D"
                 "1") ==
        "'\xEF\xBC\x9D"
        "1");
  CHECK(csv_text("a\r\nb") == "a\\u{D}\\u{A}b");
}

TEST_CASE("csv: one row for each ROI and metric, and the curve on request", "[cli]") {
  v1::DvhReport report;
  auto* roi = report.add_rois();
  roi->set_name("Liver, left");
  roi->set_roi_number(7);
  roi->set_volume_cc(200);
  auto* m = roi->add_metrics();
  m->set_metric("V20Gy[%]");
  m->set_value(0.1);
  m->set_lower(0);
  m->set_upper(0.25);
  m->set_unit("%");
  auto* none = roi->add_metrics();
  none->set_metric("V95%[%]");
  none->set_problem("no prescription");
  roi->mutable_curve()->set_bin_gy(0.1);
  for (const double cc : {200.0, 150.0, 50.0, 0.0}) {
    roi->mutable_curve()->add_volume_cc(cc);
    roi->mutable_curve()->add_lower_cc(cc > 0.0 ? cc - 0.5 : 0.0);
    roi->mutable_curve()->add_upper_cc(cc + 0.25);
  }
  auto* empty = report.add_rois();
  empty->set_name("Empty");
  empty->set_problem("has no contours");

  CHECK(render_csv(report, CsvCurve::kLeaveOut) ==
        "roi,roi_number,roi_volume_cc,metric,value,lower,upper,unit,problem\r\n"
        "\"Liver, left\",7,200,V20Gy[%],0.1,0,0.25,%,\r\n"
        "\"Liver, left\",7,200,V95%[%],,,,,no prescription\r\n"
        "Empty,0,,,,,,,has no contours\r\n");
  const std::string with_curve = render_csv(report, CsvCurve::kInclude);
  CHECK(with_curve.find("problem,dose_gy,volume_cc,volume_percent,volume_lower_cc,volume_upper_cc\r\n") !=
        std::string::npos);
  CHECK(with_curve.find("\"Liver, left\",7,200,,,,,,,0.300,0,0,0,0.25\r\n") != std::string::npos);
  CHECK(with_curve.find("\"Liver, left\",7,200,,,,,,,0.100,150,75,149.5,150.25\r\n") != std::string::npos);
  CHECK_FALSE(is_complete(report));
}
