#include "core/margin/shortfall.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dosegate {
namespace {

constexpr double kNothing = 1e-6;  // mm; the rounding of contours
constexpr double kSamples = 2.0;   // mm between the places looked at inside a row's piece
constexpr double kMostSamples = 64.0;
constexpr double kGradient = 1e-4;  // mm

// Calls look(u) for both ends of a piece and places between.
template <typename Look>
void sample(const Stretch& piece, const Look& look) {
  const double parts = std::clamp(std::ceil((piece.hi - piece.lo) / kSamples), 2.0, kMostSamples);
  look(piece.lo);
  look(piece.hi);
  for (double k = 1.0; k < parts; ++k) look(piece.lo + (piece.hi - piece.lo) * (k / parts));
}

}  // namespace

void Worst::take(const Worst& other) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (other.of[kind].found && (!of[kind].found || other.of[kind].rank > of[kind].rank)) of[kind] = other.of[kind];
  }
}

Result<Shortfall> Shortfall::make(const SlabStack& to, Length tolerance, Length spacing_tolerance) {
  Shortfall out(to, tolerance.in_mm(), spacing_tolerance.in_mm());
  for (const Slab& slab : to.slabs) {
    Result<SectionDistance> section = SectionDistance::make(*slab.include);
    if (!section) return section.error();
    out.sections_.push_back(*std::move(section));
  }
  return out;
}

double Shortfall::distance(const Eigen::Vector3d& p, double enough, std::int64_t& budget) const {
  const auto& slabs = to_->slabs;
  double best = std::numeric_limits<double>::infinity();
  const auto meet = [&](std::size_t n) {
    const double dz = std::max({0.0, slabs[n].lo - p.z(), p.z() - slabs[n].hi});
    if (dz >= best) return false;
    best = std::min(best, std::hypot(dz, std::max(0.0, sections_[n].at({p.x(), p.y()}, budget))));
    return best > enough;
  };
  // Outwards from where the point is.
  const auto middle =
      std::lower_bound(slabs.begin(), slabs.end(), p.z(), [](const Slab& slab, double z) { return slab.hi < z; });
  const auto start = static_cast<std::size_t>(middle - slabs.begin());
  for (std::size_t n = start; n < slabs.size() && meet(n); ++n) {
  }
  for (std::size_t n = start; n > 0 && best > enough && meet(n - 1); --n) {
  }
  return best;
}

Eigen::Vector3d Shortfall::away(const Eigen::Vector3d& p) const {
  std::int64_t budget = 0;
  Eigen::Vector3d d;
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d step = kGradient * Eigen::Vector3d::Unit(axis);
    d[axis] = distance(p + step, 0.0, budget) - distance(p - step, 0.0, budget);
  }
  return d.norm() > 0.0 ? Eigen::Vector3d(d.normalized()) : d;
}

void Shortfall::look(const Expansion& from, const Eigen::Vector3d& p, bool explained, Worst& worst,
                     std::int64_t& budget) const {
  Worst::Found& all = worst.of[Worst::kShort];
  Worst::Found& beyond = worst.of[Worst::kBeyond];
  Worst::Found& open = worst.of[Worst::kUnexplained];
  const double worst_beyond = explained ? beyond.rank : std::min(beyond.rank, open.rank);
  const double d = distance(p, std::max(kNothing, std::min(all.rank, tolerance_ + worst_beyond)), budget);
  if (d > std::max(kNothing, all.rank)) all = {true, d, d, p, {0, 0, 0}};
  if (d <= std::max(kNothing, tolerance_ + worst_beyond)) return;
  const Expansion::Nearest nearest = from.nearest(p, budget);
  const double length = nearest.towards.norm();
  const double slack = length > 0.0 ? spacing_ * std::abs(nearest.towards.z()) / length : 0.0;
  const double rank = d - tolerance_ - slack;
  if (rank > beyond.rank) beyond = {true, rank, d, p, {0, 0, 0}};
  if (!explained && rank > open.rank) open = {true, rank, d, p, {0, 0, 0}};
}

void Shortfall::search(const Expansion& from, const Row& missing, const Row& unexplained, double v, double z,
                       Worst& worst, std::int64_t& budget) const {
  const auto same = [](const Stretch& a, const Stretch& b) { return a.lo == b.lo && a.hi == b.hi; };
  const bool nothing_explained =
      std::equal(missing.begin(), missing.end(), unexplained.begin(), unexplained.end(), same);
  for (const Stretch& piece : missing) {
    if (nothing_explained) break;  // the loop below looks at all of it
    if (piece.hi - piece.lo <= kNothing) continue;
    sample(piece, [&](double u) { look(from, {u, v, z}, true, worst, budget); });
  }
  for (const Stretch& piece : unexplained) {
    if (piece.hi - piece.lo <= kNothing) continue;
    sample(piece, [&](double u) { look(from, {u, v, z}, false, worst, budget); });
  }
}

void Shortfall::search_excess(const Expansion& from, const Row& excess, double v, double z, Worst& worst,
                              std::int64_t& budget) const {
  Worst::Found& best = worst.of[Worst::kExcess];
  for (const Stretch& piece : excess) {
    if (piece.hi - piece.lo <= kNothing) continue;
    for (const double u : {piece.lo, piece.hi}) {
      const Eigen::Vector3d p(u, v, z);
      const Expansion::Nearest n = from.nearest(p, budget);
      if (!(n.gauge > 1.0)) continue;
      // Without any margin the gauge is no length; the whole way counts then.
      const double far = n.towards.norm();
      const double off = far * (1.0 - 1.0 / n.gauge);
      if (off > std::max(kNothing, best.rank)) best = {true, off, off, p, n.towards / far};
    }
  }
}

Place Shortfall::place(const Worst::Found& found) const {
  const Eigen::Vector3d d = found.direction.isZero() ? away(found.at) : found.direction;
  const auto to_patient = [&](const Eigen::Vector3d& in) {
    Eigen::Vector3d out;
    out[to_->u_axis()] = in.x();
    out[to_->v_axis()] = in.y();
    out[to_->axis] = in.z();
    return out;
  };
  return {Length::mm(found.off), to_patient(found.at), to_patient(d)};
}

}  // namespace dosegate
