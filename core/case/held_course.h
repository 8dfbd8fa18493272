// What a case holds of a course: plans, structure sets and doses, each by a name, and what each says it belongs to.
//
// The short form is one of each, all named "" and none saying what it belongs to. Names are the host's: an SOP Instance
// UID, an RT Plan Label. They decide nothing but which is meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/geometry/structure.h"
#include "core/plan/plan.h"

namespace dosegate {

// Of each kind: so many a case holds.
inline constexpr std::size_t kMostHeld = 64;

using StructureSet = std::map<std::int32_t, Structure>;  // by ROI number

struct HeldDose {
  DoseGrid grid;
  std::vector<std::string> plans;  // names of those that it sums; empty: not stated
  std::string structure_set;       // name of the one that it was calculated on; empty: not stated
};

// What a plan belongs to stands in the plan: Plan::structure_set.
struct HeldCourse {
  std::map<std::string, Plan> plans;
  std::map<std::string, StructureSet> structure_sets;  // none of them empty, where the plugin fills it
  std::map<std::string, HeldDose> doses;

  // The short form: those without a name, made where there are none.
  Plan& plan() { return plans[""]; }
  StructureSet& structures() { return structure_sets[""]; }
  void set_dose(DoseGrid grid) { doses.insert_or_assign("", HeldDose{std::move(grid), {}, {}}); }

  // One of each at most, without names, and nothing said of what belongs to what.
  bool is_short_form() const;
};

}  // namespace dosegate
