// Points in batches: the same bits from every variant and however lanes are filled, and bounds that hold.
#include "core/gamma/batch.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "core/gamma/batch_fill.h"
#include "core/gamma/search.h"
#include "core/gamma/test_doses.h"
#include "tests/property/random.h"

using namespace dosegate;
using namespace dosegate::gamma_test;
using dosegate::gamma::Batch;
using dosegate::gamma::BatchAsk;
using dosegate::property::Random;

namespace {

// Smooth, or with noise of up to `noise` Gy.
Fill batch_dose(Random& random, double noise) {
  const double ax = random.between(-1.0, 1.0), ay = random.between(-1.0, 1.0), az = random.between(-1.0, 1.0);
  const double wave = random.between(2.0, 20.0), width = random.between(3.0, 15.0);
  const std::uint64_t seed = random.below(1U << 30);
  return [=](double x, double y, double z) {
    Random own(seed + static_cast<std::uint64_t>(std::llround(x * 640.0) * 31 + std::llround(y * 640.0) * 17 +
                                                 std::llround(z * 640.0)));
    const double smooth = 30.0 + wave * std::sin((ax * x + ay * y + az * z) / width) + 0.3 * x;
    return std::max(0.0, smooth + noise * own.between(-1.0, 1.0));
  };
}

Shape batch_shape(Random& random) {
  Shape s;
  for (std::size_t a = 0; a < 3; ++a) {
    s.size[a] = static_cast<std::uint32_t>(3 + random.below(a == 0 ? 50 : 6));
    s.first[a] = std::round(random.between(-160.0, 160.0)) / 8.0;
    s.step[a] = std::ceil(random.between(4.0, 32.0)) / 8.0;
  }
  return s;
}

// Lanes of everything that may come: steps of the dose from none to more than the criterion, cells of uneven width.
void fill_at_random(Random& random, std::array<std::array<float, gamma::kLanes>, 27>& doses, Batch& b) {
  for (std::size_t n = 0; n < gamma::kLanes; ++n) {
    const double base = random.between(0.0, 60.0), noise = random.coin() ? 0.0 : random.between(0.0, 20.0);
    const double slope[3] = {random.between(-3, 3), random.between(-3, 3), random.between(-3, 3)};
    for (std::size_t i = 0; i < 27; ++i) {
      const double at = base + slope[0] * static_cast<double>(i % 3) + slope[1] * static_cast<double>(i / 3 % 3) +
                        slope[2] * static_cast<double>(i / 9);
      doses[i][n] = static_cast<float>(std::max(0.0, at + noise * random.between(-1.0, 1.0)));
    }
    for (std::size_t a = 0; a < 3; ++a) {
      b.below[a][n] = random.between(0.1, 2.0);
      b.above[a][n] = random.coin() ? b.below[a][n] : random.between(0.1, 2.0);
      b.per_below[a][n] = 1.0 / b.below[a][n];
      b.per_above[a][n] = 1.0 / b.above[a][n];
      b.middle[a][n] = random.coin() ? 0.0 : random.between(-0.5 * b.above[a][n], 0.5 * b.below[a][n]);
    }
    b.dose[n] = static_cast<double>(static_cast<float>(std::max(0.0, base + random.between(-5.0, 5.0))));
    b.per_dose[n] = 1.0 / random.between(0.2, 5.0);
  }
  for (std::size_t i = 0; i < 27; ++i) b.nodes[i] = doses[i].data();
}

}  // namespace

TEST_CASE("gamma's lanes give the same bits in registers of any width", "[gamma]") {
  const std::vector<const char*> variants = gamma::batch_variants();
  CAPTURE(variants.back());
  Random random(512);
  std::array<std::array<float, gamma::kLanes>, 27> doses;
  int done = 0;
  for (int n = 0; n < 1000; ++n) {
    const auto batch = std::make_unique<Batch>();
    fill_at_random(random, doses, *batch);
    const BatchAsk ask{120.0, random.coin() ? 0.0 : 1e-4, kGammaTolerance, n % 4 == 0};
    gamma::look_at_batch(0, ask, *batch);
    for (const std::int32_t is_done : batch->done) done += is_done != 0 ? 1 : 0;
    for (std::size_t v = 1; v < variants.size(); ++v) {
      const auto same = std::make_unique<Batch>(*batch);
      for (auto* of : {same->gamma, same->lower, same->upper}) std::fill_n(of, gamma::kLanes, -1.0F);
      for (auto* of : {same->passes, same->done}) std::fill_n(of, gamma::kLanes, 7);
      gamma::look_at_batch(v, ask, *same);
      INFO("batch " << n << ", " << variants[v]);
      CHECK(std::memcmp(same->gamma, batch->gamma, sizeof batch->gamma) == 0);
      CHECK(std::memcmp(same->lower, batch->lower, sizeof batch->lower) == 0);
      CHECK(std::memcmp(same->upper, batch->upper, sizeof batch->upper) == 0);
      CHECK(std::memcmp(same->passes, batch->passes, sizeof batch->passes) == 0);
      CHECK(std::memcmp(same->done, batch->done, sizeof batch->done) == 0);
    }
  }
  CHECK(done > 4000);
}

