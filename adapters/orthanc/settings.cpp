#include "adapters/orthanc/settings.h"

#include <filesystem>
#include <functional>
#include <set>
#include <utility>

#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"

namespace dosegate::orthanc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "Orthanc's configuration";

[[noreturn]] void fail(const std::string& where, const std::string& message, const std::string& hint) {
  throw support::Error(kFile, where, message, hint);
}

std::string text(const json::value& value, const std::string& where) {
  const json::string* found = value.if_string();
  if (found == nullptr || found->empty()) fail(where, "is no text", "write a text in quotes, or leave it out");
  std::string read(found->data(), found->size());
  if (read.find('\0') != std::string::npos) fail(where, "has a NUL character in it", "leave it out");
  return read;
}

std::vector<std::string> texts(const json::value& value, const std::string& where) {
  const json::array* found = value.if_array();
  if (found == nullptr) fail(where, "is no list", "write [\"NAME\", ...]");
  std::vector<std::string> all;
  for (const json::value& one : *found) all.push_back(text(one, where));
  return all;
}

unsigned number(const json::value& value, const std::string& where, unsigned least, unsigned most) {
  json::error_code error;
  const auto read = value.to_number<std::int64_t>(error);
  if (error || read < least || read > most)
    fail(where, "is no whole number from " + std::to_string(least) + " to " + std::to_string(most),
         "write one of these, or leave it out");
  return static_cast<unsigned>(read);
}

std::string path(const json::value& value, const std::string& where) {
  std::string read = text(value, where);
  if (!fs::path(read).is_absolute()) fail(where, "\"" + read + "\" is no absolute path", "write the whole path");
  return read;
}

using Read = std::function<void(const json::value&, const std::string& where, Settings&)>;
constexpr unsigned kMostMiB = 1U << 24;

const std::map<std::string, Read>& readers() {
  static const std::map<std::string, Read> all = {
      {"Library", [](auto& v, auto& w, Settings& s) { s.library = path(v, w); }},
      {"Protocol",
       [](auto& v, auto& w, Settings& s) {
         s.protocol = text(v, w);
         const bool is_file = s.protocol.find('/') != std::string::npos || s.protocol.ends_with(".json");
         if (is_file) s.protocol = path(v, w);
       }},
      {"Options",
       [](auto& v, auto& w, Settings& s) {
         if (!v.is_object()) fail(w, "is no object", "write CaseOptions, {\"scope\": \"PLAN_ONLY\"}");
         s.options = to_text(v);
       }},
      {"RecordDirectory", [](auto& v, auto& w, Settings& s) { s.record_directory = path(v, w); }},
      {"ForwardTo", [](auto& v, auto& w, Settings& s) { s.forward_to = texts(v, w); }},
      {"RefuseUnlessPass", [](auto& v, auto& w, Settings& s) { s.refuse_unless_pass = texts(v, w); }},
      {"Page",
       [](auto& v, auto& w, Settings& s) {
         if (!v.is_bool()) fail(w, "is neither true nor false", "write one of these");
         s.page = v.as_bool();
       }},
      {"QueueSize", [](auto& v, auto& w, Settings& s) { s.queue_size = number(v, w, 1, 100000); }},
      {"TimeLimit", [](auto& v, auto& w, Settings& s) { s.time_limit_s = number(v, w, 1, 86400); }},
      {"MemoryLimit",
       [](auto& v, auto& w, Settings& s) {
         s.memory_limit_mib = number(v, w, 0, kMostMiB);
         if (s.memory_limit_mib != 0 && s.memory_limit_mib < 256)
           fail(w, "is too little for any check", "write 256 or more (MiB), or 0 for no limit");
       }},
      {"StudyLimit", [](auto& v, auto& w, Settings& s) { s.study_limit_mib = number(v, w, 1, kMostMiB); }},
      {"Number", [](auto& v, auto& w, Settings& s) { s.number = number(v, w, 1024, 65534); }},
  };
  return all;
}

std::map<std::string, int> names_of(const json::value& configuration, const std::string& option, unsigned ours) {
  std::map<std::string, int> all;
  if (const json::object* names = object_of(configuration, option)) {
    for (const auto& [key, value] : *names) {
      json::error_code error;
      // The second of Orthanc's forms: [number, "mime/type"].
      const json::value& given = value.is_array() && !value.as_array().empty() ? value.as_array().front() : value;
      const auto read = given.to_number<int>(error);
      if (!error && (read == static_cast<int>(ours) || read == static_cast<int>(ours) + 1))
        all[std::string(key.data(), key.size())] = read;
    }
  }
  return all;
}

