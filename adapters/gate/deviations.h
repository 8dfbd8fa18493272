// The trial's protocol deviations: waivers, held against a report and a policy, as a report lists them.
#pragma once

#include <span>
#include <vector>

#include "adapters/gate/policy.h"
#include "adapters/gate/waiver.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

// A waiver, and the time for which it is asked whether it holds.
struct DatedWaiver {
  SignedWaiver waiver;
  Instant at;
};

// One a waiver of a rule, in their order, whatever it is worth; attestations are none. The report is taken as it is.
std::vector<v1::ProtocolDeviation> deviations_of(const v1::Report& report, std::span<const DatedWaiver> waivers,
                                                 const Policy& policy);

}  // namespace dosegate::gate
