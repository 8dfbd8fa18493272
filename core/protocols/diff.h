// What changed from one protocol to another, in words, and whether it asks for more or for less.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/protocol.h"
#include "core/protocol/protocol_change.h"
#include "core/protocols/load.h"

namespace dosegate {

struct ProtocolDiff {
  std::string before_id, before_version, after_id, after_version;
  std::vector<ProtocolChange> changes;  // protocol, prescription, roles, rules, in the order of `after`; removed last
  std::vector<std::string> notes;       // what to know of the pair: content differs under one version
};

// Compares what the two state, not how their JSON is written; an unstated value and its default are the same.
// A rule is the same one when its id is; one whose id alone changed is said to be called anew. Errors: only where
// a protocol was not made by load_protocol (its json does not parse).
Result<ProtocolDiff> diff_protocols(const Protocol& before, const Protocol& after);

// Canonical dosegate.v1.ProtocolDiff.
std::string to_json(const ProtocolDiff& diff);

}  // namespace dosegate
