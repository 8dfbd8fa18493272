// Reading, lint and diff of policies.
#include "adapters/gate/policy.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/gate/fixture.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string problems_of(const std::string& json) {
  const auto read = read_policy(json);
  const auto* problems = std::get_if<Problems>(&read);
  if (problems == nullptr) return "";
  std::string text;
  for (const std::string& problem : *problems) text += problem + "\n";
  return text;
}

Policy policy_of(const std::string& json) {
  INFO(problems_of(json));
  auto read = read_policy(json);
  REQUIRE(std::holds_alternative<Policy>(read));
  return std::get<Policy>(std::move(read));
}

}  // namespace

TEST_CASE("gate policy: what is wrong is named with its place", "[gate]") {
  struct Row {
    const char *from, *to, *problem;
  };
  const Row table[] = {
      {R"("id": "site", )", "", "/id: is missing; a text is expected"},
      {R"("version": "1")", R"("version": 1)", "/version: a text is expected"},
      {R"("version": "1")", R"("version": null)", "/version: a text is expected"},
      {R"("title": "A site's policy")", R"("title": "")", "/title: is empty"},
      {R"("title")", R"("titel")", "/titel: is no member of this object"},
      {R"("title": "A site's policy")", R"("title": "a", "title": "b")", "the member \"title\" stands there twice"},
      {"dosegate.policy/1", "dosegate.policy/2", "/schema: \"dosegate.policy/2\" is none of dosegate.policy/1"},
      {"2026-01-01T00:00:00Z", "2026-01-01", "/validFrom: \"2026-01-01\" is no time such as"},
      {"2027-06-01T00:00:00Z", "2026-01-01T00:00:00Z", "/validUntil: is not after validFrom"},
      {R"("signature": true)", R"("signature": "true")", "/require/signature: true or false is expected"},
      {R"("recheck": false)", R"("rechek": false)", "/require/recheck: is missing"},
      {R"(["asOf"])", R"(["asof"])", "/siteStatements: \"asof\" is none of structureMap"},
      {R"(["asOf"])", R"("asOf")", "/siteStatements: a list of texts in brackets is expected"},
      {R"("DEVIATION": "REJECT")", R"("DEVIATION": "APPROVE")",
       "/protocols/0/mandatory/DEVIATION: \"APPROVE\" is none of HOLD, REJECT"},
      {R"("INDETERMINATE": "HOLD")", R"("INDETERMINATE": "APPROVE")", "/protocols/0/mandatory/INDETERMINATE"},
      {R"("NOT_EVALUABLE": "HOLD")", R"("NOT_EVALUABLE": "APPROVE")", "/protocols/0/mandatory/NOT_EVALUABLE"},
      {R"("WARNING": "APPROVE", )", "", "/protocols/0/mandatory/WARNING: is missing"},
      {R"("statuses": ["DEVIATION"])", R"("statuses": ["NOT_EVALUABLE"])",
       "/protocols/0/waivers/0/statuses: \"NOT_EVALUABLE\" is none of DEVIATION, INDETERMINATE"},
      {R"("people": 1)", R"("people": 0)", "/protocols/0/waivers/0/people: 0 is no whole number from 1 to 10"},
      {R"("people": 1)", R"("people": 1.5)", "/protocols/0/waivers/0/people: 1.5 is no whole number"},
      {R"("days": 30)", R"("days": 99999999999999999999)",
       "/protocols/0/waivers/0/days: 99999999999999999999 is no whole"},
      {R"(["R-2"])", R"(["R-1"])", "/protocols/0/waivers/1/rules: \"R-1\" has a waiver entry already"},
      {R"(["R-2"])", "[]", "/protocols/0/waivers/1/rules: is empty"},
      {R"("name": "Bert")", R"("name": "Ada")", "/people/1/name: \"Ada\" stands there twice"},
      {R"("keys": ["MCow)", R"("keys": ["XCow)", "/people/0/keys: \"XCow"},
      {R"("siteStatements")", R"("engines": ["abc"], "siteStatements")", "/engines: \"abc\" is no SHA-256"},
      {R"("siteStatements")", R"("engines": [], "siteStatements")", "/engines: is empty"},
      {R"("scope": "WHOLE_PROTOCOL")", R"("scope": "ALL")", "/protocols/0/scope: \"ALL\" is none of"},
      {R"("version": "1.0.0")", R"("version": "1.0.0", "sha256": "abc")", "/protocols/0/sha256: \"abc\" is no SHA-256"},
      {R"("id": "reviewed")", R"("id": "")", "/attestations/0/id: is empty"},
  };
  CHECK(problems_of(policy_json()).empty());
  for (const Row& row : table) {
    const std::string problems = problems_of(replaced(policy_json(), row.from, row.to));
    INFO(row.to << "\n" << problems);
    CHECK(problems.find(row.problem) != std::string::npos);
  }
}

TEST_CASE("gate policy: one key belongs to one person", "[gate]") {
  const std::string ada = signer(1)->public_key().base64_der(), bert = signer(2)->public_key().base64_der();
  CHECK(problems_of(replaced(policy_json(), bert, ada)).find("/people/1/keys: the key") != std::string::npos);
}

TEST_CASE("gate policy: all problems are listed, and texts that are no JSON say where", "[gate]") {
  const std::string problems = problems_of(R"({"schema": "dosegate.policy/1"})");
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 10);
  CHECK(problems_of("{").find("line 1, column 2") != std::string::npos);
  CHECK(problems_of("[]").find("an object in braces is expected") != std::string::npos);
  CHECK(problems_of("").find("no JSON") != std::string::npos);
  CHECK(problems_of(std::string(2 << 20, ' ')).find("1 MiB") != std::string::npos);
}

TEST_CASE("gate policy: every prefix of a policy is refused", "[gate]") {
  const std::string json = policy_json();
  for (std::size_t size = 0; size + 1 < json.size(); size += 7) CHECK(problems_of(json.substr(0, size)) != "");
}

TEST_CASE("gate policy: lint says what can never be given, is never used, or lets more through than it seems",
          "[gate]") {
  const RulesOf rules = [](const std::string&) { return std::vector<std::string>{"R-1", "R-2"}; };
  CHECK(lint(policy(), kNow, rules).empty());
  struct Row {
    const char *from, *to, *said;
  };
  const Row table[] = {
      {R"("people": 2)", R"("people": 3)", "needs 3 people, and 2 have such a role"},
      {R"("roles": ["physicist"], "people": 1)", R"("roles": ["dosimetrist"], "people": 1)", "0 have such a role"},
      {R"(["R-1"])", R"(["R-7"])", "has no rule R-7"},
      {R"("days": 30)", R"("days": 400)", "400 days, more than a year"},
      {R"("version": "1.0.0", )", "", "is taken in whatever version is built in"},
      {R"("ledger": true)", R"("ledger": false)", "require.ledger is false"},
      {R"("signature": true)", R"("signature": false)", "require.signature is false"},
      {R"(["physician"], "keys")", R"(["nurse"], "keys")", "Cleo has no role that the policy asks for"},
      {"2027-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "the policy expired"},
      {"2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "until then it holds every plan"},
      {R"("DEVIATION": "HOLD")", R"("DEVIATION": "HOLD", "x": 1)", ""},
  };
  for (const Row& row : table) {
    const std::string json = replaced(policy_json(), row.from, row.to);
    if (*row.said == '\0') {
      CHECK(problems_of(json) != "");
      continue;
    }
    std::string said;
    for (const std::string& text : lint(policy_of(json), kNow, rules)) said += text + "\n";
    INFO(row.to << "\n" << said);
    CHECK(said.find(row.said) != std::string::npos);
  }
}

TEST_CASE("gate policy: diff says what changed and whether more is let through", "[gate]") {
  CHECK(diff(policy(), policy()).empty());
  using Effect = Change::Effect;
  struct Row {
    const char *from, *to;
    Effect effect;
    const char* text;
  };
  const Row table[] = {
      {R"("DEVIATION": "REJECT")", R"("DEVIATION": "HOLD")", Effect::kLooser, "mandatory DEVIATION: REJECTED -> HELD"},
      {R"("WARNING": "APPROVE")", R"("WARNING": "HOLD")", Effect::kStricter, "mandatory WARNING: APPROVED -> HELD"},
      {R"("people": 2)", R"("people": 1)", Effect::kLooser, "waivers of R-2, people 2 -> 1"},
      {R"("days": 30)", R"("days": 60)", Effect::kLooser, "waivers of R-1, days 30 -> 60"},
      {R"(["R-1"])", R"(["R-1", "R-9"])", Effect::kLooser, "waivers of R-9 is new"},
      {R"("statuses": ["DEVIATION"])", R"("statuses": ["DEVIATION", "INDETERMINATE"])", Effect::kLooser,
       "statuses: INDETERMINATE is new"},
      {R"("ledger": true)", R"("ledger": false)", Effect::kLooser, "ledger is no longer required"},
      {R"("recheck": false)", R"("recheck": true)", Effect::kStricter, "recheck is now required"},
      {R"(["asOf"])", "[]", Effect::kStricter, "site may state: asOf is gone"},
      {"2027-06-01", "2028-06-01", Effect::kLooser, "holds until"},
      {R"("scope": "WHOLE_PROTOCOL")", R"("scope": "PLAN_ONLY")", Effect::kLooser,
       "scope: WHOLE_PROTOCOL -> PLAN_ONLY"},
      {R"("version": "1.0.0")", R"("version": "1.1.0")", Effect::kOther, "version \"1.0.0\" -> \"1.1.0\""},
      {R"("name": "Bert")", R"("name": "Bob")", Effect::kLooser, "person Bob is new"},
      {R"("id": "reviewed")", R"("id": "seen")", Effect::kStricter, "attestation seen is new"},
  };
  for (const Row& row : table) {
    const auto changes = diff(policy(), policy_of(replaced(policy_json(), row.from, row.to)));
    std::string all;
    for (const Change& change : changes) all += change.text + "\n";
    INFO(row.to << "\n" << all);
    CHECK(std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      return change.effect == row.effect && change.text.find(row.text) != std::string::npos;
    }));
  }
}
