// Real exports. Numbers are facts of the files, as dcmdump prints them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "dosegate/dosegate.h"
#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

RtCase read_folder(const std::vector<std::filesystem::path>& paths, const ReadOptions& options) {
  ReadResult result = read_case(paths, options);
  if (const auto* error = std::get_if<ReadError>(&result)) FAIL(error->text());
  return std::get<RtCase>(std::move(result));
}

std::string folder_error(const std::vector<std::filesystem::path>& paths, const ReadOptions& options) {
  const ReadResult result = read_case(paths, options);
  if (const auto* error = std::get_if<ReadError>(&result)) return error->text();
  return "";
}

}  // namespace

TEST_CASE("liverA is read whole from its folder", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const RtCase rt_case = read_folder({data + "/liverA"}, ReadOptions{});
  CHECK(rt_case.plan->dose_references(0).target_prescription_dose_gy() == 45.0);
  CHECK(rt_case.plan->fraction_groups(0).fractions_planned() == 15);
  CHECK(rt_case.plan->beams_size() == 4);
  CHECK(rt_case.structures.size() == 14);
  for (const Structure& structure : rt_case.structures) {
    CHECK(structure.defect.empty());
    CHECK_FALSE(structure.contours.empty());
    CHECK(structure.frame_of_reference_uid == rt_case.dose->frame_of_reference_uid);
  }
  CHECK(rt_case.dose->columns == 122);
  CHECK(rt_case.dose->rows == 101);
  CHECK(rt_case.dose->planes == 56);
  CHECK(rt_case.dose->value_type == DOSEGATE_VALUES_UINT32);
  const std::vector<double> values = dose_values(*rt_case.dose);
  const double maximum = *std::max_element(values.begin(), values.end());
  CHECK(maximum > 45.0);
  CHECK(maximum < 60.0);
}

TEST_CASE("liverA_fraction has the fifteenth of liverA's dose", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const RtCase course = read_folder({data + "/liverA"}, ReadOptions{});
  const RtCase fraction = read_folder({data + "/liverA_fraction"}, ReadOptions{});
  CHECK(fraction.dose->summation == DOSEGATE_SUMMATION_FRACTION);
  CHECK(fraction.dose->value_type == DOSEGATE_VALUES_UINT16);
  CHECK(fraction.plan->dose_references_size() == 0);
  const std::vector<double> a = dose_values(*course.dose), b = dose_values(*fraction.dose);
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - 15.0 * b[i]));
  CHECK(worst < 15.0 * fraction.dose->scaling);  // half a step of 16 bits, fifteen times, and rounding of the other
}

TEST_CASE("The same dose in implicit, big endian and RLE encoding has the same values", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const RtCase implicit = read_folder({data + "/pydicom/rtdose.dcm"}, anything());
  CHECK(implicit.dose->units == DOSEGATE_UNITS_RELATIVE);
  CHECK(implicit.dose->planes == 15);
  const std::vector<double> expected = dose_values(*implicit.dose);
  REQUIRE(expected.size() == 1500);
  CHECK(*std::max_element(expected.begin(), expected.end()) > 0.0);
  CHECK(dose_values(*read_folder({data + "/pydicom/rtdose_expb.dcm"}, anything()).dose) == expected);
  CHECK(dose_values(*read_folder({data + "/pydicom/rtdose_rle.dcm"}, anything()).dose) == expected);
}

TEST_CASE("One frame with fifteen offsets contradicts itself and is refused", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  for (const char* name : {"rtdose_1frame.dcm", "rtdose_expb_1frame.dcm", "rtdose_rle_1frame.dcm"}) {
    CHECK_THAT(folder_error({data + "/pydicom/" + name}, anything()), Contains("has 15 values for 1 frames"));
  }
}

TEST_CASE("A truncated plan is refused, and a structure set without meta group is read", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  CHECK_THAT(folder_error({data + "/pydicom/rtplan_truncated.dcm"}, anything()),
             Contains("(300A,00B0) Beam Sequence: 976 bytes are announced and 711 are there"));
  const RtCase rt_case = read_folder({data + "/pydicom/rtstruct.dcm"}, anything());
  REQUIRE(rt_case.structures.size() == 3);
  CHECK(rt_case.structures[1].contours[0].geometric_type == DOSEGATE_CONTOUR_POINT);
}

TEST_CASE("The ion case names the files of different patients, without the plan it is read", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  CHECK_THAT(folder_error({data + "/aptg-ion"}, ReadOptions{}), Contains("different patients") && Contains("RP.dcm"));
  ReadOptions no_plan;
  no_plan.need_plan = Need::kIgnored;
  const RtCase rt_case = read_folder({data + "/aptg-ion"}, no_plan);
  CHECK(rt_case.dose->dose_type == DOSEGATE_DOSE_EFFECTIVE);
  CHECK(rt_case.dose->summation == DOSEGATE_SUMMATION_PLAN);
  CHECK(rt_case.structures.size() == 5);
  const RtCase plan = read_folder({data + "/aptg-ion/RP.dcm"}, anything());
  REQUIRE(plan.plan->beams_size() == 2);
  CHECK(plan.plan->beams(0).radiation_type() == "PROTON");
}

TEST_CASE("The beam doses of the ion case add up to its plan dose", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  ReadOptions no_plan = anything();
  no_plan.need_plan = Need::kIgnored;
  const RtCase whole = read_folder({data + "/aptg-ion/RD1.dcm"}, no_plan);
  const RtCase beams = read_folder({data + "/aptg-ion/RD2.dcm", data + "/aptg-ion/RD3.dcm"}, no_plan);
  CHECK_FALSE(beams.dose->defect.empty());  // without the plan: is that all?
  const std::vector<double> a = dose_values(*whole.dose), b = dose_values(*beams.dose);
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  CHECK(worst <= 2 * 3.4e-5);  // rounding of three 16-bit grids
}
