#include "adapters/gate/waived.h"

#include <set>

namespace dosegate::gate {

Waived waived(const v1::Finding& finding, const v1::ProtocolRef& protocol, const WaiverRule& rule,
              std::span<const SignedWaiver* const> waivers) {
  const Measured found = measured_of(finding);
  std::set<std::string> people;
  Waived result;
  for (const SignedWaiver* waiver : waivers) {
    const Waiver& w = waiver->waiver;
    if (w.kind != Waiver::Kind::kWaiver || w.protocol != protocol.id() || w.rule != finding.rule_id()) continue;
    std::string why;
    if (w.protocol_version != protocol.version()) {
      why = "it is for version " + w.protocol_version + " of the protocol";
    } else if (!holds(rule.roles, w.role)) {
      why = "the policy does not let a " + w.role + " waive this rule";
    } else if (const auto worse = why_worse(w.measured, found)) {
      why = *worse;
    } else if (people.insert(w.person).second) {
      result.counted.push_back(waiver);
    }
    if (!why.empty()) result.voided.emplace_back(waiver, why);
  }
  return result;
}

}  // namespace dosegate::gate
