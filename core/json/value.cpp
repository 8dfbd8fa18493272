#include "core/json/value.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <utility>

#include "core/json/utf8.h"

namespace dosegate {

namespace {

namespace json = boost::json;

constexpr std::size_t kDepthLimit = 32;
// Bounds memory: a value takes some hundred bytes, and "[[],[],[]," would make one of every three.
constexpr std::size_t kValueLimit = std::size_t{1} << 19;

// Builds the tree. Boost's own json::value would drop all but the last of repeated names, and round numbers.
class TreeBuilder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code& ec) { return open(JsonValue::Kind::kArray, ec); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }
  bool on_object_begin(json::error_code& ec) { return open(JsonValue::Kind::kObject, ec); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_string(json::string_view s, std::size_t, json::error_code& ec) {
    append(s);
    return add_text(JsonValue::Kind::kString, ec);
  }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code&) {
    append(s);
    open_.back().members.push_back({std::exchange(text_, std::string()), JsonValue()});
    return true;
  }
  bool on_number_part(json::string_view s, json::error_code&) { return append(s); }
  bool on_int64(std::int64_t, json::string_view s, json::error_code& ec) { return add_number(s, ec); }
  bool on_uint64(std::uint64_t, json::string_view s, json::error_code& ec) { return add_number(s, ec); }
  bool on_double(double, json::string_view s, json::error_code& ec) { return add_number(s, ec); }
  bool on_bool(bool b, json::error_code& ec) {
    JsonValue value;
    value.kind = JsonValue::Kind::kBoolean;
    value.boolean = b;
    return add(std::move(value), ec);
  }
  bool on_null(json::error_code& ec) { return add(JsonValue(), ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  bool too_many() const { return count_ > kValueLimit; }
  JsonValue take() { return std::move(root_); }

 private:
  bool append(json::string_view s) {
    text_.append(s.data(), s.size());
    return true;
  }
  bool count(json::error_code& ec) {
    if (++count_ <= kValueLimit) return true;
    ec = json::error::array_too_large;
    return false;
  }
  bool add_number(json::string_view s, json::error_code& ec) {
    append(s);
    return add_text(JsonValue::Kind::kNumber, ec);
  }
  bool add_text(JsonValue::Kind kind, json::error_code& ec) {
    JsonValue value;
    value.kind = kind;
    value.text = std::exchange(text_, std::string());
    return add(std::move(value), ec);
  }
  bool open(JsonValue::Kind kind, json::error_code& ec) {
    if (!count(ec)) return false;
    JsonValue value;
    value.kind = kind;
    open_.push_back(std::move(value));
    return true;
  }
  bool close() {
    JsonValue value = std::move(open_.back());
    open_.pop_back();
    place(std::move(value));
    return true;
  }
  bool add(JsonValue value, json::error_code& ec) {
    if (!count(ec)) return false;
    place(std::move(value));
    return true;
  }
  void place(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().kind == JsonValue::Kind::kArray) {
      open_.back().elements.push_back(std::move(value));
    } else {
      open_.back().members.back().value = std::move(value);
    }
  }

  JsonValue root_;
  std::vector<JsonValue> open_;
  std::string text_;
  std::size_t count_ = 0;
};

std::string position_text(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  std::size_t column = 1;
  for (std::size_t i = line_start; i < before.size(); ++column) {
    i += std::max<std::size_t>(1, utf8_length(before.substr(i)));
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string syntax_message(const json::error_code& ec, std::string_view text, std::size_t offset) {
  if (ec == json::error::incomplete) return "it ends too early; a bracket or a quote is not closed";
  if (ec == json::error::extra_data) return "there is something after the end of the document";
  if (ec == json::error::exponent_overflow) return "a number is too large";
  if (offset < text.size() && utf8_length(text.substr(offset)) == 0) return "the text is not valid UTF-8";
  if (ec == json::error::syntax) return "a comma, bracket, quote or value is missing or misplaced";
  return ec.message();
}

}  // namespace

std::string_view kind_text(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBoolean:
      return "true or false";
    case JsonValue::Kind::kNumber:
      return "a number";
    case JsonValue::Kind::kString:
      return "a text";
    case JsonValue::Kind::kArray:
      return "an array";
    case JsonValue::Kind::kObject:
      return "an object";
  }
  return "";
}

Result<JsonValue> parse_json(std::string_view text, std::size_t size_limit, std::string_view what) {
  const std::string name(what);
  if (text.size() > size_limit) {
    return Error{ErrorCode::kLimitExceeded, "$",
                 name + " has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(size_limit) +
                     " are accepted"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Error{ErrorCode::kInvalidData, "$", name + " is empty; a JSON object is expected"};
  }

  json::parse_options options;
  options.max_depth = kDepthLimit;
  json::basic_parser<TreeBuilder> parser(options);
  json::error_code ec;
  std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::error::extra_data;
  if (!ec) return parser.handler().take();

  if (parser.handler().too_many()) {
    return Error{ErrorCode::kLimitExceeded, "$", name + " holds more than " + std::to_string(kValueLimit) + " values"};
  }
  if (ec == json::error::too_deep) {
    return Error{ErrorCode::kLimitExceeded, "$",
                 name + " is nested deeper than " + std::to_string(kDepthLimit) + " at " + position_text(text, used)};
  }
  return Error{ErrorCode::kInvalidData, "$",
               name + " is not valid JSON at " + position_text(text, used) + ": " + syntax_message(ec, text, used)};
}

}  // namespace dosegate
