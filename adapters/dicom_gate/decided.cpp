#include "adapters/dicom_gate/decided.h"

#include <array>

#include "adapters/gate/dsse.h"

namespace dosegate::dicom_gate {
namespace {

using gate::Outcome;

struct Said {
  std::string effect, text;
};

void read_predicate(const detail::JsonValue& predicate, std::vector<Said>& reasons, std::vector<std::string>& digests) {
  gate::Problems problems;
  gate::ObjectReader reader(predicate, "/predicate", problems);
  reader.each("reasons", 0, [&](gate::ObjectReader& one) {
    const std::string protocol = one.text_if("protocol").value_or(""), rule = one.text_if("rule").value_or("");
    const std::string place = protocol + (rule.empty() ? "" : (protocol.empty() ? "" : " ") + rule);
    reasons.push_back({one.text("effect"), (place.empty() ? "" : place + ": ") + one.text("text")});
  });
  reader.each("reports", 0, [&](gate::ObjectReader& one) { digests.push_back(one.digest("reportSha256")); });
  gate::require_none(problems);
}

}  // namespace

Decided read_decision(std::string_view document, const gate::PublicKey& key) {
  const gate::Envelope envelope = gate::Envelope::read(document);
  if (gate::signer_of(envelope, gate::kInTotoType, std::span(&key, 1)) == nullptr) {
    throw gate::Refused("the decision is not signed by the gate's key");
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
