#include "core/dvh/refine_bounds.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dosegate {
namespace {

struct Box {
  Corners dose;
  std::uint32_t first_piece = 0, piece_count = kWhole;  // of Refiner::pieces_
  double volume = 0.0;
  VolumeBounds bounds;

  static constexpr std::uint32_t kWhole = 0;
};

// What halving a box leaves of its gap, about: bounds are of second order in the mixed terms.
constexpr double kLeftOfGap = 0.3;
// What a round aims to take off at least: bounds may lie unevenly about the value, and then more than it seems is
// asked.
constexpr double kLeastOfGap = 0.1;

// How much gap the boxes of each width have, by quarters of an octave: the widest are found without sorting.
class Gaps {
 public:
  explicit Gaps(double widest) : top_(rank(widest)) {}
  void clear() { sum_.fill(0.0); }
  void add(double gap) { sum_[class_of(gap)] += gap; }
  // The classes up to this one have `enough`, and something, or it is the last.
  std::size_t widest_with(double enough) const {
    double sum = 0.0;
    std::size_t n = 0;
    for (; n + 1 < kClasses; ++n) {
      sum += sum_[n];
      if (sum >= enough && sum > 0.0) break;
    }
    return n;
  }
  // 0: as wide as the widest or wider.
  std::size_t class_of(double gap) const { return std::min(top_ - std::min(top_, rank(gap)), kClasses - 1); }

 private:
  static constexpr std::size_t kClasses = 128;
  // Of a positive number: its exponent and the first two bits of its mantissa.
  static std::size_t rank(double gap) { return static_cast<std::size_t>(std::bit_cast<std::uint64_t>(gap) >> 50); }

  const std::size_t top_;
  std::array<double, kClasses> sum_{};
};

double widest_of(const std::vector<Straddler>& straddlers) {
  double widest = 0.0;
  for (const auto& s : straddlers) widest = std::max(widest, s.bounds.gap());
  return widest;
}

class Refiner {
 public:
  Refiner(const std::vector<Straddler>& straddlers, const Level& level, Workers* workers)
      : level_(level), gaps_(widest_of(straddlers)), cancel_point_(workers) {
    for (const auto& s : straddlers) {
      Box box{s.dose, 0, Box::kWhole, s.volume, s.bounds};
      if (!s.whole) {
        box.first_piece = static_cast<std::uint32_t>(pieces_.size());
        box.piece_count = static_cast<std::uint32_t>(s.patch.size());
        pieces_.insert(pieces_.end(), s.patch.begin(), s.patch.end());
      }
      keep(box, boxes_);
    }
  }

  // Rounds: each halves the widest boxes, as many as the goal seems to ask for, but none narrower than about half the
  // average.
  VolumeBounds run(const Goal& goal, std::size_t max_boxes) {
    VolumeBounds sum;
    while (true) {
      sum = decided_;
      gaps_.clear();
      for (const Box& box : boxes_) {
        sum += box.bounds;
        gaps_.add(box.bounds.gap());
      }
      const double gap = sum.gap() - decided_.gap();
      if (boxes_.empty() || looked_at_ >= max_boxes || gap <= goal.tolerance) break;
      if (goal.limit < sum.lower - goal.slack || goal.limit > sum.upper + goal.open + goal.slack) break;
      // A limit lies outside as soon as half the gap is less than its distance from the value.
      const double of_limit = 2.0 * (std::abs(sum.value - goal.limit) - goal.slack);
      const double gap_asked = of_limit > goal.tolerance ? of_limit : goal.tolerance;  // NaN: the tolerance
      const double too_much = std::max(gap - gap_asked, kLeastOfGap * gap);
      halve_to(std::min(gaps_.widest_with(too_much / (1.0 - kLeftOfGap)),
                        gaps_.class_of(0.5 * gap / static_cast<double>(boxes_.size()))));
    }
    return sum;
  }

