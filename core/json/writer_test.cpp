#include "core/json/writer.h"

#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "core/json/value.h"

namespace dosegate {
namespace {

TEST_CASE("A document is written in order, indented by two spaces", "[json]") {
  JsonWriter w;
  w.begin_object();
  w.field("name", "PTV");
  w.field("mandatory", true);
  w.field("count", std::int32_t{-3});
  w.field("absent", std::optional<double>());
  w.field("volume", std::optional<double>(12.5));
  w.field_if_set("empty", "");
  w.key("curve");
  w.begin_array(JsonWriter::Layout::kInline);
  w.number(1);
  w.number(0.5);
  w.end_array();
  w.key("rows");
  w.begin_array();
  w.begin_object();
  w.end_object();
  w.string("x");
  w.end_array();
  w.end_object();
  CHECK(w.take() ==
        "{\n  \"name\": \"PTV\",\n  \"mandatory\": true,\n  \"count\": -3,\n  \"volume\": 12.5,\n"
        "  \"curve\": [1, 0.5],\n  \"rows\": [\n    {},\n    \"x\"\n  ]\n}\n");
}

TEST_CASE("Numbers read plainly and read back as the same double", "[json][property]") {
  CHECK(number_text(45.0) == "45");
  CHECK(number_text(100000.0) == "100000");
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(0.00012) == "0.00012");
  CHECK(number_text(1e20) == "1e+20");
  CHECK(number_text(-0.0) == "0");
  std::mt19937_64 random(3);
  for (int i = 0; i < 50000; ++i) {
    const std::uint64_t bits = random();
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = number_text(value);
    double back = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), back);
    REQUIRE(result.ptr == text.data() + text.size());
    REQUIRE(back == value);
  }
  for (int i = 0; i < 50000; ++i) {
    const double value = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 80) - 70);
    const std::string text = number_text(value);
    double back = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    REQUIRE(back == value);
  }
}

TEST_CASE("Any bytes become valid JSON", "[json][property]") {
  CHECK(json_quoted("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\n\\u0001\"");
  CHECK(json_quoted("\u809D") == "\"\u809D\"");
  CHECK(json_quoted("Mag\xE9n") == "\"Mag\uFFFDn\"");
  CHECK(json_quoted("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
  CHECK(json_quoted("\xC0\x80") == "\"\uFFFD\uFFFD\"");            // overlong
  std::mt19937 random(5);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes;
    for (std::size_t n = random() % 12; n > 0; --n) bytes += static_cast<char>(random() % 256);
    const auto back = parse_json(json_quoted(bytes), 1000, "the text");
    REQUIRE(back);
    REQUIRE(back->kind == JsonValue::Kind::kString);
  }
}

}  // namespace
}  // namespace dosegate
