#include "core/record/lab_units.h"

namespace dosegate {
namespace {

struct Unit {
  std::string_view code;
  double factor;  // to the first unit
};

// 10 dL/L / 584.66 g/mol = 17.1040 umol/mg.
constexpr double kUmolPerLOfMgPerDl = 10.0 * 1000.0 / 584.66;

const std::vector<Unit>& units_of(Analyte analyte) {
  static const std::vector<Unit> kBilirubin = {{"umol/L", 1.0}, {"mg/dL", kUmolPerLOfMgPerDl}};
  static const std::vector<Unit> kEnzyme = {{"U/L", 1.0}, {"[IU]/L", 1.0}};
  static const std::vector<Unit> kAlbumin = {{"g/L", 1.0}, {"g/dL", 10.0}};
  static const std::vector<Unit> kRatio = {{"1", 1.0}, {"{INR}", 1.0}};
  static const std::vector<Unit> kSeconds = {{"s", 1.0}};
  static const std::vector<Unit> kCount = {{"10*9/L", 1.0}, {"10*3/uL", 1.0}, {"10*3/mm3", 1.0}, {"/uL", 1e-3}};
  switch (analyte) {
    case Analyte::kTotalBilirubin:
      return kBilirubin;
    case Analyte::kAst:
    case Analyte::kAlt:
      return kEnzyme;
    case Analyte::kAlbumin:
      return kAlbumin;
    case Analyte::kInr:
      return kRatio;
    case Analyte::kAptt:
      return kSeconds;
    case Analyte::kPlatelets:
      return kCount;
  }
  return kSeconds;
}

}  // namespace

std::string_view name_of(Analyte analyte) {
  switch (analyte) {
    case Analyte::kTotalBilirubin:
      return "total bilirubin";
    case Analyte::kAst:
      return "AST";
    case Analyte::kAlt:
      return "ALT";
    case Analyte::kAlbumin:
      return "albumin";
    case Analyte::kInr:
      return "INR";
    case Analyte::kAptt:
      return "APTT";
    case Analyte::kPlatelets:
      return "platelets";
  }
  return "?";
}

std::optional<double> lab_value(Analyte analyte, double value, std::string_view unit) {
  // In UCUM "l" is the litre, too, and "[iU]" the international unit.
  std::string code(unit);
  if (code.ends_with("/l") || code.ends_with("/dl") || code.ends_with("/ul")) code.back() = 'L';
  if (code.starts_with("[iU]")) code[1] = 'I';
  for (const Unit& known : units_of(analyte)) {
    if (known.code == code) return value * known.factor;
  }
  return {};
}

// Chosen wide: of no source, and no statement of what is healthy. A value written with another unit of its analyte is
// off by 10 to 1000, and mostly lies outside; upper limits of normal are told from such ones more narrowly.
LabRange possible_values(Analyte analyte) {
  switch (analyte) {
    case Analyte::kTotalBilirubin:
      return {1.5, 1500.0};
    case Analyte::kAst:
    case Analyte::kAlt:
      return {1.0, 50'000.0};
    case Analyte::kAlbumin:
      return {5.0, 80.0};
    case Analyte::kInr:
      return {0.5, 30.0};
    case Analyte::kAptt:
      return {10.0, 400.0};
    case Analyte::kPlatelets:
      return {1.0, 5000.0};
  }
  return {};
}

LabRange possible_normals(Analyte analyte) {
  switch (analyte) {
    case Analyte::kTotalBilirubin:
      return {10.0, 45.0};
    case Analyte::kAst:
    case Analyte::kAlt:
      return {10.0, 120.0};
    case Analyte::kAlbumin:
      return {40.0, 65.0};
    case Analyte::kInr:
      return {0.9, 2.0};
    case Analyte::kAptt:
      return {25.0, 75.0};
    case Analyte::kPlatelets:
      return {250.0, 650.0};
  }
  return {};
}

std::string with_lab_unit(const std::string& number, std::string_view unit) {
  // UCUM writes a ratio as "1", what only annotates in braces, powers of ten with an asterisk, and what is arbitrary in
  // brackets.
  if (unit.empty() || unit == "1" || unit.front() == '{') return number;
  std::string out;
  for (const char c : unit) {
    if (c == '*') out += '^';
    if (c != '*' && c != '[' && c != ']') out += c;
  }
  const bool power = unit.substr(0, 3) == "10*";
  return number + (power ? " x" : unit.front() == '/' ? "" : " ") + out;
}

std::vector<std::string> lab_units(Analyte analyte) {
  std::vector<std::string> out;
  for (const Unit& known : units_of(analyte)) out.emplace_back(known.code);
  return out;
}

}  // namespace dosegate
