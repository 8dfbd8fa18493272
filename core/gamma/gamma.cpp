#include "core/gamma/gamma.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/gamma/far_search.h"
#include "core/gamma/field.h"
#include "core/gamma/inside_mask.h"
#include "core/gamma/search.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using gamma::Bounds;
using gamma::CellRange;
using gamma::Field;
using gamma::Place;
using gamma::Search;
using gamma::SearchFor;

constexpr std::size_t kChunk = 4096;           // reference points a task
constexpr double kSingle = 0x1p-24;            // relative precision of a stored dose
constexpr double kToDecide = 1e-6;             // tolerance where a gamma is hard to tell from 1
constexpr double kReach = 2.0;                 // cells nearer than this many distance criteria are looked at directly
constexpr std::uint32_t kMostReachCells = 12;  // but no more than this many on each side

// Of one reference point that was compared.
struct Compared {
  std::uint32_t index;
  float gamma, lower, upper;
  bool passes;
};

// Whether any of so many doses is at least the threshold. They are not negative: their bits are in their order.
constexpr std::size_t kBlock = 64;
bool reaches(const float* doses, float threshold) {
  const auto bits = std::bit_cast<std::int32_t>(threshold);
  std::int32_t above = 0;
  for (std::size_t n = 0; n < kBlock; ++n) above |= bits - 1 < std::bit_cast<std::int32_t>(doses[n]) ? -1 : 0;
  return above != 0;
}

struct ChunkResult {
  std::vector<Compared> points;
  std::vector<std::uint32_t> far;  // numbers of `points`
  std::array<std::uint32_t, 3> first_cell{}, last_cell{};
  std::uint64_t not_in_roi = 0, below_cutoff = 0, outside = 0;
};

float rounded_down(double x) {
  const auto f = static_cast<float>(x);
  return static_cast<double>(f) > x ? std::nextafter(f, 0.0F) : f;
}
float rounded_up(double x) {
  const auto f = static_cast<float>(x);
  return static_cast<double>(f) < x ? std::nextafter(f, std::numeric_limits<float>::infinity()) : f;
}

class Comparison {
 public:
  Comparison(const GammaReference& reference, const DoseGrid& evaluated, const GammaCriteria& criteria,
             std::span<const GammaRoi> rois, const Host& host)
      : reference_(reference), evaluated_(evaluated), criteria_(criteria), rois_(rois), host_(host) {}

  GammaAnswer answer(GammaMap map);

 private:
  bool find_problem();
  bool is_turned_otherwise();
  bool fail(std::string problem, std::string hint) {
    out_.problem = std::move(problem);
    out_.hint = std::move(hint);
    return true;
  }
  float dose(std::size_t n) const {
    return reference_.grid != nullptr ? reference_.grid->values()[n] : reference_.points->gy[n];
  }
  void lay_out_axes(const Field& field);
  std::optional<Place> place_of(std::size_t n, const Field& field) const;
  Eigen::Vector3d at_mm(std::size_t n) const;
  double per_dose(double gy) const {
    return out_.dose_difference ? 1.0 / out_.dose_difference->in_gy() : 100.0 / (criteria_.dose_percent * gy);
  }
  void collect(std::size_t chunk, const Field& field, const std::vector<std::uint8_t>* mask);
  CellRange range_around(const Field& field) const;
  void set(Compared& c, const Bounds& b, double gy) const;
  void search(std::size_t chunk, const Field& field, CancelPoint& cancel_point);
  void search_far(std::size_t chunk, const Field& field, const gamma::BlockTree& tree, CancelPoint& cancel_point);
  void mark(const GammaRoi& roi, std::vector<std::uint8_t>& mask) const;
  double volume_mm3(std::size_t n) const;
  GammaStatistics count(const std::vector<std::uint8_t>* mask, const Field& field) const;
  template <typename F>
  void in_parallel(std::size_t count, const F& f) const {
    if (!parallel_for(host_, count, f)) throw Cancelled{};
  }

  const GammaReference reference_;
  const DoseGrid& evaluated_;
  const GammaCriteria& criteria_;
  const std::span<const GammaRoi> rois_;
  const Host& host_;
  GammaAnswer out_;
  float threshold_ = 0.0F;  // the least single-precision dose that is compared
  double shift_gy_ = 0.0;   // by which doses may be off where they are said to be
  // Of a grid's coordinates: the cell, and where in units of the distance criterion.
  static constexpr std::uint32_t kOutside = std::numeric_limits<std::uint32_t>::max();
  std::array<std::vector<std::uint32_t>, 3> cell_;
  std::array<std::vector<double>, 3> scaled_;
  std::vector<ChunkResult> chunks_;
};

