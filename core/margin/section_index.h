// The rings of one plane, sorted into bands of v, so that a question about a place meets the edges near it alone.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/geometry/stack.h"
#include "core/margin/rows.h"

namespace dosegate {

// Immutable; its own copy of the edges. Memory grows with the number of edges, however they run: an edge stands in few
// bands on average. A budget is counted down by the edges looked at.
class SectionIndex {
 public:
  struct Edge {
    Eigen::Vector2d from, to;  // from lies no higher
  };

  explicit SectionIndex(const std::vector<Ring>& rings);

  bool empty() const { return edges_.empty(); }
  double low() const { return low_; }  // of v, mm
  double high() const { return high_; }
  // Lowest and highest v of each ring, mm.
  const std::vector<std::pair<double, double>>& ring_extents() const { return ring_extents_; }

  // What the rings cover on a row, by even-odd, as rows_of() has it. `crossings` is working memory.
  void row(double v, std::vector<double>& crossings, Row& out, std::int64_t& budget) const;
  // Every point on an edge's lower end is as on its left.
  bool inside(const Eigen::Vector2d& p, std::int64_t& budget) const;
  // The squared distance to the nearest edge, mm^2; where that is not below `most`: `most`.
  double nearest2(const Eigen::Vector2d& p, double most, std::int64_t& budget) const;

  // Band b holds the edges of v from low() + b * band() on. Its u_low to u_high hold what its edges have in it.
  double band() const { return band_; }
  std::size_t bands() const { return u_low_.size(); }
  double u_low(std::size_t b) const { return u_low_[b]; }
  double u_high(std::size_t b) const { return u_high_[b]; }
  // May lie outside of them.
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
