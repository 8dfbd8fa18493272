// What the plan prescribes to a role of the protocol, and on what evidence. Explainable and never a guess, like the
// matching of structures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/case/subject.h"
#include "core/parallel/parallel.h"
#include "core/protocol/structure_match.h"
#include "core/text/message.h"

namespace dosegate {

struct Prescribed {
  std::optional<Dose> dose;  // of the whole course; none where `problem` says why, or the plan says nothing
  Prose how;                 // which dose reference, and how it is known to be this role's
  Prose problem, hint;
  std::vector<Message> doubts;  // sentences on what in the plan speaks against that dose
};

// What is prescribed to the protocol's target role. The first of these levels that gives a dose decides; target dose
// references (300A,0010) that state no dose, or 0, are left out:
//   1. what the site states (CaseOptions.prescriptions);
//   2. references to the number of the ROI that stands for the role;
//   3. without a number, those described as that ROI, then as the role or one of its aliases;
//   4. those that name no ROI, of type SITE or VOLUME;
//   5. of those, points (POINT, COORDINATES), where no volume is prescribed to.
// On one level they must agree (tolerances.h); what is prescribed to another ROI is not the role's.
// Throws Cancelled, as all of these.
Prescribed prescribed_to_target(const Subject& c, const Protocol& protocol, const std::vector<RoleMatch>& matches,
                                Workers* workers);

// What is prescribed to another role, by levels 1 to 3 alone. Where the plan does not say, there is neither a dose nor
// a problem.
Prescribed prescribed_to(const std::string& role, const Subject& c, const Protocol& protocol,
                         const std::vector<RoleMatch>& matches, Workers* workers);

// A target dose reference that names, by its number or its description, an ROI that does not stand for the target role.
struct PrescribedElsewhere {
  std::int32_t roi_number = 0;
  std::string roi;  // its name, as drawn
  Dose dose;
};
std::vector<PrescribedElsewhere> prescribed_elsewhere(const Subject& c, const Protocol& protocol,
                                                      const std::vector<RoleMatch>& matches, Workers* workers);

// The doses of the target dose references that tell no ROI, neither by number nor by description.
std::vector<Dose> prescribed_to_no_roi(const Subject& c, const Protocol& protocol,
                                       const std::vector<RoleMatch>& matches, Workers* workers);

// The largest dose that any target dose reference or the site states; none where nothing is stated.
std::optional<Dose> largest_prescribed(const Subject& c);

}  // namespace dosegate
