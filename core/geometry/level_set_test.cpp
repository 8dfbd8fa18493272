#include "core/geometry/level_set.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

constexpr std::size_t kPlenty = 1'000'000;
const Eigen::AlignedBox2d kBox(Eigen::Vector2d(-13.03, -13.07), Eigen::Vector2d(13, 13));

double circle(const Eigen::Vector2d& p, double x, double y, double r) { return std::hypot(p.x() - x, p.y() - y) - r; }

// Positive when the inside is to the left.
double signed_area(const Ring& ring) {
  double twice = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const auto &a = ring[i], &b = ring[(i + 1) % ring.size()];
    twice += a.x() * b.y() - b.x() * a.y();
  }
  return 0.5 * twice;
}

std::vector<std::vector<Ring>> trace(const Fields& fields, double pitch) {
  std::int64_t budget = 100'000'000;
  auto rings = level_sets(fields, kBox, pitch, kPlenty, budget);
  REQUIRE(rings);
  return *std::move(rings);
}

Fields one(double (*f)(const Eigen::Vector2d&)) {
  return {1, [f](const Eigen::Vector2d& p, double* v) { *v = f(p); }, 1.0};
}

}  // namespace

TEST_CASE("Level sets of a disc have its area, several at once, and nothing where all is outside") {
  const Fields discs{3,
                     [](const Eigen::Vector2d& p, double* v) {
                       v[0] = circle(p, 0, 0, 10);
                       v[1] = circle(p, 1, 2, 4);
                       v[2] = std::numeric_limits<double>::infinity();
                     },
                     1.0};
  const auto rings = trace(discs, 0.1);
  REQUIRE(rings[0].size() == 1);
  REQUIRE(rings[1].size() == 1);
  CHECK(rings[2].empty());
  CHECK(signed_area(rings[0][0]) == Approx(100 * std::numbers::pi).epsilon(2e-4));
  CHECK(signed_area(rings[1][0]) == Approx(16 * std::numbers::pi).epsilon(1e-3));
  for (const auto& p : rings[0][0]) CHECK(circle(p, 0, 0, 10) == Approx(0.0).margin(0.1 * 0.1 / 10));
}

TEST_CASE("A hole is a ring of its own that runs the other way") {
  const auto rings =
      trace(one([](const Eigen::Vector2d& p) { return std::max(circle(p, 0, 0, 10), -circle(p, 2, 0, 5)); }), 0.1);
  REQUIRE(rings[0].size() == 2);
  const double a = signed_area(rings[0][0]), b = signed_area(rings[0][1]);
  CHECK(std::max(a, b) > 0.0);
  CHECK(std::min(a, b) < 0.0);
  CHECK(a + b == Approx(75 * std::numbers::pi).epsilon(1e-3));
}

TEST_CASE("A straight outline is exact wherever the grid lies") {
  const auto rings = trace(one([](const Eigen::Vector2d& p) {
                             return std::max({p.x() - 5, -7 - p.x(), p.y() - 0.3 * p.x() - 4, -6 - p.y()});
                           }),
                           0.5);
  REQUIRE(rings[0].size() == 1);
  // Between x -7 and 5, y -6 and 0.3 x + 4; the corners alone are cut.
  CHECK(signed_area(rings[0][0]) == Approx(12 * (10 - 0.3)).epsilon(0.004));
  for (const auto& p : rings[0][0]) {
    CHECK(p.x() <= 5 + 1e-9);
    CHECK(p.y() >= -6 - 1e-9);
  }
}

TEST_CASE("Where opposite corners of a grid square are inside, the mean of its corners decides") {
  // A checkerboard whose fields are the grid's points: apart when the mean is outside, joined when it is inside.
  const auto positive_rings = [](double offset) {
    const Fields board{1,
                       [offset](const Eigen::Vector2d& p, double* v) {
                         const double x = p.x() - kBox.min().x(), y = p.y() - kBox.min().y();
                         const double frame = std::max(std::abs(x - 13), std::abs(y - 13)) - 10.5;
                         const double wave = std::cos(std::numbers::pi * x / 2) * std::cos(std::numbers::pi * y / 2);
                         *v = std::max(frame, wave + offset);
                       },
                       3.0};
    const auto rings = trace(board, 2.0)[0];
    return std::count_if(rings.begin(), rings.end(), [](const Ring& ring) { return signed_area(ring) > 0.0; });
  };
  CHECK(positive_rings(0.05) == 50);
  CHECK(positive_rings(-0.05) == 1);
}

TEST_CASE("A region that touches grid points with its zeros gives closed rings without repeated points") {
  const Fields fields{1,
                      [](const Eigen::Vector2d& p, double* v) {
                        const double x = p.x() - kBox.min().x() - 10, y = p.y() - kBox.min().y() - 10;
                        *v = std::max(std::abs(x), std::abs(y)) - 4;
                      },
                      1.0};
  const auto rings = trace(fields, 1.0);
  REQUIRE(rings[0].size() == 1);
  const Ring& ring = rings[0][0];
  CHECK(signed_area(ring) == Approx(64.0 - 4 * 0.5));  // each corner is cut through its last grid square
  for (std::size_t i = 0; i < ring.size(); ++i) CHECK(ring[i] != ring[(i + 1) % ring.size()]);
}

TEST_CASE("Work goes with the length of an outline and not with the area around it") {
  const Eigen::AlignedBox2d wide(Eigen::Vector2d(-5e5, -5e5), Eigen::Vector2d(5e5, 5e5));
  const auto disc = one([](const Eigen::Vector2d& p) { return circle(p, 17, 4, 3); });
  std::int64_t budget = 1'000'000;
  const auto rings = level_sets(disc, wide, 0.05, kPlenty, budget);
  REQUIRE(rings);
  REQUIRE((*rings)[0].size() == 1);
  CHECK(signed_area((*rings)[0][0]) == Approx(9 * std::numbers::pi).epsilon(1e-3));
}

TEST_CASE("Level sets beyond a limit are refused") {
  const auto refused = [](const Eigen::AlignedBox2d& box, double pitch, std::size_t most, std::int64_t budget) {
    const auto rings =
        level_sets(one([](const Eigen::Vector2d& p) { return circle(p, 0, 0, 10); }), box, pitch, most, budget);
    return !rings && rings.error().code == ErrorCode::kLimitExceeded;
  };
  CHECK_FALSE(refused(kBox, 0.1, kPlenty, 1'000'000));
  CHECK(refused(kBox, 0.1, 100, 1'000'000));
  CHECK(refused(kBox, 0.1, kPlenty, 1000));
  CHECK(refused(kBox, 1e-9, kPlenty, 1'000'000));
}
