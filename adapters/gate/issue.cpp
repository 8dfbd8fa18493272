#include "adapters/gate/issue.h"

#include <algorithm>

#include "adapters/gate/ledger.h"
#include "adapters/gate/witness.h"

namespace dosegate::gate {
namespace {

std::string document_of(const Decision& decision, const Policy& policy, const Gathered& g, const Destination& to,
                        const std::optional<LedgerPlace>& place) {
  std::string statement = write_statement(decision, policy, g.evidence, {g.options_json, to.subject, place});
  if (to.signer == nullptr) return statement + "\n";
  return sign(kInTotoType, std::move(statement), *to.signer).write();
}

NewRow waiver_row(const SignedWaiver& given) {
  NewRow row{"WAIVER", given.envelope.write(), {{"WAIVER", given.sha256}, {"PERSON", given.waiver.person}}};
  row.mentions.push_back({"PLAN", given.waiver.plan_uid});
  if (!given.waiver.rule.empty()) row.mentions.push_back({"RULE", given.waiver.rule});
  return row;
}

NewRow decision_row(const Decision& decision, const Gathered& g, const Destination& to, std::string document) {
  NewRow row{"DECISION", std::move(document), {}};
  for (const InputRef& input : g.evidence.inputs) {
    if (input.role == "RTPLAN") row.mentions.push_back({"PLAN", input.sop_instance_uid});
  }
  if (!to.subject.empty()) row.mentions.push_back({"SUBJECT", to.subject});
  if (!to.request.empty()) row.mentions.push_back({"REQUEST", to.request});
  for (const CheckedReport& c : g.evidence.reports) row.mentions.push_back({"PROTOCOL", c.protocol_id});
  for (const Reason& reason : decision.reasons) {
    if (!reason.rule.empty()) row.mentions.push_back({"RULE", reason.rule});
  }
  for (const Accepted& accepted : decision.accepted) row.mentions.push_back({"PERSON", accepted.person});
  return row;
}

// Held for a reason that no policy is asked about; a decision that could not be recorded is no decision.
Issued held(Decision decision, std::string code, std::string text, const Policy& policy, const Gathered& g,
            const Destination& to) {
  decision.add(Outcome::kHeld, std::move(code), std::move(text));
  decision.outcome = Outcome::kHeld;
  std::string document = document_of(decision, policy, g, to, std::nullopt);
  return {std::move(decision), std::move(document), std::nullopt};
}

// The decision of a row, as it was issued.
Issued recalled(const Row& row, bool is_signed) {
  const Statement statement = read_statement(is_signed ? Envelope::read(row.body).payload : row.body);
  Issued issued{{}, row.body, statement.place};
  for (const Outcome outcome : {Outcome::kApproved, Outcome::kRejected}) {
    if (statement.outcome == name_of(outcome)) issued.decision.outcome = outcome;
  }
  return issued;
}

}  // namespace

std::optional<std::string> recorded(const std::string& ledger, const std::string& request) {
  std::optional<std::string> body;
  const std::unique_ptr<LedgerStore> store = open_store(ledger, OpenAs::kWriter);
  store->begin();
  store->each_row(Mention{"REQUEST", request}, [&](const Row& row) {
    if (row.kind == "DECISION") body = row.body;
  });
  // What is found counts once it is durable, which a commit that was cut short may not have waited for.
  store->commit();
  return body;
}

Issued issue_in(const Ledger::Moment& moment, const std::string& ledger, const Policy& policy, Gathered& g,
                const Destination& to) {
  Issued issued;
  g.evidence.has_key = to.signer != nullptr;
  g.evidence.has_ledger = true;
  g.evidence.now = moment.now;
  g.evidence.ledger_time = moment.last;
  if (!to.request.empty()) {
    if (const auto row = moment.find({"REQUEST", to.request}); row && row->kind == "DECISION") {
      return recalled(*row, to.signer != nullptr);
    }
  }
  ask_ledger(moment, g);
  for (std::size_t i = 0; i < g.evidence.reports.size(); ++i) {
    const Belief belief = g.evidence.reports[i].belief;
    if (belief == Belief::kComputed || belief == Belief::kCompared) moment.add(check_row(g, i, to.subject));
  }
  issued.decision = decide(policy, g.evidence);
  for (const Accepted& accepted : issued.decision.accepted) {
    if (moment.find({"WAIVER", accepted.sha256})) continue;  // recorded with an earlier decision
    moment.add(waiver_row(*std::find_if(g.evidence.waivers.begin(), g.evidence.waivers.end(),
                                        [&](const SignedWaiver& given) { return given.sha256 == accepted.sha256; })));
  }
  issued.place = LedgerPlace{ledger, moment.next, moment.previous};
  issued.document = document_of(issued.decision, policy, g, to, issued.place);
  moment.add(decision_row(issued.decision, g, to, issued.document));
  return issued;
}

Issued held_by_ledger(const std::string& why, const Policy& policy, const Gathered& g, const Destination& to) {
  return held(decide(policy, g.evidence), "LEDGER_FAILED", why, policy, g, to);
}

Issued held_by_witness(Issued issued, const std::string& why, const Policy& policy, const Gathered& g,
                       const Destination& to) {
  return held(std::move(issued.decision), "WITNESS_FAILED",
              to.witness + ": the ledger's end cannot be written there: " + why +
                  ". The decision is in the ledger, at row " + std::to_string(issued.place->sequence) +
                  ", and is not issued",
              policy, g, to);
}

Issued issue(const Policy& policy, Gathered& g, const Destination& to, const Clock& clock) {
  g.evidence.now = clock();
  g.evidence.has_key = to.signer != nullptr;
  g.evidence.has_ledger = !to.ledger.empty();
  if (to.ledger.empty()) {
    Issued issued{decide(policy, g.evidence), {}, std::nullopt};
    issued.document = document_of(issued.decision, policy, g, to, std::nullopt);
    return issued;
  }
  Issued issued;
  std::string head;
  try {
    Ledger ledger = open_ledger(to.ledger, to.witness, to.signer, clock);
    head = ledger.append(clock,
                         [&](const Ledger::Moment& moment) { issued = issue_in(moment, ledger.id(), policy, g, to); });
  } catch (const Refused& e) {  // what is said of the store, and of rows that are no rows
    return held_by_ledger(e.what(), policy, g, to);
  }
  // A decision is a witness as well: of one that was recorded before, the head is not known here.
  const std::string problem =
      to.witness.empty() ? "" : append_witness(to.witness, head.empty() ? issued.document : head);
  return problem.empty() ? issued : held_by_witness(std::move(issued), problem, policy, g, to);
}

}  // namespace dosegate::gate
