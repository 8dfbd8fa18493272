// What the services share: the library, the threads that checks run on, the protocols, the memory.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "adapters/grpc/access.h"
#include "adapters/grpc/budget.h"
#include "adapters/grpc/options.h"
#include "adapters/grpc/session.h"
#include "adapters/grpc/store.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

// What tells one choice of a protocol from others.
std::string key_of(const v1::ProtocolChoice& choice);

class Engine {
 public:
  // Throws PluginError where the library cannot be loaded.
  explicit Engine(const Options& options);
  ~Engine() { pool_.join(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Library& library() const { return library_; }
  boost::asio::thread_pool& pool() { return pool_; }
  Budget& budget() { return budget_; }
  Store<HostedCase>& cases() { return cases_; }
  Store<Session>& sessions() { return sessions_; }
  Access& access() { return *access_; }
  // After which a stream that says nothing is ended: of an upload, of a session.
  std::chrono::seconds upload_patience() const { return upload_patience_; }
  std::chrono::seconds session_patience() const { return session_patience_; }
  std::uint64_t most_case_bytes() const { return most_case_bytes_; }
  std::shared_ptr<HostedCase> make_case();

  // The engine's default protocol when none is named. Throws PluginError.
  Chosen choose(const v1::ProtocolChoice& choice) const;
  // The one of "protocols/ID"; throws PluginError with `field`.
  Protocol builtin(const std::string& name, const std::string& field) const;

 private:
  const Library library_;
  const unsigned threads_;
  const std::uint64_t most_case_bytes_;
  Budget budget_;
  boost::asio::thread_pool pool_;  // outlives the cases, whose strands are its own
  const std::chrono::seconds upload_patience_, session_patience_;
  std::unique_ptr<Access> access_;
  Store<HostedCase> cases_;
  Store<Session> sessions_;
};

}  // namespace dosegate::rpc
