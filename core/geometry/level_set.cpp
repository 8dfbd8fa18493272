#include "core/geometry/level_set.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace dosegate {
namespace {

constexpr std::int64_t kLeaf = 4;       // squares along a side of the smallest block
constexpr double kMostNodes = 1 << 30;  // along a side

Error too_complex() { return {ErrorCode::kLimitExceeded, "", "The contours are too complex to be interpolated."}; }

// From one grid edge to another, inside to the left. Edge 2 * node is the one to the right of a node, and
// 2 * node + 1 the one above it.
struct Step {
  std::uint64_t from, to;
  Eigen::Vector2d start;
};

class Tracer {
 public:
  Tracer(const Fields& fields, const Eigen::Vector2d& origin, double pitch, std::size_t most_points,
         std::int64_t& budget, Workers* workers)
      : fields_(fields),
        origin_(origin),
        pitch_(pitch),
        most_points_(most_points),
        budget_(budget),
        asked_at_(budget),
        cancel_point_(workers),
        block_(fields.count * (kLeaf + 1) * (kLeaf + 1)),
        steps_(fields.count) {}

  // The block of size x size squares whose lower left node is (i, j). False when a limit is reached.
  bool search(std::int64_t i, std::int64_t j, std::int64_t size) {
    budget_ -= static_cast<std::int64_t>(fields_.count);
    if (budget_ < 0 || points_ > most_points_) return false;
    // Distances count the budget down, too.
    cancel_point_.step(static_cast<std::size_t>(std::max<std::int64_t>(0, asked_at_ - budget_)));
    asked_at_ = budget_;
    const double half = 0.5 * static_cast<double>(size) * pitch_;
    const double reach = fields_.steepness * std::numbers::sqrt2 * half * kSure;
    fields_.at(node(i, j) + Eigen::Vector2d(half, half), block_.data());
    const auto may_change = [&](double value) { return !(std::abs(value) > reach); };
    if (std::none_of(block_.begin(), block_.begin() + static_cast<std::ptrdiff_t>(fields_.count), may_change)) {
      return true;
    }
    if (size == kLeaf) {
      trace(i, j);
      return true;
    }
    const std::int64_t h = size / 2;
    return search(i, j, h) && search(i + h, j, h) && search(i, j + h, h) && search(i + h, j + h, h);
  }

  // Joins the steps of one function. Every grid edge that is entered is also left, as long as the region
  // does not reach the border of what was searched.
  Result<std::vector<Ring>> rings(std::size_t function) {
    auto& steps = steps_[function];
    const auto less = [](const Step& a, const Step& b) { return a.from < b.from; };
    sort_asking(steps.begin(), steps.end(), less, cancel_point_);
    std::vector<char> used(steps.size(), 0);
    std::vector<Ring> rings;
    for (std::size_t first = 0; first < steps.size(); ++first) {
      Ring ring;
      for (std::size_t k = first; used[k] == 0;) {
        used[k] = 1;
        if (ring.empty() || ring.back() != steps[k].start) ring.push_back(steps[k].start);
        const auto next = std::lower_bound(steps.begin(), steps.end(), Step{steps[k].to, 0, {}}, less);
        if (next == steps.end() || next->from != steps[k].to) {
          return Error{ErrorCode::kNotEvaluable, "", "A contour could not be closed between planes."};
        }
        k = static_cast<std::size_t>(next - steps.begin());
      }
      while (ring.size() > 1 && ring.back() == ring.front()) ring.pop_back();
      if (ring.size() > 2) rings.push_back(std::move(ring));
    }
    return rings;
  }

 private:
  // Rounding must not make a block look one-sided.
  static constexpr double kSure = 1.0 + 1e-9;

  Eigen::Vector2d node(std::int64_t i, std::int64_t j) const {
    return origin_ + pitch_ * Eigen::Vector2d(static_cast<double>(i), static_cast<double>(j));
  }

