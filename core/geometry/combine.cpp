#include "core/geometry/combine.h"

#include <algorithm>
#include <utility>

namespace dosegate {
namespace {

// Walks up one stack: the slab at a height, asked for in ascending order.
class Walk {
 public:
  explicit Walk(const SlabStack& stack) : slabs_(stack.slabs) {}

  const Slab* at(double height) {
    while (next_ < slabs_.size() && slabs_[next_].hi <= height) ++next_;
    return next_ < slabs_.size() && slabs_[next_].lo <= height ? &slabs_[next_] : nullptr;
  }

 private:
  const std::vector<Slab>& slabs_;
  std::size_t next_ = 0;
};

}  // namespace

Result<SlabStack> combine(const Combination& parts) {
  std::vector<const SlabStack*> all = {parts.base};
  for (const auto* group : {&parts.plus, &parts.within, &parts.minus})
    all.insert(all.end(), group->begin(), group->end());
  std::vector<double> cuts;
  for (const auto* stack : all) {
    if (stack->axis != parts.base->axis || !(stack->frame == parts.base->frame)) {
      return Error{ErrorCode::kNotEvaluable, "", "The structures are drawn on planes of different directions."};
    }
    for (const auto& slab : stack->slabs) {
      if (!slab.exclude.empty() || !slab.also.empty() || !slab.within.empty()) {
        return Error{ErrorCode::kInvalidArgument, "",
                     "A structure that is computed itself cannot be a part of another."};
      }
      cuts.push_back(slab.lo);
      cuts.push_back(slab.hi);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Walk> walks;
  for (const auto* stack : all) walks.emplace_back(*stack);
  const std::size_t first_within = 1 + parts.plus.size(), first_minus = first_within + parts.within.size();
  SlabStack out;
  out.frame = parts.base->frame;
  out.axis = parts.base->axis;
  for (const auto* stack : all) out.off = std::max(out.off, stack->off);
  for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
    const double middle = 0.5 * (cuts[c] + cuts[c + 1]);
    Slab piece;
    piece.lo = cuts[c];
    piece.hi = cuts[c + 1];
    bool inside = true;
    for (std::size_t n = 0; n < walks.size(); ++n) {
      const Slab* slab = walks[n].at(middle);
      if (slab == nullptr) {
        inside = inside && (n < first_within || n >= first_minus);
      } else if (n >= first_minus) {
        piece.exclude.push_back(slab->include);
      } else if (n >= first_within) {
        piece.within.push_back(slab->include);
      } else if (piece.include) {
        piece.also.push_back(slab->include);
      } else {
        piece.include = slab->include;
        piece.at = slab->at;
      }
    }
    if (inside && piece.include) out.slabs.push_back(std::move(piece));
  }
  return out;
}

}  // namespace dosegate
