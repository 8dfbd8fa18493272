// What slices hide: solids of closed form, cut by slices of any spacing and phase, with the margin that was asked for,
// a little less, or much less; and as a mask of voxels is dilated.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "core/geometry/solid.h"
#include "core/geometry/test_shapes.h"
#include "core/margin/margin_fit.h"
#include "core/margin/pixels.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kTolerance = 1.0, kExcessLimit = 3.0;  // mm; the trial's

using Solid = std::function<bool(const Eigen::Vector3d&)>;

// A convex solid with a point inside every section that it has.
struct Convex {
  Solid inside;
  std::function<Eigen::Vector2d(double z)> middle;
  double low, high;  // z
};

// Contours on slices at offset + k * step, by rays from the middle.
Structure cut(const Convex& solid, double step, double offset, int rays = 120) {
  Structure s;
  s.roi_number = 1;
  s.name = "solid";
  for (double z = offset + step * std::ceil((solid.low - offset) / step); z <= solid.high; z += step) {
    const Eigen::Vector2d m = solid.middle(z);
    if (!solid.inside({m.x(), m.y(), z})) continue;
    Points2 ring;
    for (int k = 0; k < rays; ++k) {
      const double a = 2.0 * kPi * k / rays;
      double in = 0.0, out = 150.0;
      for (int n = 0; n < 32; ++n) {
        const double at = 0.5 * (in + out);
        (solid.inside({m.x() + at * std::cos(a), m.y() + at * std::sin(a), z}) ? in : out) = at;
      }
      ring.emplace_back(m.x() + in * std::cos(a), m.y() + in * std::sin(a));
    }
    if (polygon_area(1.0, 3) > 0.0 && (ring[0] - ring[1]).norm() > 1e-3) s.contours.push_back(axial(ring, z));
  }
  return s;
}

// All points no further than `margin` from a segment: a ball, or a vessel on its way through the slices.
Convex capsule(const Eigen::Vector3d& a, const Eigen::Vector3d& b, double radius) {
  const Eigen::Vector3d along = b - a;
  return {[=](const Eigen::Vector3d& p) {
            const double t =
                along.squaredNorm() > 0.0 ? std::clamp((p - a).dot(along) / along.squaredNorm(), 0.0, 1.0) : 0.0;
            return (p - a - t * along).norm() <= radius;
          },
          [=](double z) {
            const double t = along.z() != 0.0 ? std::clamp((z - a.z()) / along.z(), 0.0, 1.0) : 0.5;
            const Eigen::Vector3d p = a + t * along;
            return Eigen::Vector2d(p.x(), p.y());
          },
          std::min(a.z(), b.z()) - radius, std::max(a.z(), b.z()) + radius};
}

// A box round 0 plus half ellipsoids.
Convex box_with(const Eigen::Vector3d& half, const Eigen::Vector3d& margin) {
  return {[=](const Eigen::Vector3d& p) {
            const Eigen::Vector3d out = (p.cwiseAbs() - half).cwiseMax(0.0);
            double g = 0.0;
            for (int n = 0; n < 3; ++n) g += out[n] > 0.0 ? std::pow(out[n] / std::max(margin[n], 1e-12), 2) : 0.0;
            return g <= 1.0;
          },
          [](double) { return Eigen::Vector2d(0, 0); }, -half.z() - margin.z(), half.z() + margin.z()};
}

// An ellipsoid with half axes `half` plus one with half axes `margin`, less what is nearer than `less` to its surface:
// inside when no normal n sees the point beyond |half n| + |margin n| - less.
Convex ellipsoids(const Eigen::Vector3d& half, const Eigen::Vector3d& margin, double less) {
  const auto beyond = [=](const Eigen::Vector3d& p, const Eigen::Vector3d& n) {
    return p.dot(n) - half.cwiseProduct(n).norm() - margin.cwiseProduct(n).norm() + less;
  };
  return {[=](const Eigen::Vector3d& p) {
            // Upwards on the sphere of normals; the function has one maximum there.
            Eigen::Vector3d n = p.cwiseQuotient(half.cwiseProduct(half)).normalized();
            double best = beyond(p, n), step = 0.5;
            while (step > 3e-4 && best <= 0.0) {
              bool better = false;
              for (int axis = 0; axis < 6; ++axis) {
                const Eigen::Vector3d m =
                    (n + step * (axis % 2 == 0 ? 1.0 : -1.0) * Eigen::Vector3d::Unit(axis / 2)).normalized();
                const double at = beyond(p, m);
                if (at > best) best = at, n = m, better = true;
              }
              if (!better) step *= 0.5;
            }
            return best <= 0.0;
          },
          [](double) { return Eigen::Vector2d(0, 0); }, -(half.z() + margin.z() - less), half.z() + margin.z() - less};
}

Margins margins(double across, double along) {
  return {Length::mm(across), Length::mm(across), Length::mm(across),
          Length::mm(across), Length::mm(along),  Length::mm(along)};
}

