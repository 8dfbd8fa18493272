#include "core/geometry/plane_layout.h"

#include <algorithm>
#include <cmath>

namespace dosegate {
namespace {

// A gap over so many spacings is no step from slice to slice; over the second, more than one slice lacks.
constexpr double kOneMissing = 1.5, kMoreMissing = 2.5;
// Steps are equal within this factor.
constexpr double kEqual = 1.25;
constexpr std::size_t kRegularSteps = 3;

enum class Gap {
  kJoined,    // neighbouring slices
  kFilled,    // joined, with doubt
  kPresumed,  // parted, with doubt
  kParted,    // two pieces
  kTooWide,   // nobody knows
};

bool equal_steps(double a, double b) { return a <= kEqual * b && b <= kEqual * a; }

Number mm(double value) { return number(value, 1, "mm"); }

class Judge {
 public:
  Judge(const LayoutQuestion& q, const SliceGrid& grid, Workers* workers) : q_(q), grid_(grid), cancel_point_(workers) {
    for (std::size_t i = 0; i + 1 < q.at.size(); ++i) steps_.push_back(q.at[i + 1] - q.at[i]);
  }

  PlaneLayout run() {
    find_spacing();
    if (spacing_ == 0.0) return refuse_without_spacing();
    gaps_.resize(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      cancel_point_.step();
      gaps_[i] = judge(i);
    }
    // Missing a slice is where nearly all others are evenly spaced.
    const auto filled = std::count(gaps_.begin(), gaps_.end(), Gap::kFilled);
    is_mostly_even_ = 4 * filled <= static_cast<std::ptrdiff_t>(gaps_.size());
    if (const auto wide = std::find(gaps_.begin(), gaps_.end(), Gap::kTooWide); wide != gaps_.end()) {
      return refuse(static_cast<std::size_t>(wide - gaps_.begin()));
    }
    say_what_was_done();
    std::vector<Gap> turned = gaps_;
    for (Gap& gap : turned) gap = gap == Gap::kFilled ? Gap::kParted : gap == Gap::kPresumed ? Gap::kFilled : gap;
    layout_.planes = reaches(gaps_);
    if (turned != gaps_) {
      layout_.otherwise = reaches(turned);
      Listing places;
      places.join = Join::kComma;
      std::size_t doubts = 0;
      for (std::size_t i = 0; i < gaps_.size(); ++i) {
        if (gaps_[i] == turned[i]) continue;
        if (doubts++ < kDoubtsTold) places.items.emplace_back(said_between(i));
      }
      layout_.doubt = doubts > kDoubtsTold ? say<Said::kDoubtAtAndElsewhere>(std::move(places))
                                           : say<Said::kDoubtAt>(std::move(places));
    }
    return std::move(layout_);
  }

 private:
  static constexpr std::size_t kDoubtsTold = 3;

  Message said_between(std::size_t i) const { return say<Said::kBetweenPlanes>(mm(q_.at[i]), mm(q_.at[i + 1])); }

  void find_spacing() {
    if (!steps_.empty()) {
      own_ = lower_median(steps_);
      const auto equal = static_cast<std::size_t>(
          std::count_if(steps_.begin(), steps_.end(), [&](double s) { return equal_steps(s, own_); }));
      is_even_ = equal == steps_.size();
      is_regular_ = own_ <= kThickestSlice && equal >= kRegularSteps && 2 * equal >= steps_.size();
    }
    const bool set_knows = grid_.sources() > 1 || grid_.is_stated();
    if (is_regular_) {
      spacing_ = own_;
    } else if (set_knows && grid_.typical() > 0.0) {
      spacing_ = grid_.typical();
    } else if (q_.slab_thickness) {
      spacing_ = *q_.slab_thickness;
    } else if (!steps_.empty()) {
      spacing_ = grid_.typical();
    }
  }