  void trace(std::int64_t i0, std::int64_t j0) {
    constexpr std::size_t kSide = kLeaf + 1;
    const std::size_t n = fields_.count;
    for (std::size_t j = 0; j < kSide; ++j) {
      for (std::size_t i = 0; i < kSide; ++i) {
        fields_.at(node(i0 + static_cast<std::int64_t>(i), j0 + static_cast<std::int64_t>(j)),
                   &block_[(j * kSide + i) * n]);
      }
    }
    budget_ -= static_cast<std::int64_t>(block_.size());
    for (std::size_t f = 0; f < n; ++f) {
      for (std::size_t j = 0; j < kLeaf; ++j) {
        for (std::size_t i = 0; i < kLeaf; ++i) {
          const std::size_t low = (j * kSide + i) * n + f, high = low + kSide * n;
          square(f, i0 + static_cast<std::int64_t>(i), j0 + static_cast<std::int64_t>(j),
                 {block_[low], block_[low + n], block_[high + n], block_[high]});
        }
      }
    }
  }

  // Corners and edges go round to the left from the lower left corner: edge k joins corners k and k + 1.
  void square(std::size_t f, std::int64_t i, std::int64_t j, const std::array<double, 4>& value) {
    std::array<bool, 4> in;
    for (std::size_t c = 0; c < 4; ++c) in[c] = value[c] < 0.0;
    if (in[0] == in[1] && in[1] == in[2] && in[2] == in[3]) return;
    const bool opposite = in[0] == in[2] && in[1] == in[3];
    const bool middle_in = opposite && value[0] + value[1] + value[2] + value[3] < 0.0;
    for (std::size_t k = 0; k < 4; ++k) {
      if (!in[k] || in[(k + 1) % 4]) continue;
      // The outline leaves the region's inside to its left: it enters by the edge where the way round goes
      // out, and leaves by one where it comes in.
      std::size_t to = (k + 1) % 4;
      if (opposite) {
        if (!middle_in) to = (k + 3) % 4;
      } else {
        while (in[to] || !in[(to + 1) % 4]) to = (to + 1) % 4;
      }
      steps_[f].push_back({edge(i, j, k), edge(i, j, to), crossing(i, j, k, value)});
      ++points_;
    }
  }

  static std::uint64_t edge(std::int64_t i, std::int64_t j, std::size_t k) {
    if (k == 1) ++i;
    if (k == 2) ++j;
    return (static_cast<std::uint64_t>(j) << 32 | static_cast<std::uint64_t>(i)) << 1 | (k % 2);
  }

  Eigen::Vector2d crossing(std::int64_t i, std::int64_t j, std::size_t k, const std::array<double, 4>& value) const {
    const double a = value[k == 0 || k == 3 ? 0 : k == 1 ? 1 : 3], b = value[k == 0 ? 1 : k == 3 ? 3 : 2];
    // An infinite end: the region stops at the other.
    const double t = std::isinf(a) ? 1.0 : std::isinf(b) ? 0.0 : a / (a - b);
    const Eigen::Vector2d p = node(k == 1 ? i + 1 : i, k == 2 ? j + 1 : j);
    return k % 2 == 0 ? Eigen::Vector2d(p.x() + t * pitch_, p.y()) : Eigen::Vector2d(p.x(), p.y() + t * pitch_);
  }

  const Fields& fields_;
  Eigen::Vector2d origin_;
  double pitch_;
  std::size_t most_points_;
  std::int64_t& budget_;
  std::int64_t asked_at_;
  CancelPoint cancel_point_;
  std::vector<double> block_;  // node by node, `count` values each
  std::vector<std::vector<Step>> steps_;
  std::size_t points_ = 0;
};

}  // namespace

Result<std::vector<std::vector<Ring>>> level_sets(const Fields& fields, const Eigen::AlignedBox2d& box, double pitch,
                                                  std::size_t most_points, std::int64_t& budget, Workers* workers) {
  std::vector<std::vector<Ring>> out(fields.count);
  if (box.isEmpty()) return out;
  const double nodes = box.sizes().maxCoeff() / pitch;
  if (!(nodes < kMostNodes)) return too_complex();
  std::int64_t size = kLeaf;
  while (static_cast<double>(size) < nodes) size *= 2;
  Tracer tracer(fields, box.min(), pitch, most_points, budget, workers);
  if (!tracer.search(0, 0, size)) return too_complex();
  for (std::size_t f = 0; f < fields.count; ++f) {
    Result<std::vector<Ring>> rings = tracer.rings(f);
    if (!rings) return rings.error();
    out[f] = *std::move(rings);
  }
  return out;
}

}  // namespace dosegate
