// The optional parts that get_extension gives: their tables, and what misuse of them answers.
#include "tests/abi/library.h"

using namespace dosegate::abi_test;

namespace {

const dosegate_protocol_tools& tools() {
  const auto* table = static_cast<const dosegate_protocol_tools*>(api().get_extension("dosegate.protocol_tools/1"));
  REQUIRE(table != nullptr);
  return *table;
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

TEST_CASE("dates of a course are proposed through the table and the C++ face alike", "[RX-4]") {
  REQUIRE(tools().struct_size > offsetof(dosegate_protocol_tools, schedule));
  const ProtocolHandle protocol = builtin();
  const std::string request = R"({"firstInfusion": "2026-11-22"})";
  dosegate_document* document = nullptr;
  Failure error;
  REQUIRE(tools().schedule(protocol.get(), text(request), &document, error.out()) == DOSEGATE_OK);
  const std::string answer = string(api().document_json(document));
  api().document_release(document);
  CHECK(answer.find("\"possible\": true") != std::string::npos);
  CHECK(answer.find("\"date\": \"2026-12-11\"") != std::string::npos);
  CHECK(library().schedule(library().builtin_protocol(), request).json() == answer);

  CHECK(tools().schedule(nullptr, text(request), &document, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "protocol");
  CHECK(tools().schedule(protocol.get(), text(request), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "out");
  CHECK(tools().schedule(protocol.get(), text("{}"), &document, error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "$.firstInfusion");
  CHECK(document == nullptr);
}

TEST_CASE("a protocol is described rule by rule through the table and the C++ face alike") {
  REQUIRE(tools().struct_size > offsetof(dosegate_protocol_tools, describe));
  const ProtocolHandle protocol = builtin();
  dosegate_document* document = nullptr;
  Failure error;
  REQUIRE(tools().describe(protocol.get(), &document, error.out()) == DOSEGATE_OK);
  const std::string answer = string(api().document_json(document));
  api().document_release(document);
  CHECK(answer.find("V20Gy[%] < 49 %") != std::string::npos);
  CHECK(library().describe_protocol(library().builtin_protocol()).json() == answer);

  CHECK(tools().describe(nullptr, &document, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "protocol");
  CHECK(tools().describe(protocol.get(), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "out");
}

TEST_CASE("statistics: the paper's interval and sample size, and misuse by name", "[ST-1][ST-2]") {
  const auto* statistics = static_cast<const dosegate_statistics*>(api().get_extension(DOSEGATE_EXT_STATISTICS));
  REQUIRE(statistics != nullptr);
  CHECK(statistics->struct_size == sizeof(dosegate_statistics));
  double lower = 0.0, upper = 0.0;
  Failure error;
  REQUIRE(statistics->clopper_pearson(9, 30, 0.90, &lower, &upper, error.out()) == DOSEGATE_OK);
  CHECK(lower == Approx(0.166).margin(5e-4));
  CHECK(upper == Approx(0.465).margin(5e-4));
  CHECK(library().clopper_pearson(9, 30, 0.90) == std::pair(lower, upper));
  std::uint64_t least = 0, most = 0, from = 0;
  REQUIRE(statistics->sample_size(0.05, 0.195, 0.05, 0.8, &least, &most, &from, error.out()) == DOSEGATE_OK);
  CHECK(least == 27);
  CHECK(most == 28);
  CHECK(from == 4);
  CHECK(statistics->clopper_pearson(2, 1, 0.9, &lower, &upper, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "successes");
  CHECK(statistics->clopper_pearson(1, 1, 0.9, nullptr, &upper, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "lower");
  CHECK(statistics->sample_size(0.5, 0.1, 0.05, 0.8, &least, &most, &from, error.out()) == DOSEGATE_INVALID_ARGUMENT);
}
