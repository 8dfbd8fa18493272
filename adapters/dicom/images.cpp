#include "adapters/dicom/images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kSeries = 0x0020000EU, kBehindFrameOfReference = 0x00210000U;
constexpr Tag kReferencedFrames = 0x30060010U, kReferencedStudies = 0x30060012U, kReferencedSeries = 0x30060014U;

// Off the axis by no more than this, of an image 500 mm wide less than a tenth of a mm.
constexpr double kAlongAxis = 2e-4;
// As many as the library takes, and more than any case has; what is beyond says nothing.
constexpr std::size_t kMostImages = 100'000, kMostSeries = 256;

using FrameAxis = std::pair<std::string, int>;  // frame of reference, axis

std::string uid_of(const Item& image) {
  const auto uid = image.bytes(kReferencedInstance);
  return std::string(uid.value_or(std::string_view()));
}

// What the structure set says of its images.
struct Listed {
  std::map<std::string, std::vector<std::vector<std::string>>> series;  // by frame of reference, in their order
  std::set<std::string> all;
  std::map<std::string, std::array<double, 3>> first_point;  // of a contour that refers to the image alone
};

Listed read_lists(const Object& object) {
  Listed listed;
  const Item data(object.data_set());
  for (const Item& frame : data.sequence(kReferencedFrames)) {
    for (const Item& study : frame.sequence(kReferencedStudies)) {
      for (const Item& series : study.sequence(kReferencedSeries)) {
        std::vector<std::string> uids;
        for (const Item& image : series.sequence(kContourImages)) {
          uids.push_back(uid_of(image));
          if (listed.all.size() < kMostImages) listed.all.insert(uids.back());
        }
        if (uids.size() <= kMostImages) listed.series[frame.text(kFrameOfReference)].push_back(std::move(uids));
      }
    }
  }
  for (const Item& roi : data.sequence(kRoiContours)) {
    for (const Item& contour : roi.sequence(kContours)) {
      const std::vector<Item> images = contour.sequence(kContourImages);
      if (images.size() != 1 || listed.first_point.size() >= kMostImages) continue;
      const auto bytes = contour.bytes(kContourData);
      if (!bytes) continue;
      std::size_t end = 0;
      for (int n = 0; n < 3 && end != std::string_view::npos; ++n) end = bytes->find('\\', end + (n > 0 ? 1 : 0));
      std::vector<double> point;
      if (!parse_decimals(bytes->substr(0, end), point) || point.size() != 3) continue;
      listed.first_point.emplace(uid_of(images.front()), std::array<double, 3>{point[0], point[1], point[2]});
    }
  }
  return listed;
}

// Of one list of images, of which some positions are known.
std::vector<double> placed(const std::vector<std::string>& uids, const Listed& listed, std::size_t axis) {
  std::vector<std::pair<std::size_t, double>> known;
  for (std::size_t n = 0; n < uids.size(); ++n) {
    const auto found = listed.first_point.find(uids[n]);
    if (found != listed.first_point.end()) known.emplace_back(n, found->second[axis]);
  }
  std::vector<double> at;
  for (const auto& [n, z] : known) at.push_back(z);
  if (known.size() < 2) return {};
  const double direction = known.back().second > known.front().second ? 1.0 : -1.0;
  const auto is_in_order = [&](const auto& a, const auto& b) { return direction * (b.second - a.second) > 0.0; };
  // Out of order, a list says where all images are when contours lie on each of them, and else nothing.
  if (std::adjacent_find(known.begin(), known.end(),
                         [&](const auto& a, const auto& b) { return !is_in_order(a, b); }) != known.end()) {
    return known.size() == uids.size() ? at : std::vector<double>();
  }
  for (std::size_t k = 0; k + 1 < known.size(); ++k) {
    const auto count = static_cast<double>(known[k + 1].first - known[k].first);
    const double step = (known[k + 1].second - known[k].second) / count;
    for (double n = 1.0; n < count; ++n) at.push_back(known[k].second + n * step);
  }
  return at;
}

// The axis that a structure's contours are flat along: of the first that is flat along just one.
int axis_of(const Structure& structure) {
  for (const Contour& contour : structure.contours) {
    if (contour.points_mm.size() < 9) continue;
    int flat = -1, count = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double lo = contour.points_mm[axis], hi = lo;
      for (std::size_t n = axis; n < contour.points_mm.size(); n += 3) {
        lo = std::min(lo, contour.points_mm[n]);
        hi = std::max(hi, contour.points_mm[n]);
      }
      if (hi - lo > 0.1) continue;
      flat = static_cast<int>(axis);
      ++count;
    }
    if (count == 1) return flat;
  }
  return -1;
}

}  // namespace

