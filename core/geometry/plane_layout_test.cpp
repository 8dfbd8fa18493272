// What slices of a set say of the gaps of one structure. Reaches are known in closed form.
#include "core/geometry/plane_layout.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <numeric>

using namespace dosegate;

namespace {

using Planes = std::vector<double>;

// From first to last, every `step` mm.
Planes every(double step, double first, double last) {
  Planes at;
  for (int i = 0; first + i * step <= last + 1e-9; ++i) at.push_back(first + i * step);
  return at;
}

struct Set {
  Planes own;
  std::vector<Planes> others = {};
  Planes images = {};
  bool separate = false;
  std::optional<double> thickness = std::nullopt;
};

PlaneLayout of(const Set& set) {
  SliceGrid grid;
  grid.add(set.own);
  for (const Planes& other : set.others) grid.add(other);
  if (!set.images.empty()) grid.state(set.images);
  grid.finish();
  return lay_out({"S", set.own, set.thickness, set.separate}, grid);
}

double height(const std::vector<PlaneReach>& planes) {
  return std::accumulate(planes.begin(), planes.end(), 0.0, [](double sum, PlaneReach r) { return sum + r.hi - r.lo; });
}

std::size_t pieces(const std::vector<PlaneReach>& planes) {
  std::size_t count = 1;
  for (std::size_t i = 0; i + 1 < planes.size(); ++i) count += planes[i].hi == planes[i + 1].lo ? 0 : 1;
  return count;
}

void check_sure(const Set& set, std::size_t expected_pieces, double mm) {
  const PlaneLayout layout = of(set);
  INFO(english(layout.problem));
  REQUIRE(layout.problem.empty());
  CHECK(layout.otherwise.empty());
  CHECK(pieces(layout.planes) == expected_pieces);
  CHECK(height(layout.planes) == Approx(mm));
}

void check_doubtful(const Set& set, double mm, double otherwise_mm) {
  const PlaneLayout layout = of(set);
  INFO(english(layout.problem));
  REQUIRE(layout.problem.empty());
  REQUIRE_FALSE(layout.otherwise.empty());
  CHECK(height(layout.planes) == Approx(mm));
  CHECK(height(layout.otherwise) == Approx(otherwise_mm));
  CHECK_FALSE(layout.doubt.empty());
  CHECK_FALSE(layout.notes.empty());
}

void check_refused(const Set& set) {
  const PlaneLayout layout = of(set);
  CHECK_FALSE(layout.problem.empty());
  CHECK_FALSE(layout.hint.empty());
  CHECK(layout.planes.empty());
}

const Planes kBody = every(5, -200, 200);
const Planes kBodyOf3 = every(3, -90, 90);

}  // namespace

TEST_CASE("Alone, wide gaps are judged by the structure's own spacing, not by the gap beside them") {
  check_refused({{-20, -15, -10, 30, 70, 75, 80}, {}, {}});
  check_refused({{-20, -15, -10, 30, 80, 125, 130, 135}, {}, {}});
  check_refused({{0, 5, 10, 15, 55, 95}, {}, {}});
  check_refused({{0, 5, 10, 15, 35, 55, 75, 80}, {}, {}});  // equal ones
  check_refused({{0, 70}, {}, {}});
  check_refused({{0, 20}, {}, {}});  // no slice is so thick
  check_refused({every(20, 0, 100), {}, {}});
  check_refused({every(40, 0, 200), {}, {}});
  check_refused({{0, 5, 45, 50, 90, 95}, {}, {}});
}

TEST_CASE("Where others of the set are drawn, or images lie, pieces are pieces and each slice is as thick as it is") {
  for (const bool by_images : {false, true}) {
    const auto in = [&](Planes own) {
      return by_images ? Set{std::move(own), {}, kBody} : Set{std::move(own), {kBody, every(5, -100, 100)}, {}};
    };
    check_sure(in({-20, -15, -10, 30, 70, 75, 80}), 3, 35);
    check_sure(in({0, 70}), 2, 10);
    check_sure(in({-60, -55, -50, -45, -20, -15, -10}), 2, 35);
    check_sure(in({-10, -5, 10, 15}), 2, 20);
    check_sure(in({-40, 0, 5, 60, 120}), 4, 25);
    check_sure(in({0, 5, 20, 35, 40}), 3, 25);
  }
}