MarginStructure under(const Structure& s, BetweenSlices model) {
  const auto slabs = std::make_shared<const SlabStack>(*make_solid(s, BetweenSlices::kSlab));
  if (model == BetweenSlices::kSlab) return {slabs, slabs};
  return {std::make_shared<const SlabStack>(*make_solid(s, model)), slabs};
}
MarginFit fit(const Structure& from, const Structure& to, const Margins& m,
              BetweenSlices model = BetweenSlices::kSlab) {
  return *fit_margin({under(from, model), under(to, model), m, Length::mm(kTolerance)}, {}, {}, {});
}

// A solid, and the same with `more` mm of margin less or more than asked for.
struct Shape {
  const char* name;
  Margins margins;
  Convex inner;
  std::function<Convex(double more)> outer;
};
std::vector<Shape> shapes(double r) {
  const Eigen::Vector3d up(0, 0, 1);
  const auto of_axis = [=](const char* name, const Eigen::Vector3d& half_axis) {
    return Shape{name, margins(10, 10), capsule(-half_axis, half_axis, r),
                 [=](double more) { return capsule(-half_axis, half_axis, r + 10 + more); }};
  };
  const Eigen::Vector3d half(r, 0.8 * r, 1.2 * r), flat(1.5 * r, r, 0.7 * r);
  return {of_axis("ball", {0, 0, 0}),
          of_axis("vessel along the slices", {20, 5, 0}),
          of_axis("vessel across the slices", {0, 0, 20}),
          of_axis("oblique vessel", {15, 5, 15}),
          {"box", margins(5, 10), box_with(half, {0, 0, 0}),
           [=](double more) {
             return box_with(half, {5 + more, 5 + more, 10 + more});
           }},
          {"ellipsoid", margins(10, 10), ellipsoids(flat, {0, 0, 0}, 0.0),
           [=](double more) {
             return ellipsoids(flat, {10, 10, 10}, -more);
           }},
          {"ellipsoid with the PTV's margins", margins(5, 10), ellipsoids(half, {0, 0, 0}, 0.0), [=](double more) {
             return ellipsoids(half, {5, 5, 10}, -more);
           }}};
}

}  // namespace

TEST_CASE("margin: a solid drawn within tolerance, as the slices cut it, is within tolerance at any spacing",
          "[margin][VO-2][VO-3]") {
  std::mt19937 random(7);
  const auto part = [&] { return std::uniform_real_distribution<>(0.0, 1.0)(random); };
  for (const double step : {2.5, 8.0}) {
    if (DOSEGATE_SANITIZED && step != 8.0) continue;
    const double radius = 9.0 + 12.0 * part();
    int number = 0;
    for (const Shape& shape : shapes(radius)) {
      if (DOSEGATE_SANITIZED && number++ % 3 != 0) continue;
      const double offset = step * part();
      const Structure inner = cut(shape.inner, step, offset);
      if (inner.contours.size() < 2) continue;
      for (const double short_by : {0.0, 0.85}) {
        const Structure outer = cut(shape.outer(-short_by), step, offset);
        const MarginFit f = fit(inner, outer, shape.margins);
        INFO(shape.name << ", slices of " << step << " mm at " << offset << ", short by " << short_by << ": worst "
                        << (f.shortfall ? f.shortfall->off.in_mm() : 0.0));
        CHECK_FALSE(f.beyond);
        // Between slices far apart a flat solid bulges beyond both of its sections: then not beyond the trial's limit.
        if (f.furthest_excess) CHECK(f.furthest_excess->off.in_mm() < (step < 5.0 ? 0.6 : kExcessLimit));
      }
    }
  }
}

TEST_CASE("margin: half of a margin is beyond tolerance on any spacing, one and a half times is beyond the limit",
          "[margin][VO-2][VO-3]") {
  for (const double step : {4.0, 8.0}) {
    if (DOSEGATE_SANITIZED && step != 8.0) continue;
    int number = 0;
    for (const Shape& shape : shapes(15.0)) {
      if (DOSEGATE_SANITIZED && number++ % 3 != 0) continue;
      const double offset = 0.3 * step;
      const double half = 0.5 * shape.margins.left.in_mm();
      const Structure inner = cut(shape.inner, step, offset);
      const MarginFit less = fit(inner, cut(shape.outer(-half), step, offset), shape.margins);
      INFO(shape.name << ", slices of " << step << " mm");
      REQUIRE(less.beyond_unexplained);
      // Across the slices all of it is seen.
      CHECK(less.beyond->place.off.in_mm() > half - 0.2);
      const MarginFit more = fit(inner, cut(shape.outer(5.0), step, offset), shape.margins);
      CHECK_FALSE(more.beyond);
      REQUIRE(more.furthest_excess);
      CHECK(more.furthest_excess->off.in_mm() > kExcessLimit);
      CHECK(more.furthest_excess->off.in_mm() > 5.0 - 0.4);
      CHECK(more.furthest_excess->off.in_mm() < 5.0 + 1.2);  // oblique to unequal margins
    }
  }
}

