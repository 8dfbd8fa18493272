// The decision as an in-toto Statement v1 (github.com/in-toto/attestation, spec/v1/statement.md): its subjects are the
// DICOM objects, its predicate says what was decided on what grounds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/decision.h"

namespace dosegate::gate {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kPredicateType = "urn:dosegate:decision:1";
inline constexpr std::size_t kMostDecisionBytes = std::size_t{1} << 20;

// Where in a ledger a decision stands: its own row, and the hash of the row before.
struct LedgerPlace {
  std::string ledger;
  std::int64_t sequence = 0;
  std::string previous;
};

struct DecisionContext {
  std::string options_json;  // dosegate.v1.CaseOptions as the caller stated them, without inputs and notes
  std::string subject;       // the patient's pseudonym; empty: not stated
  std::optional<LedgerPlace> place;
};

// One content, one sequence of bytes. Refused where it would be larger than kMostDecisionBytes as an envelope.
std::string write_statement(const Decision& decision, const Policy& policy, const Evidence& evidence,
                            const DecisionContext& context);

// What a verifier needs of it.
struct Statement {
  std::vector<InputRef> subjects;  // sorted
  std::string outcome;             // APPROVED, HELD, REJECTED
  Instant decided_at;
  std::string policy_id, policy_version, policy_sha256;
  std::optional<LedgerPlace> place;
};
// Refused, with where, if `json` is no such statement.
Statement read_statement(std::string_view json);

}  // namespace dosegate::gate
