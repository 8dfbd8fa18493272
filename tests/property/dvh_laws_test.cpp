// What holds for a DVH of anything: order, and no effect of how the same structure and dose are written down.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/dvh/dvh.h"
#include "core/geometry/combine.h"
#include "tests/property/dvh_cases.h"
#include "tests/property/random.h"

namespace dosegate::property {
namespace {

constexpr std::uint32_t kCases = DOSEGATE_RANDOM_CASES / 50;
constexpr double kSame = 1e-9;  // relative: the same sums in another order

DvhCase case_of(std::uint32_t seed) { return random_case(seed, static_cast<DoseKind>(seed % 4)); }

Dvh dvh_of(const Structure& structure, const DoseGrid& grid, double scale) {
  const auto stack = make_stack(structure);
  REQUIRE(stack);
  auto dvh = Dvh::make(*stack, grid, scale);
  REQUIRE(dvh);
  return *std::move(dvh);
}

// Both contain the one true value, but for the rounding of it.
template <typename Q>
bool meet(const Interval<Q>& a, const Interval<Q>& b, Q rounding) {
  return a.lower <= b.upper + rounding && b.lower <= a.upper + rounding;
}

bool same(Dose a, Dose b, Dose most) { return std::abs(a / most - b / most) <= kSame; }

void check_same(const Dvh& a, const Dvh& b, Random& random) {
  const Volume total = a.total();
  const Dose least = a.minimum().dose, most = a.maximum().dose;
  CHECK(std::abs(b.total() / total - 1.0) <= kSame);
  CHECK(std::abs(b.outside() / total - a.outside() / total) <= kSame);
  CHECK(std::abs(b.rim() / total - a.rim() / total) <= kSame);
  CHECK(same(a.mean().value, b.mean().value, most));
  CHECK(same(least, b.minimum().dose, most));
  CHECK(same(most, b.maximum().dose, most));
  for (int i = 0; i < 3; ++i) {
    const Dose level = least + random.between(0.0, 1.0) * (most - least);
    const Volume hot = random.between(0.01, 0.99) * total;
    CHECK(meet(a.volume_above(level), b.volume_above(level), kSame * total));
    CHECK(meet(a.dose_of_hottest(hot), b.dose_of_hottest(hot), kSame * most));
  }
}

// The same dose with patient axis `to[a]` in place of axis a. Columns stay columns.
DoseGrid permuted(const VoxelDoses& doses, const std::array<int, 3>& to) {
  const auto& c = doses.centre;
  DoseDescription d;
  d.value_type = DoseValueType::kFloat32;
  d.values = doses.gy.data();
  d.value_count = doses.gy.size();
  d.columns = static_cast<std::uint32_t>(c[0].size());
  d.rows = static_cast<std::uint32_t>(c[1].size());
  d.planes = static_cast<std::uint32_t>(c[2].size());
  for (std::size_t a = 0; a < 3; ++a) d.position_mm[to[a]] = c[a].front();
  d.row_cosines = Eigen::Vector3d::Unit(to[0]);
  d.column_cosines = Eigen::Vector3d::Unit(to[1]);
  d.column_spacing_mm = c[0][1] - c[0][0];
  d.row_spacing_mm = c[1][1] - c[1][0];
  // Offsets count along rows x columns, which an odd permutation turns against the axis.
  const bool even = (to[1] - to[0] + 3) % 3 == 1;
  std::vector<double> offsets;
  for (const double z : c[2]) offsets.push_back((even ? 1.0 : -1.0) * (z - c[2].front()));
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  const auto grid = DoseGrid::make(d);
  REQUIRE(grid);
  REQUIRE(grid->problem().empty());
  return *grid;
}

}  // namespace

TEST_CASE("V never rises with the dose, D never with the volume, and the curve never") {
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    const DvhCase c = case_of(seed);
    const Dvh dvh = dvh_of(c.structure(), c.grid(), c.scale);
    const Dose least = dvh.minimum().dose, most = dvh.maximum().dose;
    INFO("seed " << seed);
    Interval<Volume> before{dvh.total(), dvh.total(), dvh.total()};
    for (int i = 0; i <= 20; ++i) {
      const Dose level = least + (0.05 * i) * (most - least);
      const Interval<Volume> v = dvh.volume_above(level);
      CHECK(v.lower <= v.value);
      CHECK(v.value <= v.upper);
      CHECK(v.lower <= before.upper + kSame * dvh.total());
      CHECK(v.value <= before.upper + kSame * dvh.total());
      CHECK(v.lower <= before.value + kSame * dvh.total());
      CHECK(dvh.volume_above(level, Plateau::kDoesNotCount).lower <= v.upper);
      before = v;
    }
    CHECK(dvh.volume_above(least).upper == dvh.total());
    CHECK(dvh.volume_above(most, Plateau::kDoesNotCount).lower.in_mm3() == 0.0);
    Interval<Dose> hotter{most, most, most};
    const Dose rounding = kSame * most;
    for (int i = 1; i <= 20; ++i) {
      const Interval<Dose> d = dvh.dose_of_hottest((0.05 * i) * dvh.total());
      CHECK(d.lower <= d.value);
      CHECK(d.value <= d.upper);
      CHECK(d.lower <= hotter.upper + rounding);
      CHECK(least <= d.upper + rounding);
      CHECK(d.lower <= most);
      hotter = d;
    }
    const auto curve = dvh.curve(Dose::gy(0.01 * most.in_gy()));
    REQUIRE(curve);
    REQUIRE(curve->size() >= 100);
    CHECK(curve->front().lower.in_cc() == dvh.total().in_cc());
    CHECK(curve->back().upper.in_cc() == 0.0);
    for (const auto part : {&Interval<Volume>::value, &Interval<Volume>::lower, &Interval<Volume>::upper}) {
      CHECK(std::is_sorted(curve->rbegin(), curve->rend(),
                           [&](const auto& a, const auto& b) { return a.*part < b.*part; }));
    }
  }
}

