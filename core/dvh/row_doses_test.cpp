// Rows of cells against the plain definition, in whichever instructions this processor has.
#include "core/dvh/row_doses.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>

using namespace dosegate;

TEST_CASE("a row of cells has the least and the largest dose of its corners and the sum of all") {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> dose(0.0F, 60.0F);
  RowScratch scratch;
  for (std::size_t cells = 1; cells <= 70; ++cells) {
    std::array<std::vector<float>, 4> rows;
    for (auto& row : rows) {
      row.resize(cells + 1);
      std::generate(row.begin(), row.end(), [&] { return dose(random); });
    }
    std::vector<float> least(cells), most(cells);
    const RowDoses of_row = fill_row({rows[0].data(), rows[1].data(), rows[2].data(), rows[3].data()}, cells, scratch,
                                     least.data(), most.data());
    double sum = 0.0;
    bool same = true;
    for (std::size_t n = 0; n < cells; ++n) {
      float low = 1000.0F, high = 0.0F;
      for (const auto& row : rows) {
        low = std::min({low, row[n], row[n + 1]});
        high = std::max({high, row[n], row[n + 1]});
        sum += static_cast<double>(row[n]) + static_cast<double>(row[n + 1]);
      }
      same = same && least[n] == low && most[n] == high;
    }
    INFO(cells << " cells");
    CHECK(same);
    CHECK(of_row.least == *std::min_element(least.begin(), least.end()));
    CHECK(of_row.most == *std::max_element(most.begin(), most.end()));
    CHECK(of_row.sum == Approx(sum).epsilon(1e-13));
    const auto count = static_cast<std::uint32_t>(cells);
    for (const float from : {0.0F, 30.0F, least[cells / 2], 61.0F}) {
      const auto expected = std::count_if(least.begin(), least.end(), [&](float d) { return d >= from; });
      CHECK(count_at_least(least.data(), count, from) == static_cast<std::uint32_t>(expected));
    }
  }
}

TEST_CASE("the least single-precision number from a dose on is never below it") {
  for (const double d : {0.0, 0.1, 1.0, 19.9999999, 44.9999999999, 50.0}) {
    const double with = static_cast<double>(least_float(d, true)), beyond = static_cast<double>(least_float(d, false));
    CHECK(with >= d);
    CHECK(with <= d * (1.0 + 1.2e-7));
    CHECK(beyond > d);
    CHECK(static_cast<double>(least_float(with, true)) == with);
  }
}
