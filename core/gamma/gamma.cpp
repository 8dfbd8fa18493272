#include "core/gamma/gamma.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/gamma/batch_fill.h"
#include "core/gamma/comparable.h"
#include "core/gamma/far_search.h"
#include "core/gamma/field.h"
#include "core/gamma/inside_mask.h"
#include "core/gamma/reference_points.h"
#include "core/gamma/rounded.h"
#include "core/gamma/search.h"
#include "core/gamma/statistics.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using gamma::Bounds;
using gamma::CellRange;
using gamma::Compared;
using gamma::Field;
using gamma::LeftOut;
using gamma::Place;
using gamma::ReferencePoints;
using gamma::Search;
using gamma::SearchFor;
using gamma::Tally;

constexpr std::size_t kChunk = 4096;           // reference points a task
constexpr double kToDecide = 1e-6;             // tolerance where a gamma is hard to tell from 1
constexpr double kReach = 2.0;                 // cells nearer than this many distance criteria are looked at directly
constexpr std::uint32_t kMostReachCells = 12;  // but no more than this many on each side

using Mask = std::vector<std::uint8_t>;  // by number of the reference point: not 0 where it lies in the ROI

// Whether any of so many doses is at least the threshold. They are not negative: their bits are in their order.
constexpr std::size_t kBlock = 64;
bool reaches(const float* doses, float threshold) {
  const auto bits = std::bit_cast<std::int32_t>(threshold);
  std::int32_t above = 0;
  for (std::size_t n = 0; n < kBlock; ++n) above |= bits - 1 < std::bit_cast<std::int32_t>(doses[n]) ? -1 : 0;
  return above != 0;
}

struct Chunk {
  std::vector<Compared> points;
  std::vector<std::uint32_t> far;  // numbers of `points`
  std::array<std::uint32_t, 3> first_cell{}, last_cell{};
  LeftOut left_out;
};

class Comparison {
 public:
  // `begun`: with what is known before. `shift_gy`: by which doses may be off where they are said to be.
  Comparison(const GammaReference& reference, const DoseGrid& evaluated, const GammaCriteria& criteria,
             std::span<const GammaRoi> rois, const Host& host, GammaAnswer begun, double shift_gy)
      : reference_(reference),
        criteria_(criteria),
        rois_(rois),
        host_(host),
        field_(evaluated, criteria.distance),
        points_(reference, evaluated, field_),
        filler_(points_, field_),
        out_(std::move(begun)),
        shift_gy_(shift_gy) {}

  GammaAnswer answer(GammaMap map);

 private:
  void normalise();
  void collect(std::size_t chunk, const Mask* mask);
  bool has_points() const;
  void say_why_there_are_none();
  CellRange range_around() const;
  double per_dose(double gy) const {
    return out_.dose_difference ? 1.0 / out_.dose_difference->in_gy() : 100.0 / (criteria_.dose_percent * gy);
  }
  void set(Compared& c, const Bounds& b, double gy, double per_dose) const;
  void search(std::size_t chunk, CancelPoint& cancel_point);
  void search_far(std::size_t chunk, const gamma::BlockTree& tree, CancelPoint& cancel_point);
  void mark(const GammaRoi& roi, Mask& mask) const;
  GammaStatistics count() const;
  GammaStatistics count(const Mask& mask) const;
  // `f` counts one chunk into a tally.
  template <typename F>
  GammaStatistics counted(const F& f) const;
  template <typename F>
  void in_parallel(std::size_t count, const F& f) const {
    if (!parallel_for(host_, count, f)) throw Cancelled{};
  }

  const GammaReference reference_;
  const GammaCriteria& criteria_;
  const std::span<const GammaRoi> rois_;
  const Host& host_;
  Field field_;
  const ReferencePoints points_;
  const gamma::BatchFiller filler_;
  GammaAnswer out_;
  float threshold_ = 0.0F;  // the least single-precision dose that is compared
  const double shift_gy_;
  std::vector<Chunk> chunks_;
};

// What percentages are of, and the cut.
void Comparison::normalise() {
  out_.normalisation = criteria_.dose.value_or(out_.reference_maximum);
  if (criteria_.normalise != GammaNormalise::kLocal) {
    out_.dose_difference = Dose::gy(criteria_.dose_percent * out_.normalisation.in_gy() / 100.0);
  }
  out_.cutoff = Dose::gy(criteria_.cutoff_percent * criteria_.cut_of.value_or(out_.normalisation).in_gy() / 100.0);
  threshold_ = gamma::rounded_up(out_.cutoff.in_gy());
  if (criteria_.normalise == GammaNormalise::kLocal && threshold_ <= 0.0F) {
    threshold_ = std::numeric_limits<float>::min();  // 0 Gy has no percentage
  }
}

