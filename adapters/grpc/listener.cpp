#include "adapters/grpc/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace dosegate::rpc {
namespace {

constexpr std::string_view kScheme = "unix:";

std::string path_of(const std::string& address) { return address.substr(kScheme.size()); }

std::string system_error() { return std::strerror(errno); }

// Whether a server answers on it.
bool is_alive(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;  // cannot tell: leave it alone
  const bool alive = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 || errno != ECONNREFUSED;
  ::close(fd);
  return alive;
}

std::string folder_problem(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return "the folder " + folder + " cannot be made: " + system_error() + ". Make it yourself, with mode 0700.";
  }
  struct stat s {};
  if (::stat(folder.c_str(), &s) != 0) return "the folder " + folder + " cannot be looked at: " + system_error() + ".";
  if (!S_ISDIR(s.st_mode)) return folder + " is not a folder.";
  if (s.st_uid != ::geteuid()) return "the folder " + folder + " belongs to another user. Choose one of your own.";
  if ((s.st_mode & 0077U) != 0) {
    return "the folder " + folder + " can be entered by others. Say chmod 700 " + folder + ", or choose another.";
  }
  return {};
}

}  // namespace

bool is_socket(const std::string& address) { return address.compare(0, kScheme.size(), kScheme) == 0; }

std::string prepare_socket(const std::string& address) {
  if (address.size() == kScheme.size()) return "it names no path.";
  const std::string path = path_of(address);
  if (path.find('\0') != std::string::npos || path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return "the path has " + std::to_string(path.size()) + " bytes; a Unix socket's may have 107.";
  }
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  if (std::string problem = folder_problem(folder); !problem.empty()) return problem;
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) {
    return errno == ENOENT ? "" : path + " cannot be looked at: " + system_error() + ".";
  }
  if (!S_ISSOCK(s.st_mode)) return path + " is there and is not a socket. Choose another path.";
  if (is_alive(path)) return "another server answers on " + path + ". End it, or choose another path.";
  if (::unlink(path.c_str()) != 0) return path + " cannot be removed: " + system_error() + ".";
  return {};
}

void remove_socket(const std::string& address) { ::unlink(path_of(address).c_str()); }

}  // namespace dosegate::rpc
