#include "adapters/grpc/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "adapters/support/descriptor.h"
#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

[[noreturn]] void unreadable(const std::string& path) {
  throw support::Error(path + ": cannot be read: " + std::strerror(errno) + ".");
}

}  // namespace

std::string read_small_file(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  // Not to be waited for: a pipe or a device in a file's place would hold whoever reads it for ever.
  const support::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat s {};
  if (!file.is_open() || ::fstat(file.get(), &s) != 0) unreadable(path);
  if (!S_ISREG(s.st_mode)) throw support::Error(path + ": is no regular file. Put the text itself there.");
  std::string text(kMost + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) unreadable(path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  if (text.empty() || text.size() > kMost) {
    throw support::Error(path + ": is empty or larger than 1 MiB; name a file of the kind that the option asks for.");
  }
  return text;
}

}  // namespace dosegate::rpc
