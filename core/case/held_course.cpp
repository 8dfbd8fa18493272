#include "core/case/held_course.h"

#include <algorithm>

namespace dosegate {

bool HeldCourse::is_short_form() const {
  const auto is_short = [](const auto& held) { return held.empty() || (held.size() == 1 && held.count("") == 1); };
  if (!is_short(plans) || !is_short(structure_sets) || !is_short(doses)) return false;
  return std::all_of(plans.begin(), plans.end(), [](const auto& p) { return p.second.structure_set.empty(); }) &&
         std::all_of(doses.begin(), doses.end(),
                     [](const auto& d) { return d.second.plans.empty() && d.second.structure_set.empty(); });
}

}  // namespace dosegate
