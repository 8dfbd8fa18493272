#include "adapters/grpc/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/grpc/administration_service.h"
#include "adapters/grpc/engine.h"
#include "adapters/grpc/fatal.h"
#include "adapters/grpc/interceptors.h"
#include "adapters/grpc/listener.h"
#include "adapters/grpc/log.h"
#include "adapters/grpc/observer.h"
#include "adapters/grpc/options.h"
#include "adapters/grpc/parent.h"
#include "adapters/grpc/plan_check_service.h"
#include "adapters/grpc/protocol_service.h"
#include "adapters/grpc/served_by_grpc.h"
#include "adapters/grpc/session_stream.h"
#include "adapters/grpc/status.h"
#include "adapters/grpc/tls.h"
#include "adapters/grpc/wire.h"
#include "adapters/support/error.h"
#include "adapters/support/process.h"

namespace dosegate::rpc {
namespace {

constexpr int kUnusable = 3;
constexpr unsigned kMostStartSeconds = 15, kMostEndSeconds = 8;

int fail(const std::string& message) {
  std::fprintf(stderr, "dosegate-grpc: %s\n", message.c_str());
  return kUnusable;
}

std::atomic<bool> is_serving{false};

// gRPC ends on a thread of its own when its last user goes, while the process goes on to its exit; here its end is
// waited for, so that no thread is left when OpenSSL is cleaned up.
class Grpc {
 public:
  Grpc() { grpc_init(); }
  ~Grpc() { grpc_shutdown_blocking(); }
  Grpc(const Grpc&) = delete;
  Grpc& operator=(const Grpc&) = delete;
};

// gRPC's own messages, as ours are written. A server that does not start says why by itself.
void log_grpc(gpr_log_func_args* args) {
  if (is_serving)
    log(args->severity == GPR_LOG_SEVERITY_ERROR ? Level::kError : Level::kInfo, "grpc", {{"message", args->message}});
}

// Files that the server reads again. A problem is told of once, not every second.
class Reloaded {
 public:
  Reloaded(std::string event, std::function<void()> reload) : event_(std::move(event)), reload_(std::move(reload)) {}

  void operator()() {
    try {
      reload_();
      problem_.clear();
    } catch (const std::exception& e) {
      if (problem_ != e.what()) log(Level::kError, event_, {{"problem", e.what()}});
      problem_ = e.what();
    }
  }

 private:
  const std::string event_;
  const std::function<void()> reload_;
  std::string problem_;
};

// SIGTERM, SIGINT or the parent's end. Made before the address is told of: whoever has read it may send a signal or end
// at once. Not earlier: a signal that comes while the server is still starting ends it as it stands.
class End {
 public:
  explicit End(pid_t parent) {
    signals_.async_wait([this](const boost::system::error_code&, int) { io_.stop(); });
    if (parent != 0) when_parent_ends(io_, parent, [this] { io_.stop(); });
  }

  boost::asio::io_context& io() { return io_; }  // whose run() returns when it has come, or had before

 private:
  boost::asio::io_context io_;
  boost::asio::signal_set signals_{io_, SIGTERM, SIGINT};
};

// Who may do what is looked at every second; what no longer may be is ended, and health says where nobody may anything.
class RightsWatch {
 public:
  RightsWatch(Engine& engine, grpc::HealthCheckServiceInterface& health) : engine_(engine), health_(health) {}

  void operator()() {
    reload_();
    if (engine_.access().version() == version_) return;
    version_ = engine_.access().version();
    const bool is_usable = engine_.access().is_usable();
    health_.SetServingStatus(is_usable);
    log(is_usable ? Level::kInfo : Level::kError, "rights",
        {{is_usable ? "change" : "problem", is_usable ? "the file of --rights is read anew and holds from now on"
                                                      : "nobody has a right until the file of --rights can be used"}});
    for (const auto& listed : engine_.sessions().list()) {
      const auto stream = listed.thing->stream();
      if (stream && stream->end_without_right()) {
        log(Level::kWarning, "rights",
            {{"change", "a session is ended: its client has no right any more"}, {"client", listed.owner}});
      }
    }
  }

