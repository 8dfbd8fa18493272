// What crosses the C ABI, read by the schema.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "dosegate/dosegate.hpp"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/report.pb.h"
#include "tests/proto/strict.h"

namespace dosegate {
namespace {

using proto_test::parse;

const Library& library() {
  static const Library loaded = Library::load(std::string(DOSEGATE_BIN) + "/manifest.json");
  return loaded;
}

}  // namespace

TEST_CASE("The plugin's list of protocols is a ProtocolList with one default") {
  const auto list = parse<v1::ProtocolList>(library().list_protocols().json());
  REQUIRE(list.protocols_size() >= 1);
  int defaults = 0;
  for (const auto& entry : list.protocols()) {
    CHECK_FALSE(entry.id().empty());
    CHECK_FALSE(entry.version().empty());
    CHECK_FALSE(entry.title().empty());
    defaults += entry.is_default() ? 1 : 0;
    CHECK(parse<v1::Protocol>(library().builtin_protocol(entry.id()).json()).version() == entry.version());
  }
  CHECK(defaults == 1);
  CHECK(list.protocols(0).is_default());
}

TEST_CASE("The plugin's lint of the built-in protocol is a LintReport without errors that knows OR-7's idle limits",
          "[OR-7]") {
  const auto protocol = library().builtin_protocol();
  const auto report = parse<v1::LintReport>(library().lint_protocol(protocol.json()).json());
  int idle_limits_of_kidneys = 0;
  for (const auto& entry : report.entries()) {
    INFO(entry.path() << ": " << entry.message());
    CHECK(entry.severity() != v1::LintReport::Entry::ERROR);
    CHECK(entry.severity() != v1::LintReport::Entry::SEVERITY_UNSPECIFIED);
    CHECK_FALSE(entry.message().empty());
    const bool idle = entry.message().find("can never be the first to fail") != std::string::npos;
    idle_limits_of_kidneys += idle && entry.message().find("OR-7") == 0 ? 1 : 0;
  }
  CHECK(idle_limits_of_kidneys >= 6);  // V23, V30 and V50 of each kidney
}

TEST_CASE("The plugin's description of a built-in protocol says of every rule, in its order, what it asks for") {
  const auto list = parse<v1::ProtocolList>(library().list_protocols().json());
  for (const auto& entry : list.protocols()) {
    const auto protocol = library().builtin_protocol(entry.id());
    const auto message = parse<v1::Protocol>(protocol.json());
    const auto description = parse<v1::ProtocolDescription>(library().describe_protocol(protocol).json());
    REQUIRE(description.rules_size() == message.rules_size());
    for (int i = 0; i < message.rules_size(); ++i) {
      INFO(message.rules(i).id());
      CHECK(description.rules(i).rule_id() == message.rules(i).id());
      CHECK_FALSE(description.rules(i).requirement().empty());
    }
  }
}

TEST_CASE("The plugin's lint of what is no protocol is a LintReport with an error") {
  for (const char* text : {"", "{", "[]", "null", "{\"schema\": \"dosegate.v1.Protocol\", \"rulez\": []}"}) {
    const auto report = parse<v1::LintReport>(library().lint_protocol(text).json());
    INFO(text);
    REQUIRE(report.entries_size() >= 1);
    CHECK(report.entries(0).severity() == v1::LintReport::Entry::ERROR);
  }
}

TEST_CASE("The plugin's answers about an empty case are a Report and a DvhReport") {
  auto c = library().make_case();
  const auto report = c.check(library().builtin_protocol());
  CHECK(report.verdict() == DOSEGATE_VERDICT_INCOMPLETE);
  CHECK(parse<v1::Report>(report.json()).verdict() == v1::Report::INCOMPLETE);
  CHECK(parse<v1::DvhReport>(c.dvh("{}").json()).rois_size() == 0);
}

TEST_CASE("The plugin's diff of two protocols is a ProtocolDiff whose every change has a sentence and an effect") {
  const auto before = library().builtin_protocol();
  auto edited = parse<v1::Protocol>(before.json());
  edited.set_version("9.9.9");
  edited.mutable_rules()->RemoveLast();
  edited.mutable_roles(0)->add_aliases("Another Name");
  edited.mutable_rules(0)->set_reading("Read anew.");
  std::string json;
  REQUIRE(google::protobuf::util::MessageToJsonString(edited, &json).ok());
  const auto after = library().load_protocol(json);
  const auto diff = parse<v1::ProtocolDiff>(library().diff_protocols(before, after).json());
  CHECK(diff.before_id() == diff.after_id());
  CHECK(diff.after_version() == "9.9.9");
  CHECK(diff.changes_size() == 4);
  for (const auto& change : diff.changes()) {
    INFO(change.text());
    CHECK(change.what() != v1::ProtocolDiff::Change::WHAT_UNSPECIFIED);
    CHECK(change.part() != v1::ProtocolDiff::Change::PART_UNSPECIFIED);
    CHECK(change.effect() != v1::ProtocolDiff::Change::EFFECT_UNSPECIFIED);
    CHECK_FALSE(change.text().empty());
  }
}

}  // namespace dosegate

TEST_CASE("The protocol language's page has a section for every kind of rule") {
  std::stringstream text;
  text << std::ifstream(DOSEGATE_PROTOCOLS "/README.md").rdbuf();
  const std::string page = text.str();
  const auto* kind = dosegate::v1::Rule::descriptor()->FindOneofByName("kind");
  REQUIRE(kind != nullptr);
  for (int i = 0; i < kind->field_count(); ++i) {
    INFO("write what " << kind->field(i)->json_name() << " is into core/protocols/README.md");
    CHECK(page.find("\n### `" + kind->field(i)->json_name() + "`\n") != std::string::npos);
  }
}
