#include "core/geometry/pieces.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::test;

namespace {

Lobes pieces(const std::vector<Ring>& rings) {
  std::int64_t budget = 10'000'000;
  auto p = find_pieces(rings, budget);
  REQUIRE(p);
  return *std::move(p);
}

Links links(const std::vector<Ring>& a, const std::vector<Ring>& b) {
  std::int64_t budget = 10'000'000;
  auto l = find_links(pieces(a), pieces(b), budget);
  REQUIRE(l);
  return *std::move(l);
}

const Ring kOuter = box_ring(0, 0, 20, 20), kHole = box_ring(5, 5, 15, 15), kIsland = box_ring(8, 8, 12, 12);

}  // namespace

TEST_CASE("Nested rings are matter, void and matter in turn") {
  const Lobes p = pieces({kHole, kIsland, kOuter});
  REQUIRE(p.pieces.size() == 4);
  CHECK(p.pieces[1].matter);
  CHECK(p.pieces[1].area == Approx(400 - 100));
  CHECK_FALSE(p.pieces[2].matter);
  CHECK(p.pieces[2].parent == 1);
  CHECK(p.pieces[2].area == Approx(100 - 16));
  CHECK(p.pieces[3].matter);
  CHECK(p.pieces[3].parent == 2);
  CHECK(p.area == Approx(400 - 100 + 16));
  CHECK(p.perimeter == Approx(80 + 40 + 16));
  CHECK(outline(p, {0, 1, 0, 0}).size() == 2);
  CHECK(outline(p, {0, 1, 1, 0}).size() == 2);
  CHECK(outline(p, {0, 1, 1, 1}).size() == 1);
  CHECK(outline(p, {0, 0, 0, 0}).empty());
}

TEST_CASE("A keyhole is the ring and the hole that it draws in one go") {
  const Ring keyhole = {{0, 0},  {20, 0},  {20, 20}, {0, 20}, {0, 10}, {5, 10},
                        {5, 15}, {15, 15}, {15, 5},  {5, 5},  {5, 10}, {0, 10}};
  const Lobes p = pieces({keyhole});
  REQUIRE(p.rings.size() == 2);
  CHECK(p.pieces[1].area == Approx(300));
  CHECK_FALSE(p.pieces[2].matter);
  CHECK(p.perimeter == Approx(80 + 40));
}

TEST_CASE("Rings that share an edge are one piece") {
  const Lobes p = pieces({box_ring(0, 0, 10, 10), box_ring(10, 0, 20, 10)});
  REQUIRE(p.pieces.size() == 2);
  CHECK(p.pieces[1].area == Approx(200));
  CHECK(p.perimeter == Approx(60));
}

TEST_CASE("Rings that cross bound one piece together") {
  const Lobes p = pieces({box_ring(0, 0, 10, 10), box_ring(5, 5, 15, 15), box_ring(30, 0, 31, 1)});
  REQUIRE(p.pieces.size() == 2);
  CHECK(p.pieces[1].matter);
  CHECK(p.pieces[1].rings.size() == 3);
  CHECK(p.area == Approx(200 - 2 * 25 + 1));
}

TEST_CASE("Rings that enclose nothing are no pieces") {
  const Lobes p = pieces({{{0, 0}, {10, 10}, {5, 5}}, box_ring(0, 0, 1, 1)});
  CHECK(p.rings.size() == 1);
  CHECK(pieces({{{0, 0}, {10, 10}, {5, 5}}}).area == 0.0);
  CHECK(pieces({}).pieces.size() == 1);
}

TEST_CASE("Lobes of one kind that overlap by a tenth of the smaller continue each other") {
  const auto with_neighbour = [](double x) { return links({kOuter}, {box_ring(x, 0, x + 10, 10)}); };
  using All = Links;
  CHECK(with_neighbour(0) == All{{0, 0}, {1, 1}});
  CHECK(with_neighbour(18.9) == All{{0, 0}, {1, 1}});
  CHECK(with_neighbour(19.1) == All{{0, 0}});
  CHECK(with_neighbour(40) == All{{0, 0}});
  // One that becomes two.
  CHECK(links({kOuter}, {box_ring(0, 0, 9, 20), box_ring(11, 0, 20, 20)}) == All{{0, 0}, {1, 1}, {1, 2}});
}

TEST_CASE("A hole goes on in a hole or in the void around the next plane, or ends under matter") {
  CHECK(links({kOuter, kHole}, {kOuter, kIsland}) == Links{{0, 0}, {1, 1}, {2, 2}});
  CHECK(links({kOuter, kHole}, {box_ring(0, 0, 6, 20)}) == Links{{0, 0}, {1, 1}, {2, 0}});
  CHECK(links({kOuter, kHole}, {kOuter}) == Links{{0, 0}, {1, 1}});
  CHECK(links({kOuter}, {kOuter, kHole}) == Links{{0, 0}, {1, 1}});
}

TEST_CASE("Finding pieces stops when the budget is spent") {
  std::vector<Ring> many;
  for (int i = 0; i < 2000; ++i) many.push_back(box_ring(3 * i, 0, 3 * i + 1, 1));
  std::int64_t budget = 100'000;
  const auto p = find_pieces(many, budget);
  REQUIRE_FALSE(p);
  CHECK(p.error().code == ErrorCode::kLimitExceeded);
}
