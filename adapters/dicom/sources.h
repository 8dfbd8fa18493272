// The files behind the paths that a user gives.
#pragma once

#include <filesystem>
#include <vector>

#include "adapters/dicom/file.h"

namespace dosegate::dicom {

// Files as they are named, folders with all that is below them, links followed; each file once, in order of name. What
// is there and cannot be read is among them, with its problem. Throws ReadError for a path that is not there, and for
// more files than the limit.
std::vector<Source> find_sources(const std::vector<std::filesystem::path>& paths, const Limits& limits);

}  // namespace dosegate::dicom
