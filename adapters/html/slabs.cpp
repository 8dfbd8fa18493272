#include "adapters/html/slabs.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/markup.h"
#include "dosegate/dosegate.h"

namespace dosegate::html {
namespace {

constexpr double kGap = 1.6;          // times the usual step: there is no slice between
constexpr double kSingleSlice = 2.5;  // mm, of a structure on one plane that states no thickness

bool is_axial(const dicom::Contour& contour) {
  if (!encloses_area(contour)) return false;
  for (std::size_t i = 2; i < contour.points_mm.size(); i += 3) {
    if (std::abs(contour.points_mm[i] - contour.points_mm[2]) > kFlat) return false;
  }
  return true;
}

}  // namespace

bool encloses_area(const dicom::Contour& contour) {
  if (contour.geometric_type != DOSEGATE_CONTOUR_CLOSED_PLANAR &&
      contour.geometric_type != DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR) {
    return false;
  }
  return contour.points_mm.size() >= 9;
}

std::vector<Interval> reach_of(const std::vector<double>& at, const dicom::Structure& structure) {
  double step = structure.slab_thickness_mm > 0.0 ? structure.slab_thickness_mm : kSingleSlice;
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const double d = at[i + 1] - at[i];
    step = i == 0 ? d : std::min(step, d);
  }
  std::vector<Interval> reach;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto half = [&](std::size_t other) {
      const double d = std::abs(at[other] - at[i]);
      return d > kGap * step ? step / 2 : d / 2;
    };
    reach.push_back({at[i] - (i > 0               ? half(i - 1)
                              : i + 1 < at.size() ? half(i + 1)
                                                  : step / 2),
                     at[i] + (i + 1 < at.size() ? half(i + 1)
                              : i > 0           ? half(i - 1)
                                                : step / 2)});
  }
  return reach;
}

std::vector<Interval> difference(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<double> ends;
  for (const auto* list : {&a, &b}) {
    for (const Interval& i : *list) ends.insert(ends.end(), {i[0], i[1]});
  }
  std::sort(ends.begin(), ends.end());
  std::vector<Interval> out;
  for (std::size_t k = 0; k + 1 < ends.size(); k += 2) {
    if (ends[k + 1] > ends[k]) out.push_back({ends[k], ends[k + 1]});
  }
  return out;
}

bool holds(const std::vector<Polygon>& polygons, double x, double y) {
  bool is_inside = false;
  for (const Polygon& polygon : polygons) {
    for (std::size_t i = 0, before = polygon.size() - 1; i < polygon.size(); before = i++) {
      const Point &a = polygon[before], &b = polygon[i];
      if ((a[1] > y) == (b[1] > y)) continue;
      if (x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])) is_inside = !is_inside;
    }
  }
  return is_inside;
}

Slabs::Slabs(const dicom::Structure& structure) {
  std::vector<const dicom::Contour*> contours;
  bool all = true;
  for (const dicom::Contour& contour : structure.contours) {
    if (is_axial(contour)) {
      contours.push_back(&contour);
    } else {
      all = all && !encloses_area(contour);
    }
  }
  // Small contours of planes that are hardly tilted are axial to what is seen, the others of the structure are not.
  if (!all) turned_ = TurnedSlabs::make(structure);
  if (turned_) return;
  std::stable_sort(contours.begin(), contours.end(),
                   [](const auto* a, const auto* b) { return a->points_mm[2] < b->points_mm[2]; });
  for (const dicom::Contour* contour : contours) {
    const double z = contour->points_mm[2];
    if (slabs_.empty() || z - slabs_.back().from >= kSamePlane) slabs_.push_back({z, z, {}});
    Polygon& polygon = slabs_.back().polygons.emplace_back();
    for (std::size_t i = 0; i + 2 < contour->points_mm.size(); i += 3) {
      polygon.push_back({contour->points_mm[i], contour->points_mm[i + 1]});
    }
  }
  std::vector<double> at;
  for (const Slab& s : slabs_) at.push_back(s.from);
  const std::vector<Interval> reach = reach_of(at, structure);
  for (std::size_t i = 0; i < slabs_.size(); ++i) slabs_[i].from = reach[i][0], slabs_[i].to = reach[i][1];
}

