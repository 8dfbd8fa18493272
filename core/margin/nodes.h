// Where an integral along one axis looks: Gauss-Legendre, two places an interval, between places where what is
// integrated changes abruptly.
#pragma once

#include <cstddef>
#include <vector>

namespace dosegate {

struct Node {
  double at, weight;  // mm
  std::size_t base;   // which of the base it is; kNoBase: none
};
inline constexpr std::size_t kNoBase = static_cast<std::size_t>(-1);

// The ends of intervals no longer than `pitch` between breaks (any order); empty without two breaks apart, or when
// there were more than `most`.
std::vector<double> intervals(std::vector<double> breaks, double pitch, std::size_t most);

// Two nodes for every interval of `ends`, numbered from 1 on, and its first and last end without weight, numbered
// first and last: the base. The intervals that a break lies in are divided there, and breaks outside add intervals.
// Empty when there were more than `most`.
std::vector<Node> nodes(const std::vector<double>& ends, std::vector<double> breaks, double pitch, std::size_t most);

}  // namespace dosegate
