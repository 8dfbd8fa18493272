#include "adapters/cli/repeated_key.h"

#include <charconv>
#include <set>
#include <vector>

namespace dosegate::cli {
namespace {

// Without escapes (of those beyond ASCII the text as it stands) and in lowerCamelCase, as protobuf reads names.
std::string plain(std::string_view written) {
  std::string out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    char c = written[i];
    unsigned code = 0;
    if (c == '\\' && i + 5 < written.size() && written[i + 1] == 'u') {
      const char* from = written.data() + i + 2;
      const auto [end, error] = std::from_chars(from, from + 4, code, 16);
      if (error == std::errc() && end == from + 4 && code < 0x80) {
        c = static_cast<char>(code);
        i += 5;
      }
    }
    const bool next_word = !out.empty() && out.back() == '_';
    if (next_word && c >= 'a' && c <= 'z') {
      out.back() = static_cast<char>(c - 'a' + 'A');
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string repeated_key(std::string_view json) {
  struct Level {
    bool is_object = false;
    std::set<std::string> names;
  };
  std::vector<Level> levels;
  bool name_next = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '{' || c == '[') {
      levels.push_back({c == '{', {}});
      name_next = c == '{';
    } else if (c == '}' || c == ']') {
      if (levels.empty()) return {};
      levels.pop_back();
      name_next = false;
    } else if (c == ',') {
      name_next = !levels.empty() && levels.back().is_object;
    } else if (c == '"') {
      const std::size_t start = ++i;
      while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
      if (i >= json.size()) return {};
      if (!name_next) continue;
      name_next = false;
      std::string name = plain(json.substr(start, i - start));
      if (!levels.back().names.insert(name).second) return name;
    }
  }
  return {};
}

}  // namespace dosegate::cli
