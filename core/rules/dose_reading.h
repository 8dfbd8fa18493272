// What one stored dose of the grid stands for: the factor that makes it a dose of the whole course.
#pragma once

#include <optional>
#include <string>

#include "core/dose/dose_grid.h"
#include "core/plan/options.h"
#include "core/plan/plan.h"
#include "core/quantity/units.h"

namespace dosegate {

struct DoseReading {
  std::optional<double> factor;  // none: the dose cannot be used, see problem
  std::string reading;           // one sentence for the report
  std::string problem, hint;
};

// By DoseSummationType (PS3.3 C.8.8.3): PLAN, the sum of all beams, and FRACTION (the whole of the plan's
// only fraction group) are the course; FRACTION_SESSION is one fraction. options.dose_meaning overrides.
// `prescribed`, when given, guards the scale: a maximum under half or over twice of it contradicts it, and
// the hint names the option that would resolve it.
DoseReading read_dose(const std::optional<DoseGrid>& grid, const std::optional<Plan>& plan, DoseMeaning meaning,
                      std::optional<Dose> prescribed);

// Sum over the fraction groups; none when the plan does not state it.
std::optional<int> planned_fractions(const Plan& plan);

}  // namespace dosegate
