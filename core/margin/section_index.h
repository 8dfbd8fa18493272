// The rings of one plane, sorted into bands of v, so that a question about a place meets the edges near it alone.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/rows.h"

namespace dosegate {

// Immutable. It keeps its own copy of the edges. Memory grows with the number of edges, however they run: on average an
// edge stands in few bands. A budget is counted down by the edges that a question looks at.
// Coordinates are mm.
class SectionIndex {
 public:
  struct Edge {
    Eigen::Vector2d from, to;  // `from` lies no higher in v than `to`
  };

  explicit SectionIndex(const std::vector<Ring>& rings);

  bool empty() const { return edges_.empty(); }
  // The lowest and the highest v of all edges; 0 without any.
  double low() const { return low_; }
  double high() const { return high_; }
  // The lowest and the highest v of each ring.
  const std::vector<std::pair<double, double>>& ring_extents() const { return ring_extents_; }

  // Replaces `out` by what the rings cover on the row at v, as rows_of() has it. `crossings` is working memory.
  void row(double v, std::vector<double>& crossings, Row& out, std::int64_t& budget) const;
  // Whether the point is inside by the even-odd rule; a row through a corner is treated as in rows_of().
  bool inside(const Eigen::Vector2d& p, std::int64_t& budget) const;
  // The squared distance to the nearest edge, mm^2, or `most` where that is smaller. One that is no more than `enough`
  // need not be the least, but is that to some edge.
  double nearest2(const Eigen::Vector2d& p, double most, double enough, std::int64_t& budget) const;

  // Band b goes from v = low() + b * band() to the next one. What its edges have in it lies from u_low(b) to u_high(b).
  double band() const { return band_; }
  std::size_t bands() const { return u_low_.size(); }
  double u_low(std::size_t b) const { return u_low_[b]; }
  double u_high(std::size_t b) const { return u_high_[b]; }
  // The band that v lies in, which may be below 0 or not below bands().
  std::ptrdiff_t band_of(double v) const;
  template <typename Visit>
  void each_edge(std::size_t b, const Visit& visit) const {
    for (std::uint32_t k = first_[b]; k < first_[b + 1]; ++k) visit(items_[k], edges_[items_[k]]);
  }
  const std::vector<Edge>& edges() const { return edges_; }

 private:
  std::vector<Edge> edges_;
  std::vector<std::pair<double, double>> ring_extents_;
  double low_ = 0.0, high_ = 0.0, band_ = 1.0;
  std::vector<double> u_low_, u_high_;
  std::vector<std::uint32_t> first_, items_;
};

}  // namespace dosegate
