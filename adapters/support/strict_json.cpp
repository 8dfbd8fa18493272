#include "adapters/support/strict_json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cctype>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace dosegate::support {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDepth = 100;     // as protobuf's reader
constexpr std::size_t kMostNames = 100000;  // of the objects that are open at a time

// "rule_id" -> "ruleId": the two names of a field.
std::string name_of(std::string_view key) {
  std::string name;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool joins = key[i] == '_' && i > 0 && i + 1 < key.size();
    name += joins ? static_cast<char>(std::toupper(static_cast<unsigned char>(key[++i]))) : key[i];
  }
  return name;
}

// Keeps the names of the objects that are open, as they are when they are read.
class Names {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    open_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    names_ -= open_.back().size();
    open_.pop_back();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) {
    key_.append(s.data(), s.size());
    return true;
  }
  bool on_key(json::string_view s, std::size_t, json::error_code& ec) {
    key_.append(s.data(), s.size());
    const auto [name, is_new] = open_.back().insert(name_of(std::exchange(key_, std::string())));
    if (is_new && ++names_ <= kMostNames) return true;
    if (!is_new) repeated_ = *name;
    ec = json::error::object_too_large;
    return false;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  const std::string& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::size_t names_ = 0;
  std::string key_, repeated_;
};

std::string place_in(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, std::min(at, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t end = before.rfind('\n');
  const std::size_t column = before.size() - (end == std::string_view::npos ? 0 : end + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

std::string problem_of_json(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // whoever reads on takes it or not
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  json::parse_options options;
  options.max_depth = kMostDepth;
  json::basic_parser<Names> parser(options);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::error::extra_data;
  if (!ec) return {};
  const Names& names = parser.handler();
  if (!names.repeated().empty()) return "\"" + names.repeated() + "\" is given twice in one object; keep one";
  if (ec == json::error::too_deep || ec == json::error::object_too_large) {
    return "is nested too deep or holds too many names, at " + place_in(text, used);
  }
  return "is no JSON at " + place_in(text, used) + " (" + ec.message() + ")";
}

}  // namespace dosegate::support
