#include "adapters/support/repeated_key.h"

#include <cctype>
#include <set>
#include <vector>

namespace dosegate::support {
namespace {

// Protobuf's reader takes names without quotes, and texts in single ones.
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// Behind the string that begins at `at` with its quote.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  const char quote = json[at++];
  while (at < json.size() && json[at] != quote) at += json[at] == '\\' ? 2 : 1;
  return at < json.size() ? at + 1 : json.size();
}

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return (static_cast<unsigned>(std::tolower(static_cast<unsigned char>(c))) - 'a' + 10U) & 15U;
}

// "rule\u005fid" -> "ruleId". Names of fields are ASCII; other escapes stay as they are written.
std::string name_of(std::string_view key) {
  std::string plain;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool is_ascii_escape = key.substr(i, 4) == "\\u00" && i + 6 <= key.size();
    if (is_ascii_escape) {
      plain += static_cast<char>(hex_digit(key[i + 4]) << 4U | hex_digit(key[i + 5]));
      i += 5;
    } else {
      plain += key[i];
    }
  }
  std::string name;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool joins = plain[i] == '_' && i > 0 && i + 1 < plain.size();
    name += joins ? static_cast<char>(std::toupper(static_cast<unsigned char>(plain[++i]))) : plain[i];
  }
  return name;
}

struct Level {
  bool is_object = false;
  bool expects_key = false;
  std::set<std::string> keys;
};

}  // namespace

std::string repeated_key(std::string_view json) {
  std::vector<Level> levels;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    std::size_t end = at + 1;
    std::string_view text;
    if (c == '"' || c == '\'') {
      end = end_of_string(json, at);
      text = json.substr(at + 1, end - at > 1 ? end - at - 2 : 0);
    } else if (is_word(c)) {
      while (end < json.size() && is_word(json[end])) ++end;
      text = json.substr(at, end - at);
    } else if (c == '{' || c == '[') {
      levels.push_back({c == '{', c == '{', {}});
    } else if ((c == '}' || c == ']') && !levels.empty()) {
      levels.pop_back();
    } else if ((c == ',' || c == ':') && !levels.empty()) {
      levels.back().expects_key = c == ',' && levels.back().is_object;
    }
    if (!text.empty() && !levels.empty() && levels.back().expects_key) {
      levels.back().expects_key = false;
      const auto [name, is_new] = levels.back().keys.insert(name_of(text));
      if (!is_new) return *name;
    }
    at = end;
  }
  return {};
}

}  // namespace dosegate::support
