// A patient of clinical size: 12 structures with 152,000 contour points on 120 slices 2.5 mm apart (CT 512 x 512 x
// 120), a dose of 200 x 140 x 110 voxels of 2.5 mm, planned at 45 Gy in 15 fractions. Same size and make as
// analytic/gen_liver.py's, with shapes and doses of its own, so that a fresh clone has it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dosegate/dosegate.hpp"

namespace dosegate::bench {

struct FullSize {
  struct Ring {
    std::vector<double> points_mm;
  };
  struct Roi {
    std::int32_t number = 0;
    std::string name, type;
    std::vector<Ring> rings;
  };

  std::vector<Roi> rois;
  std::array<std::uint32_t, 3> size{200, 140, 110};
  std::array<double, 3> first_mm{-249.0, -173.4, -137.5};
  double spacing_mm = 2.5;
  std::vector<double> offsets_mm;
  std::vector<float> dose, moved_dose;  // Gy; the second as after a change of beams
  std::string plan_json;

  // `finer`: so many times the points a ring; `structures`: only the first ones; `voxel_mm`: spacing of the dose.
  explicit FullSize(double finer = 1.0, std::size_t structures = 12, double voxel_mm = 2.5);

  std::size_t points() const;
  void set_structure(Case& c, const Roi& roi) const;
  dosegate_dose dose_struct(const std::vector<float>& values) const;
  // All of it.
  void set(Case& c) const;
};

}  // namespace dosegate::bench
