// Where connections come in. gRPC's own listener never accepts again once it has run out of descriptors.
#pragma once

#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/grpc/connections.h"
#include "adapters/grpc/socket_place.h"

namespace dosegate::rpc {

// One address, as one or several sockets. Connections are handed to gRPC, which reads their first bytes. Where nearly
// as many are there as there may be, others give way to new ones; beyond as many as there may be, new ones are closed
// at once, so that descriptors are left for what the server itself opens.
class Listener {
 public:
  // Throws support::Error where `address`, unix:PATH or HOST:PORT, cannot be listened on.
  Listener(const std::string& address, std::uint64_t most_connections);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // With the port that the system chose, where it did.
  const std::string& address() const { return address_; }
  // Begins to accept; `acceptor` is used until stop(). Throws std::system_error where there is no thread for it.
  void start(grpc::experimental::ExternalConnectionAcceptor& acceptor);
  // Whether clients find it: false where somebody has taken a Unix socket away.
  bool is_reachable() const { return !place_ || place_->has_socket(); }
  // Accepts no more; who waits to be accepted is let go.
  void stop();

  std::uint64_t refused() const { return refused_; }  // connections
  std::uint64_t let_go() const { return let_go_; }    // connections that gave way
  Connections& connections() { return connections_; }

 private:
  void listen_on(const std::string& host, const std::string& port);
  void accept_from(int listening, grpc::experimental::ExternalConnectionAcceptor& acceptor);
  void tell(const std::string& problem);
  void rest();

  std::string address_;
  const std::uint64_t most_connections_;
  std::unique_ptr<SocketPlace> place_;  // of a Unix socket
  std::vector<int> sockets_;
  int stop_ = -1, spare_ = -1;  // an eventfd; a descriptor to be given up when there are no more
  int most_descriptor_ = 0;     // a connection's
  int most_in_passing_ = 0;     // the same while others give way
  int crowded_from_ = 0;        // one that others give way to
  Connections connections_;
  std::atomic<std::uint64_t> refused_{0}, let_go_{0};
  std::chrono::steady_clock::time_point told_{};
  std::thread thread_;
};

// unix:PATH
bool is_socket(const std::string& address);

}  // namespace dosegate::rpc
