#include "tests/clauses/clause_test.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "core/protocols/load.h"

namespace dosegate::clause_test {
namespace {

std::set<std::string>& tested() {
  static std::set<std::string> rules;
  return rules;
}

class Invoker : public Catch::ITestInvoker {
 public:
  explicit Invoker(std::function<void()> body) : body_(std::move(body)) {}
  void invoke() const override { body_(); }

 private:
  std::function<void()> body_;
};

std::string_view word(FindingStatus status) {
  switch (status) {
    case FindingStatus::kPass:
      return "PASS";
    case FindingStatus::kWarning:
      return "WARNING";
    case FindingStatus::kDeviation:
      return "DEVIATION";
    case FindingStatus::kIndeterminate:
      return "INDETERMINATE";
    case FindingStatus::kNotEvaluable:
      return "NOT_EVALUABLE";
    case FindingStatus::kPending:
      return "PENDING";
  }
  return "?";
}

Protocol load_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  Result<Protocol> loaded = load_protocol(text.str());
  if (!loaded) {
    std::cerr << path << ": " << loaded.error().path << ": " << loaded.error().message << "\n";
    std::exit(3);
  }
  return *std::move(loaded);
}

const Report& sound_report() {
  static const Report report = report_of(SoundPatient().make());
  return report;
}

}  // namespace

const Protocol& shipped(const std::string& id) {
  static std::map<std::string, Protocol> loaded;
  const auto found = loaded.find(id);
  if (found != loaded.end()) return found->second;
  const char* named = std::getenv("DOSEGATE_TEST_PROTOCOL");
  Protocol protocol;
  if (named != nullptr) protocol = load_file(named);
  if (protocol.id != id) protocol = load_file(std::string(DOSEGATE_PROTOCOLS) + "/" + id + ".json");
  return loaded.emplace(id, std::move(protocol)).first->second;
}

const Protocol& trial() { return shipped("ChiCTR2000036385"); }

std::vector<std::string> shipped_ids() {
  std::vector<std::string> ids;
  for (const BuiltinProtocol& builtin : builtin_protocols()) ids.emplace_back(builtin.id);
  return ids;
}

Report report_of(const Case& c, const Protocol& protocol) {
  const Result<Report> report = check(c, protocol);
  REQUIRE(report);
  return *report;
}

Finding finding_of(const Report& report, const std::string& id) {
  for (const Finding& f : report.findings) {
    if (f.rule_id == id) return f;
  }
  FAIL("the protocol has no rule " << id);
  return {};
}

void check_only(const Case& broken, const Expected& expected) {
  const Report report = report_of(broken);
  const Finding f = finding_of(report, expected.rule);
  INFO(expected.rule << ": " << english(f.message) << " " << english(f.hint));
  CHECK(word(f.status) == word(expected.status));
  CHECK_FALSE(f.message.empty());
  CHECK(f.mandatory == expected.mandatory);
  if (f.mandatory && f.status == FindingStatus::kDeviation) CHECK(report.verdict == Verdict::kFail);
  if (expected.value) {
    REQUIRE(f.value);
    CHECK(*f.value == Approx(*expected.value).epsilon(expected.tolerance));
  }
  std::map<std::string, std::string> moved;
  const Report& sound = sound_report();
  REQUIRE(report.findings.size() == sound.findings.size());
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const Finding& was = sound.findings[i];
    const Finding& is = report.findings[i];
    if (was.status == is.status || is.rule_id == expected.rule) continue;
    moved[is.rule_id] =
        std::string(word(was.status)) + " -> " + std::string(word(is.status)) + ": " + english(is.message);
  }
  for (const auto& [rule, how] : moved) {
    INFO(rule << " " << how);
    CHECK(expected.along.count(rule) == 1);
  }
  for (const std::string& rule : expected.along) {
    INFO("not broken along with it: " << rule);
    CHECK(moved.count(rule) == 1);
  }
}

RuleTests::RuleTests(const std::vector<RuleTest>& tests) {
  for (const RuleTest& t : tests) {
    tested().insert(t.rule);
    const std::string clause = t.rule.substr(0, t.rule.find('.'));
    const std::string name = t.rule + ": " + t.shows;
    // Catch2 owns the invoker.
    Catch::AutoReg(new Invoker(t.body), CATCH_INTERNAL_LINEINFO, Catch::StringRef(),
                   Catch::NameAndTags(name, "[" + clause + "][rule]"));
  }
}

const std::set<std::string>& tested_rules() { return tested(); }

}  // namespace dosegate::clause_test
