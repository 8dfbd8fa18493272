#include "core/json/reader.h"

#include <catch2/catch.hpp>
#include <string>

namespace dosegate {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 24;

JsonValue parsed_json(const std::string& text) {
  auto value = parse_json(text, kLimit, "the document");
  INFO(text);
  if (!value) FAIL(value.error().message);
  return *std::move(value);
}

Error refused(const std::string& text) {
  INFO(text);
  const auto value = parse_json(text, kLimit, "the document");
  REQUIRE_FALSE(value);
  return value.error();
}

TEST_CASE("Numbers keep their text, so that they are rounded once", "[json]") {
  const JsonValue value = parsed_json("[0.1, 123456789012345678901234567890, 1e-5]");
  CHECK(value.elements.at(0).text == "0.1");
  CHECK(value.elements.at(1).text == "123456789012345678901234567890");
  CHECK(value.elements.at(2).text == "1e-5");
}

TEST_CASE("A syntax error is located by line and column", "[json]") {
  CHECK_THAT(refused("{\n  \"a\": 1,\n  \"b\" 2\n}").message, Catch::Contains("line 3, column 7"));
  CHECK_THAT(refused("{\"\u809D\": x}").message, Catch::Contains("line 1, column 7"));
  CHECK_THAT(refused("{\"a\": [1, 2}").message, Catch::Contains("not valid JSON"));
  CHECK_THAT(refused("{\"a\": 1").message, Catch::Contains("ends too early"));
  CHECK_THAT(refused("{} x").message, Catch::Contains("after the end"));
  CHECK_THAT(refused("\"\xFF\"").message, Catch::Contains("UTF-8"));
  CHECK_THAT(refused(" \n").message, Catch::Contains("empty"));
  CHECK_THAT(refused("{\"a\": NaN}").message, Catch::Contains("not valid JSON"));
  CHECK_THAT(refused("{\"a\": 1, // why\n}").message, Catch::Contains("not valid JSON"));
  CHECK_THAT(refused("{\"a\": 1,}").message, Catch::Contains("not valid JSON"));
}

TEST_CASE("A byte order mark before the document is passed over", "[json]") {
  CHECK(parsed_json("\xEF\xBB\xBF{}").kind == JsonValue::Kind::kObject);
}

TEST_CASE("Depth, size and number of values are limited", "[json]") {
  CHECK(parsed_json(std::string(32, '[') + std::string(32, ']')).kind == JsonValue::Kind::kArray);
  CHECK(refused(std::string(33, '[') + std::string(33, ']')).code == ErrorCode::kLimitExceeded);
  CHECK(refused(std::string(1000000, '[')).code == ErrorCode::kLimitExceeded);
  std::string many = "[";
  for (int i = 0; i < 600000; ++i) many += "0,";
  many += "0]";
  CHECK(refused(many).code == ErrorCode::kLimitExceeded);
  CHECK(parse_json("[1,2,3]", 6, "it").error().code == ErrorCode::kLimitExceeded);
}

TEST_CASE("Every mistake is collected with its path", "[json]") {
  const JsonValue value = parsed_json(
      R"({"text": 1, "flag": "true", "whole": 2147483648, "real": "Infinity", "kind": "NO", "inner": {"x": 1},
          "list": [{"y": true}, 3], "names": ["a", ""], "same": 1, "same": 2, "odd key": 0})");
  std::vector<Error> errors;
  ObjectReader r(value, "$", errors);
  r.string("text");
  r.boolean("flag");
  r.integer("whole", 0);
  r.number("real", {0, 1});
  r.enumeration("kind", "KIND_UNSPECIFIED", {{"TARGET", 1}});
  if (auto inner = r.object("inner")) inner->finish();
  r.each_object("list", [](ObjectReader& e) { e.string("y"); });
  r.strings("names");
  r.number("same", {0, 9});
  r.string("gone", Need::kRequired);
  r.finish();
  std::vector<std::string> paths;
  for (const Error& e : errors) paths.push_back(e.path);
  CHECK(paths == std::vector<std::string>{"$.same", "$.text", "$.flag", "$.whole", "$.real", "$.kind", "$.inner.x",
                                          "$.list[0].y", "$.list[1]", "$.names[1]", "$.gone", "$[\"odd key\"]"});
}

TEST_CASE("The mapping's leniencies are kept", "[json]") {
  const JsonValue value =
      parsed_json(R"({"a_number": "4.5e1", "whole": 15.0, "kind": 1, "other": "KIND_UNSPECIFIED", "nothing": null})");
  std::vector<Error> errors;
  ObjectReader r(value, "$", errors);
  CHECK(r.number("aNumber", {0, 100}) == 45.0);
  CHECK(r.integer("whole", 0) == 15);
  CHECK(r.enumeration("kind", "KIND_UNSPECIFIED", {{"TARGET", 1}}) == 1);
  CHECK(r.enumeration("other", "KIND_UNSPECIFIED", {{"TARGET", 1}}) == 0);
  CHECK_FALSE(r.number("nothing", {0, 1}));
  r.finish();
  CHECK(errors.empty());
}

TEST_CASE("Strings that only look like numbers are refused", "[json]") {
  for (const char* text : {"\"nan\"", "\"inf\"", "\"-Infinity\"", "\" 1\"", "\"1 \"", "\"+1\"", "\"0x10\"", "\"1,5\"",
                           "\".5\"", "\"5.\"", "\"01\"", "\"\"", "\"1e400\"", "true", "[]"}) {
    const JsonValue value = parsed_json(std::string("{\"a\":") + text + "}");
    std::vector<Error> errors;
    ObjectReader r(value, "$", errors);
    INFO(text);
    CHECK_FALSE(r.number("a", {-1e300, 1e300}));
    CHECK(errors.size() == 1);
  }
}

TEST_CASE("Both spellings of one field are one too many", "[json]") {
  const JsonValue value = parsed_json(R"({"doseGy": 1, "dose_gy": 2})");
  std::vector<Error> errors;
  ObjectReader r(value, "$", errors);
  r.number("doseGy", {0, 9});
  r.finish();
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0].message, Catch::Contains("given twice"));
}

TEST_CASE("A text with a NUL, and errors without end, are contained", "[json]") {
  std::string many = "{";
  for (int i = 0; i < 5000; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  many += "\"text\": \"a\\u0000b\"}";
  const JsonValue value = parsed_json(many);
  std::vector<Error> errors;
  ObjectReader r(value, "$", errors);
  r.string("text");
  r.finish();
  CHECK(errors.size() == 1000);
  CHECK(errors[0].path == "$.text");
}

}  // namespace
}  // namespace dosegate