TEST_CASE("One empty slice is in doubt: filled, and left out the other way round") {
  check_doubtful({{-20, -15, -10, 0, 5, 10}, {kBody}, {}}, 35, 30);
  check_doubtful({{-20, -15, -10, 0, 5, 10}, {}, kBody}, 35, 30);
  check_doubtful({{0, 10}, {kBody}, {}}, 15, 10);
  check_doubtful({{0, 10, 15, 20}, {kBody}, {}}, 25, 20);
  check_doubtful({{0, 3, 6, 12, 15, 18}, {}, {}}, 21, 18);  // missing in all that is known
}

TEST_CASE("A slice that the whole set lacks is missing, and several are not evaluable") {
  Planes body = every(5, -100, 100);
  std::erase(body, 0.0);
  check_doubtful({{-15, -10, -5, 5, 10, 15}, {body, body}, {}}, 35, 30);
  std::erase(body, 5.0);
  check_refused({{-15, -10, -5, 10, 15, 20}, {body, body}, {}});
  // Images on which nothing is drawn are there all the same.
  check_sure({{-15, -10, -5, 10, 15, 20}, {body, body}, every(5, -100, 100)}, 2, 30);
}

TEST_CASE("A CT of two parts is spaced unevenly, and nothing is in doubt") {
  Planes body = every(3, -60, 0);
  for (const double at : every(5, 5, 60)) body.push_back(at);
  const Planes own = {-6, -3, 0, 5, 10, 15};
  // Each half-way: 1.5 beyond the first, 2.5 beyond the last.
  check_sure({own, {body, body}, {}}, 1, 21 + 1.5 + 2.5);
  check_sure({own, {}, body}, 1, 21 + 1.5 + 2.5);
  check_sure({own, {}, {}}, 1, 21 + 1.5 + 2.5);
  check_sure({{-3, 0, 5}, {body, body}, {}}, 1, 8 + 1.5 + 2.5);
  Planes thin = every(1.25, -50, 0);
  for (const double at : every(5, 5, 60)) thin.push_back(at);
  check_sure({{-2.5, -1.25, 0, 5, 10, 15}, {thin, thin}, {}}, 1, 17.5 + 0.625 + 2.5);
  // On one slice of either part.
  check_sure({{-30}, {body, body}, {}}, 1, 3);
  check_sure({{30}, {body, body}, {}}, 1, 5);
}

TEST_CASE("Drawn regularly on every n-th slice, a structure has that spacing") {
  const Planes ct = every(1, -100, 100);
  check_sure({every(3, -12, 12), {every(3, -99, 99)}, ct}, 1, 27);
  check_sure({every(3, -3, 3), {every(3, -99, 99), every(3, -60, 60)}, ct}, 1, 9);
  // Where the set is drawn on the slices between, they were left out, and that is in doubt.
  check_doubtful({every(3, -12, 12), {every(1, -99, 99), ct}, ct}, 27, 9);
  check_doubtful({every(15, -75, -30), {every(5, -100, 100), every(5, -50, 50)}, {}}, 60, 20);
  // And one that it leaves out then is in doubt.
  Planes own = every(3, -12, 12);
  std::erase(own, 0.0);
  check_doubtful({own, {every(3, -99, 99)}, ct}, 27, 24);
  // Pieces of it.
  check_sure({{0, 3, 6, 9, 24, 27, 30, 33}, {every(3, -99, 99)}, ct}, 2, 24);
}

TEST_CASE("Drawn on fewer slices in one part only, a structure is in doubt") {
  check_doubtful({{0, 2, 4, 6, 8, 14, 20, 26}, {every(2, -50, 50)}, {}}, 26 + 1 + 1, 10 + 3 * 2);
  // On few all over, and unevenly: pieces, in doubt.
  check_doubtful({{0, 9, 21, 36}, {kBodyOf3, kBodyOf3}, {}}, 12, 36 + 1.5 + 1.5);
}

TEST_CASE("Structures on other planes than the rest of the set keep their own spacing") {
  const Planes liver = every(3, -60, 60), gtv = every(2.5, -20, 20);
  check_sure({liver, {gtv, every(3, -90, 90)}, {}}, 1, 123);
  check_sure({gtv, {liver, every(3, -90, 90)}, {}}, 1, 42.5);
  check_sure({{-1.1, 4.2, 9.5}, {liver, every(3, -90, 90)}, {}}, 1, 10.6 + 5.3);
}

