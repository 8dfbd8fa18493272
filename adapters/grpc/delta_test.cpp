#include "adapters/grpc/delta.h"

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using namespace dosegate;
using Update = v1::PlanningSessionResponse::Update;

namespace {

v1::Finding finding(const std::string& rule, v1::Finding::Status status, double value, const std::string& unit = "Gy") {
  v1::Finding f;
  f.set_rule_id(rule);
  f.set_status(status);
  f.set_value(value);
  f.set_unit(unit);
  return f;
}

Update tell(rpc::Told& told, const std::vector<v1::Finding>& findings) {
  v1::Report report;
  report.set_verdict(v1::Report::FAIL);
  for (const auto& f : findings) *report.add_findings() = f;
  Update update;
  told.tell(report, update);
  return update;
}

constexpr auto kPass = v1::Finding::PASS;
constexpr auto kBad = v1::Finding::DEVIATION;

}  // namespace

TEST_CASE("the first update is complete, and PASS is told only when asked for") {
  rpc::Told quiet({}, false), all({}, true);
  const std::vector<v1::Finding> findings = {finding("A", kPass, 1), finding("B", kBad, 2)};
  CHECK(tell(quiet, findings).changes_size() == 1);
  const Update update = tell(all, findings);
  CHECK(update.complete());
  CHECK(update.changes_size() == 2);
  CHECK(update.verdict() == v1::Report::FAIL);
  CHECK_FALSE(tell(all, findings).complete());
}

TEST_CASE("a value is told again when it is further than the threshold of its unit from what was told") {
  const std::tuple<std::string, double> steps[] = {{"Gy", 0.05}, {"%", 0.1}, {"cc", 0.1}, {"", 0.0}};
  for (const auto& [unit, step] : steps) {
    INFO(unit);
    rpc::Told told({}, false);
    tell(told, {finding("A", kBad, 10, unit)});
    CHECK(tell(told, {finding("A", kBad, 10 + 0.9 * step, unit)}).changes_size() == 0);
    const Update moved = tell(told, {finding("A", kBad, 10 + 1.1 * step + 1e-9, unit)});
    REQUIRE(moved.changes_size() == 1);
    CHECK(moved.changes(0).kind() == v1::FindingChange::MOVED);
    CHECK(moved.changes(0).previous_value() == 10);
  }
}

TEST_CASE("a finding that gets better is resolved, one that is gone is resolved as it was") {
  rpc::Told told({}, false);
  tell(told, {finding("A", kBad, 10), finding("B", kBad, 20)});
  const Update update = tell(told, {finding("A", kPass, 5)});
  REQUIRE(update.changes_size() == 2);
  CHECK(update.changes(0).kind() == v1::FindingChange::RESOLVED);
  CHECK(update.changes(0).finding().value() == 5);
  CHECK(update.changes(1).kind() == v1::FindingChange::RESOLVED);
  CHECK(update.changes(1).finding().status() == kBad);
  CHECK(tell(told, {finding("A", kPass, 5)}).changes_size() == 0);
  // And appears again.
  CHECK(tell(told, {finding("A", kBad, 11)}).changes(0).kind() == v1::FindingChange::APPEARED);
}

TEST_CASE("rules that lack the very same are one change, and each has its own again when that comes") {
  const auto lacking = [](const std::string& rule, bool mandatory) {
    v1::Finding f;
    f.set_rule_id(rule);
    f.set_clause(rule.substr(0, 2));
    f.set_mandatory(mandatory);
    f.set_status(v1::Finding::NOT_EVALUABLE);
    f.set_message("No clinical record was given.");
    f.add_message_sentences()->set_id("NoRecord");
    return f;
  };
  rpc::Told told({}, false);
  v1::Finding other = lacking("C", true);
  other.mutable_message_sentences(0)->set_id("NoPlan");
  v1::Finding of_structure = lacking("E", true);
  of_structure.set_structure("Liver");
  v1::Finding without_sentences = lacking("F", true);
  without_sentences.clear_message_sentences();
  const Update first = tell(
      told, {lacking("A", true), finding("B", kBad, 2), other, lacking("D", false), of_structure, without_sentences});
  REQUIRE(first.changes_size() == 5);
  CHECK(first.changes(0).finding().rule_id() == "A");
  REQUIRE(first.changes(0).alike_size() == 1);
  CHECK(first.changes(0).alike(0).rule_id() == "D");
  CHECK(first.changes(0).alike(0).clause() == "D");
  CHECK_FALSE(first.changes(0).alike(0).mandatory());
  for (int i = 1; i < 5; ++i) CHECK(first.changes(i).alike_size() == 0);

  const Update second = tell(told, {finding("A", kBad, 1), finding("D", kPass, 1)});
  std::vector<std::string> resolved;
  for (const auto& change : second.changes()) {
    if (change.kind() == v1::FindingChange::RESOLVED) resolved.push_back(change.finding().rule_id());
  }
  CHECK(second.changes(0).kind() == v1::FindingChange::MOVED);
  CHECK(resolved == std::vector<std::string>{"D", "B", "C", "E", "F"});
}

TEST_CASE("a finding without a value is told again when its reason changes") {
  rpc::Told told({}, false);
  v1::Finding f = finding("A", v1::Finding::NOT_EVALUABLE, 0);
  f.clear_value();
  f.set_message("no dose");
  tell(told, {f});
  CHECK(tell(told, {f}).changes_size() == 0);
  f.set_message("no liver");
  CHECK(tell(told, {f}).changes_size() == 1);
}
