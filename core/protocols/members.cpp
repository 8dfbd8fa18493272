#include "core/protocols/members.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "core/json/writer.h"

namespace dosegate {
namespace {

using Kind = JsonValue::Kind;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string number_as_text(const std::string& written) {
  double value = 0.0;
  const char* end = written.data() + written.size();
  const auto [at, error] = std::from_chars(written.data(), end, value);
  return error == std::errc() && at == end ? number_text(value) : written;
}

bool is_unspecified(const std::string& text) {
  constexpr std::string_view kSuffix = "_UNSPECIFIED";
  return text.size() >= kSuffix.size() && text.compare(text.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

// Empty: reads as absent.
std::string scalar_text(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kBoolean:
      return value.boolean ? "true" : "";
    case Kind::kNumber:
      return number_as_text(value.text);
    case Kind::kString:
      return is_unspecified(value.text) ? "" : value.text;
    default:
      return "";
  }
}

bool holds_objects(const JsonValue& array) {
  return std::any_of(array.elements.begin(), array.elements.end(),
                     [](const JsonValue& e) { return e.kind == Kind::kObject || e.kind == Kind::kArray; });
}

// What the elements of an array of objects are called: their ids, where each has one of its own, else their places.
std::vector<std::string> names_in(const JsonValue& array) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const JsonValue& e : array.elements) {
    const JsonValue* id = member_of(e, "id");
    if (id == nullptr || id->kind != Kind::kString || !seen.insert(id->text).second) break;
    names.push_back(id->text);
  }
  if (names.size() == array.elements.size()) return names;
  names.clear();
  for (std::size_t i = 0; i < array.elements.size(); ++i) names.push_back(std::to_string(i));
  return names;
}

// A comma inside a text must not read as one between two.
std::string listed_text(const JsonValue& value) {
  const std::string text = scalar_text(value);
  return text.find(',') == std::string::npos ? text : json_quoted(text);
}

void collect(const JsonValue& value, const std::string& path, Members& out);

void collect_array(const JsonValue& array, const std::string& path, Members& out) {
  if (holds_objects(array)) {
    const std::vector<std::string> names = names_in(array);
    for (std::size_t i = 0; i < array.elements.size(); ++i) {
      collect(array.elements[i], path + "[" + names[i] + "]", out);
    }
    return;
  }
  std::string all;
  for (const JsonValue& e : array.elements) all += (all.empty() ? "" : ", ") + listed_text(e);
  if (!all.empty()) out[path] = all;
}

// The reader refuses text nested deeper than 32, which bounds this.
void collect(const JsonValue& value, const std::string& path, Members& out) {
  if (value.kind == Kind::kArray) return collect_array(value, path, out);
  if (value.kind == Kind::kObject) {
    for (const JsonMember& m : value.members) {
      collect(m.value, (path.empty() ? "" : path + ".") + camel_case(m.name), out);
    }
    return;
  }
  const std::string text = scalar_text(value);
  if (!text.empty()) out[path] = text;
}

}  // namespace

std::string camel_case(std::string_view name) {
  std::string out;
  bool after_underscore = false;
  for (const char c : name) {
    if (c == '_' && !out.empty()) {
      after_underscore = true;
      continue;
    }
    out += after_underscore && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    after_underscore = false;
  }
  return out;
}

std::string words_of(std::string_view path) {
  std::string out;
  char before = '.';
  for (const char c : path) {
    const bool begins_word = is_upper(c) && before >= 'a' && before <= 'z';
    before = c;
    if (c == '.') {
      out += ", ";
    } else if (begins_word) {
      out += ' ';
      out += lower(c);
    } else {
      out += c;
    }
  }
  return out;
}

Members members_of(const JsonValue& object) {
  Members out;
  collect(object, "", out);
  return out;
}

const JsonValue* member_of(const JsonValue& object, std::string_view camel_name) {
  for (const JsonMember& m : object.members) {
    if (camel_case(m.name) == camel_name && m.value.kind != Kind::kNull) return &m.value;
  }
  return nullptr;
}

}  // namespace dosegate
