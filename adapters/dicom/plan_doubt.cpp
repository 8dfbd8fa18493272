#include "adapters/dicom/plan_doubt.h"

#include <algorithm>

#include "adapters/dicom/say.h"
#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/tags.h"
#include "adapters/support/number.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kRelationship = 0x300A0055U;
constexpr Tag kApplicationSetups = 0x300A0230U;
constexpr Tag kGeometry = 0x300A000CU;
constexpr Tag kTargetMinimum = 0x300A0025U, kTargetMaximum = 0x300A0027U;
constexpr Tag kDigitsPerDay = 0x300A0079U, kPattern = 0x300A007BU;

constexpr const char* kAsStated =
    " If the dose is that of the whole treatment nonetheless, say so with --dose-is course.";

void look_at_relationships(const Object& object, PlanDoubt& doubt) {
  const std::string plan = "The plan (" + object.name() + ")";
  for (const Item& other : Item(object.data_set()).sequence(kReferencedPlans)) {
    const std::string uid = other.text(kReferencedInstance), relationship = other.code(kRelationship);
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

// What a fraction group says of days and weeks (PS3.3 C.8.8.13): a digit for each place of a day for a fraction, from
// Monday on. A fraction a day on five days of a week is what is usual, and not told.
void look_at_pattern(const Object& object, const Item& group, PlanDoubt& doubt) {
  const auto stated = group.bytes(kPattern);
  const auto digits = group.integer(kDigitsPerDay);
  if (!stated || !digits || *digits < 1 || stated->size() > 10'000) return;
  const std::size_t a_day = static_cast<std::size_t>(*digits);
  if (stated->find_first_not_of("01") != std::string_view::npos || stated->size() % (7 * a_day) != 0) return;
  const auto fractions = [&](std::size_t first, std::size_t count) {
    const std::string_view part = stated->substr(first, count);
    return std::count(part.begin(), part.end(), '1');
  };
  std::ptrdiff_t on_day = 0, in_week = 0;
  for (std::size_t at = 0; at < stated->size(); at += a_day) on_day = std::max(on_day, fractions(at, a_day));
  for (std::size_t at = 0; at < stated->size(); at += 7 * a_day) in_week = std::max(in_week, fractions(at, 7 * a_day));
  if (on_day <= 1 && in_week <= 5) return;
  doubt.notes.push_back(
      say<Said::kFractionPatternOf>(object.name(), on_day, in_week, group.text(kFractionGroupNumber)));
}

// Limits of a target that its prescription does not keep.
void look_at_limits(const Object& object, const Item& reference, PlanDoubt& doubt) {
  const auto prescribed = reference.decimal(kTargetPrescription);
  if (!prescribed || reference.code(kReferenceType) != "TARGET") return;
  const auto least = reference.decimal(kTargetMinimum), most = reference.decimal(kTargetMaximum);
  constexpr double kHair = 1e-6;  // of the dose: decimal strings
  const bool above = least && *least > *prescribed * (1.0 + kHair);
  const bool below = most && *most < *prescribed * (1.0 - kHair);
  if (!above && !below) return;
  const std::string number = reference.text(kDoseReferenceNumber), dose = support::shortest(*prescribed);
  doubt.notes.push_back(
      above ? say<Said::kPrescribesBelowMinimum>(object.name(), number, dose, support::shortest(*least))
            : say<Said::kPrescribesAboveMaximum>(object.name(), number, dose, support::shortest(*most)));
}

}  // namespace

PlanDoubt doubt_of(const Object& object, const v1::Plan& plan) {
  PlanDoubt doubt;
  const Item data(object.data_set());
  look_at_relationships(object, doubt);
  for (const Item& reference : data.sequence(kDoseReferences)) look_at_limits(object, reference, doubt);
  for (const Item& group : data.sequence(kFractionGroups)) look_at_pattern(object, group, doubt);
  if (data.code(kGeometry) == "TREATMENT_DEVICE") {
    doubt.notes.push_back(say<Said::kMadeWithoutStructures>(object.name()));
  }
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
