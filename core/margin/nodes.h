// The places at which an integrand along one axis is looked at: two Gauss-Legendre nodes for each interval, the
// intervals lying between the breaks, where the integrand changes abruptly.
#pragma once

#include <cstddef>
#include <vector>

namespace dosegate {

// A place and its weight in the integral, mm.
struct Node {
  double at, weight;
  std::size_t base;  // its number among the base nodes, or kNoBase
};
inline constexpr std::size_t kNoBase = static_cast<std::size_t>(-1);

// The ends of intervals that are no longer than `pitch` and lie between the breaks, which may come in any order. Empty
// where no two breaks lie apart, or when there would be more than `most` ends.
std::vector<double> intervals(std::vector<double> breaks, double pitch, std::size_t most);

// The nodes of all intervals. The base nodes, which depend on `ends` alone, are two for every interval of `ends`, and
// before and after them the first and the last end, whose weight is 0; they are numbered from 0 on. Where a break lies
// in an interval, the interval is divided there and its nodes are not of the base; breaks outside of `ends` add
// intervals. Empty when there would be more than `most` nodes.
std::vector<Node> nodes(const std::vector<double>& ends, std::vector<double> breaks, double pitch, std::size_t most);

}  // namespace dosegate
