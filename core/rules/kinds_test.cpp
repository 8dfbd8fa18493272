#include "core/rules/kinds.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "core/protocols/load.h"

namespace dosegate {
namespace {

std::vector<Protocol> protocols() {
  std::vector<Protocol> out;
  for (const BuiltinProtocol& builtin : builtin_protocols()) out.push_back(*load_protocol(builtin.json));
  return out;
}

TEST_CASE("Every rule of the built-in protocols says in words what it asks for, and of which role") {
  for (const Protocol& protocol : protocols()) {
    for (const Rule& rule : protocol.rules) {
      const Requirement wanted = rule.kind->requirement(protocol);
      INFO(protocol.id << " " << rule.id << ": " << wanted.text);
      CHECK_FALSE(wanted.text.empty());
      CHECK((wanted.structure.empty() || protocol.find_role(wanted.structure) != nullptr));
      CHECK(wanted.text.find("  ") == std::string::npos);
    }
  }
}

TEST_CASE("What a rule needs is declared by its protocol, and every kind but one is in a built-in protocol") {
  std::set<std::string_view> seen;
  for (const Protocol& protocol : protocols()) {
    for (const Rule& rule : protocol.rules) {
      INFO(protocol.id << " " << rule.id);
      seen.insert(rule.kind->member());
      const RuleNeeds needs = rule.kind->needs();
      const std::set<std::string> roles(needs.roles.begin(), needs.roles.end());
      for (const std::string& role : roles) CHECK(protocol.find_role(role) != nullptr);
      for (const std::string& role : needs.doses) CHECK(roles.count(role) == 1);
      if (needs.margin) {
        CHECK(roles.count(needs.margin->from) + roles.count(needs.margin->to) == 2);
        for (const std::string& role : needs.margin->cropped_by) CHECK(roles.count(role) == 1);
      }
      if (needs.fractionation) CHECK(protocol.fractionation.has_value());
    }
  }
  seen.insert("structureVolume");  // which no trial states
  for (const KindEntry& kind : rule_kinds()) {
    INFO(kind.member);
    CHECK(seen.count(kind.member) == 1);
  }
}

TEST_CASE("The requirements of the trial's rules read as its paper does") {
  std::map<std::string, std::string> said;
  const Protocol trial = *load_protocol(builtin_protocols().front().json);
  for (const Rule& rule : trial.rules) said[rule.id] = rule.kind->requirement(trial).text;
  CHECK(said.at("OR-2.V20") == "V20Gy[%] < 49 %");
  CHECK(said.at("RX-1") == "total dose");
  CHECK(said.at("VO-1") == "must exist");
}

}  // namespace
}  // namespace dosegate
