#include "core/geometry/interpolate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>

#include "core/geometry/between.h"
#include "core/geometry/distance.h"
#include "core/geometry/gap_field.h"
#include "core/geometry/level_set.h"
#include "core/geometry/linked_planes.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// Slabs of at most this thickness, an even number between two planes.
constexpr double kThickest = 0.5;  // mm
constexpr double kFewestHalf = 1.0, kMostHalf = 8.0;
// Grid points to the thickness of a plane's matter, which is 2 area / perimeter: the radius of a disc, the
// width of a band. Marching squares take about 0.7 pitch^2 off each convex ring: 0.02 % of a disc.
constexpr double kFineness = 32.0;
constexpr double kLeastPitch = 0.05, kMostPitch = 1.0;  // mm
// A ragged outline is long for its thickness. Over so many grid squares along it, this fineness will do.
constexpr double kMostSquares = 4000.0, kLeastFineness = 4.0;
// Matter of so few grid points to its thickness is not seen reliably.
constexpr double kUnseen = 2.0;
// A plane with less than this of the largest plane's area is a stray mark or a tip: it does not set the grid of its
// neighbour.
constexpr double kNegligible = 1e-3;
constexpr std::size_t kMostPoints = 8'000'000;
constexpr double kFar = std::numeric_limits<double>::infinity();  // mm
// Of so many pieces that end on one side of a plane each may close by itself; the others share what between.h says.
constexpr std::size_t kMostRoundEnds = 16;

using Flags = PieceFlags;
using enum LinkedPlane::Side;
using Side = LinkedPlane::Side;

class Interpolation {
 public:
  // Of one piece. `room`: how far its ends may reach beyond their planes, below and above, mm.
  Interpolation(const SlabStack& drawn, const std::string& name, std::array<double, 2> room, std::int64_t& budget,
                Workers* workers)
      : drawn_(drawn), name_(name), room_(room), budget_(budget), workers_(workers) {}

  Status prepare() { return planes_.find(drawn_, budget_, workers_); }

  Status run(SlabStack& out) {
    const std::size_t last = planes_.size() - 1;
    if (const Status s = end(0, kBelow, out); !s) return s;
    for (std::size_t i = 0; i < last; ++i) {
      stop_if_cancelled();
      if (const Status s = between(i, out); !s) return s;
      if (i > 0) planes_[i - 1].field = {};
    }
    return end(last, kAbove, out);
  }

  const LinkedPlanes& planes() const { return planes_; }
  std::size_t points() const { return points_; }

 private:
  void stop_if_cancelled() {
    if (workers_ != nullptr && workers_->cancelled()) throw Cancelled{};
  }
  Result<PlaneField> field(std::size_t i, const Flags& chosen) {
    PlaneField f;
    f.at = planes_[i].at;
    const std::vector<Ring> rings = outline(planes_[i].pieces, chosen, workers_);
    if (rings.empty()) return f;
    Result<SectionDistance> d = SectionDistance::make(rings, workers_);
    if (!d) return d.error();
    for (const auto& ring : rings) budget_ -= static_cast<std::int64_t>(ring.size());
    f.distance = std::make_shared<const SectionDistance>(*std::move(d));
    return f;
  }