std::array<double, 3> normal_of(const ImageSlice& image) {
  const double* r = image.cosines.data();
  const double* c = r + 3;
  return {r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
}

int normal_axis(const ImageSlice& image) {
  const std::array<double, 3> n = normal_of(image);
  for (const int axis : {2, 1, 0}) {
    const auto a = static_cast<std::size_t>(axis), u = (a + 1) % 3, v = (a + 2) % 3;
    if (std::abs(std::abs(n[a]) - 1.0) <= kAlongAxis && std::abs(n[u]) <= kAlongAxis && std::abs(n[v]) <= kAlongAxis) {
      return axis;
    }
  }
  return -1;
}

bool is_slice_class(const std::string& uid) {
  const std::string storage = "1.2.840.10008.5.1.4.1.1.";
  return uid == storage + "2" || uid == storage + "4" || uid == storage + "128";
}

std::optional<ImageSlice> peek_slice(Bytes data, const Encoding& encoding, bool complete, bool& needs_more) {
  ImageSlice slice;
  bool has_position = false, has_orientation = false;
  std::set<Tag> seen;
  std::size_t at = 0, depth = 0;
  while (at < data.size()) {
    Header h;
    const HeaderProblem problem = read_header(data, at, data.size(), encoding, h);
    if (problem == HeaderProblem::kNoVr) return {};
    if (problem == HeaderProblem::kEndsInside) break;
    if (depth == 0 && h.tag >= kBehindFrameOfReference) {
      if (!has_position || !has_orientation) return {};
      return slice;
    }
    if (h.tag == kItemEndTag || h.tag == kSequenceEndTag) {
      if (depth == 0) return {};
      --depth;
      at = h.value;
      continue;
    }
    if (h.length == kUndefinedLength) {
      ++depth;
      at = h.value;
      continue;
    }
    if (h.length > data.size() - h.value) break;
    if (depth == 0) {
      const auto text = [&] { return text_at(data, h.value, h.length); };
      const auto numbers = [&](double* to, std::size_t count) {
        std::vector<double> values;
        if (!parse_decimals(text(), values) || values.size() != count) return false;
        std::copy(values.begin(), values.end(), to);
        return true;
      };
      // What is said twice is not known (PS3.5 7.1): such an image says nothing.
      const std::array kRead = {kSopInstance, kSeries, kFrameOfReference, kImagePosition, kImageOrientation};
      const bool is_read = std::find(kRead.begin(), kRead.end(), h.tag) != kRead.end();
      if (is_read && !seen.insert(h.tag).second) return {};
      if (h.tag == kSopInstance) slice.sop_instance_uid = text();
      if (h.tag == kSeries) slice.series_uid = text();
      if (h.tag == kFrameOfReference) slice.frame_of_reference_uid = text();
      if (h.tag == kImagePosition) has_position = numbers(slice.position_mm.data(), 3);
      if (h.tag == kImageOrientation) has_orientation = numbers(slice.cosines.data(), 6);
    }
    at = h.value + h.length;
  }
  needs_more = !complete;
  if (complete && has_position && has_orientation) return slice;
  return {};
}

std::vector<Slices> slices_of(const Object& structure_set, const std::vector<Structure>& structures,
                              const std::vector<ImageSlice>& images) {
  Listed listed;
  try {
    listed = read_lists(structure_set);
  } catch (const ReadError&) {
    listed = {};  // damaged lists say nothing; what the contours need was read before
  }
  std::map<std::string, int> frames;  // of the ROIs, with the axis of the first ROI there that has one
  for (const Structure& structure : structures) {
    if (const int axis = axis_of(structure); axis >= 0) frames.emplace(structure.frame_of_reference_uid, axis);
  }
  std::map<FrameAxis, std::vector<double>> found;
  std::map<FrameAxis, std::set<std::string>> series;
  for (const ImageSlice& image : images) {
    const int axis = normal_axis(image);
    if (axis < 0 || frames.count(image.frame_of_reference_uid) == 0) continue;
    if (!listed.all.empty() && listed.all.count(image.sop_instance_uid) == 0) continue;
    const FrameAxis key{image.frame_of_reference_uid, axis};
    found[key].push_back(image.position_mm[static_cast<std::size_t>(axis)]);
    series[key].insert(image.series_uid);
  }
  // Which of several series was drawn on only a list tells.
  if (listed.all.empty()) std::erase_if(found, [&](const auto& entry) { return series[entry.first].size() > 1; });
  for (const auto& [frame, axis] : frames) {
    const auto lists = listed.series.find(frame);
    if (found.count({frame, axis}) > 0 || lists == listed.series.end()) continue;
    for (const auto& uids : lists->second) {
      for (const double at : placed(uids, listed, static_cast<std::size_t>(axis))) found[{frame, axis}].push_back(at);
    }
  }
  std::vector<Slices> all;
  for (auto& [key, at] : found) {
    std::erase_if(at, [](double z) { return !(std::abs(z) <= kFurthestMm); });
    if (at.empty() || at.size() > kMostImages || all.size() == kMostSeries) continue;
    std::sort(at.begin(), at.end());
    all.push_back({key.first, key.second, std::move(at)});
  }
  return all;
}

}  // namespace dosegate::dicom
