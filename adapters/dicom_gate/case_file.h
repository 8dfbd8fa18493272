// What lies in the folder of a plan: case.json says which objects it is of, held.json why it is held.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/instant.h"

namespace dosegate::dicom_gate {

struct CaseObject {
  std::string role, uid, sha256;
  auto operator<=>(const CaseObject&) const = default;
};

struct CaseFile {
  std::string key;      // SOP Instance UID of the plan, or of a lone structure set
  std::string attempt;  // 128 random bits, hex: under it a decision is recorded once
  std::vector<CaseObject> objects;
  std::vector<std::string> waivers;  // SHA-256 of the documents; each lies beside as waiver-SHA256.json

  std::string write() const;
  static CaseFile read(std::string_view json);  // gate::Refused, with where
};

struct Hold {
  // Whether the gate goes on by itself: once the missing objects have come, or the record, or after a while.
  enum class Kind { kIncomplete, kNoRecord, kFailed, kDecision };
  Kind kind = Kind::kDecision;
  gate::Instant at;
  std::string attempt;               // of which it is the outcome; empty: none was made
  std::vector<std::string> reasons;  // sentences

  std::string write() const;
  static Hold read(std::string_view json);  // gate::Refused, with where
};
std::string_view name_of(Hold::Kind kind);  // INCOMPLETE, NO_RECORD, FAILED, DECISION

}  // namespace dosegate::dicom_gate
