#include "core/gamma/tetrahedra.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace dosegate::gamma {
namespace {

struct Point {
  Eigen::Vector3d y;  // from the reference point
  double v;           // dose

  double squared() const { return y.squaredNorm() + v * v; }
};

// The point of a tetrahedron that is nearest to the origin in place and dose lies inside one of its faces (a vertex, an
// edge, ... or the whole), and is there the nearest of the face's plane. Every candidate is a point of the tetrahedron.
//
// Worked out in space, where a face is never flat, with the dose as a linear function on it: however steep the dose is,
// nothing is lost. By y = base + Q z, Q an orthonormal base of the face's plane, and the dose v + g z there, what is
// least is at z = -Q' base - s g with s = (v - g Q' base) / (1 + g^2), which is the dose there.
template <int kCount>
void try_face(const std::array<Point, 4>& p, const std::array<int, 4>& of, double& least, Eigen::Vector3d& at) {
  const Point& base = p[static_cast<std::size_t>(of[0])];
  if constexpr (kCount == 1) {
    if (base.squared() < least) least = base.squared(), at = base.y;
  } else {
    constexpr int kEdges = kCount - 1;
    Eigen::Matrix<double, 3, kEdges> edges, q;
    Eigen::Matrix<double, kEdges, kEdges> r = Eigen::Matrix<double, kEdges, kEdges>::Zero();  // edges = q r
    Eigen::Matrix<double, kEdges, 1> rise, g;  // of the dose, by edge and by q
    for (int n = 0; n < kEdges; ++n) {
      const Point& other = p[static_cast<std::size_t>(of[static_cast<std::size_t>(n) + 1])];
      edges.col(n) = other.y - base.y;
      rise[n] = other.v - base.v;
      q.col(n) = edges.col(n);
      g[n] = rise[n];
      for (int m = 0; m < n; ++m) {
        r(m, n) = q.col(m).dot(q.col(n));
        q.col(n) -= r(m, n) * q.col(m);
        g[n] -= r(m, n) * g[m];
      }
      r(n, n) = q.col(n).norm();
      q.col(n) /= r(n, n);
      g[n] /= r(n, n);
    }
    const Eigen::Matrix<double, kEdges, 1> foot = q.transpose() * base.y;
    const double s = (base.v - g.dot(foot)) / (1.0 + g.squaredNorm());
    // As shares of the edges, from the last to the first.
    Eigen::Matrix<double, kEdges, 1> k = -foot - s * g;
    for (int n = kEdges - 1; n >= 0; --n) {
      for (int m = n + 1; m < kEdges; ++m) k[n] -= r(n, m) * k[m];
      k[n] /= r(n, n);
    }
    if (!(k.minCoeff() >= 0.0 && k.sum() <= 1.0)) return;
    const Point here{base.y + edges * k, base.v + rise.dot(k)};
    if (here.squared() < least) least = here.squared(), at = here.y;
  }
}

void nearest(const std::array<Point, 4>& v, double& least, Eigen::Vector3d& at) {
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
      p.y[static_cast<int>(a)] = upper ? box.hi[a] : box.lo[a];
      offset += upper ? step[a] : 0;
    }
    p.v = (static_cast<double>(corner[offset]) - dose) * per_dose;
    return p;
  };
  // A way along three edges from the lowest corner to the highest.
  constexpr unsigned kWays[6][2] = {{1, 3}, {1, 5}, {2, 3}, {2, 6}, {4, 5}, {4, 6}};
  const Point low = vertex(0), high = vertex(7);
  double least = enough;
  Eigen::Vector3d found = Eigen::Vector3d::Zero();
  for (const auto& way : kWays) {
    const std::array<Point, 4> v = {low, vertex(way[0]), vertex(way[1]), high};
    // All four share the cell's extent in space.
    const auto [least_dose, most_dose] = std::minmax({v[0].v, v[1].v, v[2].v, v[3].v});
    const double off = std::max({least_dose, -most_dose, 0.0});
    double far2 = off * off;
    for (std::size_t a = 0; a < 3; ++a) {
      const double gap = std::max({box.lo[a], -box.hi[a], 0.0});
      far2 += gap * gap;
    }
    if (far2 < least) nearest(v, least, found);
  }
  if (least < enough) at = {found[0], found[1], found[2]};
  return least;
}

}  // namespace dosegate::gamma
