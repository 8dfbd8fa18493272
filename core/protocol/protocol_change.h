// One change from one protocol to another.
#pragma once

#include <string>

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

// How a sentence says the effect at its end: ": stricter"; of none: "".
inline std::string effect_tail(ProtocolChange::Effect effect) {
  switch (effect) {
    case ProtocolChange::Effect::kStricter:
      return ": stricter";
    case ProtocolChange::Effect::kLooser:
      return ": looser";
    case ProtocolChange::Effect::kDepends:
      return ": findings may move either way";
    case ProtocolChange::Effect::kNone:
      return "";
  }
  return "";
}

}  // namespace dosegate
