// The decision, by tables and by properties.
#include "adapters/gate/decision.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "tests/gate/fixture.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
using dosegate::v1::Finding;
using dosegate::v1::Report;

namespace {

bool has_code(const Decision& decision, const std::string& code) {
  for (const Reason& reason : decision.reasons) {
    if (reason.code == code) return true;
  }
  return false;
}

std::string codes_of(const Decision& decision) {
  std::string text;
  for (const Reason& reason : decision.reasons) text += reason.code + ": " + reason.text + "\n";
  return text;
}

Finding advisory(Finding f) {
  f.set_mandatory(false);
  return f;
}

}  // namespace

TEST_CASE("gate decision: a sound plan is approved, and every status does what the policy says", "[gate]") {
  const Policy site = policy();
  struct Row {
    Finding finding;
    Outcome outcome;
  };
  const std::vector<Row> table = {
      {finding("R-3", Finding::PASS), Outcome::kApproved},
      {finding("R-3", Finding::WARNING), Outcome::kApproved},
      {finding("R-3", Finding::PENDING), Outcome::kApproved},
      {finding("R-3", Finding::DEVIATION), Outcome::kRejected},
      {finding("R-3", Finding::INDETERMINATE), Outcome::kHeld},
      {finding("R-3", Finding::NOT_EVALUABLE), Outcome::kHeld},
      {finding("R-3", Finding::STATUS_UNSPECIFIED), Outcome::kHeld},
      {advisory(finding("R-3", Finding::DEVIATION)), Outcome::kHeld},
      {advisory(finding("R-3", Finding::INDETERMINATE)), Outcome::kApproved},
      {advisory(finding("R-3", Finding::NOT_EVALUABLE)), Outcome::kApproved},
      {advisory(finding("R-3", Finding::STATUS_UNSPECIFIED)), Outcome::kHeld},
  };
  for (const Row& row : table) {
    const Decision decision = decide(site, evidence({row.finding}));
    INFO(Finding::Status_Name(row.finding.status()) << " " << row.finding.mandatory() << "\n" << codes_of(decision));
    CHECK(decision.outcome == row.outcome);
  }
}

TEST_CASE("gate decision: whatever is missing, stale or contradictory holds the plan with its reason", "[gate]") {
  struct Row {
    const char* code;
    std::function<void(Evidence&, Policy&)> change;
  };
  const auto report_in = [](Evidence& e) -> Report& { return e.reports[0].report; };
  const std::vector<Row> table = {
      {"REPORT_MISSING", [](Evidence& e, Policy&) { e.reports.clear(); }},
      {"REPORT_TWICE", [](Evidence& e, Policy&) { e.reports.push_back(e.reports[0]); }},
      {"REPORT_NOT_BELIEVED", [](Evidence& e, Policy&) { e.reports[0].belief = Belief::kNone; }},
      {"NOT_RECHECKED",
       [](Evidence& e, Policy& p) {
         e.reports[0].belief = Belief::kLedger;
         p.needs_recheck = true;
       }},
      {"INPUTS_CHANGED", [](Evidence& e, Policy&) { e.inputs[0].sha256 = std::string(64, 'b'); }},
      {"INPUTS_CHANGED", [](Evidence& e, Policy&) { e.inputs[1].sop_instance_uid += ".1"; }},
      {"INPUTS_CHANGED",
       [](Evidence& e, Policy&) {
         e.inputs.push_back({"RTSTRUCT", "9.9", std::string(64, 'a')});
       }},
      {"INPUTS_CHANGED", [&](Evidence& e, Policy&) { report_in(e).mutable_inputs()->RemoveLast(); }},
      {"INPUT_MISSING", [](Evidence& e, Policy&) { e.inputs[0].sha256.clear(); }},
      {"INPUT_MISSING", [](Evidence& e, Policy&) { e.inputs.clear(); }},
      {"ENGINE_CHANGED", [](Evidence& e, Policy&) { e.engine.version = "0.2.0"; }},
      {"PROTOCOL_CHANGED", [](Evidence& e, Policy&) { e.reports[0].protocol_version = "1.0.1"; }},
      {"PROTOCOL_CHANGED", [&](Evidence& e, Policy&) { report_in(e).mutable_protocol()->set_version("0.9.0"); }},
      {"PROTOCOL_CHANGED", [](Evidence&, Policy& p) { p.protocols[0].sha256 = std::string(64, 'b'); }},
      {"PROTOCOL_CHANGED", [](Evidence& e, Policy&) { e.reports[0].is_builtin = false; }},
      {"ENGINE_CHANGED", [](Evidence&, Policy& p) { p.engines = {std::string(64, 'b')}; }},
      {"PROTOCOL_NOT_IN_POLICY", [](Evidence& e, Policy&) { e.reports[0].protocol_id = "OTHER"; }},
      {"SCOPE", [&](Evidence& e, Policy&) { report_in(e).set_scope(dosegate::v1::CaseOptions::PLAN_ONLY); }},
      {"REPORT_CONTRADICTS_ITSELF", [&](Evidence& e, Policy&) { report_in(e).set_verdict(Report::FAIL); }},
      {"REPORT_CONTRADICTS_ITSELF", [&](Evidence& e, Policy&) { report_in(e).clear_verdict(); }},
      {"NOTHING_EVALUATED",
       [&](Evidence& e, Policy&) {
         report_in(e).clear_findings();
         report_in(e).set_verdict(Report::INCOMPLETE);
       }},
      {"POLICY_EXPIRED", [](Evidence&, Policy& p) { p.valid_until = kNow; }},
      {"POLICY_NOT_YET_VALID", [](Evidence&, Policy& p) { p.valid_from = kNow + std::chrono::seconds(1); }},
      {"CLOCK_SET_BACK", [](Evidence& e, Policy&) { e.ledger_time = kNow + std::chrono::seconds(3); }},
      {"NO_KEY", [](Evidence& e, Policy&) { e.has_key = false; }},
      {"NO_LEDGER", [](Evidence& e, Policy&) { e.has_ledger = false; }},
      {"SITE_STATEMENT", [](Evidence& e, Policy&) { e.site_statements = {"outsideGrid"}; }},
      {"ATTESTATION_MISSING", [](Evidence& e, Policy&) { e.waivers.clear(); }},
  };
  CHECK(decide(policy(), evidence({})).outcome == Outcome::kApproved);
  for (const Row& row : table) {
    Evidence e = evidence({});
    Policy site = policy();
    row.change(e, site);
    const Decision decision = decide(site, e);
    INFO(row.code << "\n" << codes_of(decision));
    CHECK(decision.outcome == Outcome::kHeld);
    CHECK(has_code(decision, row.code));
  }
}

