// Waivers as the trial's protocol deviations: what of them a report says.
#include "adapters/gate/deviations.h"

#include <catch2/catch.hpp>

#include "adapters/cli/deviations.h"
#include "adapters/cli/documents.h"
#include "tests/gate/fixture.h"

using namespace dosegate;
using namespace dosegate::gate_test;
using gate::DatedWaiver;
using v1::Finding;
using State = v1::ProtocolDeviation;

namespace {

DatedWaiver by(const std::string& person, int seed, const Finding& f,
               const std::function<void(gate::Waiver&)>& change = {}) {
  gate::Waiver w = waiver_of(f, person);
  if (change) change(w);
  return {signed_by(w, seed), kNow};
}

std::vector<State> listed(const v1::Report& on, const std::vector<DatedWaiver>& waivers) {
  return gate::deviations_of(on, waivers, policy());
}

void check_one(const std::vector<State>& all, State::State state, const std::string& why) {
  REQUIRE(all.size() == 1);
  INFO(all[0].ShortDebugString());
  CHECK(all[0].state() == state);
  CHECK(all[0].why().find(why) != std::string::npos);
  CHECK(all[0].why().empty() == (state == State::ACCEPTED));
}

const Finding kBroken = finding("R-1", Finding::DEVIATION, 21.0), kBroken2 = finding("R-2", Finding::DEVIATION, 22.0);

}  // namespace

TEST_CASE("gate deviations: a waiver that counts is listed with who, in which role, why and until when", "[gate]") {
  const auto all = listed(report({kBroken}), {by("Ada", 1, kBroken)});
  check_one(all, State::ACCEPTED, "");
  CHECK(all[0].rule_id() == "R-1");
  CHECK(all[0].person() == "Ada");
  CHECK(all[0].role() == "physicist");
  CHECK(all[0].reason() == "Discussed and accepted");
  CHECK(all[0].issued() == "2026-11-30T11:00:00Z");
  CHECK(all[0].expires() == "2026-12-10T11:00:00Z");
  CHECK(all[0].waiver_sha256().size() == 64);
  // A better value than was accepted is accepted, too.
  check_one(listed(report({finding("R-1", Finding::DEVIATION, 20.5)}), {by("Ada", 1, kBroken)}), State::ACCEPTED, "");
}

TEST_CASE("gate deviations: a waiver that does not fit is listed as void, with why", "[gate]") {
  const auto one = [&](const v1::Report& on, const DatedWaiver& w, const std::string& why) {
    check_one(listed(on, {w}), State::VOID, why);
  };
  const v1::Report on = report({kBroken});
  one(report({finding("R-1", Finding::DEVIATION, 21.5)}), by("Ada", 1, kBroken), "is worse");
  one(report({finding("R-1", Finding::INDETERMINATE)}), by("Ada", 1, kBroken),
      "lets nobody waive that it is INDETERMINATE");
  one(report({finding("R-1", Finding::PASS, 10.0)}), by("Ada", 1, kBroken), "the rule is PASS here");
  one(report({}), by("Ada", 1, kBroken), "the report has no rule R-1");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.plan_uid = "1.2.3"; }), "it is for the plan 1.2.3");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.plan_sha256 = std::string(64, 'b'); }), "changed since");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.protocol_version = "0.9.0"; }), "version 0.9.0");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.protocol = "OTHER"; }), "nobody waive R-1 of OTHER");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.expires = kNow; }), "expired at 2026-11-30T12:00:00Z");
  one(on, by("Ada", 1, kBroken, [](gate::Waiver& w) { w.expires = kNow + std::chrono::days(40); }), "longer than");
  one(on, by("Cleo", 3, kBroken), "does not let a physician waive");
}

TEST_CASE("gate deviations: what is not signed by the person is not verified, and never accepted", "[gate]") {
  const v1::Report on = report({kBroken});
  check_one(listed(on, {by("Ada", 2, kBroken)}), State::UNVERIFIED, "not signed by a key");
  check_one(listed(on, {by("Zoe", 1, kBroken)}), State::UNVERIFIED, "does not name the person");
}

TEST_CASE("gate deviations: where two people are asked for, one is not enough, nor the same one twice", "[gate]") {
  const v1::Report on = report({kBroken2});
  const DatedWaiver ada = by("Ada", 1, kBroken2), bert = by("Bert", 2, kBroken2);
  const DatedWaiver again = by("Ada", 1, kBroken2, [](gate::Waiver& w) { w.reason = "Once more"; });
  check_one(listed(on, {ada, ada}), State::AWAITED, "1 of 2 people have accepted");
  const auto twice = listed(on, {ada, again});
  REQUIRE(twice.size() == 2);
  CHECK(twice[0].state() == State::AWAITED);
  CHECK(twice[1].state() == State::VOID);
  for (const auto& d : listed(on, {ada, bert})) CHECK(d.state() == State::ACCEPTED);
}

TEST_CASE("gate deviations: a waiver is asked for the time that comes with it, and attestations are none", "[gate]") {
  const v1::Report on = report({kBroken});
  DatedWaiver later = by("Ada", 1, kBroken);
  later.at = kNow + std::chrono::days(30);
  check_one(listed(on, {later}), State::VOID, "expired");
  later.at = kNow;
  check_one(listed(on, {later}), State::ACCEPTED, "");
  CHECK(listed(on, {{signed_by(attestation_by("Cleo"), 3), kNow}}).empty());
}

TEST_CASE("gate deviations: they are a report's last member, and what they were added to is found again", "[gate]") {
  v1::Report found;
  *found.add_protocol_deviations() = listed(report({kBroken}), {by("Ada", 1, kBroken)}).front();
  found.mutable_protocol_deviations(0)->set_reason(R"(a "}],\"protocolDeviations\":[ {)");
  const std::string json = R"({"verdict":"FAIL","notes":["},\"protocolDeviations\":[]}"]})";
  for (const char* end : {"", "\n"}) {
    const std::string with = cli::with_deviations(json + end, cli::to_json(found));
    CHECK(with.starts_with(json.substr(0, json.size() - 1)));
    CHECK(cli::without_deviations(with) == json + end);
    v1::Report read;
    CHECK(cli::read_document(with, read) == "");
    CHECK(read.protocol_deviations(0).reason() == found.protocol_deviations(0).reason());
  }
  CHECK(cli::with_deviations(json, "{}") == json);
  CHECK(cli::without_deviations(json) == json);
}
