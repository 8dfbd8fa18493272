// What one stored dose of the grid stands for: the factor that makes it a dose of the whole course.
#pragma once

#include <optional>
#include <string>

#include "core/case/subject.h"
#include "core/dose/dose_grid.h"
#include "core/plan/options.h"
#include "core/plan/plan.h"
#include "core/quantity/units.h"
#include "core/text/message.h"

namespace dosegate {

struct DoseReading {
  std::optional<double> factor;  // none where the dose cannot be used; `problem` then says why
  Prose reading;                 // what the dose was read as, in one sentence for the report
  Prose problem, hint;
};

// Reads the dose by its DoseSummationType (PS3.3 C.8.8.3): PLAN, a sum over all beams, and FRACTION (the whole of the
// plan's only fraction group) stand for the course; FRACTION_SESSION is one fraction. options.dose_meaning overrides
// it. Where the plan has several fraction groups, one fraction does not tell the course. A dose that the case refuses
// has no factor, and its problem.
DoseReading read_dose(const Subject& subject);

// What the scale of a dose is judged by. All doses are of the whole course, as the dose was read.
struct ScaleEvidence {
  Dose prescribed;                       // to the target
  bool is_protocols = false;             // that is the protocol's own prescription, as the plan's is not known
  Dose largest_prescribed;               // to any target: more than `prescribed` where there is a boost
  std::optional<Dose> beams;             // beam doses times fractions, where the plan states both
  std::optional<int> fractions;          // planned
  Dose maximum;                          // of the grid
  std::optional<Dose> median, coverage;  // what 50 % and 95 % of the target get at least; none where it is not drawn
};

struct ScaleDoubt {
  enum class Kind {
    kNone,
    kOtherReading,  // another reading fits: one fraction, the whole course, cGy
    kUnexplained    // the dose fits no prescription, however it is read
  };
  Kind kind = Kind::kNone;
  Prose problem, hint;
};

// Whether the dose contradicts what is prescribed so far that its scale must be wrong: the grid's maximum is under half
// of it, or nearly all of the target gets more than half as much again. How hot a part of the target is says nothing: a
// boost, or the isodose that is prescribed to, may be of any height. Beam doses that agree with the grid bear its scale
// out, whatever is prescribed.
ScaleDoubt doubt_scale(const DoseReading& reading, DoseMeaning meaning, DoseSummation summation,
                       const ScaleEvidence& evidence);

}  // namespace dosegate
