#include "adapters/grpc/socket_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

[[noreturn]] void no_place(const std::string& why) { throw support::Error(why); }
[[noreturn]] void no_place_for_error(const std::string& why) { no_place(why + ": " + std::strerror(errno) + "."); }

sockaddr_un name_of(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  return name;
}

// Whether a server has it, answering, busy or stopped.
bool is_alive(const std::string& path) {
  const sockaddr_un name = name_of(path);
  const support::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return true;  // cannot tell: leave it alone
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 || errno != ECONNREFUSED;
}

bool is_same(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

void check_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    const std::string error = std::strerror(errno);
    no_place("the folder " + folder + " cannot be made: " + error + ". Make it yourself, with mode 0700.");
  }
  struct stat s {};
  if (::stat(folder.c_str(), &s) != 0) no_place_for_error("the folder " + folder + " cannot be looked at");
  if (!S_ISDIR(s.st_mode)) no_place(folder + " is not a folder.");
  if (s.st_uid != ::geteuid()) no_place("the folder " + folder + " belongs to another user. Choose one of your own.");
  if ((s.st_mode & 0077U) != 0) {
    no_place("the folder " + folder + " can be entered by others. Say chmod 700 " + folder + ", or choose another.");
  }
}

}  // namespace

SocketPlace::SocketPlace(const std::string& path) : path_(path) {
  if (path.empty()) no_place("it names no path.");
  if (path.find('\0') != std::string::npos || path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    no_place("the path has " + std::to_string(path.size()) + " bytes; a Unix socket's may have 107.");
  }
  check_folder(std::filesystem::absolute(path).parent_path().string());
  struct stat s {};
  const bool is_there = ::lstat(path.c_str(), &s) == 0;
  if (!is_there && errno != ENOENT) no_place_for_error(path + " cannot be looked at");
  if (is_there && !S_ISSOCK(s.st_mode)) no_place(path + " is there and is not a socket. Choose another path.");
  lock();
  if (::lstat(path.c_str(), &s) != 0) return;
  if (is_alive(path)) no_place("another server answers on " + path + ". End it, or choose another path.");
  if (::unlink(path.c_str()) != 0) no_place_for_error(path + " cannot be removed");
}

// The lock goes with the process that has it, however that ends.
void SocketPlace::lock() {
  const std::string name = path_ + ".lock";
  for (;;) {
    lock_ = support::Descriptor(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (!lock_.is_open()) no_place_for_error(name + " cannot be made");
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) no_place_for_error(name + " cannot be locked");
      no_place("another server answers on " + path_ + ", starts or ends there, or has been stopped: it has " + name +
               ". End it, or choose another path.");
    }
    if (has_lock()) return;  // else whoever had it has just taken it away
  }
}

int SocketPlace::listen() {
  const sockaddr_un name = name_of(path_);
  support::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) no_place_for_error("no socket is to be had");
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::lstat(path_.c_str(), &socket_) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
    no_place_for_error(path_ + " cannot be bound");
  }
  return socket.release();
}

bool SocketPlace::has_socket() const {
  struct stat there {};
  return socket_.st_ino != 0 && ::lstat(path_.c_str(), &there) == 0 && is_same(there, socket_);
}

bool SocketPlace::has_lock() const {
  struct stat own {
  }, there{};
  return lock_.is_open() && ::fstat(lock_.get(), &own) == 0 && ::lstat((path_ + ".lock").c_str(), &there) == 0 &&
         is_same(there, own);
}

// Somebody may have emptied the folder, and another server have begun there since: what is not our own stays.
SocketPlace::~SocketPlace() {
  if (has_socket()) ::unlink(path_.c_str());
  if (has_lock()) ::unlink((path_ + ".lock").c_str());  // before it is closed, and so given to another
}

}  // namespace dosegate::rpc
