#include "core/rules/kinds.h"

#include <algorithm>

#include "core/rules/beams.h"
#include "core/rules/bed.h"
#include "core/rules/delivery.h"
#include "core/rules/derived_check.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/eligibility.h"
#include "core/rules/fractionation.h"
#include "core/rules/gamma.h"
#include "core/rules/grading.h"
#include "core/rules/imaging.h"
#include "core/rules/lab.h"
#include "core/rules/margin/containment_rule.h"
#include "core/rules/margin/margin_rule.h"
#include "core/rules/prescription.h"
#include "core/rules/response.h"
#include "core/rules/schedule.h"
#include "core/rules/structure.h"
#include "core/rules/structure_volume.h"
#include "core/rules/therapy.h"

namespace dosegate {
namespace {

template <typename Kind>
constexpr KindEntry entry() {
  KindEntry out{Kind::kMember,
                [](ObjectReader& o, const CheckRole& check) -> std::shared_ptr<const RuleKind> {
                  return std::make_shared<const Kind>(Kind::read(o, check));
                },
                nullptr};
  if constexpr (requires { &Kind::lint_together; }) out.lint_together = Kind::lint_together;
  return out;
}

constexpr KindEntry kKinds[] = {
    entry<DoseMetricRule>(),       // a metric of a DVH
    entry<PrescriptionRule>(),     // what the plan prescribes
    entry<StructureRule>(),        // a structure is there
    entry<DerivedCheckRule>(),     // a drawn version agrees with the computed one
    entry<MarginRule>(),           // a structure is another plus a margin
    entry<ContainmentRule>(),      // a structure lies inside another
    entry<BeamsRule>(),            // the plan's beams
    entry<ScheduleRule>(),         // the days of the course
    entry<FractionationRule>(),    // doses and number of the fractions
    entry<BedRule>(),              // BED and EQD2
    entry<GammaRule>(),            // the measured plan is the planned one
    entry<DeliveryRule>(),         // what is done in every fraction
    entry<EligibilityRule>(),      // one criterion of eligibility
    entry<LabRule>(),              // laboratory values at enrolment
    entry<GradingRule>(),          // the invasion of vessels
    entry<TherapyRule>(),          // infusions of a drug
    entry<ResponseRule>(),         // assessments after treatment
    entry<ImagingRule>(),          // follow-up images
    entry<StructureVolumeRule>(),  // a volume between limits
};

}  // namespace

std::span<const KindEntry> rule_kinds() { return kKinds; }

const KindEntry& rule_kind(std::string_view member) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindEntry& k) { return k.member == member; });
}

std::string rule_kind_names() {
  std::string names;
  for (const KindEntry& kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind.member);
  return names;
}

}  // namespace dosegate