std::array<double, 6> Slabs::bounds() const {
  if (turned_) return turned_->bounds();
  const Point first = slabs_.front().polygons.front().front();
  std::array<double, 6> b = {first[0], first[0], first[1], first[1], slabs_.front().from, slabs_.back().to};
  for (const Slab& slab : slabs_) {
    for (const Polygon& polygon : slab.polygons) {
      for (const Point& p : polygon) {
        b[0] = std::min(b[0], p[0]), b[1] = std::max(b[1], p[0]);
        b[2] = std::min(b[2], p[1]), b[3] = std::max(b[3], p[1]);
      }
    }
  }
  return b;
}

std::vector<Polygon> Slabs::at(double z) const {
  if (turned_) return turned_->area({2, z});
  for (const Slab& slab : slabs_) {
    if (z >= slab.from && z <= slab.to) return slab.polygons;
  }
  return {};
}

std::string Slabs::axial(double z) const { return turned_ ? turned_->outline({2, z}) : path_of(at(z)); }

std::vector<Interval> Slabs::intervals(const Slab& slab, std::size_t axis, double place) {
  std::vector<double> crossings;
  for (const Polygon& polygon : slab.polygons) {
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      if ((a[axis] > place) == (b[axis] > place)) continue;
      const double t = (place - a[axis]) / (b[axis] - a[axis]);
      crossings.push_back(a[1 - axis] + t * (b[1 - axis] - a[1 - axis]));
    }
  }
  std::sort(crossings.begin(), crossings.end());
  std::vector<Interval> out;
  for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) out.push_back({crossings[i], crossings[i + 1]});
  return out;
}

std::string Slabs::cut(std::size_t axis, double place) const {
  if (turned_) return turned_->outline({axis, place});
  std::string d;
  const auto line = [&](double x0, double z0, double x1, double z1) {
    d += "M" + coordinate(x0) + "," + coordinate(-z0) + "L" + coordinate(x1) + "," + coordinate(-z1);
  };
  std::vector<Interval> before;
  double end = 0.0;
  for (const Slab& slab : slabs_) {
    const std::vector<Interval> now = intervals(slab, axis, place);
    const bool joins = std::abs(slab.from - end) < kSamePlane;
    if (!joins) {
      for (const Interval& i : before) line(i[0], end, i[1], end);
    }
    for (const Interval& i : joins ? difference(before, now) : now) line(i[0], slab.from, i[1], slab.from);
    for (const Interval& i : now) line(i[0], slab.from, i[0], slab.to), line(i[1], slab.from, i[1], slab.to);
    before = now;
    end = slab.to;
  }
  for (const Interval& i : before) line(i[0], end, i[1], end);
  return d;
}

std::string path_of(const std::vector<Polygon>& polygons) {
  constexpr double kSeen = 0.1;                // mm; nobody sees less
  constexpr std::size_t kMostPoints = 20'000;  // of a picture; more make it coarser
  std::size_t points = 0;
  for (const Polygon& polygon : polygons) points += polygon.size();
  const double least = kSeen * static_cast<double>(1 + points / kMostPoints);
  std::string d;
  for (const Polygon& polygon : polygons) {
    const Point* last = nullptr;
    for (const Point& p : polygon) {
      if (last != nullptr && std::abs(p[0] - (*last)[0]) < least && std::abs(p[1] - (*last)[1]) < least) continue;
      d += (last == nullptr ? "M" : "L") + coordinate(p[0]) + "," + coordinate(p[1]);
      last = &p;
    }
    if (last != nullptr) d += "z";
  }
  return d;
}

}  // namespace dosegate::html
