#include "adapters/dicom/ct_images.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "adapters/dicom/file.h"
#include "adapters/dicom/sources.h"

namespace dosegate::dicom {
namespace {

constexpr double kParallel = 1e-3;  // of direction cosines; pictures need no more
constexpr double kSame = 1e-3;      // mm
constexpr double kFurthest = 1e5;   // mm

struct Slice {
  const Source* source = nullptr;
  ImageSlice image;
};

bool is_axial(const ImageSlice& image) {
  constexpr std::array<double, 6> kAxial = {1, 0, 0, 0, 1, 0};
  for (std::size_t i = 0; i < 6; ++i) {
    if (!(std::abs(image.cosines[i] - kAxial[i]) <= kParallel)) return false;
  }
  return std::all_of(image.position_mm.begin(), image.position_mm.end(),
                     [](double x) { return std::abs(x) <= kFurthest; });
}

// Of one series: the largest of the frame of reference; of equal ones the first by UID.
std::vector<Slice> find_slices(const std::vector<Source>& sources, const std::string& frame) {
  std::map<std::string, std::vector<Slice>> series;
  for (const Source& source : sources) {
    if (!source.problem.empty()) continue;
    const Sighting seen = look_at(source, {});
    if (!seen.slice || seen.slice->frame_of_reference_uid != frame || !is_axial(*seen.slice)) continue;
    series[seen.slice->series_uid].push_back({&source, *seen.slice});
  }
  std::vector<Slice> best;
  for (auto& [uid, slices] : series) {
    if (slices.size() > best.size()) best = std::move(slices);
  }
  std::sort(best.begin(), best.end(),
            [](const Slice& a, const Slice& b) { return a.image.position_mm[2] < b.image.position_mm[2]; });
  const auto same_place = [](const Slice& a, const Slice& b) {
    return std::abs(a.image.position_mm[2] - b.image.position_mm[2]) <= kSame;
  };
  best.erase(std::unique(best.begin(), best.end(), same_place), best.end());
  return best;
}

// Appends the values of one image; false: it is not one of the same shape, or its pixels cannot be read.
bool append(const Slice& slice, CtImages& ct, std::string& problem) {
  DcmFileFormat file;
  Uint16 rows = 0, columns = 0, bits = 0, is_signed = 0, samples = 1;
  Float64 row_spacing = 0, column_spacing = 0, slope = 1, intercept = 0;
  OFString class_uid;
  problem = "the CT image " + slice.source->name + " cannot be read";
  if (!file.loadFile(slice.source->path.c_str()).good()) return false;
  DcmDataset& d = *file.getDataset();
  if (d.getOriginalXfer() != EXS_LittleEndianExplicit && d.getOriginalXfer() != EXS_LittleEndianImplicit &&
      d.getOriginalXfer() != EXS_BigEndianExplicit && d.getOriginalXfer() != EXS_DeflatedLittleEndianExplicit) {
    problem = "the CT images are compressed";
    return false;
  }
  d.findAndGetUint16(DCM_SamplesPerPixel, samples);
  d.findAndGetOFString(DCM_SOPClassUID, class_uid);
  const bool whole = d.findAndGetUint16(DCM_Rows, rows).good() && d.findAndGetUint16(DCM_Columns, columns).good() &&
                     d.findAndGetUint16(DCM_BitsAllocated, bits).good() &&
                     d.findAndGetUint16(DCM_PixelRepresentation, is_signed).good() &&
                     d.findAndGetFloat64(DCM_PixelSpacing, row_spacing, 0).good() &&
                     d.findAndGetFloat64(DCM_PixelSpacing, column_spacing, 1).good();
  if (!whole || bits != 16 || samples != 1 || rows < 2 || columns < 2 || class_uid != UID_CTImageStorage) return false;
  d.findAndGetFloat64(DCM_RescaleSlope, slope);
  d.findAndGetFloat64(DCM_RescaleIntercept, intercept);
  const Uint16* values = nullptr;
  unsigned long count = 0;
  const std::size_t expected = std::size_t{rows} * columns;
  if (!d.findAndGetUint16Array(DCM_PixelData, values, &count).good() || values == nullptr || count < expected)
    return false;
  if (ct.at_mm.empty()) {
    if (!(row_spacing > 0.0) || !(column_spacing > 0.0)) return false;
    ct.rows = rows;
    ct.columns = columns;
    ct.first_mm = {slice.image.position_mm[0], slice.image.position_mm[1]};
    ct.spacing_mm = {column_spacing, row_spacing};
  }
  const bool same = ct.rows == rows && ct.columns == columns && std::abs(ct.spacing_mm[0] - column_spacing) <= kSame &&
                    std::abs(ct.spacing_mm[1] - row_spacing) <= kSame &&
                    std::abs(ct.first_mm[0] - slice.image.position_mm[0]) <= kSame &&
                    std::abs(ct.first_mm[1] - slice.image.position_mm[1]) <= kSame;
  if (!same) {
    problem = "the CT images are not of one size and place";
    return false;
  }
  ct.at_mm.push_back(slice.image.position_mm[2]);
  for (std::size_t i = 0; i < expected; ++i) {
    const double stored = is_signed == 1 ? static_cast<Sint16>(values[i]) : values[i];
    const double hu = stored * slope + intercept;
    ct.hounsfield.push_back(
        static_cast<std::int16_t>(std::isfinite(hu) ? std::clamp(hu, -32768.0, 32767.0) : -32768.0));
  }
  return true;
}

}  // namespace

std::optional<double> CtImages::at(double x, double y, double z, double reach_mm) const {
  if (at_mm.empty()) return std::nullopt;
  const auto above = std::lower_bound(at_mm.begin(), at_mm.end(), z);
  auto nearest = above == at_mm.end() ? std::prev(above) : above;
  if (nearest != at_mm.begin() && std::abs(*std::prev(nearest) - z) <= std::abs(*nearest - z)) --nearest;
  if (std::abs(*nearest - z) > reach_mm) return std::nullopt;
  const double c = (x - first_mm[0]) / spacing_mm[0], r = (y - first_mm[1]) / spacing_mm[1];
  if (!(c >= 0.0 && r >= 0.0 && c <= static_cast<double>(columns - 1) && r <= static_cast<double>(rows - 1))) {
    return std::nullopt;
  }
  const auto c0 = std::min(static_cast<std::size_t>(c), columns - 2),
             r0 = std::min(static_cast<std::size_t>(r), rows - 2);
  const double u = c - static_cast<double>(c0), v = r - static_cast<double>(r0);
  const std::size_t base = (static_cast<std::size_t>(nearest - at_mm.begin()) * rows + r0) * columns + c0;
  const auto value = [&](std::size_t i) { return static_cast<double>(hounsfield[i]); };
  return (1 - v) * ((1 - u) * value(base) + u * value(base + 1)) +
         v * ((1 - u) * value(base + columns) + u * value(base + columns + 1));
}

std::optional<CtImages> read_ct(const std::vector<std::filesystem::path>& paths, const std::string& frame,
                                std::string& problem, const CtLimits& limits) {
  problem.clear();
  try {
    const std::vector<Source> sources = find_sources(paths, {});
    CtImages ct;
    for (const Slice& slice : find_slices(sources, frame)) {
      if (!append(slice, ct, problem)) return std::nullopt;
      if (ct.hounsfield.size() > limits.values) {
        problem = "the CT is too large to be shown";
        return std::nullopt;
      }
    }
    problem.clear();
    if (ct.at_mm.empty()) return std::nullopt;
    return ct;
  } catch (const ReadError& error) {
    problem = error.text();
    return std::nullopt;
  }
}

}  // namespace dosegate::dicom
