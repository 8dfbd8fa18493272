// What slabs of any direction share (slabs.h, turned_slabs.h).
#pragma once

#include <array>
#include <vector>

#include "adapters/dicom/reader.h"

namespace dosegate::html {

using Point = std::array<double, 2>;
using Polygon = std::vector<Point>;

// From and to along a line.
using Interval = std::array<double, 2>;

inline constexpr double kSamePlane = 0.01;  // mm
inline constexpr double kFlat = 0.05;       // mm

bool encloses_area(const dicom::Contour& contour);

// How far the planes at these heights reach, ascending: half-way to the neighbours, no further than half the usual step
// over a gap.
std::vector<Interval> reach_of(const std::vector<double>& at, const dicom::Structure& structure);

// What is in one list of intervals and not in the other; both sorted and disjoint.
std::vector<Interval> difference(const std::vector<Interval>& a, const std::vector<Interval>& b);

}  // namespace dosegate::html
