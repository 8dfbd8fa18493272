#include <catch2/catch.hpp>

#include "dosegate/dosegate.h"
#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

std::vector<Structure> read_structures(DcmDataset& data) { return read_good({encode(data)}).structures; }
DcmItem& first_contour(DcmDataset& data) { return item(item(data, DCM_ROIContourSequence), DCM_ContourSequence); }

}  // namespace

TEST_CASE("Structures are read point by point", "[dicom]") {
  const Data data = make_structures();
  const auto syntax = GENERATE(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit,
                               EXS_DeflatedLittleEndianExplicit);
  const std::vector<Structure> structures = read_good({encode(*data, syntax)}).structures;
  REQUIRE(structures.size() == 2);
  CHECK(structures[0].roi_number == 1);
  CHECK(structures[0].name == "PTV");
  CHECK(structures[0].interpreted_type == "PTV");
  CHECK(structures[0].frame_of_reference_uid == kFrame);
  CHECK(structures[0].defect.empty());
  REQUIRE(structures[0].contours.size() == 2);
  CHECK(structures[0].contours[0].geometric_type == DOSEGATE_CONTOUR_CLOSED_PLANAR);
  CHECK(structures[0].contours[0].points_mm == std::vector<double>{0, 0, 0, 10, 0, 0, 10, 10.5, 0, 0, 10, 0});
  CHECK(structures[1].contours[0].points_mm.size() == 9);
}

TEST_CASE("Contours keep their geometric type", "[dicom]") {
  const Data data = make_structures();
  DcmItem& liver = item(*data, DCM_ROIContourSequence, 1);
  add_contour(liver, "POINT", "1\\2\\3", "1");
  add_contour(liver, "OPEN_PLANAR", "1\\2\\3\\4\\5\\3", "2");
  add_contour(liver, "OPEN_NONPLANAR", "1\\2\\3\\4\\5\\6", "2");
  add_contour(liver, "CLOSEDPLANAR_XOR", "0\\0\\0\\1\\0\\0\\0\\1\\0", "3");
  const auto contours = read_structures(*data)[1].contours;
  REQUIRE(contours.size() == 5);
  CHECK(contours[1].geometric_type == DOSEGATE_CONTOUR_POINT);
  CHECK(contours[2].geometric_type == DOSEGATE_CONTOUR_OPEN_PLANAR);
  CHECK(contours[3].geometric_type == DOSEGATE_CONTOUR_OPEN_NONPLANAR);
  CHECK(contours[4].geometric_type == DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR);
}

TEST_CASE("A damaged contour is a defect of its ROI alone", "[dicom]") {
  const Data data = make_structures();
  DcmItem& contour = first_contour(*data);
  const char* expected = nullptr;
  SECTION("not a multiple of 3") {
    put(contour, DCM_ContourData, "0\\0\\0\\10\\0\\0\\10");
    expected = "holds 7 numbers, which is not a multiple of 3";
  }
  SECTION("fewer points than stated") {
    put(contour, DCM_NumberOfContourPoints, "5");
    expected = "(3006,0046) Number Of Contour Points is 5, and 4 points are there";
  }
  SECTION("stated points, and none there") {
    put(contour, DCM_ContourData, "");
    expected = "0 points are there";
  }
  SECTION("a word") {
    put(contour, DCM_ContourData, "0\\0\\x");
    expected = "not a finite number";
  }
  SECTION("NaN") {
    put(contour, DCM_ContourData, "0\\0\\nan");
    expected = "not a finite number";
  }
  SECTION("infinity") {
    put(contour, DCM_ContourData, "0\\0\\1e999");
    expected = "not a finite number";
  }
  SECTION("an empty value in the list") {
    put(contour, DCM_ContourData, "0\\\\0");
    expected = "not a finite number";
  }
  SECTION("unknown type") {
    put(contour, DCM_ContourGeometricType, "SPLINE");
    expected = "(3006,0042) Contour Geometric Type is missing or unknown";
  }
  const std::vector<Structure> structures = read_structures(*data);
  CHECK_THAT(structures[0].defect, Contains(expected) && Contains("Contour 1 of ROI 'PTV'"));
  CHECK(structures[0].contours.size() == 1);
  CHECK(structures[1].defect.empty());
  CHECK(structures[1].contours.size() == 1);
}

