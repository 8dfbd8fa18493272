// Closed-form DVH of a solid whose dose varies along one axis only: no voxels, no sampling, no engine.
//
// A solid is a list of slices along that axis, each with the area of its cross-section; a slice with a
// negative area is cut out. The dose is piecewise linear along the axis. Then
//   V(d)  = sum over slices of area * length on which the dose is at least d,
//   Mean  = sum of area * integral of the dose / sum of area * length,
// and the length and the integral over one linear piece are a ratio and a trapezium.
#pragma once

#include <string>
#include <vector>

#include "adapters/phantom/model.h"

namespace dosegate::e2e {

struct Slice {
  double from, to;  // mm
  double area;      // mm^2
};

class Solid {
 public:
  Solid(std::vector<Slice> slices, phantom::Profile dose) : slices_(std::move(slices)), dose_(std::move(dose)) {}

  double volume_cc() const;
  double volume_at_least_cc(double gy) const;
  double mean_gy() const;
  double max_gy() const;
  double min_gy() const;
  // The d with V(d) = cc, by bisection on the closed form.
  double dose_of_hottest_gy(double cc) const;

 private:
  std::vector<Slice> slices_;
  phantom::Profile dose_;
};

// The structure or role of that name in the case; throws std::out_of_range for a name it does not know.
Solid solid(const std::string& name, const std::string& case_name);

// A metric in TG-263 grammar (the forms that the protocol and these tests use), 45 Gy being 100 %.
double closed_form(const std::string& metric, const Solid& solid);

}  // namespace dosegate::e2e
