// What lies below a folder, each thing under one name, in an order that does not depend on the file system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace dosegate::dicom {

struct WalkEntry {
  enum class Type {
    kFile,    // a regular one, or a link to one
    kFolder,  // only where it cannot be listed
    kOther    // a link to nothing, a pipe, a socket, a device
  } type = Type::kFile;
  std::filesystem::path path;
  std::string problem;  // why it cannot be read; empty of a file
};

// Calls `visit` for everything below `folder` but folders that could be listed. Links are followed, after all that is
// there without them; a folder is entered once, however many links lead to it. False: there are more than `most`
// things, and not all were visited.
bool walk(const std::filesystem::path& folder, std::size_t most, const std::function<void(const WalkEntry&)>& visit);

}  // namespace dosegate::dicom
