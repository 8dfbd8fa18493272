#include "adapters/gate/document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "adapters/cli/display.h"
#include "adapters/cli/number.h"
#include "adapters/support/utf8.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::gate {
namespace {

// RFC 6901, 3.
std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char c : name) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

}  // namespace

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

ObjectReader::ObjectReader(const detail::JsonValue& value, std::string path, Problems& problems)
    : path_(std::move(path)), problems_(problems) {
  if (value.kind == Kind::kObject) {
    value_ = &value;
  } else {
    problems_.push_back((path_.empty() ? "the document" : path_) + ": an object in braces is expected");
  }
}

std::string ObjectReader::path_of(std::string_view name) const { return path_ + "/" + pointer_token(name); }

void ObjectReader::complain(std::string_view name, const std::string& what) {
  problems_.push_back(path_of(name) + ": " + what);
}

bool ObjectReader::has(std::string_view name) { return value_ != nullptr && value_->find(name) != nullptr; }

const detail::JsonValue* ObjectReader::member(std::string_view name, Kind kind, const char* what) {
  asked_.emplace_back(name);
  if (value_ == nullptr) return nullptr;
  const detail::JsonValue* found = value_->find(name);
  if (found == nullptr) {
    complain(name, std::string("is missing; ") + what + " is expected");
    return nullptr;
  }
  if (found->kind != kind) {
    complain(name, std::string(what) + " is expected");
    return nullptr;
  }
  return found;
}

std::string ObjectReader::text(std::string_view name) {
  const auto* found = member(name, Kind::kString, "a text");
  if (found == nullptr) return {};
  if (found->text.empty()) complain(name, "is empty");
  return found->text;
}

std::string ObjectReader::word(std::string_view name, const Words& allowed) {
  const auto* found = member(name, Kind::kString, "a text");
  if (found == nullptr) return {};
  if (holds(allowed, found->text)) return found->text;
  complain(name, "\"" + found->text + "\" is none of " + listed(allowed));
  return {};
}

std::string ObjectReader::digest(std::string_view name) {
  const auto* found = member(name, Kind::kString, "a SHA-256");
  if (found == nullptr) return {};
  if (is_digest(found->text)) return found->text;
  complain(name, "\"" + found->text + "\" is no SHA-256 in 64 lower-case hex digits");
  return {};
}

bool ObjectReader::boolean(std::string_view name) {
  asked_.emplace_back(name);
  if (value_ == nullptr) return false;
  const auto* found = value_->find(name);
  if (found == nullptr) {
    complain(name, "is missing; true or false is expected");
  } else if (found->kind != Kind::kTrue && found->kind != Kind::kFalse) {
    complain(name, "true or false is expected");
  }
  return found != nullptr && found->kind == Kind::kTrue;
}

