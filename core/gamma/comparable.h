// Whether two doses can be compared at all: usable grids, one frame of reference, parallel axes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/gamma/criteria.h"
#include "core/gamma/gamma.h"

namespace dosegate::gamma {

struct Comparable {
  std::string problem, hint;  // not empty: they cannot, and what to do
  std::vector<Prose> notes;   // what is taken on trust
  Dose shift;                 // by which doses may be off because the two grids' axes differ by their decimals
};

Comparable comparable(const GammaReference& reference, const DoseGrid& evaluated, const GammaCriteria& criteria,
                      std::span<const GammaRoi> rois);

// 0 Gy: of no point at all.
Dose largest(const GammaReference& reference);

}  // namespace dosegate::gamma
