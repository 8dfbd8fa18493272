// The optional parts that get_extension gives: their tables, and what misuse of them answers.
#include "tests/abi/library.h"

using namespace dosegate::abi_test;

namespace {

const dosegate_protocol_tools& tools() {
  const auto* table = static_cast<const dosegate_protocol_tools*>(api().get_extension("dosegate.protocol_tools/1"));
  REQUIRE(table != nullptr);
  return *table;
}

ProtocolHandle loaded(const std::string& json) {
  dosegate_protocol* raw = nullptr;
  Failure error;
  const dosegate_status status = api().protocol_load(text(json), &raw, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  return ProtocolHandle(raw, api().protocol_release);
}

}  // namespace

TEST_CASE("an extension is found by its exact id and says how large its table is") {
  CHECK(tools().struct_size == sizeof(dosegate_protocol_tools));
  CHECK(tools().reserved == 0);
  REQUIRE(tools().diff != nullptr);
  CHECK(api().get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS) == &tools());
  for (const char* id : {"", "dosegate.protocol_tools", "dosegate.protocol_tools/2", "dosegate.protocol_tools/1 "}) {
    CHECK(api().get_extension(id) == nullptr);
  }
}

TEST_CASE("the diff of two protocols names the limit that was changed and is the same bytes each time") {
  const ProtocolHandle before = builtin();
  std::string json = string(api().protocol_json(before.get()));
  const std::string old = "\"limit\": 40,";
  const std::size_t at = json.find(old);
  REQUIRE(at != std::string::npos);
  json.replace(at, old.size(), "\"limit\": 38,");
  const ProtocolHandle after = loaded(json);
  std::string answers[2];
  for (std::string& answer : answers) {
    dosegate_document* raw = nullptr;
    REQUIRE(tools().diff(before.get(), after.get(), &raw, nullptr) == DOSEGATE_OK);
    answer = string(api().document_json(raw));
    api().document_release(raw);
  }
  CHECK_THAT(answers[0], Catch::Contains("limit < 40 Gy becomes < 38 Gy: stricter"));
  CHECK(answers[0] == answers[1]);
  // The C++ face gives the same.
  const dosegate::Protocol a = library().builtin_protocol(), b = library().load_protocol(json);
  CHECK(library().diff_protocols(a, b).json() == answers[0]);
}

TEST_CASE("misuse of the diff is refused with the argument that is at fault") {
  const ProtocolHandle protocol = builtin();
  dosegate_document* document = nullptr;
  Failure error;
  CHECK(tools().diff(nullptr, protocol.get(), &document, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "before");
  CHECK(tools().diff(protocol.get(), nullptr, &document, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "after");
  CHECK(tools().diff(protocol.get(), protocol.get(), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "out");
  const CaseHandle c = make_case();
  const auto* no_protocol = reinterpret_cast<const dosegate_protocol*>(c.get());
  CHECK(tools().diff(no_protocol, protocol.get(), &document, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(document == nullptr);
}
