// A decision's document, read back: what came of it, why, and about which bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/policy.h"
#include "adapters/gate/statement.h"

namespace dosegate::dicom_gate {

struct Decided {
  gate::Outcome outcome = gate::Outcome::kHeld;
  gate::Statement statement;
  std::vector<std::string> reasons;         // sentences, the worst first; those that do not approve
  std::vector<std::string> report_digests;  // SHA-256 of the reports it rests on
};

// Throws gate::Refused where the envelope is signed by none of `keys`, or holds no decision.
Decided read_decision(std::string_view document, std::span<const gate::PublicKey> keys);

}  // namespace dosegate::dicom_gate
