#include "adapters/cli/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "adapters/cli/display.h"
#include "adapters/support/descriptor.h"
#include "adapters/support/process.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kLeastWidth = 60;
constexpr std::size_t kGreatestWidth = 200;
constexpr std::size_t kLongestErrorLine = 2000;

using support::Descriptor;

std::string reason(int error) { return std::strerror(error); }

// 0, or errno.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {  // whoever started us made the pipe non-blocking
        pollfd ready{fd, POLLOUT, 0};
        if (::poll(&ready, 1, -1) >= 0 || errno == EINTR) continue;
      }
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

bool is_dicom(const std::string& path) {
  constexpr off_t kPreamble = 128;  // PS3.10 7.1
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 4> magic{};
  return file.is_open() && ::pread(file.get(), magic.data(), magic.size(), kPreamble) == 4 &&
         std::memcmp(magic.data(), "DICM", 4) == 0;
}

// The file that a chain of links ends in; `path` itself where there is none.
std::string link_target(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

mode_t mode_of_new_file() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return static_cast<mode_t>(0666) & ~mask;
}

Problem cannot_write(const std::string& path, int error, const char* hint) {
  return Problem(path, "", "cannot be written: " + reason(error) + ". " + hint, "");
}

constexpr const char* kHint = "Check the folder, its permissions and the free space; nothing was changed";

std::optional<Problem> write_special(const std::string& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  int error = file.is_open() ? write_all(file.get(), text) : errno;
  if (file.is_open()) {
    const int close_error = file.close();
    if (error == 0) error = close_error;
  }
  if (error != 0) return cannot_write(path, error, "Name a regular file");
  return std::nullopt;
}

std::optional<Problem> replace_file(const std::string& path, mode_t mode, std::string_view text) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.is_open()) return cannot_write(path, errno, kHint);
  int error = write_all(file.get(), text);
  if (error == 0 && ::fchmod(file.get(), mode) != 0) error = errno;
  if (error == 0 && ::fsync(file.get()) != 0 && errno != EINVAL) error = errno;
  const int close_error = file.close();
  if (error == 0) error = close_error;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return std::nullopt;
  ::unlink(temporary.c_str());
  return cannot_write(path, error, kHint);
}

}  // namespace

void prepare_process() {
  if (!support::prepare_process()) std::_Exit(static_cast<int>(Exit::kUnusable));
}

Colour choose_colour(bool is_terminal, const char* no_colour, const char* term) {
  if (!is_terminal) return Colour::kOff;
  if (no_colour != nullptr && *no_colour != '\0') return Colour::kOff;
  if (term == nullptr || std::strcmp(term, "dumb") == 0) return Colour::kOff;
  return Colour::kOn;
}

Style style_of_stdout() {
  Style style;
  const bool is_terminal = style.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  style.colour = choose_colour(is_terminal, std::getenv("NO_COLOR"), std::getenv("TERM"));
  winsize size{};
  if (is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = std::clamp<std::size_t>(size.ws_col, kLeastWidth, kGreatestWidth);
  }
  return style;
}

std::optional<Problem> write_stdout(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return std::nullopt;
  return Problem("standard output: the answer could not be written: " + reason(error));
}

std::optional<Problem> write_file(const std::string& path, std::string_view text) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return cannot_write(path, errno, kHint);
    return replace_file(path, mode_of_new_file(), text);
  }
  if (S_ISDIR(info.st_mode)) return Problem(path, "", "is a folder. Name a file in it", "");
  if (!S_ISREG(info.st_mode)) return write_special(path, text);
  if (is_dicom(path))
    return Problem(path, "", "is a DICOM file and is not overwritten. Choose another name for -o", "");
  return replace_file(link_target(path), info.st_mode & static_cast<mode_t>(07777), text);
}

std::optional<Problem> write_answer(const std::string& path, std::string_view text) {
  return path.empty() ? write_stdout(text) : write_file(path, text);
}

void print_error(std::string_view message) {
  std::string line = "dosegate: " + shorten(printable(message), kLongestErrorLine) + "\n";
  // Where even this fails there is nobody left to tell; the exit code says it.
  static_cast<void>(write_all(STDERR_FILENO, line));
}

}  // namespace dosegate::cli
