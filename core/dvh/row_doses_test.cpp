// Rows of cells against the plain definition, in whichever instructions this processor has.
#include "core/dvh/row_doses.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>

using namespace dosegate;

namespace {

// Doses of the four rows of nodes around so many cells.
std::array<std::vector<float>, 4> random_rows(std::size_t cells, std::mt19937& random) {
  std::uniform_real_distribution<float> dose(0.0F, 60.0F);
  std::array<std::vector<float>, 4> rows;
  for (auto& row : rows) {
    row.resize(cells + 1);
    std::generate(row.begin(), row.end(), [&] { return dose(random); });
  }
  return rows;
}

}  // namespace

TEST_CASE("a row of cells has the least and the largest dose of its corners and the sum of all") {
  std::mt19937 random(1);
  RowScratch scratch;
  for (std::size_t cells = 1; cells <= 70; ++cells) {
    const auto rows = random_rows(cells, random);
    std::vector<float> least(cells), most(cells), mean(cells);
    const NodeRows nodes{rows[0].data(), rows[1].data(), rows[2].data(), rows[3].data()};
    const RowDoses of_row = fill_row(nodes, cells, scratch, {least.data(), most.data(), mean.data()});
    double sum = 0.0;
    bool same = true;
    for (std::size_t n = 0; n < cells; ++n) {
      float low = 1000.0F, high = 0.0F;
      double of_cell = 0.0;
      for (const auto& row : rows) {
        low = std::min({low, row[n], row[n + 1]});
        high = std::max({high, row[n], row[n + 1]});
        of_cell += static_cast<double>(row[n]) + static_cast<double>(row[n + 1]);
      }
      sum += of_cell;
      same = same && least[n] == low && most[n] == high && mean[n] == Approx(of_cell / 8.0);
    }
    INFO(cells << " cells");
    CHECK(same);
    CHECK(of_row.least == *std::min_element(least.begin(), least.end()));
    CHECK(of_row.most == *std::max_element(most.begin(), most.end()));
    CHECK(of_row.sum == Approx(sum).epsilon(1e-13));
    const auto count = static_cast<std::uint32_t>(cells);
    for (const float from : {0.0F, 30.0F, least[cells / 2], 61.0F}) {
      for (const float above_from : {from, from + 5.0F}) {
        std::vector<std::uint32_t> others(cells), expected;
        const SortedCells sorted = sort_cells(least.data(), most.data(), count, above_from, from, others.data());
        std::uint32_t above = 0, below = 0;
        for (std::uint32_t n = 0; n < count; ++n) {
          if (least[n] >= above_from) {
            ++above;
          } else if (most[n] < from) {
            ++below;
          } else {
            expected.push_back(n);
          }
        }
        others.resize(sorted.others);
        CHECK(sorted.above == above);
        CHECK(sorted.below == below);
        CHECK(others == expected);
      }
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

TEST_CASE("a row of cells in a part of a layer has the doses of its two faces, rounded outwards") {
  std::mt19937 random(2);
  RowScratch scratch;
  for (const auto& [z0, z1] : {std::pair(0.0, 0.3), std::pair(0.25, 0.75), std::pair(0.6, 1.0)}) {
    for (std::size_t cells = 1; cells <= 40; ++cells) {
      const auto rows = random_rows(cells, random);
      std::vector<float> least(cells), most(cells), mean(cells);
      const NodeRows nodes{rows[0].data(), rows[1].data(), rows[2].data(), rows[3].data()};
      const RowDoses of_row = fill_row_between(nodes, z0, z1, cells, scratch, {least.data(), most.data(), mean.data()});
      double sum = 0.0;
      bool fits = true;
      for (std::size_t n = 0; n < cells; ++n) {
        double low = 1000.0, high = 0.0, of_cell = 0.0;
        for (const std::size_t far : {std::size_t{0}, std::size_t{1}}) {
          for (const std::size_t at : {n, n + 1}) {
            const auto bottom = static_cast<double>(rows[far][at]), top = static_cast<double>(rows[2 + far][at]);
            for (const double z : {z0, z1}) {
              const double there = z == 1.0 ? top : bottom + z * (top - bottom);
              low = std::min(low, there), high = std::max(high, there), of_cell += there;
            }
          }
        }
        sum += of_cell;
        fits = fits && static_cast<double>(least[n]) <= low && static_cast<double>(most[n]) >= high &&
               least[n] == Approx(low).epsilon(1e-6) && most[n] == Approx(high).epsilon(1e-6) &&
               mean[n] == Approx(of_cell / 8.0).epsilon(1e-6);
      }
      INFO(cells << " cells from " << z0 << " to " << z1);
      CHECK(fits);
      CHECK(of_row.sum == Approx(sum).epsilon(1e-13));
    }
  }
}
