#include "adapters/phantom/anatomy.h"

#include <algorithm>
#include <cmath>

#include "adapters/phantom/model.h"

namespace dosegate::phantom {
namespace {

constexpr double kPi = 3.14159265358979323846;

std::vector<double> planes(double first, double last) {
  std::vector<double> out;
  const int count = static_cast<int>(std::lround((last - first) / kPlaneSpacing)) + 1;
  for (int i = 0; i < count; ++i) out.push_back(first + kPlaneSpacing * i);
  return out;
}

DrawnContour rectangle(const Box& b, double z) {
  return {z, {{b.x_min, b.y_min}, {b.x_max, b.y_min}, {b.x_max, b.y_max}, {b.x_min, b.y_max}}};
}

std::vector<DrawnContour> draw(const Box& b) {
  std::vector<DrawnContour> out;
  for (const double z : planes(b.z_first, b.z_last)) out.push_back(rectangle(b, z));
  return out;
}

std::vector<DrawnContour> draw(const Ovoid& o) {
  std::vector<DrawnContour> out;
  for (const double z : planes(o.z_first, o.z_last)) {
    const double s = std::sqrt(o.scale_squared(z));
    DrawnContour c{z, {}};
    for (int i = 0; i < o.sides; ++i) {
      const double angle = 2.0 * kPi * i / o.sides;
      c.points.push_back({o.x + s * o.a * std::cos(angle), o.y + s * o.b * std::sin(angle)});
    }
    out.push_back(std::move(c));
  }
  return out;
}

std::vector<DrawnContour> draw_liver() {
  std::vector<DrawnContour> out;
  const Box &r = kLiverRightLobe, &l = kLiverLeftLobe;
  for (const double z : planes(r.z_first, r.z_last)) {
    if (z < l.z_first || z > l.z_last) {
      out.push_back(rectangle(r, z));
      continue;
    }
    out.push_back({z,
                   {{r.x_min, r.y_min},
                    {r.x_max, r.y_min},
                    {l.x_min, l.y_min},
                    {l.x_max, l.y_min},
                    {l.x_max, l.y_max},
                    {l.x_min, l.y_max},
                    {r.x_max, r.y_max},
                    {r.x_min, r.y_max}}});
  }
  return out;
}

// The hole is an inner contour of its own on each of its planes.
std::vector<DrawnContour> draw_liver_without(const Box& hole) {
  std::vector<DrawnContour> out = draw_liver();
  for (DrawnContour inner : draw(hole)) {
    std::reverse(inner.points.begin(), inner.points.end());
    out.push_back(std::move(inner));
  }
  return out;
}

bool inside(const Box& b, double x, double y, double z) {
  const double half = 0.5 * kPlaneSpacing;
  return x >= b.x_min && x <= b.x_max && y >= b.y_min && y <= b.y_max && z >= b.z_first - half && z <= b.z_last + half;
}

bool inside(const Ovoid& o, double x, double y, double z) {
  const double half = 0.5 * kPlaneSpacing;
  if (z < o.z_first - half || z > o.z_last + half) return false;
  const double u = (x - o.x) / o.a, v = (y - o.y) / o.b;
  return u * u + v * v <= o.scale_squared(z);
}

}  // namespace

std::vector<double> image_planes() { return planes(kFirstPlane, kLastPlane); }

namespace {

std::vector<DrawnRoi> drawn_for_sbrt() {
  return {
      {1, "External", "EXTERNAL", {200, 200, 200}, draw(kBody)},
      {2, "Liver", "ORGAN", {139, 69, 19}, draw_liver()},
      {3, "GTV", "GTV", {255, 0, 0}, draw(kGtv)},
      {kPtvNumber, "PTV", "PTV", {0, 0, 255}, draw(kPtv)},
      {7, "Stomach", "ORGAN", {255, 192, 203}, draw(kStomach)},
      {8, "Duodenum", "ORGAN", {0, 200, 120}, draw(kDuodenum)},
      {9, "Colon", "ORGAN", {128, 128, 0}, draw(kColon)},
      {10, "SpinalCord", "ORGAN", {255, 255, 0}, draw(kSpinalCord)},
      {11, "Kidney_L", "ORGAN", {0, 255, 255}, draw(kLargeKidneyLeft)},
      {12, "Kidney_R", "ORGAN", {0, 128, 255}, draw(kLargeKidneyRight)},
      {13, "Bowel_Small", "ORGAN", {160, 120, 60}, draw(kSmallBowel)},
      {14, "Heart", "ORGAN", {255, 69, 0}, draw(kHeart)},
      {15, "Esophagus", "ORGAN", {210, 180, 140}, draw(kEsophagus)},
  };
}

std::vector<DrawnRoi> drawn_in_the_lung() {
  return {
      {1, "External", "EXTERNAL", {200, 200, 200}, draw(kBody)},
      {2, "Lung_R", "ORGAN", {0, 160, 220}, draw(kLungRight)},
      {3, "GTV", "GTV", {255, 0, 0}, draw(kGtv)},
      {4, "Lung_L", "ORGAN", {0, 200, 255}, draw(kLungLeft)},
      {kPtvNumber, "PTV", "PTV", {0, 0, 255}, draw(kPtv)},
      {10, "SpinalCord", "ORGAN", {255, 255, 0}, draw(kSpinalCord)},
      {14, "Heart", "ORGAN", {255, 69, 0}, draw(kHeart)},
      {15, "Esophagus", "ORGAN", {210, 180, 140}, draw(kEsophagus)},
  };
}

int hounsfield_of_chest(double x, double y, double z) {
  if (inside(kGtv, x, y, z)) return 40;
  if (inside(kLungRight, x, y, z) || inside(kLungLeft, x, y, z)) return -750;
  if (inside(kHeart, x, y, z)) return 45;
  return inside(kEsophagus, x, y, z) ? 30 : -20;
}

}  // namespace

std::vector<DrawnRoi> drawn_rois(std::string_view name) {
  if (site_of(name) == Site::kLiverSbrt) return drawn_for_sbrt();
  if (site_of(name) == Site::kLung) return drawn_in_the_lung();
  const bool both_left = name == "two-left-kidneys";
  const bool disagrees = name == "drawn-liver-disagrees";
  std::vector<DrawnRoi> rois = {
      {1, "External", "EXTERNAL", {200, 200, 200}, draw(kBody)},
      {2, "Liver", "ORGAN", {139, 69, 19}, draw_liver()},
      {3, "GTV", "GTV", {255, 0, 0}, draw(kGtv)},
      {4, "CTV", "CTV", {255, 128, 0}, draw(name == "short-ctv" ? kShortCtv : kCtv)},
      {kPtvNumber, "PTV", "PTV", {0, 0, 255}, draw(name == "short-ptv" ? kShortPtv : kPtv)},
      {6, "Liver-GTV", "ORGAN", {205, 133, 63}, draw_liver_without(disagrees ? kPtv : kGtv)},
      {7, "Stomach", "ORGAN", {255, 192, 203}, draw(kStomach)},
      {8, "Duodenum", "ORGAN", {0, 200, 120}, draw(kDuodenum)},
      {9, "Colon", "ORGAN", {128, 128, 0}, draw(kColon)},
      {10, "SpinalCord", "ORGAN", {255, 255, 0}, draw(kSpinalCord)},
      {11, "Kidney_L", "ORGAN", {0, 255, 255}, draw(kKidneyLeft)},
      {12, both_left ? "Kidney_L" : "Kidney_R", "ORGAN", {0, 128, 255}, draw(kKidneyRight)},
  };
  const auto drop = [&](const char* roi) {
    rois.erase(std::remove_if(rois.begin(), rois.end(), [&](const DrawnRoi& r) { return r.name == roi; }), rois.end());
  };
  if (name == "no-gtv") drop("GTV");
  if (name == "missing-stomach") drop("Stomach");
  if (name == "two-stomachs") rois.push_back({13, "Stomach", "ORGAN", {255, 105, 180}, draw(kStomach)});
  return rois;
}

int hounsfield(Site site, double x, double y, double z) {
  if (!inside(kBody, x, y, z)) return -1000;
  const double from_canal = std::hypot(x - kSpinalCord.x, y - kSpinalCord.y);
  if (from_canal <= 8) return 35;    // cord and canal
  if (from_canal <= 16) return 400;  // vertebra
  if (site == Site::kLung) return hounsfield_of_chest(x, y, z);
  if (inside(kGtv, x, y, z)) return 110;
  if (inside(kLiverRightLobe, x, y, z) || inside(kLiverLeftLobe, x, y, z)) return 70;
  if (inside(kStomach, x, y, z) || inside(kDuodenum, x, y, z)) return 20;
  if (inside(kColon, x, y, z)) return -60;
  const bool large = site == Site::kLiverSbrt;
  if (inside(large ? kLargeKidneyLeft : kKidneyLeft, x, y, z)) return 45;
  if (inside(large ? kLargeKidneyRight : kKidneyRight, x, y, z)) return 45;
  if (large && (inside(kHeart, x, y, z) || inside(kSmallBowel, x, y, z) || inside(kEsophagus, x, y, z))) return 30;
  return -20;
}

}  // namespace dosegate::phantom