 private:
  Engine& engine_;
  grpc::HealthCheckServiceInterface& health_;
  Reloaded reload_{"rights", [this] { engine_.access().reload(); }};
  std::uint64_t version_ = engine_.access().version();
};

// Cases, sessions, rights and certificates (null: there are none) are looked after meanwhile. False: nobody can connect
// any more, which a new server can mend.
bool wait_for(End& end, Engine& engine, const Listener& listener, TlsCertificates* certificates,
              grpc::HealthCheckServiceInterface& health) {
  bool is_reachable = true;
  RightsWatch rights(engine, health);
  Reloaded tls("certificates", [&] {
    if (certificates != nullptr) certificates->reload();
  });
  boost::asio::steady_timer timer(end.io());
  std::function<void()> look_after = [&] {
    timer.expires_after(std::chrono::seconds(1));
    timer.async_wait([&](const boost::system::error_code& ended) {
      if (ended) return;
      const auto now = std::chrono::steady_clock::now();
      engine.sessions().forget_idle(now);  // first: they hold cases
      engine.cases().forget_idle(now);
      rights();
      tls();
      is_reachable = listener.is_reachable();
      if (!is_reachable) return end.io().stop();
      look_after();
    });
  };
  look_after();
  end.io().run();
  return is_reachable;
}

// Those who are connected end their sessions and resume them elsewhere, or later.
void end_sessions(Engine& engine) {
  const grpc::Status status = refusal(grpc::StatusCode::UNAVAILABLE, "SERVER_ENDING", "This server is being ended.");
  for (const auto& listed : engine.sessions().list()) {
    if (const auto stream = listed.thing->stream()) stream->end(status);
  }
  engine.followers().end(status);
}

// The library of reflection offers itself to every server of a process that it is linked to.
class NoReflection final : public grpc::ServerBuilderOption {
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

void configure(grpc::ServerBuilder& builder, const Options& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_mib << 20));
  refuse_compression(builder);
  // gRPC looks at a message's size when all of it has come; what has come of all messages is bounded by this, and a
  // stream that goes beyond is refused. What cases take is bounded by the Budget.
  const std::uint64_t under_way_mib = std::max<std::uint64_t>(64, 16 * options.max_message_mib);
  builder.SetResourceQuota(grpc::ResourceQuota("dosegate").Resize(under_way_mib << 20));
  constexpr int kSecond = 1000;
  // A client that has vanished without a word is noticed; one that connects and says nothing is let go.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * kSecond);
  // Further calls of a connection wait at the client.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 128);
}

// A session's doses come and go by many megabytes; what one leaves behind is kept for the next. Given back to the
// system and taken again, page by page, it costs more time than the check.
void keep_freed_memory() {
  constexpr int kMiB = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);  // the most that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, 64 * kMiB);
  ::mallopt(M_TOP_PAD, 16 * kMiB);
  ::mallopt(M_ARENA_MAX, 4);
}

// Every connection takes a descriptor.
void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// HOST:PORT; gRPC would choose a port where there is none.
bool has_port(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string host = address.substr(0, colon), port = address.substr(colon + 1);
  constexpr int kMostPort = 65535;
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
  if (std::stoi(port) > kMostPort) return false;
  const bool has_brackets = host.front() == '[' && host.back() == ']';
  return has_brackets || host.find(':') == std::string::npos;
}

