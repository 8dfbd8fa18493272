#include "adapters/dicom_gate/decided.h"

#include "adapters/gate/dsse.h"

namespace dosegate::dicom_gate {
namespace {

using gate::Outcome;

struct Said {
  std::string effect, text;
};

// What the member says; empty where it is no text. The document is signed, so what else it holds is not looked at.
std::string text_in(const detail::JsonValue& object, std::string_view name) {
  const detail::JsonValue* value = object.find(name);
  return value == nullptr || value->kind != detail::JsonValue::Kind::kString ? "" : value->text;
}

const std::vector<detail::JsonValue>& list_in(const detail::JsonValue& object, std::string_view name) {
  const detail::JsonValue* value = object.find(name);
  if (value == nullptr || value->kind != detail::JsonValue::Kind::kArray) {
    throw gate::Refused("/predicate/" + std::string(name) + ": is no list");
  }
  return value->elements;
}

void read_predicate(const detail::JsonValue& predicate, std::vector<Said>& reasons, std::vector<std::string>& digests) {
  for (const detail::JsonValue& one : list_in(predicate, "reasons")) {
    const std::string protocol = text_in(one, "protocol"), rule = text_in(one, "rule");
    const std::string place = protocol + (rule.empty() ? "" : " " + rule);
    reasons.push_back({text_in(one, "effect"), (place.empty() ? "" : place + ": ") + text_in(one, "text")});
  }
  for (const detail::JsonValue& one : list_in(predicate, "reports")) {
    digests.push_back(text_in(one, "reportSha256"));
    if (!gate::is_digest(digests.back())) throw gate::Refused("/predicate/reports: a report has no SHA-256");
  }
}

}  // namespace

Decided read_decision(std::string_view document, std::span<const gate::PublicKey> keys) {
  const gate::Envelope envelope = gate::Envelope::read(document);
  if (gate::signer_of(envelope, gate::kInTotoType, keys) == nullptr) {
    throw gate::Refused("the decision is signed by no key of the gate");
  }
  Decided decided;
  decided.statement = gate::read_statement(envelope.payload);
  for (const Outcome outcome : {Outcome::kApproved, Outcome::kRejected}) {
    if (decided.statement.outcome == name_of(outcome)) decided.outcome = outcome;
  }
  const detail::JsonValue statement = gate::parse_json(envelope.payload);
  std::vector<Said> reasons;
  read_predicate(*statement.find("predicate"), reasons, decided.report_digests);
  for (const Outcome outcome : {Outcome::kRejected, Outcome::kHeld}) {
    for (const Said& said : reasons) {
      if (said.effect == name_of(outcome)) decided.reasons.push_back(said.text);
    }
  }
  return decided;
}

}  // namespace dosegate::dicom_gate