  // The plane without the pieces that end on that side: ended matter is void there, ended void is matter.
  Result<PlaneField> field(std::size_t i, Side side) {
    LinkedPlane& plane = planes_[i];
    PlaneField& known = plane.field[side];
    if (known.distance) return known;
    if (plane.ends[side] == plane.ends[LinkedPlane::opposite(side)] &&
        plane.field[LinkedPlane::opposite(side)].distance) {
      return known = plane.field[LinkedPlane::opposite(side)];
    }
    Flags chosen(plane.ends[side].size());
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      chosen[k] = plane.pieces.pieces[k].matter != (plane.ends[side][k] != 0) ? 1 : 0;
    }
    Result<PlaneField> made = field(i, chosen);
    if (made) known = *made;
    return made;
  }

  static bool any(const Flags& f) {
    return std::any_of(f.begin(), f.end(), [](char c) { return c != 0; });
  }

  static Flags sum(Flags a, const Flags& b) {
    for (std::size_t k = 0; k < a.size(); ++k) a[k] = static_cast<char>(a[k] | b[k]);
    return a;
  }

  // Caps for the chosen pieces of plane i, which are of one kind and end on that side, half a spacing or `reach` from
  // it.
  Status cap(std::size_t i, Side side, const Flags& chosen, bool matter, double reach, GapField& gap) {
    const Side back = LinkedPlane::opposite(side);
    Flags trend(chosen.size(), 0), straight(chosen.size(), 0), one(chosen.size(), 0);
    std::size_t alone = 0;
    for (std::size_t k = 1; k < chosen.size(); ++k) {
      if (chosen[k] == 0) continue;
      const auto& partners = planes_[i].partners[back][k];
      const bool continues = std::any_of(partners.begin(), partners.end(), [](std::size_t p) { return p != 0; });
      (continues ? trend : straight)[k] = 1;
      if (!continues || ++alone > kMostRoundEnds || !planes_.is_chain(i, back, k)) continue;
      // What has its own tip is closed by itself.
      one[k] = 1;
      GapField ended;
      if (const Status s = cap_trend(i, side, one, matter, reach, ended); !s) return s;
      if (round(i, back, k, reach, ended.caps.front())) {
        gap.caps.insert(gap.caps.end(), ended.caps.begin(), ended.caps.end());
        trend[k] = 0;
      }
      one[k] = 0;
    }
    if (any(trend)) {
      if (const Status s = cap_trend(i, side, trend, matter, reach, gap); !s) return s;
    }
    return any(straight) ? add(i, straight, matter, reach, gap) : ok();
  }

  // Caps for pieces that continue others on the plane before; that of what was there comes first.
  Status cap_trend(std::size_t i, Side side, const Flags& trend, bool matter, double reach, GapField& gap) {
    // A hole that is in only one of the planes says nothing about the trend: it is filled, and taken out again.
    const Side back = LinkedPlane::opposite(side);
    const std::size_t j = planes_.next(i, back);
    const Flags before = planes_.continued(i, back, trend), begun = planes_.begun_inside(i, back, trend);
    const Flags earlier = planes_.continued(j, back, before);
    if (const Status s = add(i, sum(trend, begun), matter, reach, gap); !s) return s;
    Cap& c = gap.caps.back();
    Result<PlaneField> f = field(j, sum(before, planes_.begun_inside(j, side, before)));
    if (!f) return f.error();
    c.before = *std::move(f);
    if (any(earlier)) {
      f = field(planes_.next(j, back), earlier);
      if (!f) return f.error();
      c.earlier = *std::move(f);
    }
    return any(begun) ? add(i, begun, !matter, reach, gap) : ok();
  }

  // Makes the cap of piece k of plane i a round end, where it is one. Precondition: planes_.is_chain().
  bool round(std::size_t i, Side back, std::size_t k, double half_spacing, Cap& c) {
    if (!c.earlier.distance) return false;
    const std::size_t j = planes_.next(i, back), before = planes_.only_partner(i, back, k),
                      earlier = planes_.only_partner(j, back, before);
    RoundEnd::Measures all;
    const std::tuple<const PlaneField*, std::size_t, std::size_t> planes[] = {
        {&c.own, i, k}, {&c.before, j, before}, {&c.earlier, planes_.next(j, back), earlier}};
    for (std::size_t n = 0; n < 3; ++n) {
      const auto& [plane, number, piece] = planes[n];
      const Eigen::AlignedBox2d& box = planes_[number].pieces.pieces[piece].box;
      all.length[n] = box.sizes().x();
      all.breadth[n] = box.sizes().y();
      all.half_width[n] = half_width(*plane->distance, box, budget_);
      if (n == 1 && !(all.half_width[0] < all.half_width[1])) return false;
    }
    c.round =
        RoundEnd::make(all, std::abs(c.own.at - c.before.at), std::abs(c.before.at - c.earlier.at), 2.0 * half_spacing);
    if (c.round) c.reach = c.round->reach();
    return c.round.has_value();
  }

  Status add(std::size_t i, const Flags& chosen, bool matter, double reach, GapField& gap) {
    Result<PlaneField> own = field(i, chosen);
    if (!own) return own.error();
    Cap c;
    c.own = *std::move(own);
    c.reach = reach;
    c.matter = matter;
    gap.caps.push_back(std::move(c));
    return ok();
  }

  Status end(std::size_t i, Side side, SlabStack& out) {
    const Slab& slab = drawn_.slabs[i];
    double reach = side == kBelow ? slab.at - slab.lo : slab.hi - slab.at;
    GapField gap;
    const Flags everything(planes_[i].pieces.pieces.size(), 1);
    if (const Status s = cap(i, side, planes_.of_kind(i, everything, true), true, reach, gap); !s) return s;
    if (!gap.caps.empty()) {
      reach = 0.0;
      for (const Cap& c : gap.caps) reach = std::max(reach, c.reach);
    }
    reach = std::min(reach, room_[side]);
    const double lo = side == kBelow ? slab.at - reach : slab.at, hi = side == kBelow ? slab.at : slab.at + reach;
    return cut(gap, lo, hi, {i, i}, half_count(reach), out);
  }

  Status between(std::size_t i, SlabStack& out) {
    GapField gap;
    for (const auto& [plane, side, where] : {std::tuple{i, kAbove, &gap.a}, std::tuple{i + 1, kBelow, &gap.b}}) {
      Result<PlaneField> f = field(plane, side);
      if (!f) return f.error();
      *where = *std::move(f);
    }
    if (i > 0) {
      Result<PlaneField> f = field(i - 1, kAbove);
      if (!f) return f.error();
      gap.before = *std::move(f);
    }
    if (i + 2 < planes_.size()) {
      Result<PlaneField> f = field(i + 2, kBelow);
      if (!f) return f.error();
      gap.after = *std::move(f);
    }
    const double lo = planes_[i].at, hi = planes_[i + 1].at, reach = 0.5 * (hi - lo);
    for (const bool matter : {true, false}) {
      for (const Side side : {kAbove, kBelow}) {
        const std::size_t k = side == kAbove ? i : i + 1;
        if (const Status s = cap(k, side, planes_.of_kind(k, planes_[k].ends[side], matter), matter, reach, gap); !s)
          return s;
      }
    }
    return cut(gap, lo, hi, {i, i + 1}, 2 * half_count(reach), out);
  }

  // Slabs to half a spacing.
  static std::size_t half_count(double half_spacing) {
    return static_cast<std::size_t>(std::clamp(std::ceil(half_spacing / kThickest), kFewestHalf, kMostHalf));
  }

  Result<double> pitch_beside(std::pair<std::size_t, std::size_t> planes) const {
    double pitch = kMostPitch, pitch_of_small = kMostPitch;
    bool small_alone = true;
    for (const std::size_t i : {planes.first, planes.second}) {
      const Lobes& p = planes_[i].pieces;
      if (p.rings.empty()) continue;
      const double thickness = 2.0 * p.area / p.perimeter;
      const double coarser = std::min(p.perimeter / kMostSquares, thickness / kLeastFineness);
      const double wanted = std::max(thickness / kFineness, coarser);
      if (p.area < kNegligible * planes_.largest_area()) {
        pitch_of_small = std::min(pitch_of_small, wanted);
        continue;
      }
      if (thickness < kUnseen * kLeastPitch) {
        return Error{ErrorCode::kNotEvaluable, "",
                     quoted(name_) + " is too thin to be interpolated between planes: " + fixed(thickness, 4) +
                         " mm at " + fixed(planes_[i].at, 1) + " mm."};
      }
      small_alone = false;
      pitch = std::min(pitch, wanted);
    }
    return std::max(small_alone ? pitch_of_small : pitch, kLeastPitch);
  }

  // Adds `count` slabs from lo to hi. `beside`: the planes they lie between.
  Status cut(const GapField& gap, double lo, double hi, std::pair<std::size_t, std::size_t> beside, std::size_t count,
             SlabStack& out) {
    const double height = (hi - lo) / static_cast<double>(count);
    std::vector<double> heights(count);
    for (std::size_t k = 0; k < count; ++k) heights[k] = lo + height * (static_cast<double>(k) + 0.5);

    Eigen::AlignedBox2d box;
    for (const std::size_t i : {beside.first, beside.second}) {
      for (const auto& piece : planes_[i].pieces.pieces) box.extend(piece.box);
    }
    const Result<double> chosen = pitch_beside(beside);
    if (!chosen) return chosen.error();
    const double pitch = *chosen;
    if (!box.isEmpty()) {
      const double margin = kMostWidening * (hi - lo) + 2.0 * pitch;
      box.min().array() -= margin;
      box.max().array() += margin;
    }
    const Fields fields = fields_at(gap, heights, pitch, budget_);
    Result<std::vector<std::vector<Ring>>> rings =
        level_sets(fields, box, pitch, kMostPoints - points_, budget_, workers_);
    if (!rings) return rings.error();
    for (std::size_t k = 0; k < count; ++k) {
      for (const auto& ring : (*rings)[k]) points_ += ring.size();
      Slab slab;
      slab.lo = k == 0 ? lo : out.slabs.back().hi;
      slab.hi = k + 1 == count ? hi : lo + height * static_cast<double>(k + 1);
      slab.include = std::make_shared<const std::vector<Ring>>(std::move((*rings)[k]));
      slab.at = heights[k];
      out.slabs.push_back(std::move(slab));
    }
    return ok();
  }

  const SlabStack& drawn_;
  const std::string& name_;
  const std::array<double, 2> room_;
  std::int64_t& budget_;
  Workers* workers_;
  LinkedPlanes planes_;
  std::size_t points_ = 0;  // made so far
};

}  // namespace