TEST_CASE("margin: what is short at the ends is seen beyond what two halves of a spacing hide", "[margin][VO-3]") {
  const Eigen::Vector3d half(20, 15, 20);
  for (const double step : {1.0, 2.0, 2.5}) {
    const Structure inner = cut(box_with(half, {0, 0, 0}), step, 0.5 * step);
    for (const auto& [along, is_beyond] : {std::pair(10.0 - kTolerance - step - 0.6, true), std::pair(10.0, false)}) {
      // As far as the lowest and the highest slice may say, it ends `along` mm beyond the box.
      const double z = std::floor((20.0 + along) / step) * step;
      const Structure outer = prism("outer", {box_ring(-30, -25, 30, 25)}, planes(-z, z, step));
      const MarginFit f = fit(inner, outer, margins(5, 10));
      INFO(step << " mm, ends at " << z);
      CHECK(f.beyond.has_value() == is_beyond);
      if (f.beyond) CHECK(std::abs(f.beyond->place.direction.z()) == Approx(1.0).margin(1e-3));
    }
  }
}

TEST_CASE("margin: a box with its margin added as a box is none too large, and 4 mm more along one axis are",
          "[margin][VO-2][VO-3]") {
  // Its corners are beyond the ellipsoid, but along no axis of the patient beyond the margin.
  const Margins asked = margins(5, 10);
  for (const double step : {1.0, 2.5, 5.0}) {
    if (DOSEGATE_SANITIZED && step != 5.0) continue;
    const Structure inner = prism("inner", {box_ring(-20, -15, 20, 15)}, planes(-20, 20, step));
    const auto outer = [&](double left, double posterior, double cranial) {
      return prism("outer", {box_ring(-25, -20, 25 + left, 20 + posterior)}, planes(-30, 30 + cranial, step));
    };
    const auto excess = [&](const Structure& drawn) {
      const MarginFit f = fit(inner, drawn, asked);
      CHECK_FALSE(f.beyond);
      return f.furthest_excess ? f.furthest_excess->off.in_mm() : 0.0;
    };
    INFO("slices of " << step << " mm");
    CHECK(excess(outer(0, 0, 0)) < 0.01);
    CHECK(excess(outer(4, 0, 0)) == Approx(4.0).margin(0.01));
    CHECK(excess(outer(0, 4, 0)) == Approx(4.0).margin(0.01));
    // Along the axis the slices hide up to a spacing of it.
    const double more = excess(outer(0, 0, 10));
    CHECK(more > kExcessLimit);
    CHECK(more <= 10.0 + 1e-6);
  }
}

TEST_CASE("margin: both models of what lies between slices decide alike", "[margin][VO-2]") {
  for (const double step : {3.0, 5.0}) {
    if (DOSEGATE_SANITIZED && step != 5.0) continue;
    const Structure inner = cut(capsule({0, 0, 0}, {0, 0, 0}, 9.0), step, 0.7, 60);
    for (const double more : {-0.8, -5.0, 15.0}) {
      const Structure outer = cut(capsule({0, 0, 0}, {0, 0, 0}, 19.0 + more), step, 0.7, 60);
      const MarginFit slab = fit(inner, outer, margins(10, 10));
      const MarginFit between = fit(inner, outer, margins(10, 10), BetweenSlices::kInterpolate);
      INFO("slices of " << step << " mm, " << more << " mm more");
      CHECK(slab.beyond.has_value() == (more == -5.0));
      CHECK(between.beyond.has_value() == (more == -5.0));
      CHECK((slab.furthest_excess && slab.furthest_excess->off.in_mm() > kExcessLimit) == (more > 0.0));
      CHECK((between.furthest_excess && between.furthest_excess->off.in_mm() > kExcessLimit) == (more > 0.0));
    }
  }
}

TEST_CASE("margin: an outer structure drawn on other slices than the inner one", "[margin][VO-2][VO-3]") {
  for (const auto& [inner_step, outer_step] : {std::pair(2.0, 3.0), std::pair(5.0, 2.5), std::pair(2.5, 5.0)}) {
    const Structure inner = cut(capsule({0, 0, 0}, {0, 0, 0}, 15.0), inner_step, 0.4);
    const auto outer = [&, step = outer_step](double r) { return cut(capsule({0, 0, 0}, {0, 0, 0}, r), step, 1.1); };
    INFO(inner_step << " and " << outer_step << " mm");
    CHECK_FALSE(fit(inner, outer(24.1), margins(10, 10)).beyond);
    CHECK(fit(inner, outer(22.0), margins(10, 10)).beyond);
    // Containment: of the same solid, and of one that is 3 mm smaller.
    CHECK_FALSE(fit(inner, outer(15.0), margins(0, 0)).beyond);
    CHECK(fit(inner, outer(12.0), margins(0, 0)).beyond);
  }
}

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
