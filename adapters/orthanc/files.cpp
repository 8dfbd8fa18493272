#include "adapters/orthanc/files.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "adapters/support/error.h"

namespace dosegate::orthanc {
namespace fs = std::filesystem;

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw support::Error(path, "", "cannot be written", "make room on that disk");
}

std::string read_file(const std::string& path, std::size_t limit) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) throw support::Error(path, "", "is not there", "check the disk");
  if (size > limit)
    throw support::Error(path, "", "is over the limit of " + std::to_string(limit) + " bytes", "give a smaller study");
  std::ifstream in(path, std::ios::binary);
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (!in) throw support::Error(path, "", "cannot be read", "check the disk");
  return text;
}

}  // namespace dosegate::orthanc
