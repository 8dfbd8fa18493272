// The indexed questions against the plain ones: every edge looked at, every place tried.
#include "core/margin/expansion.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "core/geometry/test_shapes.h"
#include "core/margin/nodes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

struct Random {
  std::mt19937 engine;
  double between(double a, double b) { return std::uniform_real_distribution<>(a, b)(engine); }
};

// A star with teeth, some of them deep; corners on whole numbers now and then.
Ring star(Random& random, double cx, double cy, double radius, int n) {
  Ring ring;
  for (int k = 0; k < n; ++k) {
    const double a = 2.0 * std::numbers::pi * k / n, r = radius * random.between(0.4, 1.0);
    Eigen::Vector2d p(cx + r * std::cos(a), cy + r * std::sin(a));
    if (random.between(0, 1) < 0.3) p = p.array().round();
    ring.push_back(p);
  }
  return ring;
}

SlabStack random_stack(Random& random) {
  SlabStack stack;
  double z = random.between(-20, -10);
  const int count = static_cast<int>(random.between(2, 7));
  for (int n = 0; n < count; ++n) {
    const double step = random.between(1.0, 6.0);
    std::vector<Ring> rings = {star(random, 0, 0, random.between(4, 20), static_cast<int>(random.between(3, 40)))};
    if (random.between(0, 1) < 0.4) rings.push_back(star(random, 30, 5, 8, 9));
    if (random.between(0, 1) < 0.4) rings.push_back(star(random, 0, 0, 3, 5));  // a hole, or what sticks out of one
    Slab slab;
    slab.lo = z;
    slab.hi = z + step;
    slab.at = z + 0.5 * step;
    slab.include = std::make_shared<const std::vector<Ring>>(rings);
    stack.slabs.push_back(slab);
    z += step * (random.between(0, 1) < 0.2 ? 2.0 : 1.0);
  }
  return stack;
}

double distance2(const std::vector<Ring>& rings, const Eigen::Vector2d& p) {
  double best = std::numeric_limits<double>::infinity();
  for (const Ring& ring : rings) {
    for (std::size_t n = 0; n < ring.size(); ++n) {
      const Eigen::Vector2d a = ring[n], along = ring[(n + 1) % ring.size()] - a;
      const double t = along.squaredNorm() > 0 ? std::clamp((p - a).dot(along) / along.squaredNorm(), 0.0, 1.0) : 0.0;
      best = std::min(best, (p - a - t * along).squaredNorm());
    }
  }
  return best;
}

// The least gauge from places of the stack, 0.05 mm apart, to p: no less than the true one, and little more.
double sampled_gauge(const SlabStack& stack, const Eigen::Vector3d& p, const std::array<double, 3>& low,
                     const std::array<double, 3>& high) {
  double best = std::numeric_limits<double>::infinity();
  const auto part = [&](double d, std::size_t axis) { return d / (d > 0 ? high[axis] : low[axis]); };
  for (const Slab& slab : stack.slabs) {
    const double dz = p.z() > slab.hi ? p.z() - slab.hi : p.z() < slab.lo ? p.z() - slab.lo : 0.0;
    const double across = part(dz, 2);
    const std::vector<Row> at = rows_of(*slab.include, {p.y()});
    if (covers(at[0], p.x(), p.x())) best = std::min(best, std::abs(across));
    for (const Ring& ring : *slab.include) {
      for (std::size_t n = 0; n < ring.size(); ++n) {
        const Eigen::Vector2d a = ring[n], along = ring[(n + 1) % ring.size()] - a;
        const double parts = std::ceil(along.norm() / 0.05) + 1.0;
        for (double k = 0; k <= parts; ++k) {
          const Eigen::Vector2d d = Eigen::Vector2d(p.x(), p.y()) - a - (k / parts) * along;
          best = std::min(best, std::sqrt(across * across + std::pow(part(d.x(), 0), 2) + std::pow(part(d.y(), 1), 2)));
        }
      }
    }
  }
  return best;
}

}  // namespace

