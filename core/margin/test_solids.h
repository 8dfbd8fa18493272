// Solids of closed form for tests of margins, cut by slices of any spacing and phase, with the margin that was asked
// for.
#pragma once

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "core/geometry/solid.h"
#include "core/geometry/test_shapes.h"
#include "core/margin/margin_fit.h"

namespace dosegate::test {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kTolerance = 1.0, kExcessLimit = 3.0;  // mm; the trial's

using Solid = std::function<bool(const Eigen::Vector3d&)>;

// A convex solid with a point inside every section that it has.
struct Convex {
  Solid inside;
  std::function<Eigen::Vector2d(double z)> middle;
  double low, high;  // z
};

// Contours on slices at offset + k * step, by rays from the middle.
inline Structure cut(const Convex& solid, double step, double offset, int rays = 120) {
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
inline Convex capsule(const Eigen::Vector3d& a, const Eigen::Vector3d& b, double radius) {
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
inline Convex box_with(const Eigen::Vector3d& half, const Eigen::Vector3d& margin) {
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
inline Convex ellipsoids(const Eigen::Vector3d& half, const Eigen::Vector3d& margin, double less) {
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

inline Margins margins(double across, double along) {
  return {Length::mm(across), Length::mm(across), Length::mm(across),
          Length::mm(across), Length::mm(along),  Length::mm(along)};
}

inline MarginStructure under(const Structure& s, BetweenSlices model) {
  const auto slabs = std::make_shared<const SlabStack>(*make_solid(s, BetweenSlices::kSlab));
  if (model == BetweenSlices::kSlab) return {slabs, slabs};
  return {std::make_shared<const SlabStack>(*make_solid(s, model)), slabs};
}
inline MarginFit fit(const Structure& from, const Structure& to, const Margins& m,
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
inline std::vector<Shape> shapes(double r) {
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

}  // namespace dosegate::test