bool Comparison::find_problem() {
  const std::string& here = reference_.grid != nullptr ? reference_.grid->frame_of_reference_uid()
                                                       : reference_.points->frame_of_reference_uid;
  const std::string& there = evaluated_.frame_of_reference_uid();
  if (reference_.grid != nullptr && !reference_.grid->problem().empty()) {
    return fail("The reference dose cannot be used: " + english(reference_.grid->problem()),
                english(reference_.grid->problem_hint()));
  }
  if (!evaluated_.problem().empty()) {
    return fail("The evaluated dose cannot be used: " + english(evaluated_.problem()),
                english(evaluated_.problem_hint()));
  }
  if (!here.empty() && !there.empty() && here != there) {
    return fail("The reference dose lies in the frame of reference " + here + ", the evaluated dose in " + there + ".",
                "Export both doses in one frame of reference; a registration is not applied here.");
  }
  if (is_turned_otherwise()) return true;
  if (here.empty() || there.empty()) {
    out_.notes.emplace_back(
        here.empty() == there.empty() ? "Neither dose states its frame of reference: that it is one is taken on trust."
        : here.empty() ? "The reference states no frame of reference: that it is that of the evaluated dose is "
                         "taken on trust."
                       : "The evaluated dose states no frame of reference: that it is that of the reference is "
                         "taken on trust.");
  }
  if (reference_.grid != nullptr && reference_.grid->summation() != evaluated_.summation()) {
    out_.notes.emplace_back(
        "The two doses differ in their Dose Summation Type: whether one is of the course and the "
        "other of a fraction is not looked at.");
  }
  const bool of_maximum =
      criteria_.normalise == GammaNormalise::kMaximum || criteria_.normalise == GammaNormalise::kLocal;
  if (of_maximum && out_.reference_maximum <= Dose{}) {
    return fail("The maximum of the reference dose is 0 Gy: there is nothing that percentages could be of.",
                "Give the dose to normalise to, or a reference that holds dose.");
  }
  return false;
}

// Points of a grid are looked for along the axes of the other one, and ROIs along those of the reference's. Axes that
// differ by their decimals alone are the same: what that moves is added to how far doses may be off.
bool Comparison::is_turned_otherwise() {
  if (reference_.grid == nullptr) return false;
  const Orientation &own = reference_.grid->orientation(), &other = evaluated_.orientation();
  Eigen::Vector3d reach;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::vector<double>& at = reference_.grid->axes()[a];
    reach[static_cast<Eigen::Index>(a)] = std::max(std::abs(at.front()), std::abs(at.back()));
  }
  const Eigen::Vector3d apart = most_apart(own, other, reach);
  if (!(apart.norm() <= kMostMisplaced)) {
    return fail("The grids of the two doses lie turned against each other, by " +
                    amount(angle_between(own, other).in_degrees(), 2) + " degrees: their axes are not parallel.",
                "Export both doses on grids of one orientation (Image Orientation Patient).");
  }
  shift_gy_ += evaluated_.change_over(apart).in_gy();
  for (const GammaRoi& roi : rois_) {
    if (roi.stack.frame == own) continue;
    return fail("ROI " + quoted(roi.name) +
                    " is drawn on planes that lie turned against the grid of the reference dose, by " +
                    amount(angle_to_grid(roi.stack, own).in_degrees(), 2) + " degrees.",
                "Draw the structure along the axes of that grid, or export the dose on a grid along its slices.");
  }
  return false;
}

void Comparison::lay_out_axes(const Field& field) {
  if (reference_.grid == nullptr) return;
  for (std::size_t a = 0; a < 3; ++a) {
    for (const double mm : reference_.grid->axes()[a]) {
      cell_[a].push_back(field.find(a, mm).value_or(kOutside));
      scaled_[a].push_back(mm / field.distance_mm());
    }
  }
}

Eigen::Vector3d Comparison::at_mm(std::size_t n) const {
  if (reference_.grid == nullptr) return reference_.points->at_mm[n];
  const auto& axes = reference_.grid->axes();
  const std::size_t x = axes[0].size(), y = axes[1].size();
  return reference_.grid->orientation().to_patient({axes[0][n % x], axes[1][n / x % y], axes[2][n / x / y]});
}

