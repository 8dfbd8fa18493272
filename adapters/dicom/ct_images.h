// The CT that structures were drawn on, as values for pictures. No verdict rests on it: what cannot be read is not
// shown.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"

namespace dosegate::dicom {

// Axial slices of one size, in patient coordinates (LPS): value [k][r][c] lies at x = first[0] + c * spacing[0],
// y = first[1] + r * spacing[1], z = at_mm[k].
struct CtImages {
  std::size_t columns = 0, rows = 0;
  std::array<double, 2> first_mm{}, spacing_mm{};  // x, y
  std::vector<double> at_mm;                       // ascending, each once
  std::vector<std::int16_t> hounsfield;            // at_mm.size() * rows * columns

  // HU, nearest slice no further than `reach_mm` along z, linear in the plane. None: no image is there.
  std::optional<double> at(double x, double y, double z, double reach_mm) const;
};

struct CtLimits {
  std::uint64_t values = std::uint64_t{1} << 28;  // of all slices together
};

// The series with the most slices of this frame of reference below `paths`, uncompressed, along the patient's axes.
// None: there is none, or more than the limit; `problem` then says why where there is one.
std::optional<CtImages> read_ct(const std::vector<std::filesystem::path>& paths,
                                const std::string& frame_of_reference_uid, std::string& problem,
                                const CtLimits& limits = {});

}  // namespace dosegate::dicom
