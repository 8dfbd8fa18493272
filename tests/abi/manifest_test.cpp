// SHA-256 against FIPS 180-4's own examples; the JSON reader against RFC 8259; the manifest's fields.
#include "dosegate/detail/manifest.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "dosegate/detail/json.hpp"
#include "dosegate/detail/sha256.hpp"

using dosegate::PluginError;
using dosegate::detail::JsonReader;
using dosegate::detail::JsonValue;
using dosegate::detail::ManifestReader;
using dosegate::detail::Sha256;

namespace {

std::string sha256(const std::string& text, std::size_t piece, Sha256::Code code) {
  Sha256 hash(code);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    hash.update(text.data() + at, std::min(piece, text.size() - at));
  }
  return hash.hex();
}

std::string refusal(const std::string& json) {
  try {
    (void)JsonReader::read(json);
    return "";
  } catch (const PluginError& e) {
    return e.what();
  }
}

const std::string kGood =
    R"({"schema": "dosegate.manifest.v1", "id": "dosegate", "name": "Dosegate", "version": "1.2.3",
 "intendedUse": "u", "library": {"path": "lib/dosegate.so",
 "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "architecture": "x86_64",
 "buildId": "0123abcd"}, "abi": {"min": 1, "max": 2, "entryPoint": "dosegate_negotiate"},
 "protocols": [{"id": "P", "version": "1.0.0", "source": "s",
 "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}], "later": [1, 2.5e3, null, true]})";

std::string manifest_refusal(const std::string& from, const std::string& to) {
  std::string json = kGood;
  const std::size_t at = json.find(from);
  REQUIRE(at != std::string::npos);
  json.replace(at, from.size(), to);
  try {
    (void)ManifestReader::read(json, "m.json");
    return "";
  } catch (const PluginError& e) {
    CHECK(e.status == DOSEGATE_INVALID_DATA);
    return e.path;
  }
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples, however the bytes are cut") {
  const std::size_t piece = GENERATE(1U, 3U, 55U, 63U, 64U, 65U, 1000000U);
  const auto code = GENERATE(Sha256::Code::kPortable, Sha256::Code::kFastest);
  CAPTURE(piece, code == Sha256::Code::kFastest && Sha256::is_fast_here());
  CHECK(sha256("", piece, code) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc", piece, code) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", piece, code) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1000000, 'a'), piece, code) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 with the machine's instructions gives what the portable code gives") {
  std::string text;
  std::uint32_t next = 1;  // bytes without a pattern: Numerical Recipes' linear congruence
  for (std::size_t size = 0; size < 300; ++size) {
    CAPTURE(size);
    REQUIRE(sha256(text, 300, Sha256::Code::kFastest) == sha256(text, 300, Sha256::Code::kPortable));
    next = next * 1664525U + 1013904223U;
    text += static_cast<char>(next >> 24U);
  }
}

TEST_CASE("the JSON reader reads every kind of value") {
  const JsonValue v = JsonReader::read(
      " {\"a\": [1, -0.5e+3, true, false, null, {}, []], \"b\\u00e9\": \"x\\n\\\"\\/\\ud83d\\ude00\xc3\xa4\"}\n");
  REQUIRE(v.find("a") != nullptr);
  const JsonValue& a = *v.find("a");
  REQUIRE(a.elements.size() == 7);
  CHECK(a.elements[0].text == "1");
  CHECK(a.elements[1].text == "-0.5e+3");
  CHECK(a.elements[2].kind == JsonValue::Kind::kTrue);
  CHECK(a.elements[3].kind == JsonValue::Kind::kFalse);
  CHECK(a.elements[4].kind == JsonValue::Kind::kNull);
  CHECK(a.elements[5].kind == JsonValue::Kind::kObject);
  CHECK(a.elements[6].kind == JsonValue::Kind::kArray);
  REQUIRE(v.find("b\xc3\xa9") != nullptr);
  CHECK(v.find("b\xc3\xa9")->text == "x\n\"/\xf0\x9f\x98\x80\xc3\xa4");
  CHECK(v.find("c") == nullptr);
}

