// Outlines that a dilation of voxels draws.
#include "core/margin/pixels.h"

#include <catch2/catch.hpp>
#include <random>

#include "core/margin/test_solids.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

// Voxels of a grid, pixel x pixel x step, by their centres.
class Mask {
 public:
  Mask(double pixel, double step, double offset) : pixel_(pixel), step_(step), offset_(offset) {}

  void fill(const Solid& solid) {
    each([&](int i, int j, int k) { at(i, j, k) = solid(centre(i, j, k)); });
  }
  // With every voxel whose centre is no further from a voxel's than the ellipsoid says.
  Mask dilated(double across, double along) const {
    Mask out = *this;
    const int reach = static_cast<int>(across / pixel_), reach_z = static_cast<int>(along / step_);
    for (int dk = -reach_z; dk <= reach_z; ++dk) {
      for (int dj = -reach; dj <= reach; ++dj) {
        for (int di = -reach; di <= reach; ++di) {
          const Eigen::Vector3d d(di * pixel_ / across, dj * pixel_ / across, dk * step_ / along);
          if (d.squaredNorm() > 1.0) continue;
          each([&](int i, int j, int k) {
            if (at(i, j, k) && inside(i + di, j + dj, k + dk)) out.at(i + di, j + dj, k + dk) = true;
          });
        }
      }
    }
    return out;
  }
  // Round the pixels of each slice, whose rows are without gaps.
  Structure drawn() const {
    Structure s;
    s.roi_number = 1;
    s.name = "mask";
    for (int k = 0; k < kSlices; ++k) {
      Points2 left, right;
      for (int j = 0; j < kAcross; ++j) {
        int lo = kAcross, hi = -1;
        for (int i = 0; i < kAcross; ++i) {
          if (at(i, j, k)) lo = std::min(lo, i), hi = i;
        }
        if (hi < 0) continue;
        const Eigen::Vector3d a = centre(lo, j, k), b = centre(hi, j, k);
        for (const double side : {-0.5, 0.5}) {
          left.emplace_back(a.x() - 0.5 * pixel_, a.y() + side * pixel_);
          right.emplace_back(b.x() + 0.5 * pixel_, b.y() + side * pixel_);
        }
      }
      if (left.empty()) continue;
      left.insert(left.end(), right.rbegin(), right.rend());
      s.contours.push_back(axial(left, centre(0, 0, k).z()));
    }
    return s;
  }

 private:
  static constexpr int kAcross = 72, kSlices = 40;
  static bool inside(int i, int j, int k) {
    return i >= 0 && j >= 0 && k >= 0 && i < kAcross && j < kAcross && k < kSlices;
  }
  template <typename Visit>
  static void each(const Visit& visit) {
    for (int k = 0; k < kSlices; ++k) {
      for (int j = 0; j < kAcross; ++j) {
        for (int i = 0; i < kAcross; ++i) visit(i, j, k);
      }
    }
  }
  Eigen::Vector3d centre(int i, int j, int k) const {
    return {pixel_ * (i - 0.5 * kAcross), pixel_ * (j - 0.5 * kAcross), step_ * (k - kSlices / 2) + offset_};
  }
  static std::size_t index(int i, int j, int k) { return static_cast<std::size_t>((k * kAcross + j) * kAcross + i); }
  std::vector<char>::reference at(int i, int j, int k) { return voxels_[index(i, j, k)]; }
  char at(int i, int j, int k) const { return voxels_[index(i, j, k)]; }

  double pixel_, step_, offset_;
  std::vector<char> voxels_ = std::vector<char>(static_cast<std::size_t>(kAcross) * kAcross * kSlices);
};

}  // namespace

TEST_CASE("margin: outlines along pixels are told from all others", "[margin][VO-2]") {
  const auto pixel = [](const Structure& s) { return pixel_of(*make_stack(s)).in_mm(); };
  const Convex ball = capsule({0, 0, 0}, {0, 0, 0}, 15.0);
  for (const double mm : {0.5, 0.9, 1.27}) {
    Mask mask(mm, 3.0, 0.4);
    mask.fill(ball.inside);
    CHECK(pixel(mask.drawn()) == Approx(mm));
    // Corners cut off half-way, as contours of a mask are drawn; coordinates of two decimals.
    Structure chamfered = mask.drawn();
    for (Contour& c : chamfered.contours) {
      std::vector<Eigen::Vector3d> middles;
      for (std::size_t n = 0; n < c.points.size(); ++n) {
        const Eigen::Vector3d &a = c.points[n], &b = c.points[(n + 1) % c.points.size()];
        const double parts = std::max(1.0, std::round((b - a).norm() / mm));
        for (double k = 0.5; k < parts; ++k) {
          const Eigen::Vector3d p = a + (k / parts) * (b - a);
          middles.emplace_back(std::round(100 * p.x()) / 100, std::round(100 * p.y()) / 100, p.z());
        }
      }
      c.points = middles;
    }
    CHECK(pixel(chamfered) == Approx(mm).margin(0.03));
  }
  CHECK(pixel(cut(ball, 3.0, 0.4)) == 0.0);
  CHECK(pixel(prism("box", {box_ring(0, 0, 1.5, 1.5)}, planes(0, 9, 3))) == 0.0);
  Mask coarse(2.5, 3.0, 0.4);
  coarse.fill(ball.inside);
  CHECK(pixel(coarse.drawn()) == 0.0);
}

TEST_CASE("margin: what a dilation of voxels draws is within tolerance and within the limit", "[margin][VO-2][VO-3]") {
  std::mt19937 random(11);
  const auto part = [&] { return std::uniform_real_distribution<>(0.0, 1.0)(random); };
  for (const double step : {3.0, 5.0}) {
    for (const double along : {10.0, 7.0}) {
      if (DOSEGATE_SANITIZED && (step != 3.0 || along != 10.0)) continue;
      const double across = part() < 0.5 ? 5.0 : 10.0, offset = step * part();
      const Eigen::Vector3d half(8 + 10 * part(), 8 + 10 * part(), 8 + 10 * part());
      const Convex solid = ellipsoids(half, {0, 0, 0}, 0.0);
      const double px = 0.7 + 0.6 * part();
      Mask mask(px, step, offset);
      mask.fill(solid.inside);
      const Structure ctv = mask.drawn(), ptv = mask.dilated(across, along).drawn();
      const Structure smooth = cut(solid, step, offset);
      INFO("slices of " << step << " mm, pixels of " << px << " mm, " << across << " mm and " << along << " mm");
      for (const Structure* inner : {&ctv, &smooth}) {
        const MarginStructure a = under(*inner, BetweenSlices::kSlab), b = under(ptv, BetweenSlices::kSlab);
        const Length by_pixels = 0.5 * (pixel_of(*a.planes) + pixel_of(*b.planes));
        const MarginFit f = *fit_margin({a, b, margins(across, along), Length::mm(kTolerance) + by_pixels}, {}, {}, {});
        INFO((inner == &ctv ? "of the mask" : "of the solid")
             << " " << (f.beyond ? f.beyond->place.off.in_mm() : 0.0) << " short, "
             << (f.furthest_excess ? f.furthest_excess->off.in_mm() : 0.0) << " more");
        CHECK_FALSE(f.beyond);
        if (f.furthest_excess) CHECK(f.furthest_excess->off.in_mm() < kExcessLimit);
      }
    }
  }
}
