// The doses that gamma compares, as a user names them: RT Dose, or points as text.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "adapters/cli/gamma_points.h"
#include "adapters/dicom/reader.h"

namespace dosegate::cli {

// A dose as it was read, and the library's view of it.
struct ReadDose {
  std::optional<dicom::RtCase> rt;
  GammaPoints points;
  GridOfPoints grid;
  bool is_points = false;
  dosegate_dose dose{};
};

enum class DoseAs { kReference, kEvaluated };

// Both throw a Problem.
std::unique_ptr<ReadDose> read_dose(const std::string& path, DoseAs as);
dicom::RtCase read_structures(const std::string& path);

// Where the n-th value of a reference lies, in its order: patient coordinates (LPS), mm.
std::array<double, 3> place_of(const ReadDose& reference, std::size_t n);

}  // namespace dosegate::cli
