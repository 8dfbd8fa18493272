#include "core/json/writer.h"

#include <cassert>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/json/utf8.h"

namespace dosegate {

namespace {

// Between these, plain decimals read better than an exponent; std::to_chars would write 1e+05 for 100000.
constexpr double kLeastPlain = 1e-5;
constexpr double kMostPlain = 1e15;

void append_escaped(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_plain(text[end])) ++end;
    if (end > i) {
      out.append(text.substr(i, end - i));
      i = end;
      continue;
    }
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
      ++i;
      continue;
    }
    if (length > 1) {
      out.append(text.substr(i, length));
      i += length;
      continue;
    }
    const char c = text[i++];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default: {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7F) {
          out += "\\u00";
          out += kHex[code >> 4];
          out += kHex[code & 0xF];
        } else {
          out += c;
        }
      }
    }
  }
  out += '"';
}

}  // namespace

std::string number_text(double value) {
  if (value == 0.0) return "0";
  const double magnitude = std::fabs(value);
  char buffer[64];
  const auto result = magnitude >= kLeastPlain && magnitude < kMostPlain
                          ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
                          : std::to_chars(buffer, buffer + sizeof buffer, value);
  assert(result.ec == std::errc());
  return std::string(buffer, result.ptr);
}

std::string json_quoted(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

void JsonWriter::begin_object(Layout layout) { open('{', true, layout); }
void JsonWriter::end_object() { close('}', true); }
void JsonWriter::begin_array(Layout layout) { open('[', false, layout); }
void JsonWriter::end_array() { close(']', false); }

void JsonWriter::open(char bracket, bool is_object, Layout layout) {
  before_value();
  out_ += bracket;
  // Inside a row that is on one line, everything is.
  if (!levels_.empty() && levels_.back().layout == Layout::kInline) layout = Layout::kInline;
  levels_.push_back({is_object, layout, true});
}

void JsonWriter::close(char bracket, [[maybe_unused]] bool is_object) {
  assert(!levels_.empty() && levels_.back().is_object == is_object && !after_key_);
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty && level.layout == Layout::kLines) indent();
  out_ += bracket;
}

void JsonWriter::indent() {
  out_ += '\n';
  out_.append(2 * levels_.size(), ' ');
}

void JsonWriter::next_element() {
  Level& level = levels_.back();
  if (!level.empty) out_ += level.layout == Layout::kInline ? ", " : ",";
  if (level.layout == Layout::kLines) indent();
  level.empty = false;
}

void JsonWriter::before_value() {
  if (levels_.empty()) {
    assert(out_.empty());
    return;
  }
  if (levels_.back().is_object) {
    assert(after_key_);
    after_key_ = false;
    return;
  }
  next_element();
}

void JsonWriter::key(std::string_view name) {
  assert(!levels_.empty() && levels_.back().is_object && !after_key_);
  assert(json_quoted(name).size() == name.size() + 2);  // a member of a schema: nothing to escape
  next_element();
  out_ += '"';
  out_.append(name);
  out_ += "\": ";
  after_key_ = true;
}

void JsonWriter::string(std::string_view value) {
  before_value();
  append_escaped(out_, value);
}

void JsonWriter::number(double value) {
  assert(std::isfinite(value));
  before_value();
  out_ += std::isfinite(value) ? number_text(value) : "null";
}

void JsonWriter::integer(std::int64_t value) {
  before_value();
  out_ += std::to_string(value);
}

void JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::field(std::string_view name, std::string_view value) {
  key(name);
  string(value);
}

void JsonWriter::field(std::string_view name, double value) {
  key(name);
  number(value);
}

void JsonWriter::field(std::string_view name, std::int32_t value) {
  key(name);
  integer(value);
}

void JsonWriter::field(std::string_view name, bool value) {
  key(name);
  boolean(value);
}

std::string JsonWriter::take() {
  assert(levels_.empty() && !after_key_);
  std::string text = std::exchange(out_, std::string());
  text += '\n';
  return text;
}

}  // namespace dosegate