std::optional<Place> Comparison::place_of(std::size_t n, const Field& field) const {
  Place place{};
  if (reference_.grid != nullptr) {
    const auto number = static_cast<std::uint32_t>(n);  // at most 2^28
    const auto x = static_cast<std::uint32_t>(cell_[0].size()), y = static_cast<std::uint32_t>(cell_[1].size());
    const std::uint32_t row = number / x, k = row / y;
    const std::array<std::uint32_t, 3> id = {number - row * x, row - k * y, k};
    for (std::size_t a = 0; a < 3; ++a) {
      place.cell[a] = cell_[a][id[a]];
      place.at[a] = scaled_[a][id[a]];
    }
    if (place.cell[0] == kOutside || place.cell[1] == kOutside || place.cell[2] == kOutside) return std::nullopt;
    return place;
  }
  const Eigen::Vector3d at = evaluated_.orientation().to_grid(reference_.points->at_mm[n]);
  for (std::size_t a = 0; a < 3; ++a) {
    const double mm = at[static_cast<Eigen::Index>(a)];
    const auto cell = field.find(a, mm);
    if (!cell) return std::nullopt;
    place.cell[a] = *cell;
    place.at[a] = mm / field.distance_mm();
  }
  return place;
}

// Which points of the chunk are compared.
void Comparison::collect(std::size_t chunk, const Field& field, const std::vector<std::uint8_t>* mask) {
  ChunkResult& out = chunks_[chunk];
  out.first_cell.fill(std::numeric_limits<std::uint32_t>::max());
  const std::size_t end = std::min((chunk + 1) * kChunk, reference_.size());
  const float* const doses =
      reference_.grid != nullptr ? reference_.grid->values().data() : reference_.points->gy.data();
  for (std::size_t first = chunk * kChunk; first < end; first += kBlock) {
    const std::size_t last = std::min(first + kBlock, end);
    if (mask == nullptr) {
      if (last - first == kBlock && !reaches(doses + first, threshold_)) {
        out.below_cutoff += last - first;
        continue;
      }
    }
    for (std::size_t n = first; n < last; ++n) {
      if (mask != nullptr && (*mask)[n] == 0) {
        ++out.not_in_roi;
      } else if (!(doses[n] >= threshold_)) {
        ++out.below_cutoff;
      } else if (const auto place = place_of(n, field)) {
        out.points.push_back({static_cast<std::uint32_t>(n), 0.0F, 0.0F, 0.0F, false});
        for (std::size_t a = 0; a < 3; ++a) {
          out.first_cell[a] = std::min(out.first_cell[a], place->cell[a]);
          out.last_cell[a] = std::max(out.last_cell[a], place->cell[a]);
        }
      } else {
        ++out.outside;
      }
    }
  }
}

CellRange Comparison::range_around(const Field& field) const {
  CellRange range;
  for (std::size_t a = 0; a < 3; ++a) {
    std::uint32_t first = field.cells(a), last = 0;
    for (const ChunkResult& c : chunks_) {
      if (c.points.empty()) continue;
      first = std::min(first, c.first_cell[a]);
      last = std::max(last, c.last_cell[a]);
    }
    const double* at = field.nodes(a);
    const double low = at[first] - kReach, high = at[last + 1] + kReach;
    std::uint32_t n = 0;
    for (; n < kMostReachCells && first > 0 && at[first] > low; ++n) --first;
    for (n = 0; n < kMostReachCells && last + 1 < field.cells(a) && at[last + 1] < high; ++n) ++last;
    range.begin[a] = first;
    range.end[a] = last + 1;
  }
  return range;
}

// With what the precision and the placement of doses leave open.
void Comparison::set(Compared& c, const Bounds& b, double gy) const {
  const double open = (kSingle * gy + shift_gy_) * per_dose(gy) + kSingle * (gy * per_dose(gy) + b.upper) + 1e-9;
  c.gamma = static_cast<float>(b.upper);
  c.lower = rounded_down(std::max(b.lower - open, 0.0));
  c.upper = rounded_up(b.upper + open);
  c.passes = b.upper - open <= 1.0;  // one that is 1 but for the precision of the doses, too
}

void Comparison::search(std::size_t chunk, const Field& field, CancelPoint& cancel_point) {
  const SearchFor what = criteria_.pass_fail_only ? SearchFor::kPassFail : SearchFor::kValue;
  Search search(field, criteria_.interpolate, what, kGammaTolerance);
  Search closer(field, criteria_.interpolate, what, kToDecide);
  ChunkResult& result = chunks_[chunk];
  for (std::size_t n = 0; n < result.points.size(); ++n) {
    cancel_point.step(8);
    Compared& point = result.points[n];
    const double gy = static_cast<double>(dose(point.index)), per = per_dose(gy);
    const Place place = *place_of(point.index, field);
    Bounds bounds;
    Search::Outcome outcome = search.run(place, gy, per, bounds);
    if (outcome == Search::Outcome::kFound && bounds.lower <= 1.0 && bounds.upper > 1.0) {
      outcome = closer.run(place, gy, per, bounds);
    }
    if (outcome == Search::Outcome::kTooFar) result.far.push_back(static_cast<std::uint32_t>(n));
    set(point, bounds, gy);
  }
}

