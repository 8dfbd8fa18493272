#include "core/json/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/json/utf8.h"
#include "core/json/writer.h"

namespace dosegate {

namespace {

constexpr std::size_t kErrorLimit = 1000;
constexpr std::size_t kShownBytes = 64;

std::string snake_case(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number grammar of RFC 8259; std::from_chars alone would take "inf" and ".5", too.
bool is_json_number(std::string_view s) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < s.size() && is_digit(s[i])) ++i;
    return i > start;
  };
  if (i < s.size() && s[i] == '-') ++i;
  const std::size_t first = i;
  if (!digits()) return false;
  if (s[first] == '0' && i > first + 1) return false;
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == s.size();
}

// Finite, or nothing. A number beyond the range of a double, on either side, is nothing.
std::optional<double> finite(const std::string& text) {
  if (!is_json_number(text)) return std::nullopt;
  double value = 0.0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string found(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kString:
      return "the text " + shown(value.text);
    case JsonValue::Kind::kNumber:
      return "the number " + std::string(std::string_view(value.text).substr(0, kShownBytes));
    case JsonValue::Kind::kBoolean:
      return value.boolean ? "true" : "false";
    default:
      return std::string(kind_text(value.kind));
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytes) return json_quoted(text);
  std::size_t end = 0;
  while (end < kShownBytes) end += std::max<std::size_t>(1, utf8_length(text.substr(end)));
  return json_quoted(text.substr(0, end)) + "...";
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += shown(names[i]);
  }
  return names.size() > kMost ? out + ", ..." : out;
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestName = 64;
  if (name.empty() || name.size() > kLongestName) return "";
  std::string best;
  std::size_t best_distance = 1 + std::max<std::size_t>(1, name.size() / 3);
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

ObjectReader::ObjectReader(const JsonValue& value, std::string path, std::vector<Error>& errors)
    : value_(&value), path_(std::move(path)), errors_(&errors) {
  if (value.kind != JsonValue::Kind::kObject) {
    add(path_, "must be an object, found " + found(value));
    return;
  }
  std::vector<std::string_view> names;
  names.reserve(value.members.size());
  for (const JsonMember& member : value.members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i] == names[i - 1] && (i < 2 || names[i] != names[i - 2])) {
      add(path_of(names[i]), shown(names[i]) + " is given twice; keep one");
    }
  }
}

std::string ObjectReader::path_of(std::string_view name) const {
  const bool plain = !name.empty() && name.size() <= kShownBytes && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
  return plain ? path_ + "." + std::string(name) : path_ + "[" + shown(name) + "]";
}

void ObjectReader::add(std::string path, std::string message) {
  if (errors_->size() < kErrorLimit) errors_->push_back({ErrorCode::kInvalidData, std::move(path), std::move(message)});
}

void ObjectReader::fail(std::string_view name, std::string message) {
  add(name.empty() ? path_ : path_of(name), std::move(message));
}

void ObjectReader::missing(std::string_view name) {
  if (value_->kind == JsonValue::Kind::kObject) fail(name, shown(name) + " is missing");
}

const JsonValue* ObjectReader::find(std::string_view name) {
  const std::string snake = snake_case(name);
  if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
    asked_.emplace_back(name);
    bool camel_seen = false, snake_seen = false;
    for (const JsonMember& member : value_->members) {
      camel_seen = camel_seen || member.name == name;
      snake_seen = snake_seen || (snake != name && member.name == snake);
    }
    if (camel_seen && snake_seen) fail(name, shown(name) + " is given twice, once as " + shown(snake) + "; keep one");
  }
  for (const JsonMember& member : value_->members) {
    if (member.name != name && member.name != snake) continue;
    return member.value.kind == JsonValue::Kind::kNull ? nullptr : &member.value;
  }
  return nullptr;
}

const JsonValue* ObjectReader::find(std::string_view name, JsonValue::Kind kind) {
  const JsonValue* value = find(name);
  if (value == nullptr || value->kind == kind) return value;
  fail(name, "must be " + std::string(kind_text(kind)) + ", found " + found(*value));
  return nullptr;
}

bool ObjectReader::has(std::string_view name) { return find(name) != nullptr; }

std::size_t ObjectReader::count(std::string_view name) {
  const JsonValue* value = find(name);
  return value != nullptr && value->kind == JsonValue::Kind::kArray ? value->elements.size() : 0;
}

std::string ObjectReader::string(std::string_view name, Need need) {
  const JsonValue* any = find(name);
  if (any == nullptr) {
    if (need == Need::kRequired) missing(name);
    return "";
  }
  const JsonValue* value = find(name, JsonValue::Kind::kString);
  if (value == nullptr) return "";
  if (value->text.empty() && need == Need::kRequired) fail(name, shown(name) + " is empty");
  // C strings carry names over the ABI: a NUL would silently cut them.
  if (value->text.find('\0') != std::string::npos) fail(name, "must not contain the character NUL");
  return value->text;
}

