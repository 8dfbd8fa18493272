// A reader for small JSON texts (manifest.json), so that a host needs no JSON
// library to load Dosegate. RFC 8259, strict: no comments, no trailing comma, no repeated member, valid UTF-8,
// nothing after the value. Numbers are kept as they are written. Bounded: 1 MiB of text, 16 levels, 20000
// values. Whatever is wrong is a PluginError that says where: line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dosegate/detail/error.hpp"

namespace dosegate {
namespace detail {

struct JsonValue {
  enum class Kind { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string text;                 // of a string, unescaped; of a number, as written
  std::vector<JsonValue> elements;  // of an array, or the values of an object's members, in order
  std::vector<std::string> names;   // of an object's members

  // nullptr when this is no object or has no such member.
  const JsonValue* find(std::string_view name) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return &elements[i];
    }
    return nullptr;
  }
};

class JsonReader {
 public:
  static constexpr std::size_t kMaxBytes = 1U << 20U;
  static constexpr int kMaxDepth = 16;
  static constexpr std::size_t kMaxValues = 5000;

  static JsonValue read(std::string_view text) {
    if (text.size() > kMaxBytes) {
      throw PluginError(DOSEGATE_LIMIT_EXCEEDED, "", "the text is larger than 1 MiB");
    }
    JsonReader reader(text);
    reader.skip_space();
    JsonValue value = reader.value(1);
    reader.skip_space();
    if (reader.at_ != text.size()) reader.fail("unexpected text after the end of the JSON value");
    return value;
  }

 private:
  explicit JsonReader(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(const std::string& what) const {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < at_ && i < text_.size(); ++i) {
      column = text_[i] == '\n' ? 1 : column + 1;
      line += text_[i] == '\n' ? 1U : 0U;
    }
    throw PluginError(DOSEGATE_INVALID_DATA, "",
                      "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + what);
  }

  bool ended() const { return at_ >= text_.size(); }
  unsigned char byte(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? static_cast<unsigned char>(text_[at_ + ahead]) : 0;
  }
  void skip_space() {
    while (!ended() && (byte() == ' ' || byte() == '\t' || byte() == '\n' || byte() == '\r')) ++at_;
  }
  bool accept(char c) {
    if (ended() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

  JsonValue value(int depth) {
    if (depth > kMaxDepth) fail("nested deeper than 16 levels");
    if (++values_ > kMaxValues) fail("more than 5000 values");
    if (ended()) fail("the text ends where a value is expected");
    JsonValue v;
    const unsigned char c = byte();
    if (c == '{') {
      object(v, depth);
    } else if (c == '[') {
      array(v, depth);
    } else if (c == '"') {
      v.kind = JsonValue::Kind::kString;
      v.text = string();
    } else if (c == '-' || is_digit(c)) {
      v.kind = JsonValue::Kind::kNumber;
      v.text = number();
    } else if (word("true")) {
      v.kind = JsonValue::Kind::kTrue;
    } else if (word("false")) {
      v.kind = JsonValue::Kind::kFalse;
    } else if (!word("null")) {
      fail("a value is expected");
    }
    return v;
  }

  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }

  void object(JsonValue& v, int depth) {
    v.kind = JsonValue::Kind::kObject;
    ++at_;
    skip_space();
    if (accept('}')) return;
    for (;;) {
      skip_space();
      if (byte() != '"') fail("a member's name in double quotes is expected");
      std::string name = string();
      if (v.find(name) != nullptr) fail("the member \"" + name + "\" stands there twice");
      skip_space();
      if (!accept(':')) fail("':' is expected");
      skip_space();
      JsonValue member = value(depth + 1);
      v.names.push_back(std::move(name));
      v.elements.push_back(std::move(member));
      skip_space();
      if (accept('}')) return;
      if (!accept(',')) fail("',' or '}' is expected");
    }
  }

  void array(JsonValue& v, int depth) {
    v.kind = JsonValue::Kind::kArray;
    ++at_;
    skip_space();
    if (accept(']')) return;
    for (;;) {
      skip_space();
      v.elements.push_back(value(depth + 1));
      skip_space();
      if (accept(']')) return;
      if (!accept(',')) fail("',' or ']' is expected");
    }
  }

  std::string number() {
    const std::size_t begin = at_;
    accept('-');
    if (!is_digit(byte())) fail("a digit is expected");
    if (!accept('0')) {
      while (is_digit(byte())) ++at_;
    }
    if (accept('.')) digits();
    if (accept('e') || accept('E')) {
      if (!accept('+')) accept('-');
      digits();
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  void digits() {
    if (!is_digit(byte())) fail("a digit is expected");
    while (is_digit(byte())) ++at_;
  }

  std::string string() {
    ++at_;
    std::string out;
    for (;;) {
      if (ended()) fail("a string is not closed");
      const unsigned char c = byte();
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c < 0x20) fail("a control character in a string");
      if (c == '\\') {
        escape(out);
      } else if (c < 0x80) {
        out += text_[at_++];
      } else {
        utf8(out);
      }
    }
  }

  void utf8(std::string& out) {
    const unsigned char lead = byte();
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    // The smallest code point of each size: anything below is an overlong form.
    static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (lead < 0xC2 || lead > 0xF4) fail("invalid UTF-8");
    std::uint32_t code = lead & (0xFFU >> (size + 1U));
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) fail("invalid UTF-8");
      code = code << 6U | (byte(i) & 0x3FU);
    }
    if (code < kLeast[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) fail("invalid UTF-8");
    out.append(text_.substr(at_, size));
    at_ += size;
  }

  void escape(std::string& out) {
    ++at_;
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (accept('u')) {
      append(out, escaped_code());
      return;
    }
    const std::size_t i = ended() ? std::string_view::npos : kFrom.find(text_[at_]);
    if (i == std::string_view::npos) fail("an unknown escape in a string");
    out += kTo[i];
    ++at_;
  }

  std::uint32_t escaped_code() {
    const std::uint32_t high = four_hex();
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high > 0xDBFF || byte() != '\\' || byte(1) != 'u') fail("half a surrogate pair");
    at_ += 2;
    const std::uint32_t low = four_hex();
    if (low < 0xDC00 || low > 0xDFFF) fail("half a surrogate pair");
    return 0x10000U + ((high - 0xD800U) << 10U) + (low - 0xDC00U);
  }

  std::uint32_t four_hex() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const unsigned char c = byte();
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = c - static_cast<std::uint32_t>('0');
      } else if (c >= 'a' && c <= 'f') {
        digit = c - static_cast<std::uint32_t>('a') + 10U;
      } else if (c >= 'A' && c <= 'F') {
        digit = c - static_cast<std::uint32_t>('A') + 10U;
      } else {
        fail("four hex digits are expected after \\u");
      }
      code = code * 16U + digit;
      ++at_;
    }
    return code;
  }

  static void append(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0U | code >> 6U);
      put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      put(0xE0U | code >> 12U);
      put(0x80U | (code >> 6U & 0x3FU));
      put(0x80U | (code & 0x3FU));
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
      put(0x80U | (code >> 6U & 0x3FU));
      put(0x80U | (code & 0x3FU));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace detail
}  // namespace dosegate
