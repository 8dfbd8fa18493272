// What the services share: the library, the threads that checks run on, the protocols, the memory.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/grpc/budget.h"
#include "adapters/grpc/case_store.h"
#include "adapters/grpc/options.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

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
  CaseStore& cases() { return cases_; }
  std::uint64_t most_case_bytes() const { return most_case_bytes_; }
  std::shared_ptr<HostedCase> make_case();

  // The protocol chosen, the engine's default when nothing is, and what tells it from others. Throws PluginError.
  struct Chosen {
    Protocol protocol;
    std::string key;
  };
  Chosen choose(const v1::ProtocolChoice& choice) const;
  // "ID" of "protocols/ID"; throws PluginError with `field`.
  static std::string protocol_id(const std::string& name, const std::string& field);

 private:
  const Library library_;
  const unsigned threads_;
  const std::uint64_t most_case_bytes_;
  Budget budget_;
  boost::asio::thread_pool pool_;  // outlives the cases, whose strands are its own
  CaseStore cases_;
};

}  // namespace dosegate::rpc
