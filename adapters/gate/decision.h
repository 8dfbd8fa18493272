// The decision on a plan: a function of the policy and of the evidence, of nothing else, without input or output.
//
// Whatever is missing, stale, contradictory or not believed holds the plan; findings of a report that is not believed
// are not looked at. Of several reasons the worst decides. More failing findings, fewer or older waivers never give a
// better outcome.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "adapters/gate/policy.h"
#include "adapters/gate/waiver.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

// As dosegate.v1.Input.
struct InputRef {
  std::string role, sop_instance_uid, sha256;
  auto operator<=>(const InputRef&) const = default;
};
std::vector<InputRef> inputs_of(const v1::Report& report);  // sorted

struct EngineRef {
  std::string version, plugin_sha256;
};

// Why a report is taken for the engine's own on these inputs.
enum class Belief {
  kComputed,  // by this process, for this decision
  kCompared,  // computed anew and the same, byte for byte
  kLedger,    // the ledger says that this engine made these bytes
  kNone
};
std::string_view name_of(Belief belief);

struct CheckedReport {
  std::string protocol_id, protocol_version, protocol_sha256;  // of the protocol that the caller named
  bool is_builtin = false;  // the protocol's document is the one that is built into the library
  std::string sha256;       // of the report's bytes
  v1::Report report;
  Belief belief = Belief::kNone;
  std::string doubt;  // why it is not believed
};

struct Evidence {
  Instant now;
  std::optional<Instant> ledger_time;  // of the ledger's last entry
  std::vector<InputRef> inputs;        // as they were read for this decision, sorted
  EngineRef engine;
  std::vector<CheckedReport> reports;  // in the order in which the caller named the protocols
  std::vector<SignedWaiver> waivers;
  std::vector<std::string> site_statements;  // those of kSiteStatements that the caller made
  bool has_key = false, has_ledger = false;
};

struct Reason {
  Outcome effect = Outcome::kHeld;
  std::string code;            // for programs, e.g. FINDING, INPUTS_CHANGED
  std::string protocol, rule;  // empty: of none
  std::string text;            // one sentence or more for the user
};

// A waiver or attestation that counted.
struct Accepted {
  std::string person, role, protocol, rule, item, reason, sha256;
  Instant expires;
};

struct Decision {
  Outcome outcome = Outcome::kHeld;
  std::vector<Reason> reasons;
  std::vector<Accepted> accepted;

  void add(Outcome effect, std::string code, std::string text, std::string protocol = {}, std::string rule = {});
};

Decision decide(const Policy& policy, const Evidence& evidence);

// Why a waiver does not count, be its rule or item what it may. `is_forged`: by its signature, which holds the plan.
struct Objection {
  bool is_forged = false;
  std::string text;
};
std::optional<Objection> objection(const SignedWaiver& waiver, const Policy& policy, const Evidence& evidence);

}  // namespace dosegate::gate
