// Whole files, in the folder of a check.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::orthanc {

// Throw support::Error where the disk, or the limit, does not have it.
void write_file(const std::string& path, std::string_view bytes);
std::string read_file(const std::string& path, std::size_t limit);

}  // namespace dosegate::orthanc