 private:
  // What the doses' own precision leaves open, about 2 within / range of the box, no cutting makes less.
  bool can_be_narrowed(const Box& box) const {
    if (!(box.bounds.gap() > 0.0) || level_.within == 0.0) return box.bounds.gap() > 0.0;
    const auto [least, most] = std::minmax_element(box.dose.begin(), box.dose.end());
    return box.bounds.gap() * (*most - *least) > 4.0 * level_.within * box.volume;
  }

  void halve_to(std::size_t narrowest) {
    std::size_t kept = 0;
    halves_.clear();
    for (std::size_t n = 0; n < boxes_.size(); ++n) {
      if (gaps_.class_of(boxes_[n].bounds.gap()) <= narrowest) {
        split(boxes_[n]);
      } else if (kept++ < n) {
        boxes_[kept - 1] = boxes_[n];
      }
    }
    boxes_.resize(kept);
    boxes_.insert(boxes_.end(), halves_.begin(), halves_.end());
  }

  void keep(const Box& box, std::vector<Box>& boxes) {
    if (can_be_narrowed(box)) {
      boxes.push_back(box);
    } else {
      decided_ += box.bounds;
    }
  }

  // The axis along which halving takes most of the mixed terms away.
  static std::size_t worst_axis(const Corners& f) {
    const double x0 = f[1] - f[0], x1 = f[3] - f[2], x2 = f[5] - f[4], x3 = f[7] - f[6];
    const double xy = std::abs((x1 - x0) + (x3 - x2)), xz = std::abs((x2 + x3) - (x0 + x1));
    const double yz = std::abs((f[6] + f[7]) - (f[4] + f[5]) - (f[2] + f[3]) + (f[0] + f[1]));
    if (xy + xz >= xy + yz && xy + xz >= xz + yz) return 0;
    return xy + yz >= xz + yz ? 1 : 2;
  }

  void split(const Box& box) {
    const std::size_t axis = worst_axis(box.dose);
    cancel_point_.step(box.piece_count);
    for (const bool upper : {false, true}) {
      Box half{half_of(box.dose, axis, upper), box.first_piece, box.piece_count, 0.5 * box.volume, {}};
      if (axis < 2 && box.piece_count != Box::kWhole) {
        const double lo = upper ? 0.5 : 0.0;
        half.first_piece = static_cast<std::uint32_t>(pieces_.size());
        for (std::uint32_t n = box.first_piece; n < box.first_piece + box.piece_count; ++n) {
          const Piece p = pieces_[n];
          if (axis == 0) {
            add_between_columns(p, lo, lo + 0.5, pieces_);
          } else if (p.y0 < lo + 0.5 && p.y1 > lo) {
            pieces_.push_back(between_rows(p, lo, lo + 0.5));
          }
        }
        half.piece_count = static_cast<std::uint32_t>(pieces_.size()) - half.first_piece;
        if (half.piece_count == 0) continue;
      }
      const bool whole = half.piece_count == Box::kWhole;
      const Patch patch = whole ? Patch(kWholeCell) : Patch(pieces_).subspan(half.first_piece, half.piece_count);
      half.bounds = half.volume * VolumeAboveDose(half.dose, patch, whole).at(level_);
      ++looked_at_;
      cancel_point_.step(1 + half.piece_count);
      keep(half, halves_);
    }
  }

  const Level level_;
  std::vector<Box> boxes_;     // whose bounds can be narrowed
  std::vector<Box> halves_;    // of the present round
  VolumeBounds decided_;       // of the others
  std::vector<Piece> pieces_;  // of all patches that were looked at
  Gaps gaps_;
  std::size_t looked_at_ = 0;
  CancelPoint cancel_point_;
};

}  // namespace

VolumeBounds refine_bounds(const std::vector<Straddler>& straddlers, const Level& level, const Goal& goal,
                           std::size_t max_boxes, Workers* workers) {
  return Refiner(straddlers, level, workers).run(goal, max_boxes);
}

}  // namespace dosegate