void Comparison::search_far(std::size_t chunk, const Field& field, const gamma::BlockTree& tree,
                            CancelPoint& cancel_point) {
  const SearchFor what = criteria_.pass_fail_only ? SearchFor::kPassFail : SearchFor::kValue;
  Search search(field, criteria_.interpolate, what, kGammaTolerance);
  Search closer(field, criteria_.interpolate, what, kToDecide);
  for (const std::uint32_t n : chunks_[chunk].far) {
    Compared& point = chunks_[chunk].points[n];
    const double gy = static_cast<double>(dose(point.index)), per = per_dose(gy);
    const Place place = *place_of(point.index, field);
    Bounds bounds = search.run_far(place, gy, per, tree, cancel_point);
    if (bounds.lower <= 1.0 && bounds.upper > 1.0) bounds = closer.run_far(place, gy, per, tree, cancel_point);
    set(point, bounds, gy);
  }
}

void Comparison::mark(const GammaRoi& roi, std::vector<std::uint8_t>& mask) const {
  const bool done = reference_.grid != nullptr ? gamma::mark_inside(roi.stack, reference_.grid->axes(), host_, mask)
                                               : gamma::mark_inside(roi.stack, reference_.points->at_mm, host_, mask);
  if (!done) throw Cancelled{};
}

// Half-way to the neighbours; at the ends as far outwards as inwards.
double width_of(const std::vector<double>& at, std::size_t i) {
  const std::size_t last = at.size() - 1;
  const double below = i == 0 ? at[1] - at[0] : at[i] - at[i - 1];
  const double above = i == last ? at[last] - at[last - 1] : at[i + 1] - at[i];
  return 0.5 * (below + above);
}

double Comparison::volume_mm3(std::size_t n) const {
  const auto& axes = reference_.grid->axes();
  const std::size_t x = axes[0].size(), y = axes[1].size();
  return width_of(axes[0], n % x) * width_of(axes[1], n / x % y) * width_of(axes[2], n / x / y);
}

GammaStatistics Comparison::count(const std::vector<std::uint8_t>* mask, const Field& field) const {
  GammaStatistics s;
  const bool has_volume = reference_.grid != nullptr && std::all_of(kAxes.begin(), kAxes.end(), [&](Axis axis) {
                            return reference_.grid->size(axis) > 1;
                          });
  Between<double> failing;  // mm^3
  if (!criteria_.pass_fail_only) s.histogram.assign(kGammaBins, 0);
  std::optional<std::size_t> worst;
  for (const ChunkResult& chunk : chunks_) {
    s.not_in_roi += chunk.not_in_roi;
    s.below_cutoff += chunk.below_cutoff;
    s.outside += chunk.outside;
    for (const Compared& c : chunk.points) {
      if (mask != nullptr && (*mask)[c.index] == 0) continue;
      ++s.compared;
      if (c.passes) ++s.passing.value;
      if (c.upper <= 1.0F) ++s.passing.lower;
      if (c.lower <= 1.0F) ++s.passing.upper;
      if (has_volume && c.upper > 1.0F) {
        const double mm3 = volume_mm3(c.index);
        failing.upper += mm3;
        if (!c.passes) failing.value += mm3;
        if (c.lower > 1.0F) failing.lower += mm3;
      }
      if (criteria_.pass_fail_only) continue;
      s.sum += static_cast<double>(c.gamma);
      ++s.histogram[std::min(static_cast<std::size_t>(static_cast<double>(c.gamma) / kGammaBin), kGammaBins - 1)];
      s.maximum.lower = std::max(s.maximum.lower, static_cast<double>(c.lower));
      s.maximum.upper = std::max(s.maximum.upper, static_cast<double>(c.upper));
      if (!worst || static_cast<double>(c.gamma) > s.maximum.value) {
        s.maximum.value = static_cast<double>(c.gamma);
        worst = c.index;
      }
    }
  }
  if (worst) s.maximum_at_mm = at_mm(*worst);
  if (has_volume) {
    s.failing_volume = {Volume::mm3(failing.value), Volume::mm3(failing.lower), Volume::mm3(failing.upper)};
  }
  if (mask != nullptr) {
    s.not_in_roi = s.below_cutoff = s.outside = 0;
    for (std::size_t n = 0; n < mask->size(); ++n) {
      if ((*mask)[n] == 0) {
        ++s.not_in_roi;
      } else if (!(dose(n) >= threshold_)) {
        ++s.below_cutoff;
      } else if (!place_of(n, field)) {
        ++s.outside;
      }
    }
  }
  return s;
}

