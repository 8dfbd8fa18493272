#include "core/dvh/refine.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>

namespace dosegate {
namespace {

struct Box {
  Corners dose;
  std::uint32_t patch = kWhole;  // index into Refiner::patches_
  double volume = 0.0;
  VolumeBounds bounds;

  static constexpr std::uint32_t kWhole = 0;
};

class Refiner {
 public:
  Refiner(const std::vector<Straddler>& straddlers, const Level& level, Workers* workers)
      : level_(level), patches_(1), cancel_point_(workers) {
    for (const auto& s : straddlers) {
      Box box{s.dose, Box::kWhole, s.volume, s.bounds};
      if (!s.whole) {
        box.patch = static_cast<std::uint32_t>(patches_.size());
        patches_.emplace_back(s.patch.begin(), s.patch.end());
      }
      keep(box);
    }
  }

  // Rounds: each halves the boxes that are wider than about half the average, and keeps the others.
  VolumeBounds run(const Goal& goal, std::size_t max_boxes) {
    while (!boxes_.empty() && looked_at_ < max_boxes) {
      VolumeBounds sum = decided_;
      for (const Box& box : boxes_) sum += box.bounds;
      const double gap = sum.gap() - decided_.gap();
      if (gap <= goal.tolerance) break;
      if (goal.limit < sum.lower - goal.slack || goal.limit > sum.upper + goal.open + goal.slack) break;
      const double wide = 0.5 * gap / static_cast<double>(boxes_.size());
      // A queue: what has been looked at gives its memory back while the next round grows.
      for (std::size_t left = boxes_.size(); left > 0; --left) {
        const Box box = boxes_.front();
        boxes_.pop_front();
        if (box.bounds.gap() >= wide) {
          split(box);
        } else {
          boxes_.push_back(box);
        }
      }
    }
    VolumeBounds sum = decided_;
    for (const Box& box : boxes_) sum += box.bounds;
    return sum;
  }

 private:
  // What the doses' own precision leaves open, about 2 within / range of the box, no cutting makes less.
  bool can_be_narrowed(const Box& box) const {
    if (!(box.bounds.gap() > 0.0) || level_.within == 0.0) return box.bounds.gap() > 0.0;
    const auto [least, most] = std::minmax_element(box.dose.begin(), box.dose.end());
    return box.bounds.gap() * (*most - *least) > 4.0 * level_.within * box.volume;
  }

  void keep(const Box& box) {
    if (can_be_narrowed(box)) {
      boxes_.push_back(box);
    } else {
      decided_ += box.bounds;
    }
  }

  // The axis along which halving takes most of the mixed terms away.
  static std::size_t worst_axis(const Trilinear& t) {
    const double xy = std::abs(t.bxy), xz = std::abs(t.bxz), yz = std::abs(t.byz);
    if (xy + xz >= xy + yz && xy + xz >= xz + yz) return 0;
    return xy + yz >= xz + yz ? 1 : 2;
  }

  void split(const Box& box) {
    const std::size_t axis = worst_axis(Trilinear(box.dose));
    for (const bool upper : {false, true}) {
      Box half{half_of(box.dose, axis, upper), box.patch, 0.5 * box.volume, {}};
      if (axis < 2 && box.patch != Box::kWhole) {
        const double lo = upper ? 0.5 : 0.0;
        std::vector<Piece> pieces;
        for (const auto& p : patches_[box.patch]) {
          if (axis == 0) {
            add_between_columns(p, lo, lo + 0.5, pieces);
          } else if (p.y0 < lo + 0.5 && p.y1 > lo) {
            pieces.push_back(between_rows(p, lo, lo + 0.5));
          }
        }
        if (pieces.empty()) continue;
        half.patch = static_cast<std::uint32_t>(patches_.size());
        patches_.push_back(std::move(pieces));
      }
      const bool whole = half.patch == Box::kWhole;
      const Patch patch = whole ? Patch(kWholeCell) : Patch(patches_[half.patch]);
      half.bounds = half.volume * PrismAbove(half.dose, patch, whole).at(level_);
      ++looked_at_;
      cancel_point_.step();
      keep(half);
    }
  }

  const Level level_;
  std::deque<Box> boxes_;                   // whose bounds can be narrowed
  VolumeBounds decided_;                    // of the others
  std::deque<std::vector<Piece>> patches_;  // 0: the whole cell
  std::size_t looked_at_ = 0;
  CancelPoint cancel_point_;
};

}  // namespace

VolumeBounds refine(const std::vector<Straddler>& straddlers, const Level& level, const Goal& goal,
                    std::size_t max_boxes, Workers* workers) {
  return Refiner(straddlers, level, workers).run(goal, max_boxes);
}

}  // namespace dosegate
