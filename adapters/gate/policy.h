// A policy: what a site lets through, as data. policy.schema.json is its schema, README.md explains each member.
//
// Nothing has a default that lets a plan through: every status of every protocol is spoken of, and a mandatory rule
// that is a DEVIATION, INDETERMINATE or NOT_EVALUABLE can be held or rejected, never approved; only a waiver accepts
// the first two, and nothing the last.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/gate/document.h"
#include "adapters/gate/instant.h"
#include "adapters/gate/key.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

inline constexpr std::size_t kMostPolicyBytes = std::size_t{1} << 20;

// In the order of severity: of several reasons the worst decides.
enum class Outcome { kApproved = 0, kHeld = 1, kRejected = 2 };
std::string_view name_of(Outcome outcome);  // APPROVED, HELD, REJECTED

// What comes of a finding, by its status; PASS approves.
using Actions = std::map<v1::Finding::Status, Outcome>;

// Who may accept that these rules are not met.
struct WaiverRule {
  std::vector<std::string> rules;             // ids, as in the protocol
  std::vector<v1::Finding::Status> statuses;  // DEVIATION, INDETERMINATE
  std::vector<std::string> roles;             // any of them
  std::int64_t people = 1;                    // so many different ones have to
  std::int64_t days = 0;                      // a waiver holds so long at most
};

struct ProtocolPolicy {
  std::string id;
  std::optional<std::string> version;
  // Absent: the document that is built into the library under that id, and no file of a caller's.
  std::optional<std::string> sha256;
  std::string scope;  // WHOLE_PROTOCOL, PLAN_ONLY
  Actions mandatory, advisory;
  std::vector<WaiverRule> waivers;  // of one rule at most one
};

struct Person {
  std::string name;
  std::vector<std::string> roles;
  std::vector<PublicKey> keys;
};

// Something that no software can check and that somebody states.
struct AttestationItem {
  std::string id, text;
  std::vector<std::string> roles;
  std::int64_t people = 1, days = 0;
};

struct Policy {
  std::string id, version, title;
  Instant valid_from, valid_until;  // up to, not including
  bool needs_signature = true, needs_ledger = true, needs_recheck = true;
  std::vector<std::string> engines;          // SHA-256 of dosegate.so; empty: any
  std::vector<std::string> site_statements;  // of kSiteStatements: what the caller may state about the case
  std::vector<Person> people;
  std::vector<ProtocolPolicy> protocols;
  std::vector<AttestationItem> attestations;
  std::string sha256;  // of the document

  const Person* person(std::string_view name) const;
  const ProtocolPolicy* protocol(std::string_view id) const;
  const AttestationItem* attestation(std::string_view id) const;
};

// What a caller may state about a case beside its data; named as in dosegate.v1.CaseOptions.
extern const std::vector<std::string> kSiteStatements;

const WaiverRule* waiver_rule(const ProtocolPolicy& protocol, std::string_view rule);

// The policy, or all that is wrong with the document.
std::variant<Policy, Problems> read_policy(std::string_view json);

// What is odd in a policy that can be read: it holds what nobody can release, or lets through more than it seems to.
// `rules_of`: the rule ids of a protocol that is known here; nothing where it is not.
using RulesOf = std::function<std::optional<std::vector<std::string>>(const std::string& protocol_id)>;
std::vector<std::string> lint(const Policy& policy, Instant now, const RulesOf& rules_of);

// One line a change, each with whether it lets more through (looser), less (stricter), or neither can be said (other).
struct Change {
  enum class Effect { kStricter, kLooser, kOther };
  Effect effect = Effect::kOther;
  std::string text;
};
std::vector<Change> diff(const Policy& before, const Policy& after);

}  // namespace dosegate::gate
