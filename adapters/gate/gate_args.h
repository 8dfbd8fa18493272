// The command lines of dosegate-gate: approve, verify, waive, policy, ledger.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/cli/args.h"

namespace dosegate::gate {

struct ApproveArguments {
  cli::CheckArguments check;  // but for its protocol and format
  std::string policy;
  std::vector<std::string> protocols, reports, waivers;
  std::string key, ledger, witness;  // empty: none
  std::string subject;               // the patient's pseudonym
  bool recheck = false, json = false;
  std::string output;  // for the decision; empty: none
};

struct VerifyArguments {
  std::string decision;
  std::vector<std::string> keys;
  std::string revoked;  // empty: none
  bool must_be_approved = false;
  std::optional<cli::CaseArguments> files;  // where PATHs are given
};

struct WaiveArguments {
  std::string report, protocol, rule, item;  // of rule and item one
  std::string person, role, reason, key, output;
  std::int64_t days = 0;
};

struct PolicyArguments {
  enum class Action { kLint, kDiff };
  Action action = Action::kLint;
  std::string policy, other;
};

struct LedgerArguments {
  enum class Action { kVerify, kExport, kQuery, kHead };
  Action action = Action::kVerify;
  std::string ledger, revoked, output;
  std::vector<std::string> keys, witnesses;
  std::string plan, subject, rule, person;  // of a query
  bool json = false;
};

struct PublicKeyArguments {
  std::string key, output;
};

// What `dosegate check` and `dosegate cohort` start; not for users.
struct DeviationArguments {
  std::string policy, ledger;  // ledger empty: none
  std::vector<std::string> waivers;
  bool at_decision = false;  // whether a waiver of the ledger held when it was recorded, not whether it holds now
};

struct Arguments {
  std::string manifest;
  std::variant<ApproveArguments, VerifyArguments, WaiveArguments, PolicyArguments, LedgerArguments, PublicKeyArguments,
               DeviationArguments>
      command;
};

// Never throws on what a user can type. What says how a case is read is typed as for `dosegate check`, and parsed by
// it.
std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv);

}  // namespace dosegate::gate
