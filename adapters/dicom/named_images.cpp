#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "adapters/dicom/images.h"

namespace dosegate::dicom {
namespace {

constexpr double kRounding = 0.05;  // mm, of coordinates with one decimal

using Stack = std::tuple<std::string, std::string, int>;  // series, frame of reference, axis

std::string in_mm(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f mm", value);
  return text;
}

// Of images at `sorted`, the one at `z`: how far the farther of its neighbours is. 0: it has none.
double step_at(const std::vector<double>& sorted, double z) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), z);
  const auto above = std::upper_bound(sorted.begin(), sorted.end(), z);
  double step = 0.0;
  if (below != sorted.begin()) step = z - *(below - 1);
  if (above != sorted.end()) step = std::max(step, *above - z);
  return step;
}

// How far it lies from z along the axis. 0 where it is not flat along it: drawn oblique, it is on no such image.
double distance(const Contour& contour, std::size_t axis, double z) {
  constexpr double kFlat = 0.1;  // mm
  double lo = contour.points_mm[axis], hi = lo;
  for (std::size_t n = axis; n < contour.points_mm.size(); n += 3) {
    lo = std::min(lo, contour.points_mm[n]);
    hi = std::max(hi, contour.points_mm[n]);
  }
  return hi - lo > kFlat ? 0.0 : std::abs((lo + hi) / 2.0 - z);
}

}  // namespace

void compare_with_named_images(std::vector<Structure>& structures, const std::vector<ImageSlice>& images) {
  std::map<std::string_view, const ImageSlice*> by_instance;
  std::map<Stack, std::vector<double>> positions;
  for (const ImageSlice& image : images) {
    const int axis = normal_axis(image);
    if (axis < 0) continue;
    // Given twice, at two places, it is known to lie at neither.
    const auto [known, is_new] = by_instance.emplace(image.sop_instance_uid, &image);
    if (!is_new && known->second != nullptr && known->second->position_mm != image.position_mm) known->second = nullptr;
    positions[{image.series_uid, image.frame_of_reference_uid, axis}].push_back(
        image.position_mm[static_cast<std::size_t>(axis)]);
  }
  for (auto& [stack, at] : positions) std::sort(at.begin(), at.end());
  for (Structure& structure : structures) {
    if (!structure.defect.empty()) continue;
    for (const Contour& contour : structure.contours) {
      const auto named = contour.image.empty() ? by_instance.end() : by_instance.find(contour.image);
      if (named == by_instance.end() || named->second == nullptr) continue;
      const ImageSlice& image = *named->second;
      if (image.frame_of_reference_uid != structure.frame_of_reference_uid) continue;
      const int axis = normal_axis(image);
      const auto a = static_cast<std::size_t>(axis);
      const double z = image.position_mm[a], off = distance(contour, a, z);
      const double step = step_at(positions[{image.series_uid, image.frame_of_reference_uid, axis}], z);
      if (step == 0.0 || off <= step + kRounding) continue;
      structure.defect =
          "A contour of ROI '" + structure.name + "' lies " + in_mm(off) + " from the image that it names (" +
          contour.image + ", at " + "xyz"[axis] + " = " + in_mm(z) + ", images " + in_mm(step) +
          " apart): contours or images were moved, so where the structure is in the patient is not known. "
          "Export both again, together.";
      break;
    }
  }
}

}  // namespace dosegate::dicom