TEST_CASE("the JSON reader refuses what RFC 8259 does not allow") {
  const std::string json =
      GENERATE(as<std::string>(), "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
               "{a:1}", "{'a':1}", "01", "1.", ".5", "+1", "-", "1e", "1e+", "nul", "True", "NaN", "Infinity", "1 2",
               "[1 2]", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
               "\"\t\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
               "\"\xc3\"", "// c\n1", "[1]]", "\xef\xbb\xbf{}", "{\"a\":1,\"a\":2}");
  INFO(json);
  CHECK_FALSE(refusal(json).empty());
}

TEST_CASE("the JSON reader refuses a NUL byte, too deep nesting and too many values, and says where") {
  CHECK_FALSE(refusal(std::string("1\0", 2)).empty());
  CHECK(refusal(std::string(16, '[') + std::string(16, ']')).empty());
  CHECK(refusal(std::string(17, '[') + std::string(17, ']')).find("deeper than 16") != std::string::npos);
  CHECK(refusal(std::string(900000, '[')).find("deeper than 16") != std::string::npos);
  std::string many = "[0";
  for (int i = 0; i < 5000; ++i) many += ",0";
  CHECK(refusal(many + "]").find("more than 5000") != std::string::npos);
  CHECK(refusal(std::string((1U << 20U) + 1, ' ')).find("1 MiB") != std::string::npos);
  CHECK(refusal("{\n  \"a\": x}").find("line 2, column 8") != std::string::npos);
}

TEST_CASE("a manifest is read, and members of a later one are ignored") {
  const dosegate::Manifest m = ManifestReader::read(kGood, "m.json");
  CHECK(m.version == "1.2.3");
  CHECK(m.library_path == "lib/dosegate.so");
  CHECK(m.architecture == "x86_64");
  CHECK(m.build_id == "0123abcd");
  CHECK(m.abi_min == 1);
  CHECK(m.abi_max == 2);
  CHECK(m.entry_point == "dosegate_negotiate");
  REQUIRE(m.protocols.size() == 1);
  CHECK(m.protocols[0].id == "P");
}

TEST_CASE("a manifest that lacks a member, or has a wrong one, is refused with its path") {
  CHECK(manifest_refusal("dosegate.manifest.v1", "dosegate.manifest.v2") == "m.json $.schema");
  CHECK(manifest_refusal("\"id\": \"dosegate\"", "\"id\": \"other\"") == "m.json $.id");
  CHECK(manifest_refusal("\"name\"", "\"nome\"") == "m.json $.name");
  CHECK(manifest_refusal("\"intendedUse\": \"u\"", "\"intendedUse\": \"\"") == "m.json $.intendedUse");
  CHECK(manifest_refusal("\"library\"", "\"lib\"") == "m.json $.library");
  CHECK(manifest_refusal("ba78", "BA78") == "m.json $.library.sha256");
  CHECK(manifest_refusal("ba78", "ba7") == "m.json $.library.sha256");
  CHECK(manifest_refusal("0123abcd", "0123xbcd") == "m.json $.library.buildId");
  CHECK(manifest_refusal("\"min\": 1", "\"min\": -1") == "m.json $.abi.min");
  CHECK(manifest_refusal("\"min\": 1", "\"min\": 1.0") == "m.json $.abi.min");
  CHECK(manifest_refusal("\"min\": 1", "\"min\": \"1\"") == "m.json $.abi.min");
  CHECK(manifest_refusal("\"max\": 2", "\"max\": 4294967297") == "m.json $.abi.max");
  CHECK(manifest_refusal("\"min\": 1", "\"min\": 3") == "m.json $.abi");
  CHECK(manifest_refusal("\"source\": \"s\"", "\"source\": 5") == "m.json $.protocols[0].source");
  CHECK(manifest_refusal("[{\"id\": \"P\"", "[5, {\"id\": \"P\"") == "m.json $.protocols[0].id");
  CHECK(manifest_refusal("lib/dosegate.so", "lib/../dosegate.so") == "m.json $.library.path");
  CHECK(manifest_refusal("lib/dosegate.so", "/dosegate.so") == "m.json $.library.path");
}
