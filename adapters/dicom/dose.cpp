#include "adapters/dicom/dose.h"

#include <cmath>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/pixels.h"
#include "adapters/dicom/wire/tags.h"
#include "adapters/support/number.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kSamples = 0x00280002U, kFrames = 0x00280008U, kColumns = 0x00280011U;
constexpr Tag kSpacing = 0x00280030U, kBitsAllocated = 0x00280100U, kBitsStored = 0x00280101U;
constexpr Tag kPixelRepresentation = 0x00280103U;
constexpr Tag kRescaleIntercept = 0x00281052U, kRescaleSlope = 0x00281053U, kModalityLut = 0x00283000U;
constexpr Tag kHeterogeneity = 0x30040014U, kTransform = 0x30040005U;
constexpr Tag kOffsets = 0x3004000CU, kScaling = 0x3004000EU;

// How far the first offset may lie from 0 or from z of Image Position (Patient): both are rounded in print.
constexpr double kOffsetTolerance = 1e-3;  // mm
constexpr double kCosineTolerance = 1e-4;

constexpr const char* kExport = "export the dose again with this attribute";

[[noreturn]] void missing(const Item& data, Tag tag) { fail(data.file(), tag, "is missing", kExport); }

template <std::size_t N>
std::array<double, N> numbers(const Item& data, Tag tag) {
  const std::vector<double> found = data.decimals(tag);
  if (found.empty()) missing(data, tag);
  if (found.size() != N) {
    fail(data.file(), tag, "has " + std::to_string(found.size()) + " values; " + std::to_string(N) + " are needed",
         kExport);
  }
  std::array<double, N> out{};
  std::copy(found.begin(), found.end(), out.begin());
  return out;
}

std::uint16_t required_short(const Item& data, Tag tag) {
  const auto value = data.unsigned_short(tag);
  if (!value) missing(data, tag);
  return *value;
}

std::int32_t units_of(const Item& data) {
  const std::string units = data.code(kDoseUnits);
  if (units.empty()) missing(data, kDoseUnits);
  if (units == "GY") return DOSEGATE_UNITS_GY;
  if (units == "CGY") return DOSEGATE_UNITS_CGY;  // not in the standard, but not ambiguous
  if (units == "RELATIVE") return DOSEGATE_UNITS_RELATIVE;
  fail(data.file(), kDoseUnits, "'" + units + "' is no unit of dose", "export the dose in GY");
}

std::int32_t type_of(const Item& data) {
  const std::string type = data.code(kDoseType);
  if (type.empty()) missing(data, kDoseType);
  if (type == "PHYSICAL") return DOSEGATE_DOSE_PHYSICAL;
  if (type == "EFFECTIVE") return DOSEGATE_DOSE_EFFECTIVE;
  if (type == "ERROR") return DOSEGATE_DOSE_ERROR;
  fail(data.file(), kDoseType, "'" + type + "' is no dose type", "export the dose as PHYSICAL");
}

std::int32_t summation_of(const Item& data) {
  const std::string summation = data.code(kSummation);
  if (summation.empty()) missing(data, kSummation);
  if (summation == "PLAN") return DOSEGATE_SUMMATION_PLAN;
  if (summation == "FRACTION") return DOSEGATE_SUMMATION_FRACTION;
  if (summation == "FRACTION_SESSION") return DOSEGATE_SUMMATION_FRACTION_SESSION;
  if (summation == "MULTI_PLAN") return DOSEGATE_SUMMATION_MULTI_PLAN;
  return DOSEGATE_SUMMATION_OTHER;  // BEAM becomes BEAMS in sum_beams
}

bool is_transverse(const Dose& dose) {
  const std::array<double, 3> x{1, 0, 0}, y{0, 1, 0};
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::abs(dose.row_cosines[i] - x[i]) > kCosineTolerance) return false;
    if (std::abs(dose.column_cosines[i] - y[i]) > kCosineTolerance) return false;
  }
  return true;
}

// PS3.3 C.8.8.3.2: relative when the first value is 0; patient z when it equals z of Image Position (Patient)
// and the planes are transverse. Answers offsets relative to the position.
std::vector<double> offsets_of(const Item& data, const Dose& dose) {
  std::vector<double> offsets = data.decimals(kOffsets);
  if (dose.planes == 1 && offsets.empty()) return {0.0};
  if (offsets.empty()) missing(data, kOffsets);
  if (offsets.size() != dose.planes) {
    fail(data.file(), kOffsets,
         "has " + std::to_string(offsets.size()) + " values for " + std::to_string(dose.planes) + " frames",
         "export the dose again");
  }
  const double first = offsets.front();
  if (std::abs(first) <= kOffsetTolerance) return offsets;
  const double z = dose.position_mm[2];
  if (std::abs(first - z) <= kOffsetTolerance && !is_transverse(dose)) {
    fail(data.file(), kOffsets,
         "starts at " + support::shortest(first) +
             " mm, the z of the first plane: such absolute offsets are defined for an axial grid only (PS3.3 "
             "C.8.8.3.2), and by Image Orientation (Patient) (0020,0037) this grid is not axial (row along +x, column "
             "along +y)",
         "export the dose again with offsets that start at 0, or on an axial grid");
  }
  if (std::abs(first - z) > kOffsetTolerance) {
    fail(data.file(), kOffsets,
         "starts at " + support::shortest(first) + " mm, which is neither 0 nor the z of the first plane (" +
             support::shortest(z) + " mm)",
         "where the planes lie is not known; export the dose again");
  }
  for (double& offset : offsets) offset -= first;
  return offsets;
}

