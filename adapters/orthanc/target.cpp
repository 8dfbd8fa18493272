#include "adapters/orthanc/target.h"

#include <algorithm>
#include <cstdlib>

namespace dosegate::orthanc {

std::vector<std::string> parts_of(std::string_view uri) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < uri.size();) {
    const std::size_t end = std::min(uri.find('/', at), uri.size());
    if (end > at) parts.emplace_back(uri.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool is_guarded(const Settings& settings, const std::string& name) {
  const auto& all = settings.refuse_unless_pass;
  return std::find(all.begin(), all.end(), name) != all.end();
}

bool is_ours(const Settings& settings, const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool is_metadata = parts[i] == "metadata";
    if (!is_metadata && parts[i] != "attachments") continue;
    const auto& names = is_metadata ? settings.metadata_names : settings.attachment_names;
    const std::string& name = parts[i + 1];
    if (names.count(name) > 0) return true;
    char* end = nullptr;
    const unsigned long number = std::strtoul(name.c_str(), &end, 10);
    if (*end == '\0' && (number == settings.number || number == settings.number + 1UL)) return true;
  }
  return false;
}

bool sends_unseen(const Settings& settings, const std::vector<std::string>& parts) {
  if (settings.refuse_unless_pass.empty() || parts.size() < 2) return false;
  if (parts.front() == "jobs" && parts.back() == "resubmit") return true;
  if (parts.front() == "transfers") return true;
  // "/dicom-web/servers/NAME/stow", whatever the plugin's root is called.
  const auto servers = std::find(parts.begin(), parts.end(), "servers");
  return servers != parts.end() && parts.back() == "stow";
}

}  // namespace dosegate::orthanc