GammaAnswer Comparison::answer(GammaMap map) {
  if (reference_.grid != nullptr) {
    out_.reference_maximum = reference_.grid->maximum();
    shift_gy_ = reference_.grid->misplaced().in_gy();
  } else if (!reference_.points->gy.empty()) {
    const std::vector<float>& gy = reference_.points->gy;
    out_.reference_maximum = Dose::gy(static_cast<double>(*std::max_element(gy.begin(), gy.end())));
  }
  out_.evaluated_maximum = evaluated_.maximum();
  shift_gy_ += evaluated_.misplaced().in_gy();
  if (find_problem()) return std::move(out_);
  out_.normalisation = criteria_.dose.value_or(out_.reference_maximum);
  if (criteria_.normalise != GammaNormalise::kLocal) {
    out_.dose_difference = Dose::gy(criteria_.dose_percent * out_.normalisation.in_gy() / 100.0);
  }
  out_.cutoff = Dose::gy(criteria_.cutoff_percent * out_.normalisation.in_gy() / 100.0);
  threshold_ = rounded_up(out_.cutoff.in_gy());
  if (criteria_.normalise == GammaNormalise::kLocal && threshold_ <= 0.0F) {
    threshold_ = std::numeric_limits<float>::min();  // 0 Gy has no percentage
  }

  Field field(evaluated_, criteria_.distance);
  lay_out_axes(field);
  std::vector<std::uint8_t> in_any;
  if (!rois_.empty()) {
    in_any.assign(reference_.size(), 0);
    for (const GammaRoi& roi : rois_) mark(roi, in_any);
  }
  const std::size_t chunks = (reference_.size() + kChunk - 1) / kChunk;
  chunks_.resize(chunks);
  in_parallel(chunks, [&](std::size_t n) { collect(n, field, rois_.empty() ? nullptr : &in_any); });
  const auto total = [&](std::uint64_t ChunkResult::*part) {
    std::uint64_t sum = 0;
    for (const ChunkResult& c : chunks_) sum += c.*part;
    return sum;
  };
  if (std::all_of(chunks_.begin(), chunks_.end(), [](const ChunkResult& c) { return c.points.empty(); })) {
    out_.all = count(nullptr, field);
    if (total(&ChunkResult::outside) > 0) {
      fail("The two doses do not overlap: no reference point above the low-dose cut lies in the evaluated dose grid.",
           "Check positions and frames of reference of both.");
    } else if (total(&ChunkResult::below_cutoff) > 0) {
      fail("No reference point has the dose of the low-dose cut, " + fixed(out_.cutoff.in_gy(), 3) + " Gy.",
           "Check the doses' units and scaling, the normalisation and the cut.");
    } else {
      fail("No reference point lies in the ROI.", "Check that the structure and the reference dose belong together.");
    }
    return std::move(out_);
  }
  if (!field.prepare(range_around(field), host_)) throw Cancelled{};
  in_parallel(chunks, [&](std::size_t n) {
    CancelPoint cancel_point(host_.workers);
    search(n, field, cancel_point);
  });
  if (std::any_of(chunks_.begin(), chunks_.end(), [](const ChunkResult& c) { return !c.far.empty(); })) {
    const gamma::BlockTree tree(field, host_);
    if (!tree.is_complete()) throw Cancelled{};
    in_parallel(chunks, [&](std::size_t n) {
      CancelPoint cancel_point(host_.workers);
      search_far(n, field, tree, cancel_point);
    });
  }
  out_.all = count(nullptr, field);
  for (const GammaRoi& roi : rois_) {
    std::vector<std::uint8_t> mask(reference_.size(), 0);
    mark(roi, mask);
    out_.rois.push_back({roi.name, roi.roi_number, count(&mask, field)});
  }
  if (map == GammaMap::kFilled && !criteria_.pass_fail_only) {
    out_.map.assign(reference_.size(), std::numeric_limits<float>::quiet_NaN());
    for (const ChunkResult& chunk : chunks_) {
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
  try {
    return Comparison(reference, evaluated, criteria, rois, host).answer(map);
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
}

}  // namespace dosegate
