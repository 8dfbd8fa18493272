#include "adapters/dicom_gate/pairing.h"

#include <algorithm>
#include <set>

namespace dosegate::dicom_gate {
namespace {

// The doses of parts of a plan: several of them make up its dose.
bool is_partial(const Facts& dose) { return dose.summation == "BEAM" || dose.summation == "CONTROL_POINT"; }

void look_for_dose(const Facts& plan, const std::vector<const Facts*>& doses, Group& group) {
  std::vector<dicom::BeamsOfDose> parts;
  for (const Facts* dose : doses) {
    if (dose->is_evaluated && !is_partial(*dose)) return;
    if (dose->summation == "BEAM") parts.push_back({dose->uid, dose->beams});
  }
  if (parts.empty()) {
    group.missing.push_back("RTDOSE: no dose of plan " + plan.uid + " was received.");
    return;
  }
  const std::string defect = dicom::coverage_defect(parts, plan.plan);
  if (!defect.empty()) group.missing.push_back("RTDOSE: " + defect);
}

void look_for_structures(const Index& index, const Facts& plan, const std::vector<const Facts*>& doses, Group& group) {
  std::set<std::string> wanted(plan.structure_uids.begin(), plan.structure_uids.end());
  if (wanted.empty()) {
    for (const Facts* dose : doses) wanted.insert(dose->structure_uids.begin(), dose->structure_uids.end());
  }
  if (wanted.empty()) {
    group.missing.push_back("RTSTRUCT: neither plan " + plan.uid + " nor its dose says which structure set it is of.");
  }
  for (const std::string& uid : wanted) {
    const auto found = index.find(uid);
    if (found == index.end() || found->second.role != Role::kStructures) {
      group.missing.push_back("RTSTRUCT: structure set " + uid + " of plan " + plan.uid + " was not received.");
    } else {
      group.objects.push_back(&found->second);
    }
  }
}

void finish(Group& group) {
  for (const Facts* one : group.objects) group.newest = std::max(group.newest, one->received);
}

}  // namespace

std::vector<CaseObject> objects_of(const Group& group) {
  std::vector<CaseObject> objects;
  for (const Facts* one : group.objects) objects.push_back({std::string(name_of(one->role)), one->uid, one->sha256});
  return objects;
}

std::vector<Group> group_up(const Index& index, const std::function<bool(const std::string& uid)>& is_closed) {
  std::map<std::string, std::vector<const Facts*>> doses;  // by the plan's UID
  std::set<std::string> used;                              // structure sets
  for (const auto& [uid, facts] : index) {
    if (facts.role == Role::kDose) {
      for (const std::string& plan : facts.plan_uids) doses[plan].push_back(&facts);
      if (facts.plan_uids.empty()) doses[uid].push_back(&facts);  // a group of its own
    }
    used.insert(facts.structure_uids.begin(), facts.structure_uids.end());
  }
  std::vector<Group> groups;
  for (const auto& [uid, facts] : index) {
    Group group;
    group.key = uid;
    if (facts.role == Role::kPlan) {
      const std::vector<const Facts*>& of_plan = doses[uid];
      look_for_structures(index, facts, of_plan, group);
      group.objects.push_back(&facts);
      group.objects.insert(group.objects.end(), of_plan.begin(), of_plan.end());
      look_for_dose(facts, of_plan, group);
    } else if (facts.role == Role::kStructures && used.count(uid) == 0 && !is_closed(uid)) {
      group.objects.push_back(&facts);
      group.missing.push_back("RTPLAN: no plan refers to structure set " + uid + ".");
    } else {
      continue;
    }
    finish(group);
    groups.push_back(std::move(group));
  }
  for (const auto& [plan, of_plan] : doses) {
    if (const auto found = index.find(plan); found != index.end() && found->second.role == Role::kPlan) continue;
    if (of_plan.empty() || is_closed(plan)) continue;
    Group group;
    group.key = plan;
    group.objects = of_plan;
    group.missing.push_back(index.count(plan) > 0 ? "RTPLAN: dose " + plan + " does not say of which plan it is."
                                                  : "RTPLAN: plan " + plan + " of a dose was not received.");
    finish(group);
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace dosegate::dicom_gate
