// The calls of services that gRPC itself serves, health and reflection. They ask for no right and are not among
// Clients' calls, so that a share of their own bounds them.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "adapters/grpc/interceptors.h"

namespace dosegate::rpc {

// [thread-safe]
class ServedByGrpc {
 public:
  // Under way at a time; a stream takes some 17 KiB. Over a Unix socket there is one client, which may have all.
  static constexpr std::size_t kMostOfClient = 16, kMost = 512;

  // For ServerBuilder: a call beyond the share of its client, or of all, is cancelled as it begins.
  Interceptors interceptors();

  // Counted until it goes, if there is room for it.
  class Call {
   public:
    Call(ServedByGrpc& all, std::string client);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    bool is_let_in() const { return is_let_in_; }

   private:
    ServedByGrpc& all_;
    const std::string client_;
    bool is_let_in_ = false;
  };

 private:
  std::mutex mutex_;
  std::size_t calls_ = 0;
  std::map<std::string, std::size_t> by_client_;
};

}  // namespace dosegate::rpc