  Gap judge(std::size_t i) const {
    const double step = steps_[i], low = q_.at[i], high = q_.at[i + 1];
    if (step <= kOneMissing * spacing_) return is_thinned(low, high) ? Gap::kFilled : Gap::kJoined;
    const bool one = step <= kMoreMissing * spacing_;
    const bool slices_between = grid_.has_between(low, high);
    if (!slices_between && is_uneven_spacing(low, high, one)) return Gap::kJoined;
    if (q_.pieces_are_separate) return Gap::kParted;
    if (!slices_between) return one ? Gap::kFilled : Gap::kTooWide;
    if (one) {
      const bool on_own_planes = is_even_ && (grid_.sources_at(low) < 2 || grid_.sources_at(high) < 2);
      return on_own_planes ? Gap::kJoined : Gap::kFilled;
    }
    if (step <= kThickestSlice && is_one_of_equal_steps(i)) return Gap::kFilled;
    const bool is_sparse = !is_regular_ && steps_.size() >= kRegularSteps && own_ > kOneMissing * spacing_;
    return is_sparse && step <= kThickestSlice ? Gap::kPresumed : Gap::kParted;
  }

  // Regularly drawn, and the set more finely: slices between these two were left out.
  bool is_thinned(double low, double high) const {
    if (!is_regular_ || q_.pieces_are_separate || !(own_ > kOneMissing * grid_.typical())) return false;
    return grid_.has_between(low, high) && grid_.sources_at(low) > 1 && grid_.sources_at(high) > 1;
  }

  bool is_uneven_spacing(double low, double high, bool one) const {
    if (high - low > kThickestSlice) return false;
    const SliceGrid::Run run = grid_.run_of_gaps(low, high, kRegularSteps);
    const bool others_say_so =
        grid_.are_neighbouring_images(low, high) || (grid_.sources_at(low) > 1 && grid_.sources_at(high) > 1);
    if (run.length >= kRegularSteps) return one || others_say_so;
    return run.length == 2 && run.reaches_an_end && others_say_so;
  }

  // In a row.
  bool is_one_of_equal_steps(std::size_t i) const {
    std::size_t first = i, last = i;
    const auto are_enough = [&] { return last - first + 1 >= kRegularSteps; };
    while (!are_enough() && first > 0 && equal_steps(steps_[first - 1], steps_[i])) --first;
    while (!are_enough() && last + 1 < steps_.size() && equal_steps(steps_[last + 1], steps_[i])) ++last;
    return are_enough();
  }

  // Beyond plane i where nothing goes on; never over the middle of the gap there.
  double half_beyond(std::size_t i, SliceGrid::Side side, const std::vector<Gap>& gaps) const {
    const double half = half_slice(i, side, gaps);
    const std::size_t gap = side == SliceGrid::kBelow ? i - 1 : i;  // wraps at the first plane
    return gap < steps_.size() ? std::min(half, 0.5 * steps_[gap]) : half;
  }

  double half_slice(std::size_t i, SliceGrid::Side side, const std::vector<Gap>& gaps) const {
    const bool has_other = side == SliceGrid::kBelow ? i < steps_.size() : i > 0;
    const std::size_t other = side == SliceGrid::kBelow ? i : i - 1;
    // Half-way to the neighbour, as slabs have it: the same sums, so the same bits.
    if (has_other &&
        (gaps[other] == Gap::kJoined || (gaps[other] == Gap::kFilled && is_thinned(q_.at[other], q_.at[other + 1])))) {
      return half_of(other, side);
    }
    const double here = grid_.spacing_at(q_.at[i], side);
    if (here > 0.0 && here <= kMoreMissing * spacing_) return 0.5 * here;
    if (!has_other || gaps[other] != Gap::kFilled) return 0.5 * spacing_;
    if (!is_mostly_even_) return half_of(other, side);
    return half_of_next(i, side, gaps).value_or(0.5 * spacing_);
  }

  double half_of(std::size_t gap, SliceGrid::Side side) const {
    const double middle = 0.5 * (q_.at[gap] + q_.at[gap + 1]);
    return side == SliceGrid::kBelow ? middle - q_.at[gap] : q_.at[gap + 1] - middle;
  }

  // Of the step behind the filled one.
  std::optional<double> half_of_next(std::size_t i, SliceGrid::Side side, const std::vector<Gap>& gaps) const {
    if (side == SliceGrid::kBelow) {
      if (i + 1 < steps_.size() && gaps[i + 1] == Gap::kJoined) return half_of(i + 1, side);
    } else if (i > 1 && gaps[i - 2] == Gap::kJoined) {
      return half_of(i - 2, side);
    }
    return {};
  }

