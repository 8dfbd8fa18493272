// The nearest point of a dose that is linear in tetrahedra, however steep it is against the criterion.
#include "core/gamma/tetrahedra.h"

#include <Eigen/Core>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/property/random.h"

using namespace dosegate;
using dosegate::gamma::Box;
using dosegate::gamma::Vec3;
using dosegate::property::Random;

namespace {

constexpr std::array<std::size_t, 3> kCornerStep = {1, 2, 4};
constexpr double kNothingYet = 1e30;

double whole(Random& random, double most) { return std::round(random.between(-most, most)); }

// From 1/8 to 4, in eighths.
double eighths(Random& random) { return std::ceil(random.between(0.0, 32.0)) / 8.0; }

// The corners of the tetrahedron that holds a place, from the least to the largest coordinates.
std::array<std::size_t, 4> tetrahedron_of(const std::array<double, 3>& share) {
  std::array<std::size_t, 3> order = {0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return share[a] > share[b]; });
  std::array<std::size_t, 4> corners{};
  for (std::size_t n = 0; n < 3; ++n) corners[n + 1] = corners[n] + kCornerStep[order[n]];
  return corners;
}

}  // namespace

TEST_CASE("In a cell whose dose is linear the distance is that of a plane, however steep") {
  Random random(7);
  for (const double steep : {0.0, 1.0, 30.0, 1e3, 1e5, 1e6}) {
    for (int n = 0; n < 300; ++n) {
      Vec3 width, g;
      std::array<double, 3> step{};
      double g2 = 0.0;
      for (std::size_t a = 0; a < 3; ++a) {
        width[a] = eighths(random);
        step[a] = random.below(4) == 0 ? 0.0 : whole(random, steep);
        g[a] = step[a] / width[a];
        g2 += g[a] * g[a];
      }
      std::array<float, 8> corner{};
      for (std::size_t i = 0; i < 8; ++i) {
        corner[i] =
            static_cast<float>(static_cast<double>(i & 1) * step[0] + static_cast<double>(i >> 1 & 1) * step[1] +
                               static_cast<double>(i >> 2) * step[2]);
      }
      // The nearest point lies inside the cell, at a distance that is chosen.
      const double gamma = random.between(0.01, 3.0), s = (random.coin() ? gamma : -gamma) / std::sqrt(1.0 + g2);
      Box box{};
      double first = s;  // the dose at the lowest corner
      for (std::size_t a = 0; a < 3; ++a) {
        const double inside = random.between(0.05, 0.95) * width[a];
        box.lo[a] = -s * g[a] - inside;
        box.hi[a] = box.lo[a] + width[a];
        first -= g[a] * inside;
      }
      Vec3 at{};
      const double found = gamma::least_of_tetrahedra(corner.data(), kCornerStep, box, -first, 1.0, kNothingYet, at);
      INFO("steps up to " << steep << ", cell " << n);
      CHECK(std::sqrt(found) == Approx(gamma).margin(1e-6));
      for (std::size_t a = 0; a < 3; ++a) CHECK(at[a] == Approx(-s * g[a]).margin(1e-5));
    }
  }
}

TEST_CASE("In a cell of any doses the nearest point is the least of its tetrahedron, and no other point is nearer") {
  Random random(8);
  for (int n = 0; n < 3000; ++n) {
    const double steep = std::pow(10.0, random.between(-1.0, 5.0));
    std::array<float, 8> corner{};
    for (float& c : corner) c = static_cast<float>(random.below(4) == 0 ? 0.0 : whole(random, 1000.0));
    Box box{};
    for (std::size_t a = 0; a < 3; ++a) {
      const double width = eighths(random);
      box.lo[a] = -width * random.between(-0.3, 1.3);
      box.hi[a] = box.lo[a] + width;
    }
    const double dose = whole(random, 1000.0), per = steep / 1000.0;
    Vec3 at{};
    const double found = gamma::least_of_tetrahedra(corner.data(), kCornerStep, box, dose, per, kNothingYet, at);
    const auto v = [&](std::size_t i) { return (static_cast<double>(corner[i]) - dose) * per; };
    const auto place = [&](std::size_t i) {
      return Eigen::Vector3d((i & 1) != 0 ? box.hi[0] : box.lo[0], (i & 2) != 0 ? box.hi[1] : box.lo[1],
                             (i & 4) != 0 ? box.hi[2] : box.lo[2]);
    };
    const auto dose_at = [&](const std::array<double, 3>& share, const std::array<std::size_t, 4>& of) {
      std::array<double, 3> down = share;
      std::sort(down.begin(), down.end(), std::greater<>());
      return v(of[0]) + down[0] * (v(of[1]) - v(of[0])) + down[1] * (v(of[2]) - v(of[1])) +
             down[2] * (v(of[3]) - v(of[2]));
    };
    std::array<double, 3> share{};
    for (std::size_t a = 0; a < 3; ++a) share[a] = (at[a] - box.lo[a]) / (box.hi[a] - box.lo[a]);
    const auto of = tetrahedron_of(share);
    const Eigen::Vector3d y(at[0], at[1], at[2]);
    const double here = dose_at(share, of), room = 1e-6;
    INFO("cell " << n << ", steps up to " << steep);
    CHECK(std::sqrt(found) == Approx(std::sqrt(y.squaredNorm() + here * here)).margin(room));
    // A convex function is least where no corner lies downhill.
    for (const std::size_t i : of) {
      const double downhill = y.dot(place(i) - y) + here * (v(i) - here);
      CHECK(downhill >= -1e-7 - 1e-15 * steep * steep);
    }
    for (int other = 0; other < 50; ++other) {
      for (double& x : share) x = random.between(0.0, 1.0);
      const double seen = dose_at(share, tetrahedron_of(share));
      double far2 = seen * seen;
      for (std::size_t a = 0; a < 3; ++a) {
        const double x = box.lo[a] + share[a] * (box.hi[a] - box.lo[a]);
        far2 += x * x;
      }
      CHECK(std::sqrt(far2) >= std::sqrt(found) - room);
    }
  }
}
