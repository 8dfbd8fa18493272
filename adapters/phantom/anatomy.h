// The phantom as it is drawn and as it is imaged.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/phantom/model.h"

namespace dosegate::phantom {

struct DrawnContour {
  double z;                                   // mm
  std::vector<std::array<double, 2>> points;  // x, y in mm; closed by joining the last to the first
};

struct DrawnRoi {
  int number;
  std::string name;              // TG-263
  std::string interpreted_type;  // (3006,00A4)
  std::array<int, 3> colour;     // (3006,002A)
  std::vector<DrawnContour> contours;
};

inline constexpr int kPtvNumber = 5;

// What the case's structure set holds, by ROI number. The numbers are the same in every case.
std::vector<DrawnRoi> drawn_rois(std::string_view case_name);

// Planes of the image series, inferior to superior.
std::vector<double> image_planes();

// CT number in HU at a point of a patient.
int hounsfield(Site site, double x, double y, double z);

}  // namespace dosegate::phantom
