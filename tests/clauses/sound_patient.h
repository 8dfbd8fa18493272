// A patient whose plan, structures, dose and record keep every rule of the shipped protocol, made of boxes so that
// every number is known in closed form. A test breaks one thing of it.
//
// Every organ at risk is a box of x -50..50 mm (the left kidney 5 mm further left), y of its own, z -12..12 mm, and
// gets a dose that depends on x alone: so 1 mm of x is 1 % of its volume. The targets lie apart: GTV x, y +-10 mm, z
// +-9 mm; CTV the GTV and 10 mm around it, PTV the CTV and 5 mm in x and y and 10 mm in z; their dose depends on x
// alone, too. The liver is its box and the GTV.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/checker.h"

namespace dosegate::clause_test {

// Gy at x, in mm. Interpolated between the nodes of the dose grid: linear between multiples of kNode it is exact.
using Profile = std::function<double(double)>;
inline constexpr double kNode = 1.25;     // mm
inline constexpr double kLength = 100.0;  // mm, of an organ's box in x; begins at -kLength / 2
inline constexpr double kArea = 240.0;    // mm^2, its section across x

// `percent` of an organ's box gets `gy` or more, none more than `gy` + kNode; 1 Gy/mm where it crosses, beyond 0 Gy.
Profile share_at(double gy, double percent);
// `gy` at the box's end in x, falling linearly to 0 over the first node's distance.
Profile peak(double gy);
Profile uniform(double gy);
// gy at x = at, falling by `slope` Gy/mm along x everywhere.
Profile slope(double gy, double at, double slope);

class SoundPatient {
 public:
  std::map<std::string, Profile> dose;  // by organ; "PTV": the targets

  SoundPatient();
  Case make() const;
};

// The share in % of a structure's volume with x below a value; the slabs of one structure are equally thick.
double percent_below_x(const Structure& structure, double x);
const Structure& structure_named(const Case& c, const std::string& name);
Structure& structure_named(Case& c, const std::string& name);

// A plan of the dose in so many fractions, like the sound patient's.
Plan plan_of(double total_gy, int fractions);

}  // namespace dosegate::clause_test
