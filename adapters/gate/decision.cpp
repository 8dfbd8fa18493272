#include "adapters/gate/decision.h"

#include <algorithm>
#include <set>

#include "adapters/gate/waived.h"

namespace dosegate::gate {
namespace {

using v1::Finding;

std::string count_of(std::int64_t people) { return people == 1 ? "one person" : std::to_string(people) + " people"; }

std::string any_of(const std::vector<std::string>& roles) {
  std::string text;
  for (const std::string& role : roles) text += (text.empty() ? "" : " or ") + role;
  return text;
}

// What the findings make of the verdict, as report.proto has it.
v1::Report::Verdict verdict_of(const v1::Report& report) {
  bool any = false, is_open = false;
  for (const Finding& f : report.findings()) {
    if (!f.mandatory() || f.status() == Finding::PENDING) continue;
    if (f.status() == Finding::DEVIATION) return v1::Report::FAIL;
    if (f.status() == Finding::PASS || f.status() == Finding::WARNING) {
      any = true;
    } else {
      is_open = true;
    }
  }
  return is_open || !any ? v1::Report::INCOMPLETE : v1::Report::PASS;
}

// A waiver to which there is no objection so far.
using Waivers = std::vector<const SignedWaiver*>;

class Judge {
 public:
  Judge(const Policy& policy, const Evidence& evidence) : policy_(policy), evidence_(evidence) {}

  Decision decide() {
    judge_circumstances();
    judge_inputs();
    take_waivers();
    std::set<std::string> seen;
    for (const CheckedReport& report : evidence_.reports) {
      if (!seen.insert(report.protocol_id).second) {
        hold("REPORT_TWICE", "there are two reports on the protocol; name each once", report.protocol_id);
      } else {
        judge(report);
      }
    }
    for (const ProtocolPolicy& protocol : policy_.protocols) {
      if (seen.count(protocol.id) > 0) continue;
      hold("REPORT_MISSING", "the policy asks for this protocol, and the plan was not checked against it", protocol.id);
    }
    for (const AttestationItem& item : policy_.attestations) judge(item);
    for (const auto& [waiver, why] : unused_) {
      note("WAIVER_NOT_COUNTED", waiver->source + ": does not count: " + why, waiver->waiver.protocol,
           waiver->waiver.rule);
    }
    decision_.outcome = Outcome::kApproved;
    for (const Reason& reason : decision_.reasons) decision_.outcome = std::max(decision_.outcome, reason.effect);
    return std::move(decision_);
  }

 private:
  void hold(std::string code, std::string text, std::string protocol = {}, std::string rule = {}) {
    decision_.add(Outcome::kHeld, std::move(code), std::move(text), std::move(protocol), std::move(rule));
  }
  void note(std::string code, std::string text, std::string protocol = {}, std::string rule = {}) {
    decision_.add(Outcome::kApproved, std::move(code), std::move(text), std::move(protocol), std::move(rule));
  }

  void judge_circumstances() {
    const Instant now = evidence_.now;
    if (now < policy_.valid_from) hold("POLICY_NOT_YET_VALID", "the policy holds from " + to_text(policy_.valid_from));
    if (now >= policy_.valid_until) hold("POLICY_EXPIRED", "the policy expired at " + to_text(policy_.valid_until));
    if (evidence_.ledger_time && now + kClockTolerance < *evidence_.ledger_time) {
      hold("CLOCK_SET_BACK", "the clock says " + to_text(now) + ", but the ledger's last entry is of " +
                                 to_text(*evidence_.ledger_time) + ". Set the clock right");
    }
    if (policy_.needs_signature && !evidence_.has_key) {
      hold("NO_KEY", "the policy wants the decision signed, and no key is given. Name one: --key FILE");
    }
    if (policy_.needs_ledger && !evidence_.has_ledger) {
      hold("NO_LEDGER", "the policy wants the decision in a ledger, and none is given. Name one: --ledger FILE");
    }
    if (!policy_.engines.empty() && !holds(policy_.engines, evidence_.engine.plugin_sha256)) {
      hold("ENGINE_CHANGED",
           "the policy does not name this dosegate.so (SHA-256 " + evidence_.engine.plugin_sha256 + ")");
    }
    for (const std::string& statement : evidence_.site_statements) {
      if (holds(policy_.site_statements, statement)) {
        note("SITE_STATEMENT", "the site stated: " + statement);
      } else {
        hold("SITE_STATEMENT", "the caller stated something of the case that the policy does not allow: " + statement);
      }
    }
  }

