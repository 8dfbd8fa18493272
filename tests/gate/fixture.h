// People, keys, a policy, a report and waivers for the tests of the gate.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/gate/decision.h"
#include "adapters/gate/key.h"
#include "adapters/gate/policy.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate_test {

// A key of which every bit follows from `seed`, as a private and a public PEM file in `folder`.
struct KeyFiles {
  std::string private_path, public_path;
};
KeyFiles write_key(const std::string& folder, int seed);
std::unique_ptr<gate::Signer> signer(int seed);

inline constexpr const char* kPlanUid = "1.2.826.0.1.1";
inline constexpr const char* kProtocol = "TRIAL-1";
extern const gate::Instant kNow;  // 2026-11-30T12:00:00Z

// "Ada" and "Bert" are physicists (keys 1 and 2), "Cleo" is a physician (key 3). Rule R-1 may be waived by one
// physicist, R-2 by two; the item "reviewed" is stated by a physician. Mandatory: WARNING and PENDING approve,
// DEVIATION rejects, the rest holds. Advisory: DEVIATION holds, the rest approves.
std::string policy_json();
gate::Policy policy();

v1::Finding finding(const std::string& rule, v1::Finding::Status status, double value = 21.0);
// PASS of R-0, then `findings`; its verdict is borne out by them, its inputs are the plan, a structure set and a dose.
v1::Report report(const std::vector<v1::Finding>& findings);

// A waiver of `finding` by one of the people above, issued an hour before kNow and good for ten days.
gate::Waiver waiver_of(const v1::Finding& finding, const std::string& person);
gate::Waiver attestation_by(const std::string& person);
gate::SignedWaiver signed_by(const gate::Waiver& waiver, int seed);

// All in order: the report on `findings`, believed, and Cleo's attestation.
gate::Evidence evidence(const std::vector<v1::Finding>& findings);

}  // namespace dosegate::gate_test
