// What changed from one protocol to another, in words, and whether it asks for more or for less.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/protocol.h"

namespace dosegate {

struct ProtocolChange {
  enum class What { kAdded, kRemoved, kChanged };
  enum class Part { kProtocol, kPrescription, kRole, kRule };
  enum class Effect {
    kStricter,  // every plan that meets the new one met the old one
    kLooser,    // the other way round
    kDepends,   // findings can move either way
    kNone       // no verdict moves: wording, an advisory rule, when a pass warns
  };
  What what = What::kChanged;
  Part part = Part::kProtocol;
  std::string id;             // of the role or rule
  std::string member;         // JSON path below the part, "doseMetric.limit"; empty: the whole of it
  std::string before, after;  // as stated, "< 49 %"; empty: not stated
  Effect effect = Effect::kNone;
  std::string text;  // the sentence, "OR-2.V20: limit < 49 % becomes < 45 %: stricter"
};

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
