// Who calls, and whether they may.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "adapters/grpc/rights_file.h"

namespace dosegate::rpc {

// The names in the client's certificate, in small letters: its DNS alternative names; where it has no alternative name
// of any kind, the common name. Names of other kinds (URI, e-mail, IP) are none of a client, nor are those with a
// problem. None over a Unix socket, whose folder only its owner may enter.
std::vector<std::string> names_of(const grpc::ServerContextBase& context);

// All over TCP whose certificate has no such name are one client. No certificate can have this name.
inline constexpr const char* kNobody = "*nobody*";
// The client that calls: the first of its names, or kNobody. Empty: it calls over a Unix socket, and nobody else is so.
std::string caller_of(const grpc::ServerContextBase& context);

class Access;

// That a caller has a right, for as long as its call goes on. Copies are of the same call; Access outlives them.
class Permit {
 public:
  // OK, or PERMISSION_DENIED as things are now. [thread-safe]
  grpc::Status status() const;
  // The same, quickly.
  bool holds() const;

 private:
  friend class Access;
  struct State {
    std::vector<std::string> names;
    std::set<v1::ClientRights::Right> rights;
    std::atomic<std::uint64_t> seen{0};  // 2 * the version of the rights that was looked at, + 1: it holds
  };
  const Access* access_ = nullptr;
  std::shared_ptr<State> state_;
};

// [thread-safe]
class Access {
 public:
  // Everybody may do everything: for a Unix socket.
  Access() = default;
  // As the file says (dosegate.v1.AccessRights, JSON). Throws support::Error where it cannot be used.
  explicit Access(const std::string& rights_file);

  // For the caller, if it has one of `rights`.
  Permit permit(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights) const;
  grpc::Status require(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights) const {
    return permit(context, rights).status();
  }

  // Reads the file again where it has changed since; throws as the constructor does where it cannot be used. Looked at
  // so twice in a row, nobody has a right any more, until it can be.
  void reload();
  // Changes whenever rights do.
  std::uint64_t version() const { return version_; }
  bool is_usable() const { return !is_closed_; }

 private:
  friend class Permit;
  bool has_one(const std::vector<std::string>& names, const std::set<v1::ClientRights::Right>& rights) const;

  std::string file_;  // empty: no rights are needed
  std::string text_;  // of the file, as last read
  bool failed_before_ = false;
  std::atomic<std::uint64_t> version_{1};
  std::atomic<bool> is_closed_{false};
  mutable std::mutex mutex_;
  Rights rights_;
};

}  // namespace dosegate::rpc