  std::vector<PlaneReach> reaches(const std::vector<Gap>& gaps) {
    const auto goes_on = [&](std::size_t gap) { return gaps[gap] == Gap::kJoined || gaps[gap] == Gap::kFilled; };
    const auto middle = [&](std::size_t gap) { return 0.5 * (q_.at[gap] + q_.at[gap + 1]); };
    std::vector<PlaneReach> out(q_.at.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      cancel_point_.step();
      out[i].lo = i > 0 && goes_on(i - 1) ? middle(i - 1) : q_.at[i] - half_beyond(i, SliceGrid::kBelow, gaps);
      out[i].hi = i < gaps.size() && goes_on(i) ? middle(i) : q_.at[i] + half_beyond(i, SliceGrid::kAbove, gaps);
    }
    return out;
  }

  void say_what_was_done() {
    const auto first_of = [&](auto... kinds) {
      return static_cast<std::size_t>(
          std::find_if(gaps_.begin(), gaps_.end(), [&](Gap g) { return ((g == kinds) || ...); }) - gaps_.begin());
    };
    if (const std::size_t filled = first_of(Gap::kFilled); filled < gaps_.size()) {
      layout_.notes.push_back(say<Said::kSlicesFilled>(q_.name, std::count(gaps_.begin(), gaps_.end(), Gap::kFilled),
                                                       mm(0.5 * (q_.at[filled] + q_.at[filled + 1]))));
    }
    if (const std::size_t parted = first_of(Gap::kParted, Gap::kPresumed); parted < gaps_.size()) {
      const auto pieces =
          1 + std::count_if(gaps_.begin(), gaps_.end(), [](Gap g) { return g == Gap::kParted || g == Gap::kPresumed; });
      layout_.notes.push_back(q_.pieces_are_separate
                                  ? say<Said::kPiecesAsStated>(q_.name, said_between(parted), pieces)
                                  : say<Said::kPiecesOnSlices>(q_.name, said_between(parted), pieces));
      layout_.notes.back() += say<Said::kDrawSlicesBetween>();
    }
    if (q_.at.size() == 1) {
      const double thick = half_beyond(0, SliceGrid::kBelow, {}) + half_beyond(0, SliceGrid::kAbove, {});
      layout_.notes.push_back(say<Said::kAsThickAsSlice>(q_.name, number(thick, 2, "mm")));
    }
    const bool all_joined = std::all_of(gaps_.begin(), gaps_.end(), [](Gap g) { return g == Gap::kJoined; });
    if (gaps_.empty() || !all_joined) return;
    const auto [least, most] = std::minmax_element(steps_.begin(), steps_.end());
    if (*most <= kOneMissing * *least) return;
    layout_.notes.push_back(say<Said::kUnevenSlices>(q_.name, mm(*least), mm(*most)));
  }

  PlaneLayout refuse_without_spacing() const {
    PlaneLayout out;
    if (steps_.empty()) {
      out.problem = say<Said::kSinglePlane>(q_.name);
      out.hint = say<Said::kGiveImages>();
      return out;
    }
    const std::size_t widest =
        static_cast<std::size_t>(std::max_element(steps_.begin(), steps_.end()) - steps_.begin());
    out.problem = say<Said::kNoContoursSpacingUnknown>(q_.name, said_between(widest), number(kThickestSlice, 0, "mm"));
    out.hint = say<Said::kDrawEverySlice>();
    return out;
  }

  PlaneLayout refuse(std::size_t i) const {
    PlaneLayout out;
    out.problem = say<Said::kNoContoursSlicesMissing>(q_.name, said_between(i), mm(spacing_));
    out.hint = say<Said::kDrawEverySlice>();
    out.hint += say<Said::kWherePiecesSeparate>(q_.name);
    return out;
  }

  const LayoutQuestion& q_;
  const SliceGrid& grid_;
  std::vector<double> steps_;
  std::vector<Gap> gaps_;
  double own_ = 0.0, spacing_ = 0.0;
  bool is_even_ = false, is_regular_ = false, is_mostly_even_ = true;
  PlaneLayout layout_;
  CancelPoint cancel_point_;
};

}  // namespace

PlaneLayout lay_out(const LayoutQuestion& question, const SliceGrid& grid, Workers* workers) {
  return Judge(question, grid, workers).run();
}

}  // namespace dosegate
