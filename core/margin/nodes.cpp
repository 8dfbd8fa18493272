#include "core/margin/nodes.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

constexpr double kSame = 1e-6;  // mm; the rounding of half-way between two slices
const double kGauss = 0.5 / std::sqrt(3.0);

void add_interval(double from, double to, std::size_t base, std::vector<Node>& out) {
  const double middle = 0.5 * (from + to), wide = to - from;
  out.push_back({middle - kGauss * wide, 0.5 * wide, base});
  out.push_back({middle + kGauss * wide, 0.5 * wide, base == kNoBase ? kNoBase : base + 1});
}

}  // namespace

std::vector<double> intervals(std::vector<double> breaks, double pitch, std::size_t most) {
  std::sort(breaks.begin(), breaks.end());
  std::vector<double> ends;
  for (const double at : breaks) {
    if (ends.empty()) {
      ends.push_back(at);
      continue;
    }
    const double from = ends.back(), wide = at - from;
    if (wide < kSame) continue;
    const double parts = std::ceil(wide / pitch - 1e-9);
    if (!(parts + static_cast<double>(ends.size()) < static_cast<double>(most))) return {};
    for (double k = 1.0; k < parts; ++k) ends.push_back(from + wide * (k / parts));
    ends.push_back(at);
  }
  if (ends.size() < 2) ends.clear();
  return ends;
}

std::vector<Node> nodes(const std::vector<double>& ends, std::vector<double> breaks, double pitch, std::size_t most) {
  std::sort(breaks.begin(), breaks.end());
  std::vector<Node> out;
  out.reserve(2 * ends.size() + 2 * breaks.size());
  const auto add_divided = [&](const std::vector<double>& at) {
    const std::vector<double> parts = intervals(at, pitch, most);
    for (std::size_t n = 0; n + 1 < parts.size(); ++n) add_interval(parts[n], parts[n + 1], kNoBase, out);
    return parts.size() > 1;
  };
  if (ends.empty()) {
    if (!add_divided(breaks)) return {};
    return out;
  }
  auto next = breaks.begin();
  std::vector<double> beyond;
  for (; next != breaks.end() && *next < ends.front() - kSame; ++next) beyond.push_back(*next);
  if (!beyond.empty()) {
    beyond.push_back(ends.front());
    if (!add_divided(beyond)) return {};
  }
  out.push_back({ends.front(), 0.0, 0});
  for (std::size_t n = 0; n + 1 < ends.size(); ++n) {
    std::vector<double> within;
    while (next != breaks.end() && *next <= ends[n] + kSame) ++next;
    for (; next != breaks.end() && *next < ends[n + 1] - kSame; ++next) within.push_back(*next);
    if (within.empty()) {
      add_interval(ends[n], ends[n + 1], 2 * n + 1, out);
    } else {
      within.insert(within.end(), {ends[n], ends[n + 1]});
      if (!add_divided(within)) return {};
    }
    if (out.size() > most) return {};
  }
  out.push_back({ends.back(), 0.0, 2 * ends.size() - 1});
  beyond.assign(1, ends.back());
  for (; next != breaks.end(); ++next) {
    if (*next > ends.back() + kSame) beyond.push_back(*next);
  }
  if (beyond.size() > 1 && !add_divided(beyond)) return {};
  return out;
}

}  // namespace dosegate
