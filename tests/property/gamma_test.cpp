// Gamma against brute force: the evaluated dose sampled densely, with a bound on what lies between the samples.
#include "core/gamma/gamma.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/gamma/test_doses.h"
#include "tests/property/random.h"

using namespace dosegate;
using namespace dosegate::gamma_test;
using dosegate::property::Random;

namespace {

constexpr int kGrids = DOSEGATE_SANITIZED != 0 ? 60 : 1000;
constexpr std::uint32_t kSamples = 5;  // along each axis of a cell

struct Bruteforce {
  double lower, upper;
};

// Linear in the six tetrahedra of a cell: steps along the axes in the order of falling coordinates.
double simplex_value(const std::array<double, 8>& c, const std::array<double, 3>& t) {
  std::array<std::size_t, 3> order = {0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return t[a] > t[b]; });
  double value = c[0];
  std::size_t at = 0;
  for (const std::size_t axis : order) {
    const std::size_t next = at | (std::size_t{1} << axis);
    value += t[axis] * (c[next] - c[at]);
    at = next;
  }
  return value;
}

double trilinear_value(const std::array<double, 8>& c, const std::array<double, 3>& t) {
  double value = 0.0;
  for (std::size_t n = 0; n < 8; ++n) {
    double weight = 1.0;
    for (std::size_t a = 0; a < 3; ++a) weight *= (n >> a & 1) != 0 ? t[a] : 1.0 - t[a];
    value += weight * c[n];
  }
  return value;
}

// Gamma is Lipschitz with sqrt(1/distance^2 + (steepest slope/dose)^2).
Bruteforce brute(const DoseGrid& e, const Eigen::Vector3d& p, double gy, double dd, double mm, bool simplex) {
  Bruteforce out{1e9, 1e9};
  const auto cells = [&](std::size_t a) { return std::max(1U, e.size(kAxes[a]) - 1); };
  for (std::uint32_t k = 0; k < cells(2); ++k) {
    for (std::uint32_t j = 0; j < cells(1); ++j) {
      for (std::uint32_t i = 0; i < cells(0); ++i) {
        const std::array<std::uint32_t, 3> id = {i, j, k};
        std::array<double, 3> lo{}, width{};
        for (std::size_t a = 0; a < 3; ++a) {
          const auto& at = e.axes()[a];
          lo[a] = at[id[a]];
          width[a] = at.size() > 1 ? at[id[a] + 1] - at[id[a]] : 0.0;
        }
        std::array<double, 8> c{};
        for (std::size_t n = 0; n < 8; ++n) {
          const auto up = [&](std::size_t a) { return (n >> a & 1) != 0 && width[a] > 0.0 ? 1U : 0U; };
          c[n] = static_cast<double>(e.values()[e.index(i + up(0), j + up(1), k + up(2))]);
        }
        double slope2 = 0.0, radius2 = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
          if (width[a] == 0.0) continue;
          double steepest = 0.0;
          for (std::size_t n = 0; n < 8; ++n)
            steepest = std::max(steepest, std::abs(c[n | (std::size_t{1} << a)] - c[n & ~(std::size_t{1} << a)]));
          slope2 += std::pow(steepest / width[a], 2);
          radius2 += std::pow(0.5 * width[a] / kSamples, 2);
        }
        const double between = std::sqrt(radius2 * (1.0 / (mm * mm) + slope2 / (dd * dd)));
        for (std::uint32_t n = 0; n < kSamples * kSamples * kSamples; ++n) {
          const std::array<std::uint32_t, 3> s = {n % kSamples, n / kSamples % kSamples, n / kSamples / kSamples};
          std::array<double, 3> t{};
          double far2 = 0.0;
          for (std::size_t a = 0; a < 3; ++a) {
            t[a] = (s[a] + 0.5) / kSamples;
            far2 += std::pow(lo[a] + t[a] * width[a] - p[static_cast<Eigen::Index>(a)], 2);
          }
          const double v = simplex ? simplex_value(c, t) : trilinear_value(c, t);
          const double gamma = std::sqrt(far2 / (mm * mm) + std::pow((v - gy) / dd, 2));
          out.upper = std::min(out.upper, gamma);
          out.lower = std::min(out.lower, gamma - between);
        }
      }
    }
  }
  return out;
}

Shape random_shape(Random& random) {
  Shape s;
  for (std::size_t a = 0; a < 3; ++a) {
    s.size[a] = random.below(6) == 0 ? 1U : static_cast<std::uint32_t>(2 + random.below(5));
    s.first[a] = random.between(-20.0, 20.0);
    s.step[a] = random.between(0.5, 4.0);
  }
  return s;
}

// From smooth to noise.
Fill random_dose(Random& random) {
  const double noise = random.coin() ? 0.0 : random.between(0.0, 30.0);
  const double ax = random.between(-0.4, 0.4), ay = random.between(-0.4, 0.4), az = random.between(-0.4, 0.4);
  const double bend = random.between(-0.02, 0.02);
  const auto seed = static_cast<std::uint32_t>(random.below(1U << 30));
  const double x0 = random.between(-20, 20), y0 = random.between(-20, 20);
  return [=](double x, double y, double z) {
    Random own(seed + static_cast<std::uint32_t>(std::lround(x * 1000.0) * 31 + std::lround(y * 1000.0) * 17 +
                                                 std::lround(z * 1000.0)));
    const double smooth = 30.0 + 3.0 * (ax * x + ay * y + az * z) + bend * (x - x0) * (y - y0);
    return std::max(0.0, smooth + noise * own.between(-1.0, 1.0));
  };
}

}  // namespace

