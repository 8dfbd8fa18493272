#include "adapters/dicom/contours.h"

#include <algorithm>

#include "adapters/dicom/parallel.h"
#include "adapters/dicom/wire/charset.h"
#include "adapters/dicom/wire/tags.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kSlabThickness = 0x30060044U, kOffsetVector = 0x30060045U;
constexpr Tag kGeometricType = 0x30060042U, kPointCount = 0x30060046U;
constexpr std::size_t kBlock = 32;  // contours that a thread takes at a time

// 0: none that DICOM defines.
std::int32_t geometric_type(const std::string& text) {
  if (text == "CLOSED_PLANAR") return DOSEGATE_CONTOUR_CLOSED_PLANAR;
  if (text == "POINT") return DOSEGATE_CONTOUR_POINT;
  if (text == "OPEN_PLANAR") return DOSEGATE_CONTOUR_OPEN_PLANAR;
  if (text == "OPEN_NONPLANAR") return DOSEGATE_CONTOUR_OPEN_NONPLANAR;
  if (text == "CLOSEDPLANAR_XOR") return DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR;
  return 0;
}

// (3006,0045) "is added to each point" (PS3.3 of 2004, C.8.8.6). Answers the problem.
std::string apply_offset(const Item& item, Contour& contour) {
  bool readable = true;
  const auto stated = item.bytes(kOffsetVector, &readable);
  if (!stated && readable) return "";
  std::vector<double> offset;
  if (!readable || !parse_decimals(*stated, offset) || offset.size() != 3) {
    return tag_text(kOffsetVector) + " does not hold three numbers, so where the contour lies is not known";
  }
  for (std::size_t i = 0; i < contour.points_mm.size(); ++i) contour.points_mm[i] += offset[i % 3];
  return "";
}

// What cannot be read names no image: which one it is decides nothing about where the contour lies. Nor do more than
// a contour has a use for.
std::vector<std::string> images_of(const Item& item) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> uids;
  try {
    const std::vector<Item> images = item.sequence(kContourImages);
    if (images.size() > kMost) return {};
    for (const Item& image : images) {
      std::string uid = image.text(kReferencedInstance);
      if (std::find(uids.begin(), uids.end(), uid) == uids.end()) uids.push_back(std::move(uid));
    }
    return uids;
  } catch (const ReadError&) {
    return {};
  }
}

// 0: not stated, or nothing that a slice could be.
double slab_thickness(const Item& item) {
  constexpr double kThickest = 100.0;  // mm
  const auto stated = item.bytes(kSlabThickness);
  const auto value = stated ? parse_decimal(*stated) : std::nullopt;
  return value && *value > 0.0 && *value <= kThickest ? *value : 0.0;
}

// Answers the problem. `scratch` grows to the longest contour; each contour is then copied to its size, as how many
// values there are is not known before.
std::string read_contour(StoredContour& stored_contour, std::vector<double>& scratch) {
  const Item& item = stored_contour.item;
  Contour& contour = stored_contour.contour;
  stored_contour.slab_thickness_mm = slab_thickness(item);
  bool readable = true;
  const auto data = item.bytes(kContourData, &readable);
  if (!readable) return tag_text(kContourData) + " holds no decimal numbers";
  scratch.clear();
  const bool all_read = !data || parse_decimals(*data, scratch);
  contour.points_mm.assign(scratch.begin(), scratch.end());
  if (!all_read) return tag_text(kContourData) + " holds something that is not a finite number";
  const std::size_t values = contour.points_mm.size();
  if (values % 3 != 0) {
    return tag_text(kContourData) + " holds " + std::to_string(values) + " numbers, which is not a multiple of 3";
  }
  if (const auto stated = item.bytes(kPointCount)) {
    const auto count = parse_integer(*stated);
    if (!count || *count < 0 || static_cast<std::size_t>(*count) != values / 3) {
      return tag_text(kPointCount) + " is " + plain_utf8(stated->substr(0, 16)) + ", and " +
             std::to_string(values / 3) + " points are there";
    }
  }
  const auto type = item.bytes(kGeometricType);
  contour.geometric_type = type ? geometric_type(item.code(kGeometricType)) : 0;
  if (contour.geometric_type == 0) return tag_text(kGeometricType) + " is missing or unknown";
  contour.images = images_of(item);
  return apply_offset(item, contour);
}

// Whether the text is too short for so many points: a coordinate takes two bytes at least, with its separator.
bool is_below(const std::vector<StoredContour>& contours, std::uint64_t points) {
  constexpr std::uint64_t kLeastBytes = 6;
  std::uint64_t most = 0;
  for (const StoredContour& stored : contours) {
    const auto data = stored.item.bytes(kContourData);
    if (data) most += data->size() / kLeastBytes + 1;
  }
  return most <= points;
}

}  // namespace

void read_contours(std::vector<StoredContour>& contours, const Limits& limits, unsigned threads) {
  if (is_below(contours, limits.contour_points)) {
    in_parallel(threads, (contours.size() + kBlock - 1) / kBlock, [&](std::size_t block) {
      std::vector<double> scratch;
      const std::size_t end = std::min(contours.size(), (block + 1) * kBlock);
      for (std::size_t i = block * kBlock; i < end; ++i) {
        contours[i].problem = read_contour(contours[i], scratch);
      }
    });
    return;
  }
  std::vector<double> scratch;
  std::uint64_t points = 0;
  for (StoredContour& stored : contours) {
    stored.problem = read_contour(stored, scratch);
    points += stored.contour.points_mm.size() / 3;
    if (points > limits.contour_points) return;
  }
}

}  // namespace dosegate::dicom