// The Modality LUT module, which PS3.3 A.18.3 allowed in a dose up to 2013: what it makes of the stored values, beside
// Dose Grid Scaling, is not known.
void refuse_rescaling(const Item& data) {
  constexpr const char* kHow = "export the dose again with Dose Grid Scaling alone";
  const auto refuse = [&](Tag tag, double neutral) {
    const auto stated = data.decimal(tag);
    if (!stated || *stated == neutral) return;
    fail(data.file(), tag,
         "is " + support::shortest(*stated) +
             ": the stored values are said to be scaled twice, by it and by Dose "
             "Grid Scaling (3004,000E)",
         kHow);
  };
  refuse(kRescaleSlope, 1.0);
  refuse(kRescaleIntercept, 0.0);
  if (!data.sequence(kModalityLut).empty()) {
    fail(data.file(), kModalityLut, "says that the stored values are no multiples of a dose", kHow);
  }
}

}  // namespace

Dose read_dose(const Object& object, const Limits& limits) {
  const Item data(object.data_set());
  Dose dose;
  dose.units = units_of(data);
  dose.dose_type = type_of(data);
  dose.summation = summation_of(data);
  dose.frame_of_reference_uid = data.text(kFrameOfReference);
  dose.as_water = data.code(kHeterogeneity).find("WATER") != std::string::npos;  // several values: "IMAGE\\WATER"

  PixelShape shape;
  shape.rows = dose.rows = required_short(data, kRows);
  shape.columns = dose.columns = required_short(data, kColumns);
  const std::int32_t frames = data.integer(kFrames).value_or(1);
  if (frames < 1 || dose.rows == 0 || dose.columns == 0) {
    const Tag tag = dose.rows == 0 ? kRows : dose.columns == 0 ? kColumns : kFrames;
    fail(data.file(), tag, "is not positive: the dose grid is empty", "export the dose again");
  }
  shape.frames = dose.planes = static_cast<std::uint32_t>(frames);
  // Divided, as the product may not fit: 65535 * 65535 * 2^31.
  if (std::uint64_t{dose.rows} * dose.columns > limits.voxels / dose.planes) {
    fail(data.file(), kFrames,
         std::to_string(dose.columns) + " x " + std::to_string(dose.rows) + " x " + std::to_string(dose.planes) +
             " voxels are more than the limit of " + std::to_string(limits.voxels),
         "export the dose on a coarser grid");
  }
  const auto samples = data.unsigned_short(kSamples);
  if (samples && *samples != 1) fail(data.file(), kSamples, "is not 1", "export the dose again");
  shape.bits = required_short(data, kBitsAllocated);
  if (shape.bits != 16 && shape.bits != 32) {
    fail(data.file(), kBitsAllocated, std::to_string(shape.bits) + " bits are not read",
         "export the dose with 16 or 32 bits");
  }
  const auto stored = data.unsigned_short(kBitsStored);
  if (stored && *stored != shape.bits) {
    fail(data.file(), kBitsStored,
         std::to_string(*stored) + " differs from the " + std::to_string(shape.bits) + " bits allocated",
         "export the dose again");
  }
  const std::uint16_t is_signed = required_short(data, kPixelRepresentation);
  if (is_signed > 1) fail(data.file(), kPixelRepresentation, "is neither 0 nor 1", "export the dose again");

  dose.position_mm = numbers<3>(data, kImagePosition);
  const auto cosines = numbers<6>(data, kImageOrientation);
  std::copy(cosines.begin(), cosines.begin() + 3, dose.row_cosines.begin());
  std::copy(cosines.begin() + 3, cosines.end(), dose.column_cosines.begin());
  const auto spacing = numbers<2>(data, kSpacing);
  dose.row_spacing_mm = spacing[0];
  dose.column_spacing_mm = spacing[1];
  if (!(spacing[0] > 0.0) || !(spacing[1] > 0.0)) {
    fail(data.file(), kSpacing, "is not positive", "export the dose again");
  }
  dose.plane_offsets_mm = offsets_of(data, dose);
  dose.scaling = numbers<1>(data, kScaling)[0];
  if (!(dose.scaling > 0.0)) fail(data.file(), kScaling, "is not positive", "export the dose again");

  refuse_rescaling(data);
  dose.values = read_pixels(object.data_set(), shape);
  dose.value_type = shape.bits == 16 ? DOSEGATE_VALUES_UINT16 : DOSEGATE_VALUES_UINT32;
  dose.value_count = shape.count();
  if (is_signed == 1) {
    dose.values = {};
    dose.defect = "The dose in " + object.name() + " is stored as signed numbers, which only a dose error may be.";
  }
  // PS3.3 C.8.8.3: what was bent onto other images is no dose that was calculated there.
  const std::string transform = data.code(kTransform);
  dose.is_moved = transform == "RIGID";
  if (!transform.empty() && transform != "NONE" && !dose.is_moved && dose.defect.empty()) {
    dose.defect = "The dose in " + object.name() +
                  " was transformed from other images: Spatial Transform of Dose "
                  "(3004,0005) is " +
                  transform + ", so how well it fits the structures is not known.";
  }
  return dose;
}

}  // namespace dosegate::dicom
