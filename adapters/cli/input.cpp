#include "adapters/cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "adapters/support/descriptor.h"

namespace dosegate::cli {
namespace {

// NONBLOCK: opening a pipe that nobody writes to would otherwise wait for ever.
support::Descriptor opened(const std::string& path) {
  return support::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

}  // namespace

std::variant<std::string, Problem> read_text_file(const std::string& path, std::size_t limit) {
  const auto cannot = [&](int error) {
    return Problem(path, "",
                   std::string("cannot be read: ") + std::strerror(error) + ". Check the name and its permissions", "");
  };
  const support::Descriptor file = opened(path);
  struct stat info {};
  if (!file.is_open() || ::fstat(file.get(), &info) != 0) return cannot(errno);
  if (!S_ISREG(info.st_mode)) return Problem(path, "", "is not a file", "");

  std::string text;
  std::array<char, 65536> block;
  for (;;) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot(errno);
    if (n == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(n));
    if (text.size() > limit) {
      return Problem(path, "", "is larger than " + std::to_string(limit >> 20) + " MiB: no such file is", "");
    }
  }
}

std::string text_of(const std::string& path, std::size_t limit) {
  auto text = read_text_file(path, limit);
  if (const auto* problem = std::get_if<Problem>(&text)) throw *problem;
  return std::get<std::string>(std::move(text));
}

std::optional<std::string> read_beginning(const std::string& path, std::size_t size) {
  const support::Descriptor file = opened(path);
  struct stat info {};
  if (!file.is_open() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  std::string text(size, '\0');
  ssize_t n = 0;
  do {
    n = ::read(file.get(), text.data(), text.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(n));
  return text;
}

}  // namespace dosegate::cli