TEST_CASE("Turning contours round, starting them elsewhere and shuffling them changes no DVH") {
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    const DvhCase c = case_of(seed);
    Random random(seed);
    Structure shuffled = c.structure();
    random.shuffle(shuffled.contours);
    for (auto& contour : shuffled.contours) {
      auto& points = contour.points;
      std::rotate(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(random.below(points.size())),
                  points.end());
      if (random.coin()) std::reverse(points.begin(), points.end());
    }
    INFO("seed " << seed);
    check_same(dvh_of(c.structure(), c.grid(), c.scale), dvh_of(shuffled, c.grid(), c.scale), random);
  }
}

TEST_CASE("Exchanging the patient's axes changes no DVH") {
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    const DvhCase c = case_of(seed);
    const Dvh axial = dvh_of(c.structure(), c.grid(), c.scale);
    Random random(seed);
    const auto to =
        random.one_of(std::vector<std::array<int, 3>>{{1, 2, 0}, {2, 0, 1}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}});
    Structure turned = c.structure();
    for (auto& contour : turned.contours) {
      for (auto& p : contour.points) {
        const Eigen::Vector3d before = p;
        for (std::size_t a = 0; a < 3; ++a) p[to[a]] = before[static_cast<Eigen::Index>(a)];
      }
    }
    INFO("seed " << seed << ", axes " << to[0] << to[1] << to[2]);
    check_same(axial, dvh_of(turned, permuted(c.doses, to), c.scale), random);
  }
}

TEST_CASE("One structure without another has every V inside its interval") {
  // With the same planes A without B is half of A, B xor A and minus B: even-odd alone, so the reference has it.
  for (std::uint32_t seed = 0; seed < kCases; ++seed) {
    const DvhCase c = case_of(seed);
    DvhCase other = c, both = c;
    for (std::size_t i = 0; i < c.planes.size(); ++i) {
      other.planes[i].rings = {c.planes[c.planes.size() - 1 - i].rings.front()};
      for (auto& p : other.planes[i].rings.front()) p += Eigen::Vector2d(0.75, -0.5);
      both.planes[i].rings.insert(both.planes[i].rings.end(), other.planes[i].rings.begin(),
                                  other.planes[i].rings.end());
    }
    const auto a = make_stack(c.structure()), b = make_stack(other.structure());
    REQUIRE(a);
    REQUIRE(b);
    const auto difference = subtract(*a, {&*b});
    REQUIRE(difference);
    const DvhReference of_a = c.reference(), of_b = other.reference(), of_both = both.reference();
    const auto half = [](Volume x, Volume y, Volume minus) { return 0.5 * (x + y - minus); };
    const Volume total = half(of_a.total().value, of_both.total().value, of_b.total().value);
    if (total < Volume::mm3(0.1)) continue;
    INFO("seed " << seed);
    const auto dvh = Dvh::make(*difference, c.grid(), c.scale);
    REQUIRE(dvh);
    CHECK(std::abs(dvh->total() / of_a.total().value - total / of_a.total().value) <= kSame);
    const Dose most = dvh->maximum().dose;
    for (const double part : {0.3, 0.6, 0.9}) {
      const Dose level = part * most;
      const auto x = of_a.volume_above(level), y = of_both.volume_above(level), z = of_b.volume_above(level);
      const Volume truth = half(x.value, y.value, z.value), error = x.error + y.error + z.error;
      for (const auto& v : {dvh->volume_above(level), dvh->volume_above(level, Plateau::kCounts, truth)}) {
        CHECK(v.lower <= truth + error);
        CHECK(v.upper >= truth - error);
      }
    }
  }
}

}  // namespace dosegate::property
