// Where a Unix socket stands: a folder of its owner's alone, and a lock that one server at a time has.
#pragma once

#include <string>

#include "adapters/support/descriptor.h"

namespace dosegate::rpc {

class SocketPlace {
 public:
  // Makes the folder, takes PATH.lock, and takes a dead server's socket away. Throws support::Error where another
  // server has the place, answering or not, or where it is no place for a socket.
  explicit SocketPlace(const std::string& path);
  // Takes the socket and the lock away.
  ~SocketPlace();
  SocketPlace(const SocketPlace&) = delete;
  SocketPlace& operator=(const SocketPlace&) = delete;

  // A listening socket there. Once; throws support::Error.
  int listen();

 private:
  void lock();

  const std::string path_;
  support::Descriptor lock_;
  bool has_socket_ = false;
};

}  // namespace dosegate::rpc
