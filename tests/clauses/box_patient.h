// A patient for any protocol of doses: targets and organs are boxes, each with a dose that depends on x alone.
//
// An organ's box has x -50..50 mm (a left one 2.5 mm further left), z -50..50 mm and a thickness in y of its own. GTV:
// x -15..15, y and z +-15 mm; PTV: x -25..25, y and z +-25 mm, apart from the organs. The plan alone is checked.
#pragma once

#include "tests/clauses/sound_patient.h"

namespace dosegate::clause_test {

struct BoxOrgan {
  std::string name;
  double thickness_mm = 20.0;  // a multiple of 2.5; of 20 mm: 200 cc, 2 cc a mm of x
};

struct BoxPatient {
  std::vector<BoxOrgan> organs;
  std::map<std::string, Profile> dose;  // by organ; "PTV": the targets; none: 1 Gy
  Plan plan;

  Case make() const;
  double volume_cc(const std::string& organ) const;
};

}  // namespace dosegate::clause_test
