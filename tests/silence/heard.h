// How much work there is between two questions to the host whether to go on, and shapes made to be slow. Work is
// counted in basic blocks executed, which no clock and no other program changes.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "core/checker.h"

namespace dosegate::silence {

extern std::uint64_t blocks;  // executed so far by what is counted

// A processor executes a block in some 1 to 3 ns: some tens of milliseconds.
inline constexpr std::uint64_t kMost = 20'000'000;
inline constexpr std::uint64_t kGiveUp = 400'000'000;  // where the host says yes

struct Question {
  std::uint64_t last = 0, longest = 0, begin = 0, count = 0;
  void note() {
    longest = std::max(longest, blocks - last);
    last = blocks;
    ++count;
  }
};

// What was asked for of one call, to its end or until the host has waited long enough.
template <typename Call>
void check_heard(const char* what, const Call& call) {
  Question q;
  Host host;
  host.threads = 1;
  host.should_cancel = [&] {
    q.note();
    return blocks - q.begin > kGiveUp;
  };
  q.begin = q.last = blocks;
  call(host);
  q.note();
  INFO(what << ": " << q.longest << " blocks of " << blocks - q.begin << " without a question, asked " << q.count
            << " times");
  CHECK(q.longest < kMost);
  CHECK(q.longest > 1000);  // blocks are counted
  CHECK(q.count > 1);
}

using Outline = std::vector<Eigen::Vector2d>;
struct Shape {
  std::vector<Outline> outlines;  // of each slice
  std::uint32_t columns = 64, rows = 64;
  double across = 160.0;   // mm, of the grid
  std::size_t slices = 3;  // 5 mm apart
};

Shape star(std::size_t points, std::size_t step);
Shape many_contours(std::size_t a_side);
Shape many_points(std::size_t points);

// A plan of four structures of that shape and a dose.
Case patient(const Shape& shape, const char* options);

}  // namespace dosegate::silence
