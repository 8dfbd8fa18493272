// The dose of the whole course at any point, for isodoses.
#pragma once

#include <optional>

#include "adapters/dicom/reader.h"

namespace dosegate::html {

class DoseField {
 public:
  // `factor` is DoseSummary.scale_factor. None: the dose has a defect, or is not in Gy.
  static std::optional<DoseField> make(const dicom::Dose& dose, double factor);

  // Gy, trilinear between voxel centres; none outside the grid. mm, LPS.
  std::optional<double> at(double x, double y, double z) const;
  // Gy, of all voxels.
  double maximum() const;

 private:
  DoseField(const dicom::Dose& dose, double gy) : dose_(&dose), gy_(gy) {}
  double stored(std::size_t index) const;

  const dicom::Dose* dose_;  // outlives this
  double gy_;                // of a stored 1
};

}  // namespace dosegate::html