TEST_CASE("gamma is never outside what brute force allows and its own bounds are as narrow as promised", "[gamma]") {
  Random random(18);
  int compared = 0;
  for (int n = 0; n < kGrids; ++n) {
    const Shape shape = random_shape(random);
    const DoseGrid evaluated = grid(shape, random_dose(random));
    GammaCriteria c;
    c.dose_percent = random.between(0.5, 8.0);
    c.distance = Length::mm(random.between(0.5, 6.0));
    c.cutoff_percent = 0.0;
    const bool local = random.below(4) == 0;
    c.normalise = local ? GammaNormalise::kLocal : GammaNormalise::kDose;
    if (!local) c.dose = Dose::gy(random.between(20.0, 60.0));
    const bool simplex = random.below(3) == 0;
    c.interpolate = simplex ? GammaInterpolate::kSimplex : GammaInterpolate::kTrilinear;
    DosePoints points;
    for (int m = 0; m < 4; ++m) {
      Eigen::Vector3d at;
      for (std::size_t a = 0; a < 3; ++a) {
        const double width = shape.step[a] * (shape.size[a] - 1);
        // At a voxel centre, or anywhere.
        at[static_cast<Eigen::Index>(a)] =
            shape.first[a] + (m == 0 ? shape.step[a] * static_cast<double>(random.below(shape.size[a]))
                                     : width * random.between(0.0, 1.0));
      }
      points.at_mm = {at};
      points.gy = {static_cast<float>(random.between(0.5, 70.0))};
      const auto a = compute_gamma({nullptr, &points}, evaluated, c, {});
      REQUIRE(a);
      REQUIRE(a->problem.empty());
      const double gy = static_cast<double>(points.gy[0]);
      const double dd = c.dose_percent / 100.0 * (local ? gy : c.dose->in_gy());
      const Bruteforce b = brute(evaluated, at, gy, dd, c.distance.in_mm(), simplex);
      const auto& g = a->all.maximum;
      INFO("grid " << n << " point " << m << ": " << g.lower << " " << g.value << " " << g.upper << "; brute force "
                   << b.lower << " to " << b.upper);
      CHECK(g.lower <= b.upper);
      CHECK(g.upper >= b.lower);
      CHECK(g.lower <= g.value);
      CHECK(g.value <= g.upper);
      CHECK(g.upper - g.lower < kGammaTolerance + 4.0 * 6e-8 * 100.0 / dd + 1e-6 * g.upper);
      // And the side of 1 alone.
      GammaCriteria side = c;
      side.pass_fail_only = true;
      const auto s = compute_gamma({nullptr, &points}, evaluated, side, {});
      REQUIRE(s);
      CHECK(s->all.passing.value == a->all.passing.value);
      ++compared;
    }
  }
  CHECK(compared == 4 * kGrids);
}

TEST_CASE("gamma does not depend on units or on how grids are stored or on threads", "[gamma]") {
  Random random(81);
  for (int n = 0; n < 20; ++n) {
    Shape shape = random_shape(random);
    for (std::size_t a = 0; a < 3; ++a) {
      shape.size[a] += 4;
      // Exact in binary: the same places, from whichever end they are counted.
      shape.first[a] = std::round(shape.first[a] * 8.0) / 8.0;
      shape.step[a] = std::ceil(shape.step[a] * 8.0) / 8.0;
    }
    const Fill dose = random_dose(random);
    const auto moved = [&](double x, double y, double z) { return 1.02 * dose(x, y, z) + 0.3; };
    GammaCriteria c;
    c.interpolate = random.coin() ? GammaInterpolate::kSimplex : GammaInterpolate::kTrilinear;
    const auto json = [&](Storage how, const Host& host) {
      // Values that are the same single-precision numbers in Gy and cGy.
      const auto rounded = [](const Fill& fill) {
        return [fill](double x, double y, double z) { return static_cast<double>(static_cast<float>(fill(x, y, z))); };
      };
      return to_json(answer(grid(shape, rounded(dose), "1.2", how), grid(shape, rounded(moved), "1.2", {}), c, host),
                     c);
    };
    const std::string first = json({}, {});
    REQUIRE(first.find("passRatePercent") != std::string::npos);
    for (const Storage& how : {Storage{true, false, false}, Storage{false, true, true}, Storage{true, true, true}}) {
      CHECK(json(how, {}) == first);
    }
    Host four;
    four.threads = 4;
    CHECK(json({}, four) == first);
    Storage cgy;
    cgy.units = DoseUnits::kCgy;
    const std::string in_cgy = json(cgy, {});
    CHECK(in_cgy.substr(0, in_cgy.find("lower")) == first.substr(0, first.find("lower")));
  }
}
