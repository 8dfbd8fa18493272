#include "core/gamma/tetrahedra.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace dosegate::gamma {
namespace {

using Point = Eigen::Vector4d;  // place and dose; the reference point is the origin

// The point of the simplex that is nearest to the origin lies inside one of its faces (a vertex, an edge, ... or the
// whole), and is there the nearest of the face's plane. Every candidate is a point of the simplex.
template <int kCount>
void try_face(const std::array<Point, 4>& v, const std::array<int, 4>& of, double& least, Point& at) {
  if constexpr (kCount == 1) {
    const Point& p = v[static_cast<std::size_t>(of[0])];
    if (p.squaredNorm() < least) least = p.squaredNorm(), at = p;
  } else {
    constexpr int kEdges = kCount - 1;
    const Point& origin = v[static_cast<std::size_t>(of[0])];
    Eigen::Matrix<double, 4, kEdges> edges;
    for (int n = 0; n < kEdges; ++n)
      edges.col(n) = v[static_cast<std::size_t>(of[static_cast<std::size_t>(n) + 1])] - origin;
    const Eigen::Matrix<double, kEdges, kEdges> gram = edges.transpose() * edges;
    const double scale = gram.diagonal().prod();
    const double determinant = gram.determinant();
    if (!(determinant > 1e-14 * scale)) return;  // flat: a smaller face has the nearest point
    const Eigen::Matrix<double, kEdges, 1> k = gram.inverse() * (-(edges.transpose() * origin));
    if (!(k.minCoeff() >= 0.0 && k.sum() <= 1.0)) return;
    const Point p = origin + edges * k;
    if (p.squaredNorm() < least) least = p.squaredNorm(), at = p;
  }
}

void nearest(const std::array<Point, 4>& v, double& least, Point& at) {
  for (int a = 0; a < 4; ++a) {
    try_face<1>(v, {a}, least, at);
    for (int b = a + 1; b < 4; ++b) {
      try_face<2>(v, {a, b}, least, at);
      for (int c = b + 1; c < 4; ++c) try_face<3>(v, {a, b, c}, least, at);
    }
  }
  try_face<4>(v, {0, 1, 2, 3}, least, at);
}

}  // namespace

double least_of_tetrahedra(const float* corner, const std::array<std::size_t, 3>& step, const Box& box, double dose,
                           double per_dose, double enough, Vec3& at) {
  const auto vertex = [&](unsigned bits) {
    Point p;
    std::size_t offset = 0;
    for (unsigned a = 0; a < 3; ++a) {
      const bool upper = (bits >> a & 1U) != 0;
      p[static_cast<int>(a)] = upper ? box.hi[a] : box.lo[a];
      offset += upper ? step[a] : 0;
    }
    p[3] = (static_cast<double>(corner[offset]) - dose) * per_dose;
    return p;
  };
  // A way along three edges from the lowest corner to the highest.
  constexpr unsigned kWays[6][2] = {{1, 3}, {1, 5}, {2, 3}, {2, 6}, {4, 5}, {4, 6}};
  const Point low = vertex(0), high = vertex(7);
  double least = enough;
  Point found = Point::Zero();
  for (const auto& way : kWays) {
    const std::array<Point, 4> v = {low, vertex(way[0]), vertex(way[1]), high};
    double far2 = 0.0;
    for (int a = 0; a < 4; ++a) {
      const auto [lo, hi] = std::minmax({v[0][a], v[1][a], v[2][a], v[3][a]});
      const double gap = std::max({lo, -hi, 0.0});
      far2 += gap * gap;
    }
    if (far2 < least) nearest(v, least, found);
  }
  if (least < enough) at = {found[0], found[1], found[2]};
  return least;
}

}  // namespace dosegate::gamma