TEST_CASE("margin: an indexed section says what its rings say", "[margin]") {
  Random random{std::mt19937(3)};
  for (int n = 0; n < 200; ++n) {
    std::vector<Ring> rings = {star(random, 0, 0, random.between(0.5, 60), static_cast<int>(random.between(3, 120)))};
    if (n % 3 == 0) rings.push_back(star(random, 10, 5, 12, 15));
    const SectionIndex index(rings);
    std::vector<double> v = {index.low(), index.high()};
    for (int k = 0; k < 20; ++k) v.push_back(std::round(random.between(-70, 70) * (k % 2 == 0 ? 1 : 8)) / 8);
    for (const Eigen::Vector2d& p : rings[0]) v.push_back(p.y());
    std::sort(v.begin(), v.end());
    const std::vector<Row> rows = rows_of(rings, v);
    std::int64_t budget = 0;
    std::vector<double> crossings;
    Row row;
    for (std::size_t k = 0; k < v.size(); ++k) {
      index.row(v[k], crossings, row, budget);
      REQUIRE(row.size() == rows[k].size());
      for (std::size_t i = 0; i < row.size(); ++i) {
        REQUIRE(row[i].lo == Approx(rows[k][i].lo).margin(1e-9));
        REQUIRE(row[i].hi == Approx(rows[k][i].hi).margin(1e-9));
      }
      const double u = random.between(-70, 70);
      REQUIRE(index.inside({u, v[k]}, budget) == covers(row, u, u));
      const Eigen::Vector2d p(u, random.between(-90, 90));
      const double truth = distance2(rings, p);
      REQUIRE(index.nearest2(p, 1e9, 0.0, budget) == Approx(truth).epsilon(1e-9));
      REQUIRE(index.nearest2(p, 0.5 * truth, 0.0, budget) == 0.5 * truth);
      const double enough = 1.5 * truth, some = index.nearest2(p, 1e9, enough, budget);
      REQUIRE(some >= truth * (1.0 - 1e-9));
      REQUIRE(some <= enough);
    }
    CHECK(budget < 0);
  }
  std::int64_t budget = 0;
  CHECK(SectionIndex({}).nearest2({0, 0}, 7.0, 0.0, budget) == 7.0);
  CHECK_FALSE(SectionIndex({}).inside({0, 0}, budget));
}

TEST_CASE("margin: rows of an expansion and gauges agree with places tried one by one", "[margin][VO-2][VO-3]") {
  Random random{std::mt19937(5)};
  const int rounds = DOSEGATE_SANITIZED ? 2 : 15;
  for (int n = 0; n < rounds; ++n) {
    const SlabStack stack = random_stack(random);
    std::array<double, 3> low{}, high{};
    for (std::size_t axis = 0; axis < 3; ++axis) low[axis] = random.between(1, 12), high[axis] = random.between(1, 12);
    const auto mm = [](double d) { return Length::mm(d); };
    const Margins m = {mm(high[0]), mm(low[0]), mm(low[1]), mm(high[1]), mm(high[2]), mm(low[2])};
    const SectionIndexes sections = index_sections(stack);
    const Expansion expansion(stack, sections, m, Reach::kSlabs);
    std::int64_t budget = 0;
    for (int k = 0; k < 15; ++k) {
      const double z = random.between(expansion.lowest() - 1, expansion.highest() + 1), v = random.between(-35, 35);
      Row row;
      Expansion::Section(expansion, z).row(v, row, budget);
      for (int i = 0; i < 6; ++i) {
        const double u = i < 4 || row.empty() ? random.between(-40, 55) : row[0].lo + (i == 4 ? -0.2 : 0.2);
        const double truth = sampled_gauge(stack, {u, v, z}, low, high);
        const double gauge = expansion.nearest({u, v, z}, 0.0, budget).gauge;
        INFO("round " << n << " at " << u << " " << v << " " << z);
        REQUIRE(gauge <= truth + 1e-9);
        REQUIRE(gauge == Approx(truth).margin(0.03));
        if (std::abs(gauge - 1.0) > 1e-6) REQUIRE(covers(row, u, u) == (gauge < 1.0));
        const double enough = random.between(0.0, 1.5);
        const double rough = expansion.nearest({u, v, z}, enough, budget).gauge;
        REQUIRE((rough == gauge || (rough <= enough && gauge <= rough)));
      }
    }
  }
}

TEST_CASE("margin: nodes are divided where a break lies and keep the others", "[margin]") {
  const std::vector<double> ends = intervals({0, 10, 4}, 2.5, 100);
  CHECK(ends == std::vector<double>{0, 2, 4, 6, 8, 10});
  double weight = 0.0;
  std::size_t base = 0;
  for (const Node& n : nodes(ends, {5, -3, 12, 8 + 1e-9}, 2.5, 100)) {
    weight += n.weight;
    base += n.base != kNoBase ? 1 : 0;
    CHECK((n.at >= -3 && n.at <= 12));
  }
  CHECK(weight == Approx(15));
  CHECK(base == 2 + 2 * 4);  // both ends, and four intervals of the five
  CHECK(nodes(ends, {}, 2.5, 5).empty());
  CHECK(nodes({}, {3}, 2.5, 100).empty());
  CHECK(nodes({}, {3, 4}, 2.5, 100).size() == 2);
}
