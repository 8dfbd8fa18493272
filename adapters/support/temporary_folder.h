// A folder that only this user may look into, gone with the object and all that is in it.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "adapters/support/error.h"

namespace dosegate::support {

class TemporaryFolder {
 public:
  // Below `parent`. Throws Error, with `mend` as its hint, where it cannot be made.
  TemporaryFolder(const std::filesystem::path& parent, const std::string& mend) {
    std::string name = (parent / "dosegate-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(parent.string(), "", "takes no temporary folder: " + std::string(std::strerror(errno)), mend);
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }

  // The system's folder for temporary files: $TMPDIR, else /tmp.
  static std::filesystem::path usual_parent() {
    const char* const named = std::getenv("TMPDIR");
    return named != nullptr && *named == '/' ? named : "/tmp";
  }

 private:
  std::filesystem::path path_;
};

}  // namespace dosegate::support