  void judge_inputs() {
    for (const char* role : {"RTPLAN", "RTSTRUCT", "RTDOSE"}) {
      if (std::none_of(evidence_.inputs.begin(), evidence_.inputs.end(),
                       [&](const InputRef& input) { return input.role == role; })) {
        hold("INPUT_MISSING", std::string("the case has no ") + role);
      }
    }
    for (const InputRef& input : evidence_.inputs) {
      const bool is_dicom = input.role.starts_with("RT");
      if (!is_digest(input.sha256) || (is_dicom && input.sop_instance_uid.empty())) {
        hold("INPUT_MISSING", "an input of the case, " + input.role + ", has no digest or no SOP Instance UID");
      }
    }
  }

  void take_waivers() {
    std::set<std::string> seen;
    for (const SignedWaiver& waiver : evidence_.waivers) {
      if (!seen.insert(waiver.sha256).second) continue;
      const auto against = objection(waiver, policy_, evidence_);
      if (!against) {
        waivers_.push_back(&waiver);
      } else if (against->is_forged) {
        hold("WAIVER_FORGED", waiver.source + ": states to be by " + waiver.waiver.person + ", but " + against->text,
             waiver.waiver.protocol, waiver.waiver.rule);
      } else {
        unused_.emplace_back(&waiver, against->text);
      }
    }
  }

  // Whether the report is the engine's own on these inputs.
  bool is_believed(const CheckedReport& c) {
    const std::size_t before = decision_.reasons.size();
    if (c.belief == Belief::kNone) hold("REPORT_NOT_BELIEVED", c.doubt, c.protocol_id);
    if (c.belief == Belief::kLedger && policy_.needs_recheck) {
      hold("NOT_RECHECKED", "the policy wants the report computed anew. Give --recheck", c.protocol_id);
    }
    if (c.report.protocol().id() != c.protocol_id || c.report.protocol().version() != c.protocol_version) {
      hold("PROTOCOL_CHANGED",
           "the report is on " + c.report.protocol().id() + " version " + c.report.protocol().version() +
               ", the protocol is version " + c.protocol_version,
           c.protocol_id);
    }
    if (c.report.engine_version() != evidence_.engine.version) {
      hold("ENGINE_CHANGED",
           "the report is by engine version " + c.report.engine_version() + ", this is version " +
               evidence_.engine.version,
           c.protocol_id);
    }
    if (inputs_of(c.report) != evidence_.inputs) hold("INPUTS_CHANGED", difference(c.report), c.protocol_id);
    if (c.report.verdict() != verdict_of(c.report)) {
      hold("REPORT_CONTRADICTS_ITSELF", "its findings do not bear out its verdict", c.protocol_id);
    }
    return decision_.reasons.size() == before;
  }

  std::string difference(const v1::Report& report) const {
    const std::vector<InputRef> then = inputs_of(report);
    for (const InputRef& input : evidence_.inputs) {
      if (std::find(then.begin(), then.end(), input) != then.end()) continue;
      return "the report was not made on this " + input.role + (input.sop_instance_uid.empty() ? "" : " ") +
             input.sop_instance_uid + " (SHA-256 " + input.sha256 + "). Check the plan anew";
    }
    return "the report was made on inputs that the case does not have. Check the plan anew";
  }

  void judge(const CheckedReport& c) {
    const ProtocolPolicy* protocol = policy_.protocol(c.protocol_id);
    if (protocol == nullptr) {
      hold("PROTOCOL_NOT_IN_POLICY", "the policy does not speak of this protocol", c.protocol_id);
      return;
    }
    if ((protocol->version && *protocol->version != c.protocol_version) ||
        (protocol->sha256 && *protocol->sha256 != c.protocol_sha256)) {
      hold(
          "PROTOCOL_CHANGED",
          "version " + c.protocol_version + " (SHA-256 " + c.protocol_sha256 + ") is not the one that the policy names",
          c.protocol_id);
      return;
    }
    if (!protocol->sha256 && !c.is_builtin) {
      hold("PROTOCOL_CHANGED",
           "the protocol is a file whose sha256 the policy does not name (" + c.protocol_sha256 + ")", c.protocol_id);
      return;
    }
    if (!is_believed(c)) return;
    if (v1::CaseOptions::Scope_Name(c.report.scope()) != protocol->scope) {
      hold("SCOPE",
           "the report is on " + v1::CaseOptions::Scope_Name(c.report.scope()) + ", the policy asks for " +
               protocol->scope,
           c.protocol_id);
    }
    if (std::none_of(c.report.findings().begin(), c.report.findings().end(), [](const Finding& f) {
          return f.mandatory() && f.status() != Finding::PENDING && f.status() != Finding::NOT_EVALUABLE;
        })) {
      hold("NOTHING_EVALUATED", "no mandatory rule was evaluated", c.protocol_id);
    }
    for (const Finding& finding : c.report.findings()) judge(finding, c, *protocol);
  }

