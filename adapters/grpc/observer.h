// Every call, logged and counted.
#pragma once

#include <memory>
#include <string>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/interceptors.h"
#include "adapters/grpc/listener.h"

namespace dosegate::rpc {

// Lives as long as the server.
class Observer {
 public:
  // Throws support::Error where the metrics' address cannot be used.
  Observer(Engine& engine, const Listener& listener, const ObserverOptions& options);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // [thread-safe]
  void on_call(const std::string& method, const std::string& client, const grpc::Status& status, double seconds);

  // For ServerBuilder.
  Interceptors interceptors();

 private:
  struct Metrics;

  const ObserverOptions options_;
  std::unique_ptr<Metrics> metrics_;
};

}  // namespace dosegate::rpc
