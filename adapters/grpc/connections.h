// Who is connected over TCP, so that where there is no room for more one gives way: no client keeps the others out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "adapters/grpc/interceptors.h"

namespace dosegate::rpc {

// [thread-safe]
class Connections {
 public:
  // One that was accepted. A Unix socket's is left out: whoever may enter its folder is one client.
  void add(int fd);
  // Of whoever has most of them - those that have not called yet are one's - the one that has been without a call for
  // longest, or, where all have calls under way, the oldest, is shut. False: there is none.
  bool let_one_go();

  // A call of `client` on the connection of `peer`, as gRPC names it, until it goes.
  class Call {
   public:
    Call(Connections& all, const std::string& peer, const std::string& client);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Connections& all_;
    const std::string place_;
  };
  // For ServerBuilder: every call is told of.
  Interceptors interceptors();

 private:
  using Time = std::chrono::steady_clock;
  struct Entry {
    int fd;
    std::uint64_t cookie;  // of the socket: a descriptor's number is used again
    std::string owner;     // of its calls; empty: it has not called yet
    std::size_t calls = 0;
    Time::time_point since;  // it was accepted, or its last call ended
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by address and port
};

}  // namespace dosegate::rpc
