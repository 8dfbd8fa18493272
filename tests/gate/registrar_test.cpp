// Many callers, one ledger: what the registrar answers is what issue() would have answered. Built for each kind of
// database.
#include "adapters/gate/registrar.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "adapters/cli/documents.h"
#include "adapters/gate/asked.h"
#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
namespace v1 = dosegate::v1;
using v1::Finding;

namespace {

const char* const kStated = R"({"asOf":"2026-11-30","scope":"WHOLE_PROTOCOL"})";

Gathered gathered(const std::vector<Finding>& findings, Belief belief = Belief::kComputed) {
  Gathered g;
  g.evidence = evidence(findings);
  CheckedReport& c = g.evidence.reports.front();
  g.options_json = kStated;
  g.evidence.site_statements = {"asOf"};
  g.report_texts = {dosegate::cli::to_json(c.report)};
  c.sha256 = sha256(g.report_texts.front());
  c.belief = belief;
  if (belief == Belief::kNone) c.doubt = kUnknownReport;
  return g;
}

Known known() {
  Known made;
  made.engine = evidence({}).engine;
  made.protocols[kProtocol] = {"1.0.0", evidence({}).reports.front().protocol_sha256, true};
  return made;
}

const auto kLater = [] { return kNow + std::chrono::minutes(1); };  // than the rows of Kept

}  // namespace

TEST_CASE("gate registrar: callers at once are each answered, in one chain, each decision recorded once", "[gate]") {
  Kept kept;
  Registrar registrar({kept.place.name(), {}, kept.key.get(), {}}, kLater);
  const Policy by = policy();
  constexpr int kCallers = 12, kEach = 4;
  std::vector<std::string> answers(kCallers * kEach);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kEach; ++i) {
        Gathered g = gathered({});
        const auto at = static_cast<std::size_t>(caller * kEach + i);
        answers[at] = registrar.issue(by, g, "P-" + std::to_string(at)).document;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  const Audit result = audit_of(kept.place, kept.keys, kept.witnesses);
  CHECK(first_problem(result) == "");
  CHECK(result.rows == 12 + 1 + 2 * kCallers * kEach);  // the attestation once, a check and a decision each
  std::multiset<std::string> recorded;
  for (const Row& row : rows_of(kept.place)) recorded.insert(row.body);
  for (const std::string& answer : answers) CHECK(recorded.count(answer) == 1);
}

TEST_CASE("gate registrar: it answers what issue() answers, to the byte", "[gate]") {
  Kept kept;
  kept.place.keep();
  const Policy by = policy();
  const std::vector<std::vector<Finding>> plans = {{}, {finding("R-1", Finding::DEVIATION)}, {}};
  std::vector<std::string> expected, answered;
  for (const auto& findings : plans) {
    Gathered g = gathered(findings);
    expected.push_back(issue(by, g, {kept.place.name(), {}, kept.key.get(), "P"}, kLater).document);
  }
  kept.place.restore();
  {
    Registrar registrar({kept.place.name(), {}, kept.key.get(), {}}, kLater);
    for (const auto& findings : plans) {
      Gathered g = gathered(findings);
      answered.push_back(registrar.issue(by, g, "P").document);
    }
  }
  CHECK(answered == expected);
}