TEST_CASE("gate decision: findings of a report that is not believed are not looked at", "[gate]") {
  Evidence e = evidence({finding("R-3", Finding::DEVIATION)});
  e.inputs[0].sha256 = std::string(64, 'b');
  const Decision decision = decide(policy(), e);
  CHECK(decision.outcome == Outcome::kHeld);
  CHECK_FALSE(has_code(decision, "FINDING"));
}

TEST_CASE("gate decision: a waiver counts for its person, role, plan, rule, value and time only", "[gate]") {
  const Policy site = policy();
  const Finding broken = finding("R-1", Finding::DEVIATION, 21.0);
  CHECK(decide(site, evidence({broken})).outcome == Outcome::kRejected);
  struct Row {
    const char* what;
    Outcome outcome;
    int seed;
    std::function<void(Waiver&)> change;
  };
  const std::vector<Row> table = {
      {"as it should be", Outcome::kApproved, 1, [](Waiver&) {}},
      {"a worse value was accepted", Outcome::kApproved, 1, [](Waiver& w) { w.measured.upper = 22.0; }},
      {"a better value was accepted", Outcome::kRejected, 1, [](Waiver& w) { w.measured.upper = 21.0; }},
      {"another limit", Outcome::kRejected, 1, [](Waiver& w) { w.measured.limit = 25.0; }},
      {"another status", Outcome::kRejected, 1, [](Waiver& w) { w.measured.status = "INDETERMINATE"; }},
      {"another rule", Outcome::kRejected, 1, [](Waiver& w) { w.rule = "R-2"; }},
      {"another protocol", Outcome::kRejected, 1, [](Waiver& w) { w.protocol = "TRIAL-2"; }},
      {"another version", Outcome::kRejected, 1, [](Waiver& w) { w.protocol_version = "1.0.1"; }},
      {"another plan", Outcome::kRejected, 1, [](Waiver& w) { w.plan_uid = "1.2"; }},
      {"a changed plan", Outcome::kRejected, 1, [](Waiver& w) { w.plan_sha256 = std::string(64, 'b'); }},
      {"expired", Outcome::kRejected, 1, [](Waiver& w) { w.expires = kNow; }},
      {"still to come", Outcome::kRejected, 1, [](Waiver& w) { w.issued = kNow + std::chrono::minutes(1); }},
      {"longer than allowed", Outcome::kRejected, 1, [](Waiver& w) { w.expires = w.issued + std::chrono::days(31); }},
      {"a role that the person has not", Outcome::kRejected, 1, [](Waiver& w) { w.role = "physician"; }},
      {"a role that may not", Outcome::kRejected, 3,
       [](Waiver& w) {
         w.person = "Cleo";
         w.role = "physician";
       }},
      {"somebody else's key", Outcome::kRejected, 2, [](Waiver&) {}},
      {"a person nobody knows", Outcome::kRejected, 1, [](Waiver& w) { w.person = "Dan"; }},
  };
  for (const Row& row : table) {
    Evidence e = evidence({broken});
    Waiver w = waiver_of(broken, "Ada");
    row.change(w);
    e.waivers.push_back(signed_by(w, row.seed));
    const Decision decision = decide(site, e);
    INFO(row.what << "\n" << codes_of(decision));
    CHECK(decision.outcome == row.outcome);
    CHECK(has_code(decision, "WAIVED") == (row.outcome == Outcome::kApproved));
  }
}

