#include "adapters/dicom/coverage.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dosegate::dicom {
namespace {

using Key = std::pair<std::int32_t, std::int32_t>;  // fraction group, beam

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

}  // namespace

std::string coverage_defect(const std::vector<BeamsOfDose>& doses, const std::optional<v1::Plan>& plan) {
  if (!plan) {
    return "The dose is given for single beams, and without the plan it is not known whether every beam is there.";
  }
  const std::map<Key, std::string> wanted = treatment_beams(*plan);
  if (wanted.empty())
    return "The dose is given for single beams, and the plan's fraction groups name no treatment beam.";
  std::map<Key, int> seen;
  for (const BeamsOfDose& dose : doses) {
    if (dose.beams.empty()) {
      return "The dose in " + dose.file + " is of a single beam and does not say of which one.";
    }
    for (const BeamReference& reference : dose.beams) {
      if (!reference.fraction_group && plan->fraction_groups_size() != 1) {
        return "The dose in " + dose.file + " does not say of which fraction group its beam is.";
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

std::string partial_defect(const std::string& file, const std::string& summation, const PartsNamed& parts,
                           const v1::Plan& plan) {
  if (parts.beams.empty() && parts.groups.empty()) return "";
  // Of several fraction groups FRACTION means one; what that is worth is for the library to say.
  if (summation == "FRACTION" && plan.fraction_groups_size() > 1) return "";
  const auto is_named = [&](const Key& key) {
    const bool by_group = std::find(parts.groups.begin(), parts.groups.end(), key.first) != parts.groups.end();
    return by_group || std::any_of(parts.beams.begin(), parts.beams.end(), [&](const BeamReference& r) {
             return r.beam == key.second && r.fraction_group.value_or(key.first) == key.first;
           });
  };
  std::string lacking;
  for (const auto& [key, name] : treatment_beams(plan)) {
    if (!is_named(key)) append(lacking, name);
  }
  if (lacking.empty()) return "";
  std::string named;
  for (const BeamReference& reference : parts.beams) append(named, std::to_string(reference.beam));
  std::string groups;
  for (const std::int32_t group : parts.groups) append(groups, std::to_string(group));
  if (!groups.empty()) append(named, "fraction group " + groups);
  return "The dose in " + file + " is tagged " + summation + ", and says itself that it is of " +
         (parts.beams.empty() ? "" : "beam ") + named + " of the plan: beam " + lacking +
         " is not in it (300C,0020). If it is the dose of the whole plan nonetheless, say so with --dose-is course.";
}

}  // namespace dosegate::dicom