TEST_CASE("A structure on a single plane is as thick as its slice, where that is known") {
  check_sure({{5}, {kBody}, {}}, 1, 5);
  check_sure({{5}, {}, kBody}, 1, 5);
  check_sure({{5}, {}, {}, false, 4.0}, 1, 4);
  check_sure({{6.2}, {kBodyOf3, kBodyOf3}, {}}, 1, 3);
  check_refused({{5}, {}, {}});
  CHECK(of({{5}, {kBody}, {}}).notes.size() == 1);
}

TEST_CASE("Pieces that are said to be separate are parted without doubt") {
  check_sure({{-20, -15, -10, 0, 5, 10}, {kBody}, {}, true}, 2, 30);
  check_sure({{-20, -15, -10, 30, 70, 75, 80}, {}, {}, true}, 3, 35);
  check_sure({every(5, 0, 20), {kBody}, {}, true}, 1, 25);
  check_refused({{0, 70}, {}, {}, true});  // how thick they are is not known all the same
}

TEST_CASE("Reaches never overlap and never cross a plane, however planes and set lie", "[property]") {
  // A linear congruential generator: the same on every machine.
  std::uint64_t state = 20260708;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % n;
  };
  const auto planes = [&] {
    Planes at = {static_cast<double>(below(100)) / 4 - 12};
    const double step = 1.0 + 0.25 * static_cast<double>(below(20));
    for (std::uint64_t n = below(30); n > 0; --n) {
      const double jump = below(6) == 0 ? static_cast<double>(1 + below(20)) : 1.0;
      at.push_back(at.back() + jump * step + (below(8) == 0 ? 0.37 : 0.0));
    }
    return at;
  };
  int evaluable = 0;
  for (int n = 0; n < 20000; ++n) {
    Set set{planes(), {}, {}, below(8) == 0};
    for (std::uint64_t k = below(4); k > 0; --k) set.others.push_back(planes());
    if (below(3) == 0) set.images = planes();
    if (below(4) == 0) set.thickness = 2.5;
    const PlaneLayout layout = of(set);
    CHECK((of(set) == layout));
    if (!layout.problem.empty()) continue;
    ++evaluable;
    for (const auto* reach : {&layout.planes, &layout.otherwise}) {
      if (reach->empty()) continue;
      REQUIRE(reach->size() == set.own.size());
      bool sound = true;
      for (std::size_t i = 0; i < reach->size(); ++i) {
        const PlaneReach r = (*reach)[i];
        sound = sound && r.lo < set.own[i] && set.own[i] < r.hi && (i == 0 || (*reach)[i - 1].hi <= r.lo);
      }
      INFO(n);
      REQUIRE(sound);
    }
  }
  CHECK(evaluable > 5000);
}

// The pieces are known: random runs of slices, two empty ones or more between.
TEST_CASE("Random pieces on the slices of a set have the height of their slices", "[property]") {
  std::uint64_t state = 7;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % n;
  };
  for (int n = 0; n < 2000; ++n) {
    const double step = 1.0 + 0.5 * static_cast<double>(below(9));
    Planes own;
    std::size_t expected = 0;
    std::uint64_t slice = below(5);
    for (std::uint64_t piece = 1 + below(4); piece > 0; --piece, ++expected) {
      for (std::uint64_t k = 2 + below(5); k > 0; --k) own.push_back(step * static_cast<double>(slice++));
      slice += 2 + below(10);
    }
    const Planes body = every(step, -10 * step, 120 * step);
    INFO(n);
    check_sure({own, {body}, {}}, expected, step * static_cast<double>(own.size()));
  }
}

TEST_CASE("No more of equally wide gaps in a row are looked for than are enough", "[layout][rule-16]") {
  SliceGrid grid;
  std::vector<double> at{0, 2, 4, 6};
  for (int i = 1; i <= 1000; ++i) at.push_back(6.0 + 5.0 * i);
  grid.add(at);
  grid.finish();
  CHECK(grid.run_of_gaps(2, 4, 100).length == 3);
  CHECK(grid.run_of_gaps(2, 4, 100).reaches_an_end);
  CHECK(grid.run_of_gaps(2, 4, 2).length == 2);
  CHECK(grid.run_of_gaps(1006, 1011, 3).length == 3);
  CHECK(grid.run_of_gaps(1006, 1011, 2000).length == 1000);
}