  void judge(const Finding& f, const CheckedReport& c, const ProtocolPolicy& protocol) {
    if (f.status() == Finding::PASS) return;
    const Actions& actions = f.mandatory() ? protocol.mandatory : protocol.advisory;
    const auto action = actions.find(f.status());
    const Outcome effect = action == actions.end() ? Outcome::kHeld : action->second;
    if (effect == Outcome::kApproved) return;
    std::string missing;
    if (is_waived(f, c, protocol, missing)) return;
    decision_.add(effect, "FINDING", Finding::Status_Name(f.status()) + ": " + f.message() + missing, c.protocol_id,
                  f.rule_id());
  }

  bool is_waived(const Finding& f, const CheckedReport& c, const ProtocolPolicy& protocol, std::string& missing) {
    const WaiverRule* rule = waiver_rule(protocol, f.rule_id());
    if (rule == nullptr) return false;
    if (std::find(rule->statuses.begin(), rule->statuses.end(), f.status()) == rule->statuses.end()) return false;
    v1::ProtocolRef of;
    of.set_id(c.protocol_id);
    of.set_version(c.protocol_version);
    Waived found = waived(f, of, *rule, waivers_);
    unused_.insert(unused_.end(), found.voided.begin(), found.voided.end());
    const std::size_t people = found.counted.size();
    const auto needed = static_cast<std::size_t>(rule->people);
    if (people < needed) {
      missing = " It can be waived by " + count_of(rule->people) + " (" + any_of(rule->roles) + "); " +
                std::to_string(people) + (people == 1 ? " has." : " have.");
      return false;
    }
    for (const SignedWaiver* waiver : found.counted) {
      accept(*waiver);
      note("WAIVED",
           f.message() + " Accepted by " + waiver->waiver.person + ", " + waiver->waiver.role + ": " +
               waiver->waiver.reason,
           c.protocol_id, f.rule_id());
    }
    return true;
  }

  void judge(const AttestationItem& item) {
    std::set<std::string> people;
    Waivers counted;
    for (const SignedWaiver* waiver : waivers_) {
      const Waiver& w = waiver->waiver;
      if (w.kind != Waiver::Kind::kAttestation || w.item != item.id) continue;
      if (!holds(item.roles, w.role)) {
        unused_.emplace_back(waiver, "the policy does not let a " + w.role + " state this");
      } else if (people.insert(w.person).second) {
        counted.push_back(waiver);
      }
    }
    if (people.size() < static_cast<std::size_t>(item.people)) {
      hold("ATTESTATION_MISSING", item.id + ": \"" + item.text + "\" is to be stated by " + count_of(item.people) +
                                      " (" + any_of(item.roles) + "); " + std::to_string(people.size()) +
                                      (people.size() == 1 ? " has" : " have"));
      return;
    }
    for (const SignedWaiver* waiver : counted) {
      accept(*waiver);
      note("ATTESTED", item.id + ": \"" + item.text + "\" is stated by " + waiver->waiver.person + ", " +
                           waiver->waiver.role + ": " + waiver->waiver.reason);
    }
  }

  void accept(const SignedWaiver& waiver) {
    const Waiver& w = waiver.waiver;
    decision_.accepted.push_back({w.person, w.role, w.protocol, w.rule, w.item, w.reason, waiver.sha256, w.expires});
  }

  const Policy& policy_;
  const Evidence& evidence_;
  Decision decision_;
  Waivers waivers_;
  std::vector<std::pair<const SignedWaiver*, std::string>> unused_;
};

}  // namespace

std::string_view name_of(Belief belief) {
  switch (belief) {
    case Belief::kComputed:
      return "COMPUTED";
    case Belief::kCompared:
      return "COMPARED";
    case Belief::kLedger:
      return "LEDGER";
    case Belief::kNone:
      break;
  }
  return "NONE";
}

std::vector<InputRef> inputs_of(const v1::Report& report) {
  std::vector<InputRef> inputs;
  for (const v1::Input& input : report.inputs()) {
    inputs.push_back({input.role(), input.sop_instance_uid(), input.sha256()});
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

void Decision::add(Outcome effect, std::string code, std::string text, std::string protocol, std::string rule) {
  reasons.push_back({effect, std::move(code), std::move(protocol), std::move(rule), std::move(text)});
}

Decision decide(const Policy& policy, const Evidence& evidence) { return Judge(policy, evidence).decide(); }

}  // namespace dosegate::gate