// Which points of the chunk are compared.
void Comparison::collect(std::size_t chunk, const Mask* mask) {
  Chunk& out = chunks_[chunk];
  out.first_cell.fill(std::numeric_limits<std::uint32_t>::max());
  const std::size_t end = std::min((chunk + 1) * kChunk, points_.size());
  const float* const doses = points_.doses();
  std::array<std::uint32_t, kChunk> found;
  std::size_t count = 0;
  ReferencePoints::Cursor cursor(points_, chunk * kChunk);
  for (std::size_t first = chunk * kChunk; first < end;) {
    std::size_t last = std::min(first + kBlock, end);
    if (mask == nullptr && last - first == kBlock && !reaches(doses + first, threshold_)) {
      out.left_out.below_cutoff += last - first;
      first = last;
      continue;
    }
    // Those of one row lie side by side: one look at where they lie.
    const ReferencePoints::Row row = cursor.row_of(first);
    last = std::min(last, row.end);
    const std::size_t before = count;
    std::size_t asked_for = 0, enough = 0;
    const auto take = [&](const auto& is_in_roi) {
      for (std::size_t n = first; n < last; ++n) {
        const bool is_asked_for = is_in_roi(n), is_enough = is_asked_for && doses[n] >= threshold_;
        asked_for += is_asked_for ? 1 : 0;
        enough += is_enough ? 1 : 0;
        found[count] = static_cast<std::uint32_t>(n);
        count += is_enough && n >= row.inside_begin && n < row.inside_end ? 1 : 0;
      }
    };
    if (mask != nullptr) {
      take([&](std::size_t n) { return (*mask)[n] != 0; });
    } else {
      take([](std::size_t) { return true; });
    }
    out.left_out.not_in_roi += last - first - asked_for;
    out.left_out.below_cutoff += asked_for - enough;
    out.left_out.outside += enough - (count - before);
    first = last;
    if (count == before) continue;
    for (const std::uint32_t n : {found[before], found[count - 1]}) {  // along a row cells rise
      const Place place = *cursor.place_of(n);
      for (std::size_t a = 0; a < 3; ++a) {
        out.first_cell[a] = std::min(out.first_cell[a], place.cell[a]);
        out.last_cell[a] = std::max(out.last_cell[a], place.cell[a]);
      }
    }
  }
  out.points.reserve(count);
  for (std::size_t n = 0; n < count; ++n) out.points.push_back({found[n], 0.0F, 0.0F, 0.0F, false});
}

bool Comparison::has_points() const {
  return std::any_of(chunks_.begin(), chunks_.end(), [](const Chunk& c) { return !c.points.empty(); });
}

void Comparison::say_why_there_are_none() {
  if (out_.all.outside > 0) {
    out_.problem =
        "The two doses do not overlap: no reference point above the low-dose cut lies in the evaluated dose grid.";
    out_.hint = "Check positions and frames of reference of both.";
  } else if (out_.all.below_cutoff > 0) {
    out_.problem = "No reference point has the dose of the low-dose cut, " + fixed(out_.cutoff.in_gy(), 3) + " Gy.";
    out_.hint = "Check the doses' units and scaling, the normalisation and the cut.";
  } else {
    out_.problem = "No reference point lies in the ROI.";
    out_.hint = "Check that the structure and the reference dose belong together.";
  }
}

CellRange Comparison::range_around() const {
  CellRange range;
  for (std::size_t a = 0; a < 3; ++a) {
    std::uint32_t first = field_.cells(a), last = 0;
    for (const Chunk& c : chunks_) {
      if (c.points.empty()) continue;
      first = std::min(first, c.first_cell[a]);
      last = std::max(last, c.last_cell[a]);
    }
    const double* at = field_.nodes(a);
    const double low = at[first] - kReach, high = at[last + 1] + kReach;
    std::uint32_t n = 0;
    for (; n < kMostReachCells && first > 0 && at[first] > low; ++n) --first;
    for (n = 0; n < kMostReachCells && last + 1 < field_.cells(a) && at[last + 1] < high; ++n) ++last;
    range.begin[a] = first;
    range.end[a] = last + 1;
  }
  return range;
}

