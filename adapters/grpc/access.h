// Who calls, and whether they may.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "dosegate/v1/access.pb.h"

namespace dosegate::rpc {

// The name in the client's certificate: a subject alternative name or, where it has none, the common name. Empty over a
// Unix socket, whose folder only its owner may enter.
std::string caller_of(const grpc::ServerContextBase& context);

// [thread-safe]
class Access {
 public:
  // Everybody may do everything: for a Unix socket.
  Access() = default;
  // As the file says (dosegate.v1.AccessRights, JSON). Throws std::runtime_error where it cannot be used.
  explicit Access(const std::string& rights_file);

  // PERMISSION_DENIED unless the caller has one of `rights`.
  grpc::Status require(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights) const;
  // Reads the file again where it has changed since; throws as the constructor does, and keeps what it had.
  void reload();

 private:
  using Rights = std::map<std::string, std::set<v1::ClientRights::Right>>;
  static Rights read(const std::string& text, const std::string& file);

  std::string file_;  // empty: no rights are needed
  std::string text_;  // of the file, as last read
  mutable std::mutex mutex_;
  Rights rights_;
};

}  // namespace dosegate::rpc
