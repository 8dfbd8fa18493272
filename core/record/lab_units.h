// Units of laboratory values, and their conversion where it is defined. Unit codes are UCUM's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/record/record.h"

namespace dosegate {

std::string_view name_of(Analyte analyte);  // "total bilirubin"

// The value in the analyte's first unit. None: the unit is none of the analyte's; it is never guessed.
// Bilirubin: 1 mg/dL = 17.104 umol/L, by its molar mass of 584.66 g/mol (C33H36N4O6).
std::optional<double> lab_value(Analyte analyte, double value, std::string_view unit);

// What is taken as possible of a value, and of an upper limit of normal, in the analyte's first unit:
// wide, so that what lies beyond is a slip of unit or of a digit.
struct LabRange {
  double least = 0.0, most = 0.0;
};
LabRange possible_values(Analyte analyte);
LabRange possible_normals(Analyte analyte);

// The units that are known of it, the first first.
std::vector<std::string> lab_units(Analyte analyte);

// A value with its unit for people: "12 umol/L", "180 x10^9/L"; of a ratio the number alone.
std::string with_lab_unit(const std::string& number, std::string_view unit);

}  // namespace dosegate