// With what the precision and the placement of doses leave open.
void Comparison::set(Compared& c, const Bounds& b, double gy, double per_dose) const {
  const double open = gamma::left_open(b.upper, gy, per_dose, shift_gy_);
  c.gamma = static_cast<float>(b.upper);
  c.lower = gamma::rounded_down(std::max(b.lower - open, 0.0));
  c.upper = gamma::rounded_up(b.upper + open);
  c.passes = b.upper - open <= 1.0;  // one that is 1 but for the precision of the doses, too
}

void Comparison::search(std::size_t chunk, CancelPoint& cancel_point) {
  const SearchFor what = criteria_.pass_fail_only ? SearchFor::kPassFail : SearchFor::kValue;
  Search search(field_, criteria_.interpolate, what, kGammaTolerance, cancel_point);
  Search closer(field_, criteria_.interpolate, what, kToDecide, cancel_point);
  Chunk& result = chunks_[chunk];
  ReferencePoints::Cursor cursor(points_, chunk * kChunk);
  const bool in_batches = criteria_.interpolate == GammaInterpolate::kTrilinear && filler_.is_possible();
  const gamma::BatchAsk ask{out_.evaluated_maximum.in_gy(), shift_gy_, kGammaTolerance, criteria_.pass_fail_only};
  gamma::BatchFiller::Lanes lanes;
  gamma::Batch& batch = lanes.batch;
  std::fill_n(batch.done, gamma::kLanes, 0);
  for (std::size_t first = 0; first < result.points.size(); first += gamma::kLanes) {
    const std::span<Compared> points(result.points.data() + first,
                                     std::min(gamma::kLanes, result.points.size() - first));
    cancel_point.step(8 * points.size());
    for (std::size_t n = 0; n < gamma::kLanes; ++n) {
      batch.dose[n] = static_cast<double>(points_.doses()[points[std::min(n, points.size() - 1)].index]);
      batch.per_dose[n] = per_dose(batch.dose[n]);
    }
    if (in_batches) {
      filler_.fill(points, lanes);
      look_at_batch(ask, batch);
    }
    for (std::size_t n = 0; n < points.size(); ++n) {
      Compared& point = points[n];
      if (batch.done[n] != 0) {
        point = {point.index, batch.gamma[n], batch.lower[n], batch.upper[n], batch.passes[n] != 0};
        continue;
      }
      const double gy = batch.dose[n], per = batch.per_dose[n];
      const Place place = *cursor.place_of(point.index);
      Bounds bounds;
      Search::Outcome outcome = search.run(place, gy, per, bounds);
      if (outcome == Search::Outcome::kFound && bounds.lower <= 1.0 && bounds.upper > 1.0) {
        outcome = closer.run(place, gy, per, bounds);
      }
      if (outcome == Search::Outcome::kTooFar) result.far.push_back(static_cast<std::uint32_t>(first + n));
      set(point, bounds, gy, per);
    }
  }
}

void Comparison::search_far(std::size_t chunk, const gamma::BlockTree& tree, CancelPoint& cancel_point) {
  const SearchFor what = criteria_.pass_fail_only ? SearchFor::kPassFail : SearchFor::kValue;
  Search search(field_, criteria_.interpolate, what, kGammaTolerance, cancel_point);
  Search closer(field_, criteria_.interpolate, what, kToDecide, cancel_point);
  ReferencePoints::Cursor cursor(points_, chunk * kChunk);
  for (const std::uint32_t n : chunks_[chunk].far) {
    Compared& point = chunks_[chunk].points[n];
    const double gy = static_cast<double>(points_.doses()[point.index]), per = per_dose(gy);
    const Place place = *cursor.place_of(point.index);
    Bounds bounds = search.run_far(place, gy, per, tree);
    if (bounds.lower <= 1.0 && bounds.upper > 1.0) bounds = closer.run_far(place, gy, per, tree);
    set(point, bounds, gy, per);
  }
}

void Comparison::mark(const GammaRoi& roi, Mask& mask) const {
  const bool done = reference_.grid != nullptr ? gamma::mark_inside(roi.stack, reference_.grid->axes(), host_, mask)
                                               : gamma::mark_inside(roi.stack, reference_.points->at_mm, host_, mask);
  if (!done) throw Cancelled{};
}

