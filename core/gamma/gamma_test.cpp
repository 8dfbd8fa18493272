// Gamma against closed forms, and what cannot be compared.
#include "core/gamma/gamma.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/frame/test_turned.h"
#include "core/gamma/test_doses.h"
#include "core/geometry/test_shapes.h"

using namespace dosegate;
using namespace dosegate::gamma_test;

namespace {

constexpr double kDd = 1.5;  // Gy: 3 % of 50 Gy

GammaCriteria of_50_gy() {
  GammaCriteria c;
  c.normalise = GammaNormalise::kDose;
  c.dose = Dose::gy(50.0);
  c.cutoff_percent = 0.0;
  return c;
}

// 1-D, 2-D and 3-D; 1 to 3 mm; over 60 mm where there is more than a voxel.
std::vector<Shape> shapes() {
  std::vector<Shape> out;
  for (const double step : {1.0, 2.0, 2.5, 3.0}) {
    const auto n = static_cast<std::uint32_t>(60.0 / step) + 1;
    out.push_back({{n, 1, 1}, {-30, 4, -7}, {step, 1, 1}});
    out.push_back({{n, n, 1}, {-30, -30, -7}, {step, step, 1}});
    if (step >= 2.0) out.push_back({{n, n, n}, {-30, -30, -30}, {step, step, step}});
  }
  return out;
}

// Worst difference from `expected` at points whose nearest place certainly lies inside the grid.
double worst(const GammaAnswer& a, const DoseGrid& reference, double reach, const Fill& expected) {
  double out = -1.0;
  for (std::size_t k = 0; k < reference.size(Axis::kZ); ++k) {
    for (std::size_t j = 0; j < reference.size(Axis::kY); ++j) {
      for (std::size_t i = 0; i < reference.size(Axis::kX); ++i) {
        const std::array<std::size_t, 3> id = {i, j, k};
        bool inner = true;
        std::array<double, 3> at{};
        for (std::size_t n = 0; n < 3; ++n) {
          const std::vector<double>& axis = reference.axes()[n];
          at[n] = axis[id[n]];
          inner = inner && (axis.size() == 1 || (at[n] - axis.front() >= reach && axis.back() - at[n] >= reach));
        }
        const double gamma = static_cast<double>(a.map[reference.index(i, j, k)]);
        if (inner) out = std::max(out, std::isnan(gamma) ? 1e9 : std::abs(gamma - expected(at[0], at[1], at[2])));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("gamma of a shifted linear gradient is the distance between two parallel planes", "[gamma]") {
  for (const Shape& shape : shapes()) {
    for (const double slope : {0.05, 0.4, 3.0}) {
      // Along all axes that there are: no cell's axis is special.
      Eigen::Vector3d g(slope, shape.size[1] > 1 ? 0.7 * slope : 0.0, shape.size[2] > 1 ? -0.4 * slope : 0.0);
      const auto dose = [&](double x, double y, double z) { return 200.0 + g.x() * x + g.y() * y + g.z() * z; };
      const double shift = 1.7;  // mm along x
      const DoseGrid reference = grid(shape, dose);
      const DoseGrid evaluated = grid(shape, [&](double x, double y, double z) { return dose(x - shift, y, z); });
      const GammaAnswer a = answer(reference, evaluated, of_50_gy());
      const double expected = slope * shift / kDd / std::sqrt(1.0 + g.squaredNorm() * 9.0 / (kDd * kDd));
      INFO(shape.size[1] << " x " << shape.size[2] << ", step " << shape.step[0] << ", slope " << slope);
      CHECK(worst(a, reference, 6.0, [&](double, double, double) { return expected; }) < kGammaTolerance);
      // Tetrahedra reproduce a linear dose, too.
      GammaCriteria simplex = of_50_gy();
      simplex.interpolate = GammaInterpolate::kSimplex;
      if (shape.size[2] > 1) continue;  // slow
      CHECK(worst(answer(reference, evaluated, simplex), reference, 6.0,
                  [&](double, double, double) { return expected; }) < kGammaTolerance);
    }
  }
}

TEST_CASE("gamma of a scaled uniform dose is the dose difference in units of the criterion", "[gamma]") {
  for (const Shape& shape : shapes()) {
    const DoseGrid reference = grid(shape, [](double, double, double) { return 40.0; });
    const DoseGrid evaluated = grid(shape, [](double, double, double) { return 40.0 * 1.02; });
    GammaCriteria c = of_50_gy();
    CHECK(worst(answer(reference, evaluated, c), reference, 0.0, [](double, double, double) { return 0.8 / 1.5; }) <
          1e-5);
    c = GammaCriteria{};
    c.normalise = GammaNormalise::kLocal;
    CHECK(worst(answer(reference, evaluated, c), reference, 0.0, [](double, double, double) { return 2.0 / 3.0; }) <
          1e-5);
  }
}

TEST_CASE("gamma of what varies along one axis is the distance to a line of straight pieces", "[gamma]") {
  const auto edge = [](double x) { return x < 0.5 ? 60.0 : 5.0; };
  const auto bell = [](double x) { return 60.0 * std::exp(-x * x / 200.0); };
  struct Profile {
    std::function<double(double)> dose;
    double shift, scale;
  };
  for (const Profile& p : {Profile{edge, 4.0, 1.0}, Profile{edge, 1.0, 1.02}, Profile{bell, 2.0, 1.0},
                           Profile{bell, 0.0, 1.03}, Profile{bell, 5.0, 0.97}}) {
    for (const Shape& shape : shapes()) {
      for (const bool local : {false, true}) {
        const DoseGrid reference = grid(shape, [&](double x, double, double) { return p.dose(x); });
        const DoseGrid evaluated = grid(shape, [&](double x, double, double) { return p.scale * p.dose(x - p.shift); });
        GammaCriteria c = of_50_gy();
        if (local) c = GammaCriteria{}, c.normalise = GammaNormalise::kLocal, c.cutoff_percent = 1.0;
        const GammaAnswer a = answer(reference, evaluated, c);
        const std::vector<double>& x = evaluated.axes()[0];
        double off = -1.0;
        for (std::size_t i = 0; i < x.size(); ++i) {
          const double d = static_cast<double>(reference.values()[i]);
          if (std::isnan(a.map[i])) {
            CHECK(d < 0.601);
            continue;
          }
          std::vector<std::array<double, 2>> line;
          for (std::size_t n = 0; n < x.size(); ++n) {
            line.push_back(
                {(x[n] - x[i]) / 3.0, (static_cast<double>(evaluated.values()[n]) - d) / (local ? 0.03 * d : kDd)});
          }
          off = std::max(off, std::abs(static_cast<double>(a.map[i]) - least_along(line)));
        }
        INFO(shape.size[1] << " x " << shape.size[2] << ", step " << shape.step[0] << ", shift " << p.shift);
        CHECK(off >= 0.0);
        CHECK(off < kGammaTolerance);
      }
    }
  }
}

TEST_CASE("gamma of a wide Gaussian is the analytic one to the interpolation of its grid", "[gamma]") {
  // Half-way up a Gaussian of 80 mm: curvature at most 60/80^2 Gy/mm^2, interpolation 0.0012 Gy off on 1 mm, 0.0008 in
  // gamma. A product of three varies along all axes.
  const auto dose = [](double x, double y, double z) {
    return 60.0 * std::exp(-(x * x + y * y + z * z) / (2.0 * 80.0 * 80.0));
  };
  const Shape shape{{41, 41, 41}, {20, 20, 20}, {1, 1, 1}};
  const DoseGrid reference = grid(shape, dose);
  const DoseGrid evaluated = grid(shape, [&](double x, double y, double z) { return 1.02 * dose(x, y, z); });
  const GammaAnswer a = answer(reference, evaluated, of_50_gy());
  // The dose depends on the radius alone: least over a fine line of radii.
  const auto expected = [&](double x, double y, double z) {
    const double r = std::sqrt(x * x + y * y + z * z), d = dose(x, y, z);
    std::vector<std::array<double, 2>> line;
    for (double s = -3.0; s <= 3.0; s += 0.01) line.push_back({s / 3.0, (1.02 * dose(r + s, 0, 0) - d) / kDd});
    return least_along(line);
  };
  double off = 0.0;
  for (std::size_t n = 5; n < 36; ++n) {
    const double at = 20.0 + static_cast<double>(n);
    off = std::max(off, std::abs(static_cast<double>(a.map[reference.index(n, n, n)]) - expected(at, at, at)));
  }
  CHECK(off < 0.001 + 0.0012);
}

TEST_CASE("a dose that fits only far away is found there and nowhere nearer", "[gamma]") {
  // 10 Gy everywhere, and a column of 60 Gy of one voxel at x = 50 mm: from 60 Gy the best is on its flank.
  const Shape shape{{61, 41, 31}, {0, 0, 0}, {2, 2, 2}};
  const DoseGrid evaluated = grid(shape, [](double x, double, double) { return x == 50.0 ? 60.0 : 10.0; });
  const Shape one{{1, 1, 1}, {10, 40, 30}, {1, 1, 1}};
  const DoseGrid reference = grid(one, [](double, double, double) { return 60.0; });
  const GammaAnswer a = answer(reference, evaluated, of_50_gy());
  std::vector<std::array<double, 2>> line;
  for (const double x : evaluated.axes()[0])
    line.push_back({(x - 10.0) / 3.0, ((x == 50.0 ? 60.0 : 10.0) - 60.0) / kDd});
  CHECK(static_cast<double>(a.map[0]) == Approx(least_along(line)).margin(kGammaTolerance));
  CHECK(a.all.maximum.lower <= least_along(line));
  CHECK(a.all.maximum.upper >= least_along(line));
  CHECK(a.all.maximum.upper - a.all.maximum.lower < 1.1 * kGammaTolerance);
}

TEST_CASE("pass or fail alone counts the same points as whole gammas do", "[gamma]") {
  const Shape shape{{31, 31, 31}, {-30, -30, -30}, {2, 2, 2}};
  const auto dose = [](double x, double y, double z) {
    return 60.0 * std::exp(-(x * x + y * y + 2.0 * z * z) / 300.0);
  };
  const DoseGrid reference = grid(shape, dose);
  const DoseGrid evaluated =
      grid(shape, [&](double x, double y, double z) { return 1.03 * dose(x - 4.1, y - 3.3, z + 1.8); });
  GammaCriteria c;
  const GammaAnswer whole = answer(reference, evaluated, c);
  c.pass_fail_only = true;
  const GammaAnswer sides = answer(reference, evaluated, c);
  CHECK(whole.all.passing.value > 0);
  CHECK(whole.all.passing.value < whole.all.compared);
  CHECK(sides.all.compared == whole.all.compared);
  CHECK(sides.all.passing.value == whole.all.passing.value);
  CHECK(sides.all.passing.lower <= sides.all.passing.upper);
  CHECK(sides.map.empty());
}

TEST_CASE("every reference point is counted once: in no ROI or under the cut or outside or compared", "[gamma]") {
  const Shape shape{{21, 21, 21}, {-20, -20, -20}, {2, 2, 2}};
  const DoseGrid reference = grid(shape, [](double x, double, double) { return x < -9.0 ? 1.0 : 50.0; });
  const Shape smaller{{21, 21, 16}, {-20, -20, -20}, {2, 2, 2}};  // to z = 10
  const DoseGrid evaluated = grid(smaller, [](double, double, double) { return 50.0; });
  const GammaAnswer all = answer(reference, evaluated, GammaCriteria{});
  CHECK(all.all.below_cutoff == 6 * 21 * 21);
  CHECK(all.all.outside == 15 * 21 * 5);
  CHECK(all.all.compared == 15 * 21 * 16);
  CHECK(all.all.not_in_roi == 0);
  CHECK(all.all.passing.value == all.all.compared);
  CHECK(all.all.histogram[0] == all.all.compared);

  // A box from -11 to 11 along x and y on planes from -4 to 4: -5 to 5 along z.
  Structure box = test::prism("Box", {test::box_ring(-11.0, -11.0, 11.0, 11.0)}, {-4.0, -2.0, 0.0, 2.0, 4.0});
  const Result<SlabStack> stack = make_stack(box);
  REQUIRE(stack);
  const std::vector<GammaRoi> rois = {{"Box", 1, *stack}};
  const auto a = compute_gamma({&reference, nullptr}, evaluated, GammaCriteria{}, rois);
  REQUIRE(a);
  CHECK(a->all.compared == 10 * 11 * 5);     // x -8 to 10
  CHECK(a->all.below_cutoff == 1 * 11 * 5);  // x -10
  CHECK(a->all.outside == 0);
  CHECK(a->all.not_in_roi == 21 * 21 * 21 - 11 * 11 * 5);
  REQUIRE(a->rois.size() == 1);
  CHECK(a->rois[0].statistics.compared == a->all.compared);
  CHECK(a->rois[0].statistics.not_in_roi == a->all.not_in_roi);
  CHECK(a->rois[0].statistics.below_cutoff == a->all.below_cutoff);
}

TEST_CASE("the volume that fails is that of its voxels and the worst point has a place", "[gamma]") {
  const Shape shape{{11, 11, 11}, {0, 0, 0}, {2, 3, 2.5}};
  const DoseGrid reference = grid(shape, [](double, double, double) { return 50.0; });
  const DoseGrid evaluated = grid(shape, [](double x, double, double) {
    return x < 1.0 ? 50.0 : x < 11.0 ? 51.4 : 52.0;
  });
  const GammaAnswer a = answer(reference, evaluated, GammaCriteria{});
  // From x = 12 mm on the dose is 52 Gy, 1.33 criteria off; those a ramp away from 51.4 Gy pass.
  const double at_12 = std::hypot(0.0, 2.0 / 1.5);
  CHECK(a.all.maximum.value == Approx(at_12).margin(0.001));
  CHECK(a.all.maximum_at_mm.x() > 12.0);
  REQUIRE(a.all.failing_volume);
  const double points = static_cast<double>(a.all.compared - a.all.passing.value);
  CHECK(points > 0.0);
  CHECK(a.all.failing_volume->value.in_mm3() == Approx(points * 2.0 * 3.0 * 2.5));
}

TEST_CASE("what cannot be compared says why and gives no pass rate", "[gamma]") {
  const Shape shape{{5, 5, 5}, {0, 0, 0}, {2, 2, 2}};
  const auto fifty = [](double, double, double) { return 50.0; };
  const DoseGrid dose = grid(shape, fifty);
  const auto problem = [&](const DoseGrid& reference, const DoseGrid& evaluated, const GammaCriteria& c = {}) {
    const GammaAnswer a = answer(reference, evaluated, c);
    const std::string json = to_json(a, c);
    CHECK(json.find("passRatePercent") == std::string::npos);
    CHECK(json.find("\"problem\"") != std::string::npos);
    return a.problem;
  };
  CHECK_THAT(problem(dose, grid(shape, fifty, "1.3")), Catch::Contains("frame of reference 1.2"));
  CHECK_THAT(problem(grid(shape, [](double, double, double) { return 0.0; }), dose),
             Catch::Contains("maximum") && Catch::Contains("0 Gy"));
  const Shape away{{5, 5, 5}, {100, 0, 0}, {2, 2, 2}};
  CHECK_THAT(problem(dose, grid(away, fifty)), Catch::Contains("do not overlap"));
  GammaCriteria c;
  c.normalise = GammaNormalise::kDose;
  c.dose = Dose::gy(900.0);
  CHECK_THAT(problem(dose, dose, c), Catch::Contains("low-dose cut"));
  const Shape plane_away{{5, 5, 1}, {0, 0, 20}, {2, 2, 1}};
  CHECK_THAT(problem(grid(plane_away, fifty), dose), Catch::Contains("do not overlap"));
  const auto nan = try_grid(shape, [](double x, double, double) { return x > 3.0 ? std::nan("") : 50.0; });
  REQUIRE_FALSE(nan);
  CHECK_THAT(nan.error().message, Catch::Contains("not a number"));
}

TEST_CASE("criteria of zero or without their dose are refused by name", "[gamma]") {
  const auto path = [](const std::function<void(GammaCriteria&)>& spoil) {
    GammaCriteria c;
    spoil(c);
    const Status status = check_criteria(c);
    return status ? std::string() : status.error().path;
  };
  CHECK(path([](GammaCriteria&) {}).empty());
  CHECK(path([](GammaCriteria& c) { c.dose_percent = 0.0; }) == "$.dosePercent");
  CHECK(path([](GammaCriteria& c) { c.dose_percent = std::nan(""); }) == "$.dosePercent");
  CHECK(path([](GammaCriteria& c) { c.distance = Length::mm(0.0); }) == "$.distanceMm");
  CHECK(path([](GammaCriteria& c) { c.distance = Length::mm(101.0); }) == "$.distanceMm");
  CHECK(path([](GammaCriteria& c) { c.cutoff_percent = 100.0; }) == "$.cutoffPercent");
  CHECK(path([](GammaCriteria& c) { c.normalise = GammaNormalise::kPrescription; }) == "$.normalisationGy");
  CHECK(path([](GammaCriteria& c) { c.dose = Dose::gy(45.0); }) == "$.normalisationGy");
  CHECK(load_gamma_request(R"({"distanceMm": 2, "normalisation": "LOCAL"})"));
  CHECK(load_gamma_request(R"({"distanceMm": "wide"})").error().path == "$.distanceMm");
  CHECK(load_gamma_request(R"({"rois": ["PTV", "PTV"]})").error().path == "$.rois[1]");
  CHECK(load_gamma_request(R"({"distance": 2})").error().path == "$.distance");
}

TEST_CASE("points of a measurement are compared where they lie and a plane needs no neighbours", "[gamma]") {
  const Shape shape{{21, 21, 21}, {0, 0, 0}, {2, 2, 2}};
  const DoseGrid evaluated = grid(shape, [](double x, double, double) { return 20.0 + x; });
  DosePoints points;
  points.at_mm = {{20.3, 11.1, 9.7}, {20.3, 11.1, 41.0}, {10.0, 10.0, 10.0}};
  points.gy = {40.3F + 1.0F, 40.3F, 0.5F};
  GammaCriteria c = of_50_gy();
  c.cutoff_percent = 10.0;
  const auto a = compute_gamma({nullptr, &points}, evaluated, c, {}, {}, GammaMap::kFilled);
  REQUIRE(a);
  CHECK(a->all.compared == 1);
  CHECK(a->all.outside == 1);
  CHECK(a->all.below_cutoff == 1);
  CHECK(static_cast<double>(a->map[0]) == Approx(1.0 / kDd / std::sqrt(1.0 + 9.0 / (kDd * kDd))).margin(0.001));
  CHECK_FALSE(a->all.failing_volume);
  CHECK_THAT(to_json(*a, c), Catch::Contains("states no frame of reference"));

  const Shape plane{{21, 21, 1}, {0, 0, 6}, {2, 2, 1}};
  const DoseGrid thin = grid(plane, [](double x, double, double) { return 20.0 + x; });
  CHECK(answer(thin, evaluated, GammaCriteria{}).all.compared == 21 * 21);
  // The volume's points of that plane only.
  const GammaAnswer other = answer(evaluated, thin, GammaCriteria{});
  CHECK(other.all.compared == 21 * 21);
  CHECK(other.all.outside == 20 * 21 * 21);
  CHECK(other.all.passing.lower == other.all.compared);
}

TEST_CASE("Gamma of two grids turned alike is that of both along the patient's axes, its place in the patient",
          "[gamma][frame]") {
  const Shape shape{{15, 14, 13}, {-20, -18, -16}, {3, 3, 3}};
  const auto dose = [](double shift) {
    return [shift](double x, double y, double z) { return 40.0 + 0.6 * (x + shift) - 0.2 * y + 0.3 * z; };
  };
  const DoseGrid reference = grid(shape, dose(0.0)), evaluated = grid(shape, dose(1.7));
  const GammaAnswer straight = answer(reference, evaluated, of_50_gy());
  REQUIRE(straight.problem.empty());
  for (const auto& [degrees, about] :
       {std::pair(20.0, Eigen::Vector3d(0, 0, 1)), std::pair(-31.0, Eigen::Vector3d(1, 2, -1))}) {
    const Eigen::Matrix3d rotation = test::turn(degrees, about);
    const auto a = test::turned(reference, rotation), b = test::turned(evaluated, rotation);
    REQUIRE(a);
    REQUIRE(b);
    const GammaAnswer both = answer(*a, *b, of_50_gy());
    INFO(degrees << ": " << both.problem);
    REQUIRE(both.problem.empty());
    CHECK(both.all.compared + both.all.outside == straight.all.compared + straight.all.outside);
    CHECK(both.all.maximum.value == Approx(straight.all.maximum.value).margin(0.002));
    // Single points of the patient, looked for in the turned grid: those of its own middle, by the shift's closed form.
    DosePoints points;
    for (const Eigen::Vector3d& p : {Eigen::Vector3d(1, 2, 0), Eigen::Vector3d(-3, 0, 4)}) {
      points.at_mm.push_back(rotation * p);
      points.gy.push_back(static_cast<float>(dose(0.0)(p.x(), p.y(), p.z())));
    }
    points.frame_of_reference_uid = "1.2";
    const auto of_points = compute_gamma({nullptr, &points}, *b, of_50_gy(), {});
    REQUIRE(of_points);
    REQUIRE(of_points->problem.empty());
    CHECK(of_points->all.compared == 2);
    // A plane a x + d off by `d` Gy: d / sqrt(dd^2 + (a dta)^2).
    const double per_mm = std::sqrt(0.36 + 0.04 + 0.09), off = 0.6 * 1.7;
    CHECK(of_points->all.maximum.value == Approx(off / std::hypot(kDd, 3.0 * per_mm)).margin(0.0011));
    // One with cosines of ten decimals is turned alike, one of the patient's axes is not.
    const auto as_printed = test::turned(evaluated, rotation, 10);
    REQUIRE(as_printed);
    CHECK(answer(*a, *as_printed, of_50_gy()).problem.empty());
    const std::string problem = answer(*a, evaluated, of_50_gy()).problem;
    CHECK(problem.find("turned against each other, by ") != std::string::npos);
    CHECK(problem.find(" degrees") != std::string::npos);
    CHECK_FALSE(answer(reference, *b, of_50_gy()).problem.empty());
  }
  const auto nearly = test::turned(evaluated, test::turn(0.0802, {0, 1, 0}));
  REQUIRE(nearly);
  CHECK(answer(reference, *nearly, of_50_gy()).problem.find("0.08") != std::string::npos);
}

TEST_CASE("Gamma in an ROI of a turned reference counts its points, and names an ROI that is drawn across it",
          "[gamma][frame]") {
  const Shape shape{{15, 14, 13}, {-20, -18, -16}, {3, 3, 3}};
  const auto dose = [](double x, double y, double z) { return 40.0 + 0.6 * x - 0.2 * y + 0.3 * z; };
  const Eigen::Matrix3d rotation = test::turn(24.0, {2, 1, 1});
  const auto a = test::turned(grid(shape, dose), rotation);
  REQUIRE(a);
  const Structure box = test::prism("Box", {test::box_ring(-10, -10, 9, 10)}, test::planes(-6, 6, 3));
  const auto along = make_stack(test::turned(box, rotation), a->orientation());
  const auto across = make_stack(box, a->orientation());
  REQUIRE(along);
  REQUIRE(across);
  const std::vector<GammaRoi> in = {{"Box", 1, *along}}, off = {{"Box", 1, *across}};
  const auto counted = compute_gamma({&*a, nullptr}, *a, of_50_gy(), in);
  REQUIRE(counted);
  CHECK(counted->problem.empty());
  CHECK(counted->all.compared == 6 * 7 * 4);  // x -8 to 7, y -9 to 9, z -4 to 5, every 3 mm
  const auto refused = compute_gamma({&*a, nullptr}, *a, of_50_gy(), off);
  REQUIRE(refused);
  CHECK(refused->problem.find("'Box'") != std::string::npos);
  CHECK(refused->problem.find("degrees") != std::string::npos);
}
