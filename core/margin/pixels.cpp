#include "core/margin/pixels.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kSame = 1e-6;                         // mm
constexpr double kDecimals = 0.025;                    // mm; what two decimals make of two equal lengths
constexpr double kMostPixel = 2.0, kLeastPixel = 0.2;  // mm
constexpr std::size_t kFewEdges = 12;                  // a box or an L is drawn so, too

struct Steps {
  double straight = std::numeric_limits<double>::infinity();  // the shortest run along an axis, mm
  double diagonal = std::numeric_limits<double>::infinity();  // the shortest across a corner, mm along either axis
  std::size_t most_edges = 0;                                 // of a ring
};

// False: an edge runs neither along an axis nor across a corner.
bool add_steps(const Ring& ring, Steps& steps) {
  // Edges that go on in one direction are one.
  std::vector<Eigen::Vector2d> edges;
  for (std::size_t n = 0; n < ring.size(); ++n) {
    const Eigen::Vector2d edge = ring[n + 1 == ring.size() ? 0 : n + 1] - ring[n];
    const bool level = std::abs(edge.y()) < kSame, upright = std::abs(edge.x()) < kSame;
    if (level && upright) continue;
    if (!edges.empty()) {
      Eigen::Vector2d& last = edges.back();
      const bool goes_on = (level && std::abs(last.y()) < kSame && edge.x() * last.x() > 0.0) ||
                           (upright && std::abs(last.x()) < kSame && edge.y() * last.y() > 0.0);
      if (goes_on) {
        last += edge;
        continue;
      }
    }
    edges.push_back(edge);
  }
  steps.most_edges = std::max(steps.most_edges, edges.size());
  // The first may go on from the last; it is left out.
  for (std::size_t n = 1; n + 1 < edges.size(); ++n) {
    const double across = std::abs(edges[n].x()), along = std::abs(edges[n].y());
    if (across < kSame || along < kSame) {
      steps.straight = std::min(steps.straight, std::max(across, along));
    } else if (std::abs(across - along) < kDecimals) {
      steps.diagonal = std::min({steps.diagonal, across, along});
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

Length pixel_of(const SlabStack& stack) {
  Steps steps;
  for (const Slab& slab : stack.slabs) {
    for (const Ring& ring : *slab.include) {
      if (!add_steps(ring, steps)) return Length::mm(0.0);
    }
  }
  if (steps.most_edges < kFewEdges) return Length::mm(0.0);
  const double pixel = std::isfinite(steps.diagonal) ? 2.0 * steps.diagonal : steps.straight;
  return Length::mm(pixel >= kLeastPixel && pixel <= kMostPixel ? pixel : 0.0);
}

}  // namespace dosegate