TEST_CASE("ROIs without contours or observations are kept", "[dicom]") {
  const Data data = make_structures();
  SECTION("no contour item") { data->findAndDeleteElement(DCM_ROIContourSequence); }
  SECTION("no contours in it") {
    item(*data, DCM_ROIContourSequence, 0).findAndDeleteElement(DCM_ContourSequence);
    item(*data, DCM_ROIContourSequence, 1).findAndDeleteElement(DCM_ContourSequence);
  }
  data->findAndDeleteElement(DCM_RTROIObservationsSequence);
  const std::vector<Structure> structures = read_structures(*data);
  REQUIRE(structures.size() == 2);
  CHECK(structures[0].contours.empty());
  CHECK(structures[0].interpreted_type.empty());
  CHECK(structures[0].defect.empty());
}

TEST_CASE("A contour without points is left out and noted", "[dicom]") {
  const Data data = make_structures();
  add_contour(item(*data, DCM_ROIContourSequence, 1), "CLOSED_PLANAR", "", "0");
  const RtCase rt_case = read_good({encode(*data)});
  CHECK(rt_case.structures[1].contours.size() == 1);
  CHECK(rt_case.structures[1].defect.empty());
  REQUIRE(rt_case.notes.size() == 1);
  CHECK_THAT(notes_of(rt_case)[0], Contains("A contour without points of ROI 'Liver' was left out"));
}

TEST_CASE("ROIs that share a number each get their own and a defect", "[dicom]") {
  const Data data = make_structures();
  put(item(*data, DCM_StructureSetROISequence, 1), DCM_ROINumber, "1");
  const std::vector<Structure> structures = read_structures(*data);
  REQUIRE(structures.size() == 2);
  CHECK(structures[0].roi_number != structures[1].roi_number);
  CHECK_THAT(structures[0].defect, Contains("shares its number 1"));
  CHECK_THAT(structures[1].defect, Contains("shares its number 1"));
}

TEST_CASE("An ROI with two sets of contours, and one without a number, have a defect", "[dicom]") {
  const Data data = make_structures();
  put(item(*data, DCM_ROIContourSequence, 1), DCM_ReferencedROINumber, "1");
  item(*data, DCM_StructureSetROISequence, 1).findAndDeleteElement(DCM_ROINumber);
  const std::vector<Structure> structures = read_structures(*data);
  CHECK_THAT(structures[0].defect, Contains("two sets of contours"));
  CHECK_THAT(structures[1].defect, Contains("(3006,0022) ROI Number"));
}

TEST_CASE("More contour points than the limit are an error", "[dicom]") {
  ReadOptions options = anything();
  options.limits.contour_points = 10;
  CHECK_THAT(read_error({encode(*make_structures())}, options), Contains("more than 10 contour points"));
}

TEST_CASE("The retired Contour Offset Vector moves its contour", "[dicom]") {
  const Data data = make_structures();
  const DcmTagKey offset(0x3006, 0x0045);
  put(first_contour(*data), offset, "1.5\\-2\\30");
  const auto syntax = GENERATE(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit);
  const std::vector<Structure> structures = read_good({encode(*data, syntax)}).structures;
  CHECK(structures[0].contours[0].points_mm ==
        std::vector<double>{1.5, -2, 30, 11.5, -2, 30, 11.5, 8.5, 30, 1.5, 8, 30});
  CHECK(structures[0].contours[1].points_mm[2] == 3);  // of another contour, which has none
  for (const char* nothing : {"", "0\\0\\0"}) {
    put(first_contour(*data), offset, nothing);
    CHECK(read_structures(*data)[0].contours[0].points_mm[2] == 0);
  }
  for (const char* bad : {"30", "0\\0", "0\\0\\0\\1", "0\\0\\x"}) {
    put(first_contour(*data), offset, bad);
    const std::vector<Structure> damaged = read_structures(*data);
    CHECK_THAT(damaged[0].defect, Contains("(3006,0045)") && Contains("Contour 1 of ROI 'PTV'"));
    CHECK(damaged[1].defect.empty());
  }
}

TEST_CASE("A slab thickness is that of all contours, or none", "[dicom]") {
  const Data data = make_structures();
  DcmItem& roi = item(*data, DCM_ROIContourSequence);
  const DcmTagKey thickness(0x3006, 0x0044);
  put(item(roi, DCM_ContourSequence, 0), thickness, "3.0");
  CHECK(read_structures(*data)[0].slab_thickness_mm == 0);
  put(item(roi, DCM_ContourSequence, 1), thickness, "3");
  CHECK(read_structures(*data)[0].slab_thickness_mm == 3);
  CHECK(read_structures(*data)[1].slab_thickness_mm == 0);
  for (const char* other : {"2.5", "0", "-3", "x", ""}) {
    put(item(roi, DCM_ContourSequence, 1), thickness, other);
    CHECK(read_structures(*data)[0].slab_thickness_mm == 0);
  }
}
