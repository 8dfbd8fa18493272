#include <catch2/catch.hpp>

#include "dosegate/dosegate.h"
#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;

namespace {

Dose read_dose(const Bytes& bytes) { return *read_good({bytes}).dose; }

// The reader's values must be what make_dose put in: first, first + step, ... times 0.001.
void check_ramp(const Dose& dose, const DoseSpec& spec) {
  const std::vector<double> values = dose_values(dose);
  REQUIRE(values.size() == std::size_t{spec.rows} * spec.columns * static_cast<std::size_t>(spec.frames));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto stored = spec.first + static_cast<std::uint32_t>(i) * spec.step;
    CHECK(values[i] == Approx(0.001 * stored).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("A dose is read the same from every encoding", "[dicom]") {
  DoseSpec spec;
  spec.bits = GENERATE(std::uint16_t{16}, std::uint16_t{32});
  spec.first = 1000;
  spec.step = spec.bits == 16 ? 2111U : 123456789U;
  const Data data = make_dose(spec);
  const auto syntax = GENERATE(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_DeflatedLittleEndianExplicit);
  CAPTURE(spec.bits, syntax);
  const Dose dose = read_dose(encode(*data, syntax));
  check_ramp(dose, spec);
  CHECK(dose.value_type == (spec.bits == 16 ? DOSEGATE_VALUES_UINT16 : DOSEGATE_VALUES_UINT32));
}

TEST_CASE("A 16-bit dose is read the same in big endian and from RLE", "[dicom]") {
  DoseSpec spec;
  spec.first = 7;
  spec.step = 2111;
  const Data data = make_dose(spec);
  check_ramp(read_dose(encode(*data, EXS_BigEndianExplicit)), spec);
  check_ramp(read_dose(encode(*data, EXS_RLELossless)), spec);
}

TEST_CASE("A dose without preamble and meta group is read", "[dicom]") {
  const DoseSpec spec;
  const Data data = make_dose(spec);
  for (const auto syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
    CAPTURE(syntax);
    check_ramp(read_dose(encode(*data, syntax, Meta::kWithout)), spec);
  }
}

TEST_CASE("Coded words of a dose mean the same in small letters", "[dicom]") {
  const Data data = make_dose();
  put(*data, DCM_DoseUnits, "Gy");
  put(*data, DCM_DoseType, "physical");
  put(*data, DCM_DoseSummationType, "Plan");
  const Dose dose = read_dose(encode(*data));
  CHECK(dose.units == DOSEGATE_UNITS_GY);
  CHECK(dose.dose_type == DOSEGATE_DOSE_PHYSICAL);
  CHECK(dose.summation == DOSEGATE_SUMMATION_PLAN);
}

TEST_CASE("A dose that is to be rescaled beside its Dose Grid Scaling is refused", "[dicom]") {
  const Data neutral = make_dose();
  put(*neutral, DCM_RescaleSlope, "1.0");
  put(*neutral, DCM_RescaleIntercept, "0");
  CHECK(read_dose(encode(*neutral)).planes == 2);
  const auto [tag, value] = GENERATE(table<DcmTagKey, std::string>(
      {{DCM_RescaleSlope, "2"}, {DCM_RescaleSlope, "0"}, {DCM_RescaleIntercept, "-1024"}}));
  const Data data = make_dose();
  put(*data, tag, value);
  CHECK_THAT(read_error({encode(*data)}), Catch::Contains("scaled twice"));
  const Data looked_up = make_dose();
  put(add_item(*looked_up, DCM_ModalityLUTSequence), DCM_LUTExplanation, "to Gy");
  CHECK_THAT(read_error({encode(*looked_up)}), Catch::Contains("(0028,3000)"));
}

TEST_CASE("The grid of a dose is what its attributes say", "[dicom]") {
  const Dose dose = read_dose(encode(*make_dose()));
  CHECK(dose.columns == 4);
  CHECK(dose.rows == 3);
  CHECK(dose.planes == 2);
  CHECK(dose.position_mm == std::array<double, 3>{-10, -20, -30});
  CHECK(dose.row_cosines == std::array<double, 3>{1, 0, 0});
  CHECK(dose.column_cosines == std::array<double, 3>{0, 1, 0});
  CHECK(dose.row_spacing_mm == 2.5);
  CHECK(dose.column_spacing_mm == 2.0);
  CHECK(dose.plane_offsets_mm == std::vector<double>{0, 3});
  CHECK(dose.frame_of_reference_uid == kFrame);
  CHECK(dose.units == DOSEGATE_UNITS_GY);
  CHECK(dose.dose_type == DOSEGATE_DOSE_PHYSICAL);
  CHECK(dose.summation == DOSEGATE_SUMMATION_PLAN);
  CHECK(dose.defect.empty());
}

TEST_CASE("Grid Frame Offset Vector is read relative and absolute, and refused where it is neither", "[dicom]") {
  const Data data = make_dose();
  SECTION("absolute: the first value is z of the first plane") {
    put(*data, DCM_GridFrameOffsetVector, "-30\\-26.5");
    CHECK(read_dose(encode(*data)).plane_offsets_mm == std::vector<double>{0, 3.5});
  }
  SECTION("descending") {
    put(*data, DCM_GridFrameOffsetVector, "0\\-3");
    CHECK(read_dose(encode(*data)).plane_offsets_mm == std::vector<double>{0, -3});
  }
  SECTION("absolute is for transverse planes only") {
    put(*data, DCM_GridFrameOffsetVector, "-30\\-26.5");
    put(*data, DCM_ImageOrientationPatient, "1\\0\\0\\0\\-1\\0");
    const std::string error = read_error({encode(*data)});
    CHECK_THAT(error, Catch::Contains("(3004,000C) Grid Frame Offset Vector"));
    CHECK_THAT(error, Catch::Contains("defined for an axial grid only (PS3.3 C.8.8.3.2)"));
    CHECK_THAT(error, !Catch::Contains("neither"));
  }
  SECTION("neither") {
    put(*data, DCM_GridFrameOffsetVector, "5\\8");
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("neither 0 nor"));
  }
  SECTION("too few") {
    put(*data, DCM_GridFrameOffsetVector, "0");
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("has 1 values for 2 frames"));
  }
  SECTION("absent") {
    data->findAndDeleteElement(DCM_GridFrameOffsetVector);
    CHECK_THAT(read_error({encode(*data)}), Catch::Contains("is missing"));
  }
}

TEST_CASE("A dose of one frame needs no offsets", "[dicom]") {
  DoseSpec spec;
  spec.frames = 1;
  const Data data = make_dose(spec);
  SECTION("absent") { data->findAndDeleteElement(DCM_GridFrameOffsetVector); }
  SECTION("scalar 0") {}
  SECTION("scalar z") { put(*data, DCM_GridFrameOffsetVector, "-30"); }
  SECTION("no Number of Frames") { data->findAndDeleteElement(DCM_NumberOfFrames); }
  const Dose dose = read_dose(encode(*data));
  CHECK(dose.planes == 1);
  CHECK(dose.plane_offsets_mm == std::vector<double>{0});
}

TEST_CASE("A dose that was calculated as in water is noted, one on images is not", "[dicom][plan]") {
  const auto notes = [](const char* correction) {
    const Data data = make_dose();
    if (*correction != '\0') put(*data, DCM_TissueHeterogeneityCorrection, correction);
    std::string all;
    for (const std::string& note : notes_of(read_good({encode(*data)}))) all += note;
    return all;
  };
  CHECK_THAT(notes("WATER"), Catch::Contains("(3004,0014)"));
  CHECK_THAT(notes("ROI_OVERRIDE\\WATER"), Catch::Contains("WATER"));
  for (const char* usual : {"", "IMAGE", "IMAGE\\ROI_OVERRIDE"}) CHECK_THAT(notes(usual), !Catch::Contains("WATER"));
}

TEST_CASE("Units, type and summation of a dose are handed over, not judged", "[dicom]") {
  const Data data = make_dose();
  put(*data, DCM_DoseUnits, "RELATIVE");
  CHECK(read_dose(encode(*data)).units == DOSEGATE_UNITS_RELATIVE);
  put(*data, DCM_DoseType, "EFFECTIVE");
  CHECK(read_dose(encode(*data)).dose_type == DOSEGATE_DOSE_EFFECTIVE);
  put(*data, DCM_DoseType, "ERROR");
  CHECK(read_dose(encode(*data)).dose_type == DOSEGATE_DOSE_ERROR);
  const auto summation = [&](const char* text) {
    put(*data, DCM_DoseSummationType, text);
    return read_dose(encode(*data)).summation;
  };
  CHECK(summation("FRACTION") == DOSEGATE_SUMMATION_FRACTION);
  CHECK(summation("FRACTION_SESSION") == DOSEGATE_SUMMATION_FRACTION_SESSION);
  CHECK(summation("MULTI_PLAN") == DOSEGATE_SUMMATION_MULTI_PLAN);
  CHECK(summation("CONTROL_POINT") == DOSEGATE_SUMMATION_OTHER);
}

TEST_CASE("A dose that cannot be a grid is an error that names the attribute", "[dicom]") {
  const Data data = make_dose();
  const char* expected = nullptr;
  SECTION("no rows") {
    put_us(*data, DCM_Rows, 0);
    expected = "(0028,0010) Rows";
  }
  SECTION("eight bits") {
    put_us(*data, DCM_BitsAllocated, 8);
    expected = "(0028,0100) Bits Allocated";
  }
  SECTION("fewer bits stored") {
    put_us(*data, DCM_BitsStored, 12);
    expected = "(0028,0101) Bits Stored";
  }
  SECTION("scaling is not a number") {
    put(*data, DCM_DoseGridScaling, "NaN");
    expected = "(3004,000E) Dose Grid Scaling";
  }
  SECTION("scaling is infinite") {
    put(*data, DCM_DoseGridScaling, "inf");
    expected = "(3004,000E) Dose Grid Scaling";
  }
  SECTION("scaling is zero") {
    put(*data, DCM_DoseGridScaling, "0");
    expected = "(3004,000E) Dose Grid Scaling";
  }
  SECTION("decimal comma") {
    put(*data, DCM_ImagePositionPatient, "1,5\\0\\0");
    expected = "(0020,0032) Image Position Patient";
  }
  SECTION("more frames than pixel data") {
    put(*data, DCM_NumberOfFrames, "3");
    put(*data, DCM_GridFrameOffsetVector, "0\\3\\6");
    expected = "(7FE0,0010) Pixel Data: holds 48 bytes";
  }
  SECTION("more pixel data than frames") {
    put_us(*data, DCM_Rows, 2);
    expected = "(7FE0,0010) Pixel Data: holds 48 bytes";
  }
  SECTION("no pixel data") {
    data->findAndDeleteElement(DCM_PixelData);
    expected = "(7FE0,0010) Pixel Data: is missing";
  }
  SECTION("unit unknown") {
    put(*data, DCM_DoseUnits, "RAD");
    expected = "(3004,0002) Dose Units: 'RAD'";
  }
  CHECK_THAT(read_error({encode(*data)}), Catch::Contains(expected) && Catch::StartsWith("1.dcm: "));
}

TEST_CASE("Signed dose values are a defect", "[dicom]") {
  const Data data = make_dose();
  put_us(*data, DCM_PixelRepresentation, 1);
  const Dose dose = read_dose(encode(*data));
  CHECK_THAT(dose.defect, Catch::Contains("signed"));
  CHECK(dose.values.empty());
}

TEST_CASE("Doses of single beams are summed when every treatment beam is there once", "[dicom]") {
  DoseSpec first, second;
  first.summation = second.summation = "BEAM";
  first.beam = 1;
  second.beam = 2;
  second.uid = "1.2.3.4";
  second.first = 100;
  second.step = 10;
  const Bytes plan = encode(*make_plan());
  const Bytes one = encode(*make_dose(first));

  SECTION("the sum is exact, and set-up beams do not count") {
    second.bits = 32;
    const RtCase sum = read_good({plan, one, encode(*make_dose(second))});
    CHECK(sum.dose->defect.empty());
    CHECK(sum.dose->summation == DOSEGATE_SUMMATION_BEAMS);
    const std::vector<double> values = dose_values(*sum.dose);
    REQUIRE(values.size() == 24);
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK(values[i] == Approx(0.001 * (101.0 + 11.0 * static_cast<double>(i))).epsilon(1e-12));
    }
    CHECK(sum.inputs.size() == 3);
  }
  SECTION("a beam is missing") {
    CHECK_THAT(read_good({plan, one}).dose->defect, Catch::Contains("No dose is given for beam 2 'PA'"));
  }
  SECTION("a beam is there twice") {
    second.beam = 1;
    CHECK_THAT(read_good({plan, one, encode(*make_dose(second))}).dose->defect,
               Catch::Contains("More than one dose is given for beam 1 'AP'"));
  }
  SECTION("a dose is of a beam that the plan does not have") {
    second.beam = 9;
    CHECK_THAT(read_good({plan, one, encode(*make_dose(second))}).dose->defect, Catch::Contains("beam 9, which is no"));
  }
  SECTION("a dose does not say its beam") {
    second.beam.reset();
    CHECK_THAT(read_good({plan, one, encode(*make_dose(second))}).dose->defect,
               Catch::Contains("does not say of which one"));
  }
  SECTION("different grids") {
    const Data shifted = make_dose(second);
    put(*shifted, DCM_ImagePositionPatient, "-10\\-20\\-30.5");
    const RtCase result = read_good({plan, one, encode(*shifted)});
    CHECK_THAT(result.dose->defect, Catch::Contains("different grids"));
    CHECK(result.dose->values.empty());
  }
  SECTION("grids of which one is turned a little: by how far its voxels lie off") {
    first.columns = second.columns = 200;  // 398 mm
    const Bytes long_one = encode(*make_dose(first));
    const auto defect_with = [&](const char* orientation) {
      const Data turned = make_dose(second);
      put(*turned, DCM_ImageOrientationPatient, orientation);
      return read_good({plan, long_one, encode(*turned)}).dose->defect;
    };
    CHECK_THAT(defect_with("1\\0.00009\\0\\-0.00009\\1\\0"), Catch::Contains("different grids"));
    CHECK(defect_with("1\\0.000000001\\0\\0\\1\\0").empty());
  }
  SECTION("physical and effective dose do not add") {
    const Data effective = make_dose(second);
    put(*effective, DCM_DoseType, "EFFECTIVE");
    CHECK_THAT(read_good({plan, one, encode(*effective)}).dose->defect, Catch::Contains("Dose Type"));
  }
  SECTION("without a plan it is not known whether all are there") {
    CHECK_FALSE(read_good({one, encode(*make_dose(second))}).dose->defect.empty());
  }
}
