#include "core/dvh/mean_dose.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "core/dvh/dvh.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

StructureCells cells_of(const Structure& s, const DoseGrid& grid) {
  const auto stack = make_stack(s);
  REQUIRE(stack);
  auto cut = cut_into_cells(*stack, grid, {});
  REQUIRE(cut);
  return *std::move(cut);
}

std::vector<double> integrals_of(const StructureCells& cut, const DoseGrid& grid, unsigned threads = 1) {
  std::vector<double> out;
  Host host;
  host.threads = threads;
  REQUIRE(integrate(cut, grid, 0, 0, host, out));
  return out;
}

double mean_gy(const Structure& s, const DoseGrid& grid) {
  const StructureCells cut = cells_of(s, grid);
  return mean_dose(cut, integrals_of(cut, grid)).in_gy();
}

// The structure with its axes in another order: x, y and z of every point come from `from`.
Structure along(Structure s, const std::array<int, 3>& from) {
  for (Contour& c : s.contours) {
    for (auto& p : c.points) p = Eigen::Vector3d(p[from[0]], p[from[1]], p[from[2]]);
  }
  return s;
}
constexpr std::array<std::array<int, 3>, 3> kOrders = {{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}}};

}  // namespace

TEST_CASE("The mean alone of a box in a linear dose is the dose at its centre, whatever its planes are along") {
  const Eigen::Vector3d slope(0.31, -0.17, 0.23);
  const DoseGrid grid = sample({}, [&](const auto& p) { return 40.0 + slope.dot(p); });
  const Structure box = prism("Box", {box_ring(-17.3, -11.1, 22.7, 18.9)}, planes(-13.0, 11.0, 3.0));
  const Eigen::Vector3d centre(2.7, 3.9, -1.0);
  for (const auto& order : kOrders) {
    const Eigen::Vector3d at(centre[order[0]], centre[order[1]], centre[order[2]]);
    CHECK(mean_gy(along(box, order), grid) ==
          Approx(40.0 + slope.dot(at)).epsilon(1e-7));  // doses are single precision
  }
}

TEST_CASE("The mean alone counts 0 Gy beyond the grid and the outermost dose in its rim") {
  // Voxel centres from -50 to 50 mm: the rim reaches to 51.25. Of x from 30 to 70 a share of 21.25 / 40 has 20 Gy.
  const DoseGrid grid = sample({}, [](const auto&) { return 20.0; });
  const Structure box = prism("Box", {box_ring(30, -10, 70, 10)}, planes(-9.0, 9.0, 3.0));
  for (const auto& order : kOrders) CHECK(mean_gy(along(box, order), grid) == Approx(20.0 * 21.25 / 40.0));
}

TEST_CASE("The mean alone is the mean of the DVH, for any shape and number of threads", "[property]") {
  std::mt19937 random(7);
  const auto between = [&](double lo, double hi) { return std::uniform_real_distribution<>(lo, hi)(random); };
  for (std::size_t n = 0; n < 40; ++n) {
    std::vector<Points2> rings;
    for (std::size_t ring = 0; ring < 1 + n % 3; ++ring) {
      Points2 star;
      for (int k = 0; k < 17; ++k) {
        const double angle = 2.0 * std::numbers::pi * k / 17, radius = between(5.0, 45.0);
        star.emplace_back(radius * std::cos(angle) + 3.0 * static_cast<double>(ring), radius * std::sin(angle));
      }
      rings.push_back(star);
    }
    const double step = between(1.1, 4.0);
    const Structure s = along(prism("S", rings, planes(-9.0 * step, 7.0 * step, step)), kOrders[n % kOrders.size()]);
    GridSpec spec;
    if (n % 4 == 0) spec.size = {31, 33, 35};  // ends inside
    const DoseGrid grid = sample(spec, [&](const auto&) { return between(0.0, 60.0); });
    const StructureCells cut = cells_of(s, grid);
    const std::vector<double> alone = integrals_of(cut, grid);
    CHECK(integrals_of(cut, grid, 3) == alone);
    const auto stack = make_stack(s);
    const auto dvh = Dvh::make(*stack, grid, 1.0);
    REQUIRE(dvh);
    CHECK(mean_dose(cut, alone).in_gy() == Approx(dvh->mean().value.in_gy()).epsilon(1e-12));
  }
}

TEST_CASE("Of planes whose dose changed the mean alone is found anew, of the others it is kept") {
  const Structure s = prism("S", {polygon_ring(1.0, 2.0, 30.0, 40)}, planes(-20.0, 20.0, 3.0));
  const DoseGrid before = sample({}, [](const auto& p) { return 30.0 + 0.2 * p.x(); });
  const auto changed = [](const Eigen::Vector3d& p) { return std::abs(p.z()) < 4.0 ? 11.0 : 30.0 + 0.2 * p.x(); };
  const DoseGrid after = sample({}, changed);
  const StructureCells cut = cells_of(s, before);
  std::vector<double> kept = integrals_of(cut, before);
  // Voxel planes at -2.5, 0 and 2.5 mm are 19 to 21: they bound layers 19 to 22, of which the first is half a voxel.
  REQUIRE(integrate(cut, after, 19, 23, {}, kept));
  CHECK(kept == integrals_of(cut, after));
  CHECK(kept != integrals_of(cut, before));
}
