// Doses of single beams, summed (dose.h).
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "adapters/dicom/dose.h"
#include "dosegate/dosegate.h"

namespace dosegate::dicom {
namespace {

constexpr double kGridTolerance = 1e-4;  // mm: what rounding in a decimal string can do

using Key = std::pair<std::int32_t, std::int32_t>;  // fraction group, beam

bool same(double a, double b) { return std::abs(a - b) <= kGridTolerance; }

template <typename Range>
bool same(const Range& a, const Range& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

bool same_grid(const Dose& a, const Dose& b) {
  return a.columns == b.columns && a.rows == b.rows && a.planes == b.planes && same(a.position_mm, b.position_mm) &&
         same(a.row_cosines, b.row_cosines) && same(a.column_cosines, b.column_cosines) &&
         same(a.row_spacing_mm, b.row_spacing_mm) && same(a.column_spacing_mm, b.column_spacing_mm) &&
         same(a.plane_offsets_mm, b.plane_offsets_mm) && a.frame_of_reference_uid == b.frame_of_reference_uid;
}

double value_at(const Dose& dose, std::uint64_t i) {
  if (dose.value_type == DOSEGATE_VALUES_UINT16) {
    std::uint16_t value = 0;
    std::memcpy(&value, dose.values.data() + i * sizeof value, sizeof value);
    return dose.scaling * value;
  }
  std::uint32_t value = 0;
  std::memcpy(&value, dose.values.data() + i * sizeof value, sizeof value);
  return dose.scaling * value;
}

// The treatment beams of every fraction group, by (group, beam); the name is for messages.
std::map<Key, std::string> treatment_beams(const v1::Plan& plan) {
  std::map<std::int32_t, const v1::Beam*> beams;
  for (const v1::Beam& beam : plan.beams()) beams[beam.number()] = &beam;
  std::map<Key, std::string> wanted;
  for (const v1::FractionGroup& group : plan.fraction_groups()) {
    for (const v1::ReferencedBeam& reference : group.beams()) {
      const auto found = beams.find(reference.beam_number());
      const bool known = found != beams.end();
      if (known && !found->second->delivery_type().empty() && found->second->delivery_type() != "TREATMENT") continue;
      std::string name = std::to_string(reference.beam_number());
      if (known && !found->second->name().empty()) name += " '" + found->second->name() + "'";
      if (plan.fraction_groups_size() > 1) name += " of fraction group " + std::to_string(group.number());
      wanted[{group.number(), reference.beam_number()}] = name;
    }
  }
  return wanted;
}

void append(std::string& list, const std::string& entry) { list += (list.empty() ? "" : ", ") + entry; }

// Empty when the doses cover every treatment beam exactly once.
std::string coverage_defect(const std::vector<BeamDose>& doses, const std::optional<v1::Plan>& plan) {
  if (!plan) {
    return "The dose is given for single beams, and without the plan it is not known whether every beam is there.";
  }
  const std::map<Key, std::string> wanted = treatment_beams(*plan);
  if (wanted.empty())
    return "The dose is given for single beams, and the plan's fraction groups name no treatment beam.";
  std::map<Key, int> seen;
  for (const BeamDose& dose : doses) {
    if (dose.beams.empty()) {
      return "The dose in " + dose.object->name() + " is of a single beam and does not say of which one.";
    }
    for (const BeamReference& reference : dose.beams) {
      if (!reference.fraction_group && plan->fraction_groups_size() != 1) {
        return "The dose in " + dose.object->name() + " does not say of which fraction group its beam is.";
      }
      ++seen[{reference.fraction_group.value_or(plan->fraction_groups(0).number()), reference.beam}];
    }
  }
  std::string lacking, repeated, unknown;
  for (const auto& [key, name] : wanted) {
    if (seen.find(key) == seen.end()) append(lacking, name);
  }
  for (const auto& [key, times] : seen) {
    const auto known = wanted.find(key);
    if (known == wanted.end()) {
      append(unknown, std::to_string(key.second));
    } else if (times > 1) {
      append(repeated, known->second);
    }
  }
  std::string defect;
  if (!lacking.empty()) defect += " No dose is given for beam " + lacking + " of the plan.";
  if (!repeated.empty()) defect += " More than one dose is given for beam " + repeated + ".";
  if (!unknown.empty()) defect += " A dose is given for beam " + unknown + ", which is no treatment beam of the plan.";
  if (defect.empty()) return defect;
  return "The doses of single beams do not make up the plan's dose." + defect;
}

}  // namespace

Dose sum_beams(const std::vector<BeamDose>& doses, const std::optional<v1::Plan>& plan, const ReadOptions& options) {
  Dose sum;
  std::vector<double> total;
  for (const BeamDose& part : doses) {
    const bool first = &part == &doses.front();
    if (!part.object->is_loaded()) part.object->reload(options);
    Dose dose = read_dose(*part.object, options.limits);
    if (options.inputs == Inputs::kListed) part.object->sha256(options);  // while its bytes are here
    if (doses.size() > 1) part.object->release_bytes();

    const std::string files = " (" + doses.front().object->name() + ", " + part.object->name() + ")";
    std::string defect = dose.defect;
    if (!first && defect.empty() && !same_grid(sum, dose)) {
      defect = "The doses of single beams are on different grids" + files + ", so they cannot be summed.";
    }
    if (!first && defect.empty() && (sum.units != dose.units || sum.dose_type != dose.dose_type)) {
      defect = "The doses of single beams differ in Dose Units or Dose Type" + files + ", so they cannot be summed.";
    }
    if (defect.empty()) {
      total.resize(dose.value_count);
      for (std::uint64_t i = 0; i < dose.value_count; ++i) total[i] += value_at(dose, i);
    }
    const bool as_water = sum.as_water || dose.as_water;
    if (first) {
      sum = std::move(dose);
      sum.values = {};
    }
    sum.as_water = as_water;
    sum.defect = defect;
    if (!defect.empty()) break;
  }
  sum.scaling = 1.0;
  sum.value_type = DOSEGATE_VALUES_FLOAT64;
  sum.summation = DOSEGATE_SUMMATION_BEAMS;
  if (!sum.defect.empty()) return sum;
  const auto kept = std::make_shared<const std::vector<double>>(std::move(total));
  sum.values = SharedBytes({kept, reinterpret_cast<const std::byte*>(kept->data())}, kept->size() * sizeof(double));
  sum.defect = coverage_defect(doses, plan);
  return sum;
}

}  // namespace dosegate::dicom
