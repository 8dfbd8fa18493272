#include "adapters/grpc/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "adapters/support/error.h"

namespace dosegate::rpc {

std::string read_small_file(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMost + 1, '\0');
  if (!in || in.read(text.data(), static_cast<std::streamsize>(text.size())).bad()) {
    throw support::Error(path + ": cannot be read" + (errno != 0 ? std::string(": ") + std::strerror(errno) : "") +
                         ".");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty() || text.size() > kMost) {
    throw support::Error(path + ": is empty or larger than 1 MiB; name a file of the kind that the option asks for.");
  }
  return text;
}

}  // namespace dosegate::rpc
