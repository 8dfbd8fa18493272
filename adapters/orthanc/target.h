// What a request to Orthanc is aimed at, by its path alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/orthanc/settings.h"

namespace dosegate::orthanc {

// "/a//b/" -> a, b
std::vector<std::string> parts_of(std::string_view uri);

bool is_guarded(const Settings& settings, const std::string& name);

// Whether it is metadata or an attachment of the plugin's: by number, as Orthanc reads numbers, or by a name that
// Orthanc's configuration gives to the number.
bool is_ours(const Settings& settings, const std::vector<std::string>& parts);

// A way to send that shows neither its body nor its studies to the plugin: of the plugins for DICOMweb and transfers,
// and jobs that are started again.
bool sends_unseen(const Settings& settings, const std::vector<std::string>& parts);

}  // namespace dosegate::orthanc
