// A folder for one check, which only Orthanc's user may look into and which goes away with the object.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dosegate::orthanc {

class TemporaryFolder {
 public:
  // Throws support::Error where it cannot be made.
  explicit TemporaryFolder(const std::string& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Throw support::Error where the disk, or the limit, does not have it.
void write_file(const std::string& path, std::string_view bytes);
std::string read_file(const std::string& path, std::size_t limit);

}  // namespace dosegate::orthanc
