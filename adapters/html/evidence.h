// What the page shows beside the report: curves, contours, dose, images and the course.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/ct_images.h"
#include "adapters/dicom/reader.h"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/gamma.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/record.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::html {

using Rgb = std::array<std::uint8_t, 3>;

// Gamma of a measured dose, as reference, against the plan's.
struct GammaEvidence {
  std::string rule_id;               // that asks for it
  dosegate::v1::GammaReport report;  // with a pass rate
  // The axial plane of the largest gamma, row by row from the patient's right and front; NaN: not compared. Empty: the
  // reference has no such planes.
  std::vector<float> plane;
  std::size_t columns = 0, rows = 0;
  double x_mm = 0.0, y_mm = 0.0, z_mm = 0.0;  // centre of the first
  double dx_mm = 0.0, dy_mm = 0.0;            // from one to the next
};

struct Evidence {
  dosegate::v1::Protocol protocol;
  dosegate::v1::DvhReport dvh;  // with curves, of the ROIs that stand for roles; none: no curve is shown
  std::string no_curves;        // why, in the library's words
  dicom::RtCase rt;             // as it was read: contours and dose still there
  std::optional<dicom::CtImages> ct;
  std::string no_ct;  // why it is not shown, where there is one
  std::optional<dosegate::v1::ClinicalRecord> record;
  std::vector<std::string> holidays;   // civil days
  std::optional<GammaEvidence> gamma;  // where a dose was measured
  std::string report_sha256;           // of the JSON of the report, in hex
};

// One role of the protocol that has a volume, in the protocol's order.
struct Structure {
  std::string role, roi;  // roi: empty of a derived role
  std::optional<std::int32_t> roi_number;
  Rgb colour{};
  double volume_cc = 0.0;
  const dicom::Structure* drawn = nullptr;  // of the evidence; nullptr: derived
  std::size_t plan = 0;                     // of plans that are compared: its place among them
  std::string mark;                         // and what it is called there, "B"; empty: there is one plan alone
  // The cumulative curve from 0 Gy in steps of bin_gy, % of the volume; empty: there is none, or no rule asks for it.
  // Of each value the true one of the stated model lies between lower and upper.
  double bin_gy = 0.0;
  std::vector<double> value, lower, upper;

  // "B: Liver-GTV": "Liver-GTV D Mean" would read as a metric of its own.
  std::string label() const { return mark.empty() ? role : mark + ": " + role; }
};

// A derived role that is one role without another gets its curve as the difference of the two where the volumes prove
// that the one encloses the other (up to 1e-5 of it).
std::vector<Structure> structures_of(const dosegate::v1::Report& report, const Evidence& evidence);

}  // namespace dosegate::html