TEST_CASE("gamma of a point is the same in a row of a grid and alone", "[gamma]") {
  Random random(16);
  for (int n = 0; n < (DOSEGATE_SANITIZED != 0 ? 10 : 60); ++n) {
    const Shape shape = batch_shape(random);
    const Fill dose = batch_dose(random, random.coin() ? 0.0 : random.between(0.0, 3.0));
    // The same places, some of them, or others.
    Shape other = shape;
    const std::size_t kind = random.below(3);
    for (std::size_t a = 0; a < 3 && kind > 0; ++a) {
      other.first[a] += shape.step[a] * (kind == 1 ? 1.0 : 0.375);
      if (kind == 2) other.step[a] = std::ceil(random.between(4.0, 32.0)) / 8.0;
    }
    const DoseGrid evaluated = grid(shape, dose);
    const DoseGrid reference =
        grid(other, [&](double x, double y, double z) { return 1.01 * dose(x + 0.5, y - 0.25, z); });
    DosePoints points;
    for (std::uint32_t k = 0; k < other.size[2]; ++k) {
      for (std::uint32_t j = 0; j < other.size[1]; ++j) {
        for (std::uint32_t i = 0; i < other.size[0]; ++i) {
          points.at_mm.push_back({reference.axes()[0][i], reference.axes()[1][j], reference.axes()[2][k]});
          points.gy.push_back(reference.values()[reference.index(i, j, k)]);
        }
      }
    }
    GammaCriteria c;
    c.cutoff_percent = random.between(0.0, 80.0);  // rows with gaps
    const auto in_grid = compute_gamma({&reference, nullptr}, evaluated, c, {}, {}, GammaMap::kFilled);
    const auto alone = compute_gamma({nullptr, &points}, evaluated, c, {}, {}, GammaMap::kFilled);
    REQUIRE(in_grid);
    REQUIRE(alone);
    INFO("grid " << n);
    REQUIRE(in_grid->problem == alone->problem);
    REQUIRE(in_grid->map.size() == alone->map.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < alone->map.size(); ++i) {
      different += std::memcmp(&in_grid->map[i], &alone->map[i], sizeof(float)) != 0 ? 1 : 0;
    }
    CHECK(different == 0);
    CHECK(in_grid->all.below_cutoff == alone->all.below_cutoff);
    CHECK(in_grid->all.outside == alone->all.outside);
  }
}

TEST_CASE("gamma in batches lies in the bounds of a search to a millionth", "[gamma]") {
  Random random(2048);
  std::size_t done = 0, looked_at = 0;
  for (int n = 0; n < (DOSEGATE_SANITIZED != 0 ? 20 : 200); ++n) {
    const Shape shape = batch_shape(random);
    const Fill dose = batch_dose(random, random.coin() ? 0.0 : random.between(0.0, 3.0));
    const DoseGrid evaluated = grid(shape, dose);
    DosePoints points;
    std::vector<gamma::Compared> compared;
    for (std::uint32_t i = 0; i < 10 * gamma::kLanes; ++i) {
      Eigen::Vector3d at;
      for (std::size_t a = 0; a < 3; ++a) {
        const double share = random.coin()
                                 ? 1.0 / (shape.size[a] - 1) * static_cast<double>(random.below(shape.size[a]))
                                 : random.between(0.0, 1.0);
        at[static_cast<Eigen::Index>(a)] = shape.first[a] + share * shape.step[a] * (shape.size[a] - 1);
      }
      points.at_mm.push_back(at);
      points.gy.push_back(static_cast<float>(dose(at.x(), at.y(), at.z()) * random.between(0.95, 1.05)));
      compared.push_back({i, 0.0F, 0.0F, 0.0F, false});
    }
    gamma::Field field(evaluated, Length::mm(random.between(0.5, 6.0)));
    REQUIRE(field.prepare({{}, {field.cells(0), field.cells(1), field.cells(2)}}, {}));
    const gamma::ReferencePoints reference({nullptr, &points}, evaluated, field);
    const gamma::BatchFiller filler(reference, field);
    REQUIRE(filler.is_possible());
    CancelPoint never(nullptr);
    gamma::Search search(field, GammaInterpolate::kTrilinear, gamma::SearchFor::kValue, 1e-6, never);
    gamma::ReferencePoints::Cursor cursor(reference, 0);
    const double per_dose = 1.0 / random.between(0.3, 6.0);
    const auto lanes = std::make_unique<gamma::BatchFiller::Lanes>();
    for (std::size_t first = 0; first < compared.size(); first += gamma::kLanes) {
      filler.fill(std::span(compared).subspan(first, gamma::kLanes), *lanes);
      Batch& batch = lanes->batch;
      for (std::size_t lane = 0; lane < gamma::kLanes; ++lane) {
        batch.dose[lane] = static_cast<double>(points.gy[first + lane]);
        batch.per_dose[lane] = per_dose;
      }
      gamma::look_at_batch({evaluated.maximum().in_gy(), 0.0, kGammaTolerance, false}, batch);
      for (std::size_t lane = 0; lane < gamma::kLanes; ++lane) {
        gamma::Bounds exact;
        if (search.run(*cursor.place_of(first + lane), batch.dose[lane], per_dose, exact) !=
            gamma::Search::Outcome::kFound) {
          continue;
        }
        ++looked_at;
        const auto number = [](float x) { return static_cast<double>(x); };
        INFO("grid " << n << " point " << first + lane << ": " << exact.lower << " to " << exact.upper << "; batch "
                     << batch.lower[lane] << " to " << batch.upper[lane]);
        CHECK(number(batch.upper[lane]) >= exact.lower);
        if (batch.done[lane] == 0) continue;
        ++done;
        CHECK(number(batch.lower[lane]) <= exact.upper);
        CHECK(number(batch.gamma[lane]) <= exact.upper + kGammaTolerance);
        CHECK(number(batch.lower[lane]) <= number(batch.gamma[lane]));
      }
    }
  }
  CHECK(done > looked_at / 4);
}