std::int64_t ObjectReader::whole(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* found = member(name, Kind::kNumber, "a whole number");
  if (found == nullptr) return 0;
  std::int64_t value = 0;
  const char* const end = found->text.data() + found->text.size();
  const auto [at, error] = std::from_chars(found->text.data(), end, value);
  if (error == std::errc() && at == end && value >= least && value <= most) return value;
  complain(name, found->text + " is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return 0;
}

std::vector<std::string> ObjectReader::texts(std::string_view name, std::size_t least) {
  const auto* found = member(name, Kind::kArray, "a list of texts in brackets");
  std::vector<std::string> values;
  if (found == nullptr) return values;
  for (std::size_t i = 0; i < found->elements.size(); ++i) {
    const auto& element = found->elements[i];
    const std::string place = path_of(name) + "/" + std::to_string(i);
    if (element.kind != Kind::kString || element.text.empty()) {
      problems_.push_back(place + ": a text that is not empty is expected");
    } else if (holds(values, element.text)) {
      problems_.push_back(place + ": \"" + element.text + "\" stands there twice");
    } else {
      values.push_back(element.text);
    }
  }
  if (found->elements.size() < least) complain(name, "is empty");
  return values;
}

void ObjectReader::object(std::string_view name, const std::function<void(ObjectReader&)>& read) {
  const auto* found = member(name, Kind::kObject, "an object in braces");
  if (found == nullptr) return;
  ObjectReader reader(*found, path_of(name), problems_);
  read(reader);
  reader.finish();
}

void ObjectReader::each(std::string_view name, std::size_t least, const std::function<void(ObjectReader&)>& read) {
  const auto* found = member(name, Kind::kArray, "a list of objects in brackets");
  if (found == nullptr) return;
  for (std::size_t i = 0; i < found->elements.size(); ++i) {
    ObjectReader reader(found->elements[i], path_of(name) + "/" + std::to_string(i), problems_);
    read(reader);
    reader.finish();
  }
  if (found->elements.size() < least) complain(name, "is empty");
}

std::optional<std::string> ObjectReader::text_if(std::string_view name) {
  if (has(name)) return text(name);
  asked_.emplace_back(name);
  return std::nullopt;
}

std::optional<double> ObjectReader::number_if(std::string_view name) {
  if (!has(name)) {
    asked_.emplace_back(name);
    return std::nullopt;
  }
  const auto* found = member(name, Kind::kNumber, "a number");
  if (found == nullptr) return std::nullopt;
  double value = 0.0;
  const char* const end = found->text.data() + found->text.size();
  const auto [at, error] = std::from_chars(found->text.data(), end, value);
  if (error == std::errc() && at == end && std::isfinite(value)) return value;
  complain(name, found->text + " is too large a number");
  return std::nullopt;
}

void ObjectReader::finish() {
  if (value_ == nullptr) return;
  for (const std::string& name : value_->names) {
    if (holds(asked_, name)) continue;
    complain(name, "is no member of this object; it has " + listed(asked_));
  }
}

detail::JsonValue parse_json(std::string_view text) {
  try {
    return detail::JsonReader::read(text);
  } catch (const PluginError& e) {
    throw Refused("is no JSON that can be read: " + e.message);
  }
}

void require_none(const Problems& problems) {
  if (!problems.empty()) throw Refused(problems.front());
}

void read_document(std::string_view text, const std::function<void(ObjectReader&)>& read) {
  const detail::JsonValue document = parse_json(text);
  Problems problems;
  ObjectReader reader(document, "", problems);
  read(reader);
  reader.finish();
  require_none(problems);
}

bool is_digest(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string sha256(std::string_view bytes) { return detail::sha256_of(bytes.data(), bytes.size()); }

std::string as_json(std::string_view text) {
  if (!support::is_utf8(text)) throw Refused("a text is not UTF-8 and cannot be written into a document");
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + "\"";
}

ObjectWriter& ObjectWriter::json(std::string_view name, std::string_view value) {
  text_ += (text_.size() > 1 ? "," : "") + as_json(name) + ":";
  text_ += value;
  return *this;
}

ObjectWriter& ObjectWriter::text(std::string_view name, std::string_view value) { return json(name, as_json(value)); }

ObjectWriter& ObjectWriter::text_if(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}

ObjectWriter& ObjectWriter::number(std::string_view name, double value) {
  if (!std::isfinite(value)) throw Refused("a number that is not finite cannot be written into a document");
  return json(name, cli::shortest(value));
}

ObjectWriter& ObjectWriter::number_if(std::string_view name, std::optional<double> value) {
  return value ? number(name, *value) : *this;
}

ObjectWriter& ObjectWriter::whole(std::string_view name, std::int64_t value) {
  return json(name, std::to_string(value));
}

ObjectWriter& ObjectWriter::boolean(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }

ObjectWriter& ObjectWriter::list(std::string_view name, const std::vector<std::string>& json_values) {
  return json(
      name, "[" + [&] {
        std::string text;
        for (const std::string& value : json_values) text += (text.empty() ? "" : ",") + value;
        return text;
      }() + "]");
}

ObjectWriter& ObjectWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  std::vector<std::string> json_values;
  for (const std::string& value : values) json_values.push_back(as_json(value));
  return list(name, json_values);
}

}  // namespace dosegate::gate
