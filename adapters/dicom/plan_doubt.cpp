#include "adapters/dicom/plan_doubt.h"

#include <algorithm>

#include "adapters/dicom/say.h"
#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kRelationship = 0x300A0055U;
constexpr Tag kApplicationSetups = 0x300A0230U;

constexpr const char* kAsStated =
    " If the dose is that of the whole treatment nonetheless, say so with --dose-is course.";

void look_at_relationships(const Object& object, PlanDoubt& doubt) {
  const std::string plan = "The plan (" + object.name() + ")";
  for (const Item& other : Item(object.data_set()).sequence(kReferencedPlans)) {
    const std::string uid = other.text(kReferencedInstance), relationship = other.text(kRelationship);
    const std::string name = uid.empty() ? "another plan" : "plan " + uid;
    const std::string says = ": RT Plan Relationship (300A,0055) is ";
    if (relationship == "PREDECESSOR" || relationship == "ALTERNATIVE") continue;
    if (relationship == "PRIOR") {
      doubt.notes.push_back(uid.empty() ? say<Said::kFollowsSomePlan>(object.name())
                                        : say<Said::kFollowsPlan>(object.name(), uid));
    } else if (relationship == "VERIFIED_PLAN") {
      doubt.not_for_patient =
          plan + " verifies " + name + says + "VERIFIED_PLAN. It is for measuring, not for a patient.";
    } else if (relationship == "CONCURRENT") {
      doubt.not_whole = plan + " is given together with " + name + says +
                        "CONCURRENT, so its dose is not all that the patient gets." + kAsStated;
    } else if (doubt.not_whole.empty()) {
      doubt.not_whole = plan + " refers to " + name + ", and RT Plan Relationship (300A,0055) " +
                        (relationship.empty() ? "does not say how they belong together"
                                              : "is '" + relationship + "', which says nothing") +
                        ": they may be given together." + kAsStated;
    }
  }
}

}  // namespace

PlanDoubt doubt_of(const Object& object, const v1::Plan& plan) {
  PlanDoubt doubt;
  look_at_relationships(object, doubt);
  const bool has_setups = std::any_of(plan.fraction_groups().begin(), plan.fraction_groups().end(),
                                      [](const v1::FractionGroup& g) { return g.brachy_setups() > 0; }) ||
                          !Item(object.data_set()).sequence(kApplicationSetups).empty();
  if (has_setups && plan.beams_size() > 0 && doubt.not_whole.empty()) {
    doubt.not_whole = "The plan (" + object.name() +
                      ") has brachytherapy beside its beams, by Number of Brachy Application Setups (300A,00A0) or its "
                      "Application Setup Sequence (300A,0230), and whether the dose holds both is not known." +
                      kAsStated;
  }
  return doubt;
}

}  // namespace dosegate::dicom
