// Which received objects make up a plan that can be decided on, by their references, whatever the order in which they
// came.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/dicom_gate/case_file.h"
#include "adapters/dicom_gate/facts.h"

namespace dosegate::dicom_gate {

using Index = std::map<std::string, Facts>;  // by SOP Instance UID

struct Group {
  std::string key;                    // the plan's UID, also where it is missing; else that of a lone structure set
  std::vector<const Facts*> objects;  // structure sets, plan, doses
  std::vector<std::string> missing;   // sentences; empty: complete
  gate::Instant newest;               // when the last of them came

  bool is_complete() const { return missing.empty(); }
};
std::vector<CaseObject> objects_of(const Group& group);

// One for each plan, one for each plan that is missing though a dose refers to it, and one for each structure set that
// nothing refers to. `is_closed`: plans on which was decided and that are gone, with what belongs to them.
std::vector<Group> group_up(const Index& index, const std::function<bool(const std::string& uid)>& is_closed);

}  // namespace dosegate::dicom_gate