std::vector<std::string> ObjectReader::strings(std::string_view name) {
  std::vector<std::string> out;
  const JsonValue* array = find(name, JsonValue::Kind::kArray);
  if (array == nullptr) return out;
  for (std::size_t i = 0; i < array->elements.size(); ++i) {
    const JsonValue& element = array->elements[i];
    const auto at = [&] { return path_of(name) + "[" + std::to_string(i) + "]"; };
    if (element.kind != JsonValue::Kind::kString) {
      add(at(), "must be a text, found " + found(element));
    } else if (element.text.empty()) {
      add(at(), "is empty");
    } else if (element.text.find('\0') != std::string::npos) {
      add(at(), "must not contain the character NUL");
    } else {
      out.push_back(element.text);
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> ObjectReader::string_map(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  const JsonValue* value = find(name, JsonValue::Kind::kObject);
  if (value == nullptr) return out;
  const ObjectReader map(*value, path_of(name), *errors_);  // reports repeated keys
  for (const JsonMember& member : value->members) {
    if (member.value.kind != JsonValue::Kind::kString) {
      add(map.path_of(member.name), "must be a text, found " + found(member.value));
    } else {
      out.emplace_back(member.name, member.value.text);
    }
  }
  return out;
}

std::optional<double> ObjectReader::number_of(const JsonValue& value, std::string_view path, Range range) {
  const bool may_be_number = value.kind == JsonValue::Kind::kNumber || value.kind == JsonValue::Kind::kString;
  const std::optional<double> parsed = may_be_number ? finite(value.text) : std::nullopt;
  if (!parsed) {
    add(std::string(path), "must be a finite number, found " + found(value));
    return std::nullopt;
  }
  if (*parsed < range.least || *parsed > range.most) {
    add(std::string(path),
        "must be from " + number_text(range.least) + " to " + number_text(range.most) + ", found " + found(value));
    return std::nullopt;
  }
  return parsed;
}

std::optional<double> ObjectReader::number(std::string_view name, Range range, Need need) {
  const JsonValue* value = find(name);
  if (value != nullptr) return number_of(*value, path_of(name), range);
  if (need == Need::kRequired) missing(name);
  return std::nullopt;
}

std::vector<double> ObjectReader::numbers(std::string_view name, Range range) {
  std::vector<double> out;
  const JsonValue* array = find(name, JsonValue::Kind::kArray);
  if (array == nullptr) return out;
  for (std::size_t i = 0; i < array->elements.size(); ++i) {
    if (const auto number = number_of(array->elements[i], path_of(name) + "[" + std::to_string(i) + "]", range)) {
      out.push_back(*number);
    }
  }
  return out;
}

std::optional<std::int32_t> ObjectReader::integer(std::string_view name, std::int32_t least, Need need) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  const JsonValue* value = find(name);
  const std::optional<double> read = number(name, {static_cast<double>(least), static_cast<double>(kMost)}, need);
  if (!read) return std::nullopt;
  if (*read != std::trunc(*read)) {
    fail(name, "must be a whole number, found " + found(*value));
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*read);
}

bool ObjectReader::boolean(std::string_view name) {
  const JsonValue* value = find(name, JsonValue::Kind::kBoolean);
  return value != nullptr && value->boolean;
}

int ObjectReader::enumeration(std::string_view name, std::string_view zero_name, EnumNames names, Need need,
                              ByNumber by_number) {
  const JsonValue* value = find(name);
  if (value == nullptr) {
    if (need == Need::kRequired) missing(name);
    return 0;
  }
  const bool takes_numbers = by_number == ByNumber::kTaken;
  std::vector<std::string> choices;
  for (const EnumName& e : names) {
    choices.emplace_back(e.name);
    const bool by_name = value->kind == JsonValue::Kind::kString && value->text == e.name;
    const bool is_number =
        takes_numbers && value->kind == JsonValue::Kind::kNumber && finite(value->text) == double(e.number);
    if (by_name || is_number) return e.number;
  }
  const bool is_zero = (value->kind == JsonValue::Kind::kString && value->text == zero_name) ||
                       (value->kind == JsonValue::Kind::kNumber && finite(value->text) == 0.0);
  if (!is_zero || need == Need::kRequired) fail(name, "must be " + listed(choices) + ", found " + found(*value));
  return 0;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view name, Need need) {
  const JsonValue* value = find(name);
  if (value == nullptr) {
    if (need == Need::kRequired) missing(name);
    return std::nullopt;
  }
  if (find(name, JsonValue::Kind::kObject) == nullptr) return std::nullopt;
  return ObjectReader(*value, path_of(name), *errors_);
}

void ObjectReader::finish() {
  for (const JsonMember& member : value_->members) {
    if (errors_->size() >= kErrorLimit) return;
    const bool known = std::any_of(asked_.begin(), asked_.end(), [&](const std::string& name) {
      return member.name == name || member.name == snake_case(name);
    });
    if (known) continue;
    const std::string near = nearest(member.name, asked_);
    add(path_of(member.name),
        "no such field: " + shown(member.name) +
            (near.empty() ? "; the fields here are " + listed(asked_) : "; did you mean " + shown(near) + "?"));
  }
}

}  // namespace dosegate
