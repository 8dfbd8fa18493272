#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "adapters/dicom/images.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

constexpr double kRounding = 0.05;   // mm, of coordinates with one decimal
constexpr double kMostApart = 15.0;  // mm; planes of a structure lie no farther apart without a question (README)
constexpr std::size_t kLongestUid = 64;
constexpr std::size_t kMostPlaces = 8;  // of images with one UID; of one that has more nothing is known

using Vector = std::array<double, 3>;

double along(const Vector& normal, const double* point) {
  return normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2];
}

std::string in_mm(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f mm", value);
  return text;
}

// None: the two directions of an image are none, or not at right angles.
std::optional<Vector> unit_normal_of(const ImageSlice& image) {
  constexpr double kSlack = 1e-3;
  const Vector n = normal_of(image);
  const double length = std::sqrt(along(n, n.data()));
  if (!(std::abs(length - 1.0) <= kSlack)) return {};
  return Vector{n[0] / length, n[1] / length, n[2] / length};
}

// Images of one series and frame with one normal: series, frame, normal in thousandths.
using Stack = std::tuple<std::string_view, std::string_view, std::array<long, 3>>;

struct Place {
  const ImageSlice* image = nullptr;
  Vector normal{};
  double at = 0.0;  // along it, mm
  const std::vector<double>* stack = nullptr;
};

class NamedImages {
 public:
  explicit NamedImages(const std::vector<ImageSlice>& images) {
    for (const ImageSlice& image : images) add(image);
    for (auto& [key, at] : stacks_) std::sort(at.begin(), at.end());
  }

  // Why the contour lies on none of the images that it names; empty: it may, or where these lie is not known.
  std::string contradiction(const Contour& contour, const std::string& frame) const {
    const bool has_area = contour.geometric_type == DOSEGATE_CONTOUR_CLOSED_PLANAR ||
                          contour.geometric_type == DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR;
    if (!has_area || contour.points_mm.size() < 9) return "";
    std::string nearest;
    auto least = std::pair(std::numeric_limits<double>::infinity(), 0.0);
    for (const std::string& uid : contour.images) {
      const auto named = places_.find(uid);
      if (named == places_.end() || named->second.size() > kMostPlaces) return "";
      bool is_placed = false;
      for (const Place& place : named->second) {
        if (place.image->frame_of_reference_uid != frame) continue;
        is_placed = true;
        const auto [off, problem] = compare(contour, place);
        if (problem.empty()) return "";
        if (const auto rank = std::pair(off, place.at); rank < least) least = rank, nearest = problem;
      }
      if (!is_placed) return "";
    }
    return nearest;
  }

 private:
  struct Compared {
    double off = 0.0;     // mm
    std::string problem;  // empty: none
  };

  void add(const ImageSlice& image) {
    const auto normal = unit_normal_of(image);
    const bool is_near = std::all_of(image.position_mm.begin(), image.position_mm.end(),
                                     [](double mm) { return std::abs(mm) <= kFurthestMm; });
    if (!normal || !is_near || image.sop_instance_uid.empty() || image.sop_instance_uid.size() > kLongestUid) return;
    const auto thousandths = [](double value) { return std::lround(value * 1000.0); };
    std::vector<double>& stack =
        stacks_[{image.series_uid,
                 image.frame_of_reference_uid,
                 {thousandths((*normal)[0]), thousandths((*normal)[1]), thousandths((*normal)[2])}}];
    const Place place{&image, *normal, along(*normal, image.position_mm.data()), &stack};
    stack.push_back(place.at);
    std::vector<Place>& places = places_[image.sop_instance_uid];
    const bool is_known = std::any_of(places.begin(), places.end(), [&](const Place& other) {
      return other.at == place.at && other.normal == place.normal && other.stack == place.stack;
    });
    if (!is_known && places.size() <= kMostPlaces) places.push_back(place);
  }

  static Compared compare(const Contour& contour, const Place& place) {
    double lo = std::numeric_limits<double>::infinity(), hi = -lo;
    for (std::size_t n = 0; n < contour.points_mm.size(); n += 3) {
      const double at = along(place.normal, &contour.points_mm[n]);
      lo = std::min(lo, at);
      hi = std::max(hi, at);
    }
    // Where it was drawn oblique, 0 when the image cuts it.
    const double off = std::max({lo - place.at, place.at - hi, 0.0});
    if (off <= kRounding) return {off, ""};
    const std::vector<double>& stack = *place.stack;
    // As far as the next image on that side, a contour between the two may name either.
    double apart = kMostApart;
    if (lo > place.at) {
      const auto next = std::upper_bound(stack.begin(), stack.end(), place.at + kRounding);
      if (next != stack.end()) apart = std::min(apart, *next - place.at);
    } else {
      const auto next = std::lower_bound(stack.begin(), stack.end(), place.at - kRounding);
      if (next != stack.begin()) apart = std::min(apart, place.at - *(next - 1));
    }
    if (off > apart + kRounding)
      return {off, sentence(off, place, "as far as " + in_mm(apart) + " it may lie between two images")};
    const auto other = std::lower_bound(stack.begin(), stack.end(), hi - kRounding);
    if (other != stack.end() && *other <= lo + kRounding && std::abs(*other - place.at) > kRounding) {
      return {off, sentence(off, place, "it lies on the next image")};
    }
    return {off, ""};
  }

  static std::string sentence(double off, const Place& place, const std::string& why) {
    const ImageSlice& image = *place.image;
    const int axis = normal_axis(image);
    const std::string at =
        axis >= 0 ? std::string(1, "xyz"[axis]) + " = " + in_mm(image.position_mm[static_cast<std::size_t>(axis)])
                  : "x, y, z = " + in_mm(image.position_mm[0]) + ", " + in_mm(image.position_mm[1]) + ", " +
                        in_mm(image.position_mm[2]);
    return "lies " + in_mm(off) + " from the image that it names (" + image.sop_instance_uid + ", at " + at + "; " +
           why +
           "): contours or images were moved, so where the structure is in the patient is not known. "
           "Export both again, together.";
  }

  std::map<std::string_view, std::vector<Place>> places_;
  std::map<Stack, std::vector<double>> stacks_;  // sorted
};

}  // namespace

void compare_with_named_images(std::vector<Structure>& structures, const std::vector<ImageSlice>& images) {
  const NamedImages named(images);
  for (Structure& structure : structures) {
    if (!structure.defect.empty()) continue;
    for (const Contour& contour : structure.contours) {
      if (contour.images.empty()) continue;
      const std::string found = named.contradiction(contour, structure.frame_of_reference_uid);
      if (found.empty()) continue;
      structure.defect = "A contour of ROI '" + structure.name + "' " + found;
      break;
    }
  }
}

}  // namespace dosegate::dicom