bool is_true(const json::value& configuration, const char* option) {
  const json::value* found = configuration.as_object().if_contains(option);
  return found != nullptr && found->is_bool() && found->as_bool();
}

// Who may ask Orthanc to send by C-MOVE, or to hand out by C-GET, would go past the plugin, whom Orthanc does not ask
// then.
void check_no_way_round(const json::value& configuration) {
  for (const char* option : {"DicomAlwaysAllowMove", "DicomAlwaysAllowGet", "DicomModalitiesInDatabase"}) {
    if (is_true(configuration, option))
      fail(option, "is true, and Dosegate.RefuseUnlessPass could be gone round by C-MOVE or C-GET", "write false");
  }
  const json::object* modalities = object_of(configuration, "DicomModalities");
  if (modalities == nullptr) return;
  for (const auto& [key, value] : *modalities) {
    const std::string where = "DicomModalities." + std::string(key.data(), key.size());
    for (const char* option : {"AllowMove", "AllowGet"}) {
      const json::value* found = value.is_object() ? value.as_object().if_contains(option) : nullptr;
      if (found == nullptr || !found->is_bool() || found->as_bool())
        fail(where,
             "may ask for studies by C-MOVE or C-GET, which goes round Dosegate.RefuseUnlessPass, since Orthanc asks "
             "no plugin then",
             "write it as {\"AET\": ..., \"Host\": ..., \"Port\": ..., \"AllowMove\": false, \"AllowGet\": false}");
    }
  }
}

void check_targets(const Settings& settings, const json::value& configuration) {
  const json::object* modalities = object_of(configuration, "DicomModalities");
  const json::object* peers = object_of(configuration, "OrthancPeers");
  const auto is_in = [](const json::object* all, const std::string& name) {
    return all != nullptr && all->contains(name);
  };
  if (!is_true(configuration, "DicomModalitiesInDatabase")) {
    for (const std::string& name : settings.forward_to) {
      if (!is_in(modalities, name))
        fail("Dosegate.ForwardTo", "\"" + name + "\" is none of DicomModalities", "add it there");
    }
  }
  if (settings.refuse_unless_pass.empty()) return;
  check_no_way_round(configuration);
  for (const std::string& name : settings.refuse_unless_pass) {
    if (!is_in(modalities, name) && !is_in(peers, name) && !is_true(configuration, "OrthancPeersInDatabase"))
      fail("Dosegate.RefuseUnlessPass", "\"" + name + "\" is none of DicomModalities and OrthancPeers",
           "correct the name");
  }
}

}  // namespace

std::string Settings::manifest() const { return (fs::path(library).parent_path() / "manifest.json").string(); }
std::string Settings::program() const { return (fs::path(library).parent_path() / "dosegate-orthanc-check").string(); }

Settings read_settings(std::string_view text) {
  const auto configuration = read_json(text);
  if (!configuration || !configuration->is_object()) fail("", "cannot be read", "correct it");
  const json::object* own = object_of(*configuration, "Dosegate");
  if (own == nullptr) fail("Dosegate", "is missing", "add \"Dosegate\": {\"Library\": \"/usr/lib/.../dosegate.so\"}");
  Settings settings;
  for (const auto& [key, value] : *own) {
    const std::string name(key.data(), key.size());
    const auto found = readers().find(name);
    if (found == readers().end()) {
      std::string known;
      for (const auto& [one, reader] : readers()) known += (known.empty() ? "" : ", ") + one;
      fail("Dosegate." + name, "is no option", "there are " + known);
    }
    found->second(value, "Dosegate." + name, settings);
  }
  if (settings.library.empty()) fail("Dosegate.Library", "is missing", "write the whole path of dosegate.so");
  std::error_code error;
  for (const std::string& needed : {settings.library, settings.manifest(), settings.program()}) {
    if (!fs::is_regular_file(needed, error))
      fail("Dosegate.Library", needed + " is no file", "install Dosegate's files in one folder and name dosegate.so");
  }
  if (!settings.record_directory.empty() && !fs::is_directory(settings.record_directory, error))
    fail("Dosegate.RecordDirectory", settings.record_directory + " is no folder", "make it, or leave the option out");
  check_targets(settings, *configuration);
  settings.temporary_directory = text_of(*configuration, "TemporaryDirectory");
  if (settings.temporary_directory.empty()) settings.temporary_directory = fs::temp_directory_path(error).string();
  settings.checks_revisions = is_true(*configuration, "CheckRevisions");
  settings.metadata_names = names_of(*configuration, "UserMetadata", settings.number);
  settings.attachment_names = names_of(*configuration, "UserContentType", settings.number);
  return settings;
}

}  // namespace dosegate::orthanc