// Null for a Unix socket.
std::unique_ptr<TlsCertificates> certificates_of(const Options& options) {
  const bool has_all = !options.tls.certificate.empty() && !options.tls.key.empty() && !options.tls.clients.empty() &&
                       !options.rights.empty();
  const bool has_none = options.tls.certificate.empty() && options.tls.key.empty() && options.tls.clients.empty() &&
                        options.rights.empty();
  if (is_socket(options.listen)) {
    if (!has_none) throw support::Error("--tls-... and --rights are for HOST:PORT; a Unix socket needs none.");
    return nullptr;
  }
  if (!has_port(options.listen)) {
    throw support::Error("--listen " + options.listen + ": is neither unix:PATH nor HOST:PORT, like 127.0.0.1:50051.");
  }
  if (!has_all) {
    throw support::Error("--listen " + options.listen +
                         ": over TCP every client shows a certificate. Give --tls-cert, --tls-key, --tls-clients "
                         "and --rights, or listen on unix:PATH.");
  }
  return std::make_unique<TlsCertificates>(options.tls);
}

int serve(const Options& options) {
  const Grpc grpc;
  const pid_t parent = options.parent == Options::kNoParent ? 0 : parent_of(options.parent);
  const std::unique_ptr<TlsCertificates> certificates = certificates_of(options);
  allow_many_connections();
  Listener listener(options.listen, options.max_connections.value_or(
                                        is_socket(options.listen) ? Options::kMostOverSocket : Options::kMostOverTcp));
  Engine engine(options);
  Observer observer(engine, listener, options.observer);
  ServedByGrpc served_by_grpc;
  ProtocolServiceImpl protocols(engine);
  PlanCheckServiceImpl plans(engine);
  AdministrationServiceImpl administration(engine);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<NoReflection>());
  const auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      certificates ? certificates->credentials() : grpc::InsecureServerCredentials());
  configure(builder, options);
  builder.RegisterService(&protocols);
  builder.RegisterService(&plans);
  builder.RegisterService(&administration);
  std::vector<Interceptors> interceptors;
  interceptors.push_back(observer.interceptors());
  interceptors.push_back(listener.connections().interceptors());
  interceptors.push_back(served_by_grpc.interceptors());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return fail("gRPC does not start.");
  listener.start(*acceptor);

  End end(parent);
  is_serving = true;
  forgive();
  // Whoever started this reads it and connects.
  if (options.log == "calls") log(Level::kInfo, "serving", {{"address", listener.address()}});
  const bool is_told =
      std::printf("dosegate-grpc dosegate.v1 %s\n", listener.address().c_str()) > 0 && std::fflush(stdout) == 0;
  int code = 0;
  if (is_told || parent == 0) {
    if (!wait_for(end, engine, listener, certificates.get(), *server->GetHealthCheckService())) {
      fail("--listen " + listener.address() +
           ": somebody has taken the socket away, so nobody can connect. Start again.");
      code = kExhausted;  // a supervisor starts it again
    }
  } else {
    code = fail("--parent: the address cannot be told: the parent does not read, or has ended.");
  }
  expect_within(options.drain_seconds + kMostEndSeconds,
                "dosegate-grpc: ended without waiting any longer for calls that do not end.\n");
  server->GetHealthCheckService()->SetServingStatus(false);
  listener.stop();
  end_sessions(engine);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(options.drain_seconds));
  server->Wait();
  return code;
}

}  // namespace

int run_server(int argc, char** argv) {
  if (!support::prepare_process()) return kUnusable;
  end_cleanly_when_exhausted();
  keep_freed_memory();
  gpr_set_log_function(log_grpc);
  const Parsed parsed = parse(argc, argv);
  if (parsed.exit_code >= 0) return parsed.exit_code;
  expect_within(kMostStartSeconds,
                "dosegate-grpc: cannot start: 15 s have passed. It may lack threads or memory, or the "
                "machine is too busy.\n");
  try {
    return serve(parsed.options);
  } catch (const std::system_error& e) {
    return fail(std::string("cannot start for want of threads, descriptors or memory: ") + e.what() +
                ". Allow more of them.");
  } catch (const std::exception& e) {
    return fail(e.what());
  }
}

}  // namespace dosegate::rpc
