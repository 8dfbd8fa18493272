// The host is asked often whatever the contours are.
#include <random>

#include "core/protocols/load.h"
#include "tests/silence/heard.h"

namespace {

using namespace dosegate;
using namespace dosegate::silence;

void check_shape(const Shape& shape) {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  for (const char* options : {R"({"scope": "PLAN_ONLY", "betweenSlices": "SLAB"})",
                              R"({"scope": "PLAN_ONLY", "betweenSlices": "INTERPOLATE"})"}) {
    const Case c = patient(shape, options);
    INFO(options);
    check_heard("check", [&](const Host& host) { (void)check(c, protocol, host); });
    DvhRequest request =
        *load_dvh_request(R"({"metrics": ["D95%[Gy]", "V20Gy[%]", "Mean[Gy]", "Max[Gy]"], "curve": true})");
    check_heard("dvh", [&](const Host& host) { (void)dvh_json(c, request, host); });
  }
}

// A side of many points within one row of voxels.
Shape one_row(std::size_t points, std::uint32_t columns) {
  Shape s{{{}}, columns, 3, 0.1 * columns};
  for (std::size_t i = 0; i <= points; ++i) {
    s.outlines[0].emplace_back(1 + 0.01 * static_cast<double>(i % 2),
                               0.5 + 3.5 * static_cast<double>(i) / static_cast<double>(points));
  }
  s.outlines[0].emplace_back(s.across - 1, 4.0);
  s.outlines[0].emplace_back(s.across - 1, 0.5);
  return s;
}

// Teeth from one side to the other.
Shape comb(std::size_t teeth, bool upright) {
  Shape s{{{}}};
  const auto add = [&](double along, double across) {
    s.outlines[0].emplace_back(upright ? along : across, upright ? across : along);
  };
  for (std::size_t i = 0; i < teeth; ++i) {
    const double at = 5 + 150 * static_cast<double>(i) / static_cast<double>(teeth),
                 half = 75.0 / static_cast<double>(teeth);
    add(at, 10), add(at, 150), add(at + half, 150), add(at + half, 10);
  }
  add(155, 5), add(5, 5);
  return s;
}

// From anywhere to anywhere: about a third of all pairs of edges cross.
Shape tangle(std::size_t points) {
  Shape s{{{}}};
  std::mt19937 random(11);
  std::uniform_real_distribution<double> anywhere(5, 155);
  for (std::size_t i = 0; i < points; ++i) s.outlines[0].emplace_back(anywhere(random), anywhere(random));
  return s;
}

}  // namespace

TEST_CASE("the host is asked often inside a star", "[rule-16]") {
  check_shape(star(401, 200));
  check_shape(star(2001, 1000));
}
TEST_CASE("the host is asked often inside a tangle of 2000 points", "[rule-16]") { check_shape(tangle(2000)); }
TEST_CASE("the host is asked often inside combs along and across the rows", "[rule-16]") {
  check_shape(comb(5000, true));
  check_shape(comb(5000, false));
}
TEST_CASE("the host is asked often inside one row of voxels with many points", "[rule-16]") {
  check_shape(one_row(30'000, 98'304));
}
TEST_CASE("the host is asked often inside an outline of a million points", "[rule-16]") {
  check_shape(many_points(1'000'000));
}
TEST_CASE("the host is asked often inside a plane of a hundred thousand contours", "[rule-16]") {
  check_shape(many_contours(316));
}

TEST_CASE("what is too complex is refused after so much work, on however many slices it is drawn", "[rule-16]") {
  // To find its volume, and to cut it. Each of the slices alone would be allowed; all of them take five times as much.
  constexpr std::uint64_t kMostOfARefusal = 7'000'000'000;
  Shape shape = star(501, 250);
  shape.slices = 40;
  const Case c = patient(shape, R"({"scope": "PLAN_ONLY", "betweenSlices": "SLAB"})");
  const DvhRequest request = *load_dvh_request(R"({"metrics": ["D95%[Gy]"], "rois": ["PTV"]})");
  Host host;
  host.threads = 1;
  const std::uint64_t begin = blocks;
  const auto answer = dvh_json(c, request, host);
  INFO(blocks - begin << " blocks");
  REQUIRE(answer);
  CHECK(answer->find("too complex to be evaluated") != std::string::npos);
  CHECK(blocks - begin < kMostOfARefusal);
  CHECK(blocks - begin > kMostOfARefusal / 100);
}
