// Where a Unix socket stands: a folder of its owner's alone, and a lock that one server at a time has.
#pragma once

#include <sys/stat.h>

#include <string>

#include "adapters/support/descriptor.h"

namespace dosegate::rpc {

class SocketPlace {
 public:
  // Makes the folder, takes PATH.lock, and takes a dead server's socket away. Throws support::Error where another
  // server has the place, answering or not, or where it is no place for a socket.
  explicit SocketPlace(const std::string& path);
  // Takes the socket and the lock away, where they are still its own.
  ~SocketPlace();
  SocketPlace(const SocketPlace&) = delete;
  SocketPlace& operator=(const SocketPlace&) = delete;

  // A listening socket there. Once; throws support::Error.
  int listen();
  // Whether the socket is still there, where clients look for it.
  bool has_socket() const;

 private:
  void lock();
  bool has_lock() const;

  const std::string path_;
  support::Descriptor lock_;
  struct stat socket_ {};  // after listen()
};

}  // namespace dosegate::rpc