TEST_CASE("gate registrar: who sends digests and a report the ledger knows gets the decision of who has the files",
          "[gate]") {
  Kept kept;
  const Policy by = policy();
  Gathered first = gathered({});
  issue(by, first, {kept.place.name(), {}, kept.key.get(), {}}, kLater);
  kept.place.keep();
  Gathered with_files = gathered({}, Belief::kNone);
  const Issued expected = issue(by, with_files, {kept.place.name(), {}, kept.key.get(), "P"}, kLater);
  CHECK(expected.decision.outcome == Outcome::kApproved);
  kept.place.restore();
  Asked asked{first.report_texts, {signed_by(attestation_by("Cleo"), 3).envelope.write()}, first.evidence.inputs};
  {
    Registrar registrar({kept.place.name(), {}, kept.key.get(), {}}, kLater);
    Gathered with_digests = gather_asked(asked, known(), by);
    const Issued answered = registrar.issue(by, with_digests, "P");
    CHECK(answered.document == expected.document);
  }
  const auto outcome_of = [&](const Asked& changed) {
    Registrar registrar({kept.place.name(), {}, kept.key.get(), {}}, kLater);
    Gathered g = gather_asked(changed, known(), by);
    return registrar.issue(by, g, "").decision.outcome;
  };
  CHECK(outcome_of(asked) == Outcome::kApproved);
  Asked other = asked;
  other.inputs[0].sha256 = std::string(64, 'c');
  CHECK(outcome_of(other) == Outcome::kHeld);
  other = asked;
  other.reports[0] += " ";
  CHECK(outcome_of(other) == Outcome::kHeld);
  other = asked;
  other.reports.clear();
  CHECK(outcome_of(other) == Outcome::kHeld);
  other = asked;
  other.inputs.clear();
  CHECK(outcome_of(other) == Outcome::kHeld);
  other = asked;
  other.reports.push_back(asked.reports[0]);
  CHECK_THROWS_AS(gather_asked(other, known(), by), Refused);
  other = asked;
  other.waivers.assign(300, asked.waivers[0]);
  CHECK_THROWS_AS(gather_asked(other, known(), by), Refused);
}

TEST_CASE("gate registrar: one that cannot be recorded does not keep the others from it", "[gate]") {
  Kept kept;
  Registrar registrar({kept.place.name(), {}, kept.key.get(), {}}, kLater);
  const Policy by = policy();
  std::vector<Finding> many;
  for (int i = 0; i < 400; ++i) {
    many.push_back(finding("R-" + std::to_string(100 + i), Finding::DEVIATION));
    many.back().set_message(std::string(5000, 'm'));
  }
  std::vector<std::thread> callers;
  std::atomic<int> failed{0}, approved{0};
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      Gathered g = gathered(caller % 4 == 0 ? many : std::vector<Finding>());
      try {
        approved += registrar.issue(by, g, "").decision.outcome == Outcome::kApproved;
      } catch (const Refused&) {
        ++failed;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(failed == 2);
  CHECK(approved == 6);
  CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) == "");
}

TEST_CASE("gate registrar: a ledger that fails holds the plan, and the next decision tries it again", "[gate]") {
  Kept kept;
  Registrar registrar({kept.place.name() + "x/y", {}, kept.key.get(), {}}, kLater);
  const Policy by = policy();
  for (int i = 0; i < 2; ++i) {
    Gathered g = gathered({});
    const Issued held = registrar.issue(by, g, "");
    CHECK(held.decision.outcome == Outcome::kHeld);
    CHECK(held.decision.reasons.back().code == "LEDGER_FAILED");
    CHECK_FALSE(held.place.has_value());
  }
}

TEST_CASE("gate registrar: a ledger that another is put in place of is not gone on with", "[gate]") {
  Kept kept;
  const auto key = signer(kGateKey);
  Registrar registrar({kept.place.name(), {}, key.get(), {}}, kLater);
  const Policy by = policy();
  const auto outcome = [&] {
    Gathered g = gathered({});
    return registrar.issue(by, g, "").decision;
  };
  CHECK(outcome().outcome == Outcome::kApproved);
  const std::string id = open_ledger(kept.place, key.get()).id();
  kept.place.tamper("DELETE FROM head; DELETE FROM mention; DELETE FROM entry");
  const Decision held = outcome();
  CHECK(held.outcome == Outcome::kHeld);
  CHECK(held.reasons.back().code == "LEDGER_FAILED");
  REQUIRE(open_ledger(kept.place, key.get()).id() != id);  // begun anew by somebody
  for (int i = 0; i < 2; ++i) {
    const Decision other = outcome();
    CHECK(other.outcome == Outcome::kHeld);
    CHECK(other.reasons.back().text.find("and was " + id + " before") != std::string::npos);
  }
}
