#include "adapters/grpc/rights_file.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "adapters/support/error.h"
#include "adapters/support/strict_json.h"

namespace dosegate::rpc {
namespace {

namespace json = boost::json;

// Tells of a mistake by the file's name.
class RightsReader {
 public:
  explicit RightsReader(const std::string& file) : file_(file) {}

  Rights read(const json::value& document) const {
    Rights rights;
    const json::object& whole = object(document, "it");
    for (const json::value& client : list(member(whole, "clients", {"clients"}), "\"clients\"")) add(client, rights);
    return rights;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const { throw support::Error(file_ + ": " + why); }
  [[noreturn]] void refuse_shape(const std::string& why) const {
    refuse("is no dosegate.v1.AccessRights: " + why +
           R"(. Write {"clients": [{"name": "tps.example", "rights": ["CHECK"]}]}.)");
  }

  const json::object& object(const json::value& value, const std::string& what) const {
    if (!value.is_object()) refuse_shape(what + " is no object");
    return value.get_object();
  }
  const json::array& list(const json::value& value, const std::string& what) const {
    if (!value.is_array()) refuse_shape(what + " is no list in brackets");
    return value.get_array();
  }
  // `known`: all that the object may have.
  const json::value& member(const json::object& of, std::string_view name,
                            std::initializer_list<std::string_view> known) const {
    for (const auto& entry : of) {
      const std::string_view key(entry.key().data(), entry.key().size());
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        refuse_shape("an object has a member that is not known");
      }
    }
    const json::value* found = of.if_contains(json::string_view(name.data(), name.size()));
    if (found == nullptr) refuse_shape("an object has no \"" + std::string(name) + "\"");
    return *found;
  }

  void add(const json::value& value, Rights& rights) const {
    const json::object& client = object(value, "a client");
    if (client.if_contains("name") == nullptr) refuse("a client has no name.");
    const json::value& named = member(client, "name", {"name", "rights"});
    if (!named.is_string()) refuse_shape("a client's \"name\" is no text");
    const std::string name(named.get_string().data(), named.get_string().size());
    require_name(name);
    std::set<v1::ClientRights::Right> own;
    for (const json::value& right : list(member(client, "rights", {"name", "rights"}), "\"rights\"")) {
      if (!own.insert(right_of(right, name)).second) refuse("client '" + name + "' has a right twice. Keep one.");
    }
    if (!rights.emplace(lower_name(name), std::move(own)).second) {
      refuse("client '" + name + "' is there twice. Write its rights in one place.");
    }
  }

  // One that could match none is a mistake.
  void require_name(const std::string& name) const {
    if (name.empty()) refuse("a client has no name.");
    const std::string problem = problem_of_name(name);
    if (problem.empty()) return;
    const bool is_shown = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
    refuse((is_shown ? "client '" + name + "': " : "a client: ") + problem);
  }

  v1::ClientRights::Right right_of(const json::value& value, const std::string& name) const {
    v1::ClientRights::Right right = v1::ClientRights::RIGHT_UNSPECIFIED;
    const bool is_known =
        value.is_string() &&
        v1::ClientRights::Right_Parse(std::string(value.get_string().data(), value.get_string().size()), &right) &&
        right != v1::ClientRights::RIGHT_UNSPECIFIED;
    if (is_known) return right;
    refuse("client '" + name + "' has an unknown right, " + json::serialize(value).substr(0, 50) +
           "; rights are \"CHECK\", \"APPROVE\" and \"ADMINISTER\".");
  }

  const std::string& file_;
};

}  // namespace

std::string lower_name(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

std::string problem_of_name(const std::string& name) {
  if (name.empty()) return "its name is empty.";
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return "its name has a control character in it. Write it as the certificate has it.";
  }
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x7F; })) {
    return "its name has a letter in it that is not of ASCII. Write the host's name as DNS has it (xn--...).";
  }
  if (name.front() == ' ' || name.back() == ' ') return "its name begins or ends with a blank. Take it away.";
  if (name.back() == '.') return "its name ends with a dot, which certificates leave out. Take it away.";
  // Names are compared whole, as certificates give them.
  if (name.find('*') != std::string::npos) return "names are compared whole, without wildcards. Name each client.";
  return {};
}

Rights parse_rights(const std::string& text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    throw support::Error(file, "", "begins with a byte order mark. Save it as UTF-8 without one.", "");
  }
  if (const std::string problem = support::problem_of_json(text); !problem.empty()) {
    throw support::Error(file + ": is no dosegate.v1.AccessRights: " + problem + ".");
  }
  json::parse_options options;
  options.max_depth = 8;
  json::error_code ec;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec) throw support::Error(file + ": is no dosegate.v1.AccessRights: it is nested too deep.");
  return RightsReader(file).read(document);
}

}  // namespace dosegate::rpc
