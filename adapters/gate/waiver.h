// What a named person states about a plan, signed with that person's key: that a rule's being broken is accepted
// (WAIVER), or that something which no software can check is so (ATTESTATION).
//
// A waiver is for one plan (SOP Instance UID and SHA-256), one rule of one protocol, and the value that was measured. A
// worse value voids it. Worse is: for a limit from above (LT, LE) a higher upper bound, for one from below (GT, GE) a
// lower lower bound; where the finding has no such limit, any other value, limit or message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/gate/dsse.h"
#include "adapters/gate/instant.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

inline constexpr std::size_t kMostWaiverBytes = std::size_t{1} << 18;

// What was found when the waiver was given: of dosegate.v1.Finding.
struct Measured {
  std::string status;  // DEVIATION, INDETERMINATE
  std::optional<double> value, lower, upper, limit;
  std::string unit, comparator, message;
};
Measured measured_of(const v1::Finding& finding);

// Why `now` is not what was accepted in `then`; nothing: it is, or is better.
std::optional<std::string> why_worse(const Measured& then, const Measured& now);

struct Waiver {
  enum class Kind { kWaiver, kAttestation };
  Kind kind = Kind::kWaiver;
  std::string person, role, reason;
  std::string plan_uid, plan_sha256;
  Instant issued, expires;
  std::string protocol, protocol_version, rule;  // of a waiver
  Measured measured;                             // of a waiver
  std::string item;                              // of an attestation: AttestationItem::id

  std::string write() const;                     // the payload that is signed
  static Waiver read(std::string_view payload);  // Refused, with where
};

// As it came: read, not yet believed.
struct SignedWaiver {
  Waiver waiver;
  Envelope envelope;
  std::string sha256;  // of the file
  std::string source;  // the file's name, for the user
};
// Refused where `text` is no envelope with a waiver in it.
SignedWaiver read_signed_waiver(std::string_view text, std::string source);

}  // namespace dosegate::gate