Result<SlabStack> interpolate(const SlabStack& drawn, const std::string& name, std::int64_t& budget, Workers* workers) {
  const auto unusable = [](const std::string& why) { return Error{ErrorCode::kInvalidArgument, "", why}; };
  if (drawn.slabs.empty()) return unusable("Interpolation needs a plane.");
  for (std::size_t i = 0; i < drawn.slabs.size(); ++i) {
    if (!drawn.slabs[i].exclude.empty()) return unusable("Interpolation comes before subtraction.");
    if (i > 0 && !(drawn.slabs[i - 1].at < drawn.slabs[i].at)) return unusable("Planes must ascend.");
  }
  SlabStack out;
  out.frame = drawn.frame;
  out.axis = drawn.axis;
  out.off = drawn.off;
  out.notes = drawn.notes;
  std::size_t apart = 0, points = 0;
  std::pair<double, double> first_apart;
  for (std::size_t first = 0, end = 0; first < drawn.slabs.size(); first = end) {
    for (end = first + 1; end < drawn.slabs.size() && drawn.slabs[end].lo == drawn.slabs[end - 1].hi;) ++end;
    SlabStack piece;
    piece.frame = drawn.frame;
    piece.axis = drawn.axis;
    piece.slabs.assign(drawn.slabs.begin() + static_cast<std::ptrdiff_t>(first),
                       drawn.slabs.begin() + static_cast<std::ptrdiff_t>(end));
    if (piece.slabs.size() == 1) {  // no other plane says how its outline goes on
      out.slabs.push_back(piece.slabs.front());
      continue;
    }
    // A round end may reach beyond half a slice, but not into what another piece has.
    const double below = first > 0 ? 0.5 * (drawn.slabs[first].at - drawn.slabs[first - 1].at) : kFar;
    const double above = end < drawn.slabs.size() ? 0.5 * (drawn.slabs[end].at - drawn.slabs[end - 1].at) : kFar;
    Interpolation work(piece, name, {below, above}, budget, workers);
    if (const Status s = work.prepare(); !s) return s.error();
    if (const Status s = work.run(out); !s) return s.error();
    if (apart == 0) first_apart = work.planes().first_apart();
    apart += work.planes().apart();
    points += work.points();
    if (points > kMostPoints) {
      return Error{ErrorCode::kLimitExceeded, "", quoted(name) + " is too complex to be interpolated between planes."};
    }
  }
  if (apart > 0) {
    const auto [lo, hi] = first_apart;
    out.notes.push_back(say<Said::kPlanesDoNotOverlap>(name, apart, number(lo, 1, "mm"), number(hi, 1, "mm")));
  }
  return out;
}

}  // namespace dosegate
