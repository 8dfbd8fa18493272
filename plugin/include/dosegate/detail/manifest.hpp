// manifest.json: what Dosegate is and which library file it consists of, readable before anything is loaded.
// Members that this reader does not know are ignored (a newer manifest may say more under the same schema);
// a member that it needs and that is missing, of the wrong type or malformed is a PluginError
// INVALID_DATA whose path is "FILE $.member".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/detail/error.hpp"
#include "dosegate/detail/json.hpp"

namespace dosegate {

struct Manifest {
  struct ProtocolEntry {
    std::string id, version, sha256, source;
  };
  std::string id, name, version, intended_use;
  std::string library_path;  // relative to the manifest's folder, no "..", '/' between names
  std::string library_sha256;
  std::string architecture;  // as uname -m says: x86_64, aarch64
  std::string build_id;      // the library's GNU build id in hex
  std::uint32_t abi_min = 0, abi_max = 0;
  std::string entry_point;
  std::vector<ProtocolEntry> protocols;
};

namespace detail {

inline constexpr std::string_view kManifestSchema = "dosegate.manifest.v1";

class ManifestReader {
 public:
  // `file` only names the source in errors.
  static Manifest read(std::string_view json, const std::string& file) {
    JsonValue root;
    try {
      root = JsonReader::read(json);
    } catch (const PluginError& e) {
      throw PluginError(e.status, file, "this manifest cannot be read: " + e.message + "; reinstall Dosegate");
    }
    return ManifestReader(file).manifest(root);
  }

 private:
  explicit ManifestReader(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void fail(const std::string& where, const std::string& what) const {
    throw PluginError(DOSEGATE_INVALID_DATA, file_ + " " + where, what + "; reinstall Dosegate");
  }

  Manifest manifest(const JsonValue& root) const {
    if (root.kind != JsonValue::Kind::kObject) fail("$", "a JSON object is expected");
    const std::string schema = string(root, "$", "schema");
    if (schema != kManifestSchema) {
      fail("$.schema", "is \"" + schema + "\", but this host reads \"" + std::string(kManifestSchema) + "\"");
    }
    Manifest m;
    m.id = string(root, "$", "id");
    if (m.id != "dosegate") fail("$.id", "is \"" + m.id + "\", not \"dosegate\": the manifest of another plugin");
    m.name = string(root, "$", "name");
    m.version = string(root, "$", "version");
    m.intended_use = string(root, "$", "intendedUse");

    const JsonValue& library = member(root, "$", "library", JsonValue::Kind::kObject, "an object");
    m.library_path = string(library, "$.library", "path");
    check_path(m.library_path);
    m.library_sha256 = hex(library, "$.library", "sha256", 64, 64);
    m.architecture = string(library, "$.library", "architecture");
    m.build_id = hex(library, "$.library", "buildId", 8, 128);

    const JsonValue& abi = member(root, "$", "abi", JsonValue::Kind::kObject, "an object");
    m.abi_min = number(abi, "$.abi", "min");
    m.abi_max = number(abi, "$.abi", "max");
    if (m.abi_min == 0 || m.abi_min > m.abi_max) fail("$.abi", "min must be at least 1 and not over max");
    m.entry_point = string(abi, "$.abi", "entryPoint");

    const JsonValue& protocols = member(root, "$", "protocols", JsonValue::Kind::kArray, "an array");
    for (std::size_t i = 0; i < protocols.elements.size(); ++i) {
      const std::string where = "$.protocols[" + std::to_string(i) + "]";
      const JsonValue& p = protocols.elements[i];
      m.protocols.push_back({string(p, where, "id"), string(p, where, "version"), hex(p, where, "sha256", 64, 64),
                             string(p, where, "source")});
    }
    return m;
  }

  const JsonValue& member(const JsonValue& parent, const std::string& where, const char* name, JsonValue::Kind kind,
                          const char* kind_name) const {
    const JsonValue* v = parent.find(name);
    if (v == nullptr) fail(where + "." + name, "is missing");
    if (v->kind != kind) fail(where + "." + name, std::string("must be ") + kind_name);
    return *v;
  }

  std::string string(const JsonValue& parent, const std::string& where, const char* name) const {
    const std::string& text = member(parent, where, name, JsonValue::Kind::kString, "a string").text;
    if (text.empty()) fail(where + "." + name, "is empty");
    if (text.find('\0') != std::string::npos) fail(where + "." + name, "holds a NUL character");
    return text;
  }

  std::string hex(const JsonValue& parent, const std::string& where, const char* name, std::size_t least,
                  std::size_t most) const {
    const std::string text = string(parent, where, name);
    const bool all_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!all_hex || text.size() < least || text.size() > most) {
      fail(where + "." + name,
           "must be " + (least == most ? std::to_string(most) + " " : std::string()) + "lower-case hex digits");
    }
    return text;
  }

  std::uint32_t number(const JsonValue& parent, const std::string& where, const char* name) const {
    const std::string& text = member(parent, where, name, JsonValue::Kind::kNumber, "a number").text;
    std::uint32_t value = 0;
    if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) {
      fail(where + "." + name, "must be a whole number from 0 to 999999999");
    }
    for (const char c : text) value = value * 10U + static_cast<std::uint32_t>(c - '0');
    return value;
  }

  // The library stays inside the manifest's folder. (Symbolic links are refused when it is opened.)
  void check_path(const std::string& path) const {
    const std::string where = "$.library.path";
    if (path.front() == '/') fail(where, "is absolute; it must be relative to the manifest's folder");
    if (path.find('\\') != std::string::npos) fail(where, "holds a backslash");
    std::size_t begin = 0;
    while (begin <= path.size()) {
      std::size_t end = path.find('/', begin);
      if (end == std::string::npos) end = path.size();
      const std::string name = path.substr(begin, end - begin);
      if (name.empty() || name == "." || name == "..") {
        fail(where, "\"" + path + "\" must name a file inside the manifest's folder, without empty parts, . and ..");
      }
      begin = end + 1;
    }
  }

  std::string file_;
};

}  // namespace detail
}  // namespace dosegate