TEST_CASE("gate decision: a forged waiver holds a plan that needs none", "[gate]") {
  Evidence e = evidence({});
  e.waivers.push_back(signed_by(waiver_of(finding("R-1", Finding::DEVIATION), "Ada"), 2));
  const Decision decision = decide(policy(), e);
  CHECK(decision.outcome == Outcome::kHeld);
  CHECK(has_code(decision, "WAIVER_FORGED"));
}

TEST_CASE("gate decision: two people are two people", "[gate]") {
  const Finding broken = finding("R-2", Finding::DEVIATION);
  Evidence e = evidence({broken});
  e.waivers.push_back(signed_by(waiver_of(broken, "Ada"), 1));
  CHECK(decide(policy(), e).outcome == Outcome::kRejected);
  Waiver again = waiver_of(broken, "Ada");
  again.reason = "Once more";
  e.waivers.push_back(signed_by(again, 1));
  CHECK(decide(policy(), e).outcome == Outcome::kRejected);
  e.waivers.push_back(signed_by(waiver_of(broken, "Bert"), 2));
  const Decision decision = decide(policy(), e);
  CHECK(decision.outcome == Outcome::kApproved);
  CHECK(decision.accepted.size() == 3);  // with the attestation
}

TEST_CASE("gate decision: worse findings, fewer signatures and older waivers never help", "[gate][property]") {
  std::mt19937 random(20261130);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const Policy site = policy();
  const char* rules[] = {"R-1", "R-2", "R-3"};
  const Finding::Status statuses[] = {Finding::PASS,          Finding::WARNING,       Finding::DEVIATION,
                                      Finding::INDETERMINATE, Finding::NOT_EVALUABLE, Finding::PENDING};
  // Signed once: signing is most of the time.
  std::vector<SignedWaiver> pool;
  for (const char* rule : {"R-1", "R-2"}) {
    for (const Finding::Status status : {Finding::DEVIATION, Finding::INDETERMINATE}) {
      for (const double value : {20.5, 21.0, 22.0}) {
        pool.push_back(signed_by(waiver_of(finding(rule, status, value), "Ada"), 1));
        pool.push_back(signed_by(waiver_of(finding(rule, status, value), "Bert"), 2));
      }
    }
  }
  const Evidence sound = evidence({});
  int approved = 0, held = 0, rejected = 0;
  for (int i = 0; i < 400; ++i) {
    std::vector<Finding> findings;
    for (const char* rule : rules) {
      Finding f = finding(rule, statuses[pick(6)], pick(2) == 0 ? 21.0 : 20.8);
      f.set_mandatory(pick(4) != 0);
      if (pick(2) == 0) findings.push_back(f);
    }
    Evidence e = sound;
    e.reports[0].report = report(findings);
    if (pick(8) == 0) e.waivers.clear();
    for (const SignedWaiver& waiver : pool) {
      if (pick(3) == 0) e.waivers.push_back(waiver);
    }
    const Outcome before = decide(site, e).outcome;
    approved += before == Outcome::kApproved;
    held += before == Outcome::kHeld;
    rejected += before == Outcome::kRejected;
    INFO("case " << i);

    Evidence worse = e;
    std::vector<Finding> more = findings;
    more.push_back(finding("R-9", pick(2) == 0 ? Finding::DEVIATION : Finding::NOT_EVALUABLE));
    worse.reports[0].report = report(more);
    CHECK(decide(site, worse).outcome >= std::max(before, Outcome::kHeld));

    if (!e.waivers.empty()) {
      Evidence fewer = e;
      fewer.waivers.erase(fewer.waivers.begin() + pick(static_cast<int>(fewer.waivers.size())));
      CHECK(decide(site, fewer).outcome >= before);
    }
    Evidence older = e;
    older.now += std::chrono::hours(pick(24 * 20));
    CHECK(decide(site, older).outcome >= before);
  }
  CHECK(approved > 20);
  CHECK(held > 20);
  CHECK(rejected > 20);
}