template <typename F>
GammaStatistics Comparison::counted(const F& f) const {
  std::vector<Tally> tallies(chunks_.size(), Tally(points_, criteria_.pass_fail_only));
  in_parallel(chunks_.size(), [&](std::size_t chunk) { f(chunk, tallies[chunk]); });
  Tally sum(points_, criteria_.pass_fail_only);
  for (const Tally& tally : tallies) sum.add(tally);
  return sum.statistics();
}

GammaStatistics Comparison::count() const {
  return counted([&](std::size_t chunk, Tally& tally) {
    for (const Compared& c : chunks_[chunk].points) tally.add(c);
    tally.add(chunks_[chunk].left_out);
  });
}

GammaStatistics Comparison::count(const Mask& mask) const {
  return counted([&](std::size_t chunk, Tally& tally) {
    for (const Compared& c : chunks_[chunk].points) {
      if (mask[c.index] != 0) tally.add(c);
    }
    LeftOut left_out;
    ReferencePoints::Cursor cursor(points_, chunk * kChunk);
    for (std::size_t n = chunk * kChunk; n < std::min((chunk + 1) * kChunk, points_.size()); ++n) {
      if (mask[n] == 0) {
        ++left_out.not_in_roi;
      } else if (!(points_.doses()[n] >= threshold_)) {
        ++left_out.below_cutoff;
      } else if (!cursor.place_of(n)) {
        ++left_out.outside;
      }
    }
    tally.add(left_out);
  });
}

GammaAnswer Comparison::answer(GammaMap map) {
  normalise();
  Mask in_any;
  if (!rois_.empty()) {
    in_any.assign(points_.size(), 0);
    for (const GammaRoi& roi : rois_) mark(roi, in_any);
  }
  const std::size_t chunks = (points_.size() + kChunk - 1) / kChunk;
  chunks_.resize(chunks);
  in_parallel(chunks, [&](std::size_t n) { collect(n, rois_.empty() ? nullptr : &in_any); });
  if (!has_points()) {
    out_.all = count();
    say_why_there_are_none();
    return std::move(out_);
  }
  if (!field_.prepare(range_around(), host_)) throw Cancelled{};
  in_parallel(chunks, [&](std::size_t n) {
    CancelPoint cancel_point(host_.workers);
    search(n, cancel_point);
  });
  if (std::any_of(chunks_.begin(), chunks_.end(), [](const Chunk& c) { return !c.far.empty(); })) {
    const gamma::BlockTree tree(field_, host_);
    if (!tree.is_complete()) throw Cancelled{};
    in_parallel(chunks, [&](std::size_t n) {
      CancelPoint cancel_point(host_.workers);
      search_far(n, tree, cancel_point);
    });
  }
  out_.all = count();
  for (const GammaRoi& roi : rois_) {
    Mask mask(points_.size(), 0);
    mark(roi, mask);
    out_.rois.push_back({roi.name, roi.roi_number, count(mask)});
  }
  if (map == GammaMap::kFilled && !criteria_.pass_fail_only) {
    out_.map.assign(points_.size(), std::numeric_limits<float>::quiet_NaN());
    for (const Chunk& chunk : chunks_) {
      for (const Compared& c : chunk.points) out_.map[c.index] = c.gamma;
    }
  }
  return std::move(out_);
}

}  // namespace

Result<GammaAnswer> compute_gamma(const GammaReference& reference, const DoseGrid& evaluated,
                                  const GammaCriteria& criteria, std::span<const GammaRoi> rois, const Host& asked,
                                  GammaMap map) {
  if (const Status status = check_criteria(criteria); !status) return status.error();
  // Inside a larger calculation its threads are used.
  std::optional<Workers> own;
  Host host = asked;
  if (host.workers == nullptr) host.workers = &own.emplace(asked);
  GammaAnswer begun;
  begun.reference_maximum = gamma::largest(reference);
  begun.evaluated_maximum = evaluated.maximum();
  gamma::Comparable comparable = gamma::comparable(reference, evaluated, criteria, rois);
  begun.notes = std::move(comparable.notes);
  if (!comparable.problem.empty()) {
    begun.problem = std::move(comparable.problem);
    begun.hint = std::move(comparable.hint);
    return begun;
  }
  double shift_gy = comparable.shift.in_gy() + evaluated.misplaced().in_gy();
  if (reference.grid != nullptr) shift_gy += reference.grid->misplaced().in_gy();
  try {
    return Comparison(reference, evaluated, criteria, rois, host, std::move(begun), shift_gy).answer(map);
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
}

}  // namespace dosegate
