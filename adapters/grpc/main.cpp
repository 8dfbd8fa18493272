// dosegate-grpc: the plugin behind gRPC, in a process of its own.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/listener.h"
#include "adapters/grpc/options.h"
#include "adapters/grpc/plan_check_service.h"
#include "adapters/grpc/protocol_service.h"

namespace dosegate::rpc {
namespace {

constexpr int kUnusable = 3;

int fail(const std::string& message) {
  std::fprintf(stderr, "dosegate-grpc: %s\n", message.c_str());
  return kUnusable;
}

// Until SIGTERM or SIGINT; cases are looked after meanwhile.
void wait_for_the_end(Engine& engine) {
  boost::asio::io_context io;
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  boost::asio::steady_timer timer(io);
  std::function<void()> look_after = [&] {
    timer.expires_after(std::chrono::seconds(15));
    timer.async_wait([&](const boost::system::error_code& ended) {
      if (ended) return;
      engine.cases().forget_idle(CaseStore::Clock::now());
      look_after();
    });
  };
  look_after();
  io.run();
}

int serve(const Options& options) {
  if (const std::string problem = prepare_socket(options.listen); !problem.empty()) {
    return fail("--listen " + options.listen + ": " + problem);
  }
  Engine engine(options);
  ProtocolServiceImpl protocols(engine);
  PlanCheckServiceImpl plans(engine);

  grpc::EnableDefaultHealthCheckService(true);
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_mib << 20));
  builder.SetResourceQuota(grpc::ResourceQuota("dosegate").Resize(options.max_memory_mib << 20));
  builder.RegisterService(&protocols);
  builder.RegisterService(&plans);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return fail("--listen " + options.listen + ": cannot be bound.");

  // Whoever started this reads it and connects.
  std::printf("dosegate-grpc dosegate.v1 %s\n", options.listen.c_str());
  std::fflush(stdout);
  wait_for_the_end(engine);
  server->GetHealthCheckService()->SetServingStatus(false);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(options.drain_seconds));
  server->Wait();
  remove_socket(options.listen);
  return 0;
}

}  // namespace
}  // namespace dosegate::rpc

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const dosegate::rpc::Parsed parsed = dosegate::rpc::parse(argc, argv);
  if (parsed.exit_code >= 0) return parsed.exit_code;
  try {
    return dosegate::rpc::serve(parsed.options);
  } catch (const std::exception& e) {
    return dosegate::rpc::fail(e.what());
  }
}
