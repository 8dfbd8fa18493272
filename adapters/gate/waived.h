// Which waivers count for one finding.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/gate/policy.h"
#include "adapters/gate/waiver.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

struct Waived {
  std::vector<const SignedWaiver*> counted;                         // of different people
  std::vector<std::pair<const SignedWaiver*, std::string>> voided;  // for this finding, and why they do not count
};

// `waivers`: those to which there is no objection (decision.h), of whatever rule. `rule`: who may waive the finding's.
Waived waived(const v1::Finding& finding, const v1::ProtocolRef& protocol, const WaiverRule& rule,
              std::span<const SignedWaiver* const> waivers);

}  // namespace dosegate::gate
