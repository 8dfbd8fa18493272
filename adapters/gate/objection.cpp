#include <algorithm>

#include "adapters/gate/decision.h"

namespace dosegate::gate {
namespace {

const InputRef* plan_of(const Evidence& evidence) {
  for (const InputRef& input : evidence.inputs) {
    if (input.role == "RTPLAN") return &input;
  }
  return nullptr;
}

// How long the policy lets such a statement hold; nothing where it asks for none.
std::optional<std::int64_t> days_of(const Waiver& w, const Policy& policy) {
  if (w.kind == Waiver::Kind::kAttestation) {
    const AttestationItem* item = policy.attestation(w.item);
    return item == nullptr ? std::nullopt : std::optional(item->days);
  }
  const ProtocolPolicy* protocol = policy.protocol(w.protocol);
  const WaiverRule* rule = protocol == nullptr ? nullptr : waiver_rule(*protocol, w.rule);
  return rule == nullptr ? std::nullopt : std::optional(rule->days);
}

}  // namespace

std::optional<Objection> objection(const SignedWaiver& given, const Policy& policy, const Evidence& evidence) {
  const Waiver& w = given.waiver;
  const auto no = [](std::string text) { return Objection{false, std::move(text)}; };
  const auto forged = [](std::string text) { return Objection{true, std::move(text)}; };
  const Person* person = policy.person(w.person);
  if (person == nullptr) return forged("the policy does not name the person");
  if (signer_of(given.envelope, kWaiverType, person->keys) == nullptr) {
    return forged("it is not signed by a key that the policy gives to " + w.person);
  }
  if (!holds(person->roles, w.role)) return no(w.person + " does not have the role " + w.role + " in the policy");
  const InputRef* plan = plan_of(evidence);
  if (plan == nullptr || plan->sop_instance_uid != w.plan_uid) return no("it is for the plan " + w.plan_uid);
  if (plan->sha256 != w.plan_sha256) return no("the plan was changed since");
  if (w.issued > evidence.now + kClockTolerance)
    return no("it was issued at " + to_text(w.issued) + ", which is to come");
  if (w.expires <= evidence.now) return no("it expired at " + to_text(w.expires));
  const auto days = days_of(w, policy);
  if (!days) {
    return no(w.kind == Waiver::Kind::kAttestation ? "the policy does not ask for " + w.item
                                                   : "the policy lets nobody waive " + w.rule + " of " + w.protocol);
  }
  if (w.expires - w.issued > std::chrono::days(*days)) {
    return no("it is to hold longer than the " + std::to_string(*days) + " days of the policy");
  }
  return std::nullopt;
}

}  // namespace dosegate::gate
