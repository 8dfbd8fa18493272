// dosegate-approvals: the approval gate behind gRPC.
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "adapters/approvals/approval_service.h"
#include "adapters/gate/files.h"
#include "adapters/grpc/listener.h"
#include "adapters/grpc/log.h"
#include "adapters/grpc/served_by_grpc.h"
#include "adapters/grpc/tls.h"
#include "adapters/grpc/wire.h"
#include "adapters/support/error.h"
#include "adapters/support/process.h"
#include "adapters/support/standard_streams.h"

namespace dosegate::approvals {
namespace {

constexpr int kUnusable = 3;
constexpr std::uint64_t kMostConnections = 256;
constexpr int kMostThreads = 64;
constexpr int kMostMessageMiB = 32;
constexpr int kMostUnderWayMiB = 256;
constexpr auto kDrain = std::chrono::seconds(10);

struct Options {
  std::string listen, policy, key, ledger, witness, manifest, rights;
  std::vector<std::string> protocols;
  rpc::TlsFiles tls;
};

// The exit code to end with, or -1.
int parse(int argc, char** argv, Options& o) {
  CLI::App app("The approval gate over gRPC (dosegate.v1.ApprovalService).", "dosegate-approvals");
  app.set_version_flag("--version", std::string("dosegate-approvals ") + DOSEGATE_VERSION);
  app.add_option(
         "--listen", o.listen,
         "unix:PATH of a socket in a folder that only you may enter (0700), or HOST:PORT (then the four options "
         "below are needed)")
      ->required();
  app.add_option("--tls-cert", o.tls.certificate, "PEM: the server's certificate; read anew on change");
  app.add_option("--tls-key", o.tls.key, "PEM: its private key");
  app.add_option("--tls-clients", o.tls.clients, "PEM: the authorities that sign clients' certificates");
  app.add_option("--rights", o.rights, "which client may APPROVE, by certificate name (JSON); read anew on change");
  app.add_option("--policy", o.policy, "what the site lets through (JSON); read once")->required();
  app.add_option("--key", o.key, "the private key that signs: a PEM file, or pkcs11:URI");
  app.add_option("--ledger", o.ledger, "where decisions are recorded: a file, or postgresql://...")->required();
  app.add_option("--witness", o.witness, "to which signed ends of the ledger are appended, kept elsewhere");
  app.add_option("--protocol", o.protocols, "a protocol of the policy that is no built-in one")->type_name("FILE");
  app.add_option("--manifest", o.manifest, "manifest.json of the library; else the one next to this program");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUnusable;
  }
  return -1;
}

std::unique_ptr<rpc::TlsCertificates> certificates_of(const Options& o) {
  const std::string* const tls[] = {&o.tls.certificate, &o.tls.key, &o.tls.clients, &o.rights};
  const auto given = std::count_if(std::begin(tls), std::end(tls), [](const std::string* s) { return !s->empty(); });
  if (rpc::is_socket(o.listen)) {
    if (given > 0) throw support::Error("--tls-... and --rights are for HOST:PORT; a Unix socket needs none");
    return nullptr;
  }
  if (given < 4) {
    throw support::Error("--listen " + o.listen +
                         ": over TCP every client shows a certificate. Give --tls-cert, --tls-key, --tls-clients and "
                         "--rights, or listen on unix:PATH");
  }
  return std::make_unique<rpc::TlsCertificates>(o.tls);
}

// Whether a signal to end came within a second.
bool is_to_end(const sigset_t& signals) {
  const timespec second{1, 0};
  const int signal = ::sigtimedwait(&signals, nullptr, &second);
  return signal == SIGTERM || signal == SIGINT;
}

template <typename F>
void look_after(const char* what, F f) {
  try {
    f();
  } catch (const std::exception& e) {
    rpc::log(rpc::Level::kError, what, {{"problem", e.what()}});
  }
}

int serve(const Options& o, const sigset_t& signals) {
  const std::unique_ptr<rpc::TlsCertificates> certificates = certificates_of(o);
  if (!o.witness.empty() && o.key.empty()) throw support::Error("--witness: --key is needed for it");
  const std::unique_ptr<rpc::Access> access =
      o.rights.empty() ? std::make_unique<rpc::Access>() : std::make_unique<rpc::Access>(o.rights);
  Rules rules;
  rules.policy = gate::load_policy(o.policy);
  {
    const Library library = Library::load(o.manifest.empty() ? Library::default_manifest_path() : o.manifest);
    rules.known = gate::known_by(library, rules.policy, o.protocols);
  }
  const std::unique_ptr<gate::Signer> signer = o.key.empty() ? nullptr : gate::open_signer(o.key);
  gate::Registrar registrar({o.ledger, o.witness, signer.get(), {}}, gate::now);
  ApprovalServiceImpl service(rules, registrar, *access, kMostThreads / 2);
  rpc::Listener listener(o.listen, kMostConnections);
  rpc::ServedByGrpc served_by_grpc;

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  const auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      certificates ? certificates->credentials() : grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(kMostMessageMiB << 20);
  rpc::refuse_compression(builder);
  builder.SetResourceQuota(grpc::ResourceQuota("approvals")
                               .Resize(static_cast<std::size_t>(kMostUnderWayMiB) << 20)
                               .SetMaxThreads(kMostThreads));
  constexpr int kSecond = 1000;
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostThreads);
  builder.RegisterService(&service);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(listener.connections().interceptors());
  interceptors.push_back(served_by_grpc.interceptors());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) throw support::Error("gRPC does not start");
  listener.start(*acceptor);
  const bool is_told =
      std::printf("dosegate-approvals dosegate.v1 %s\n", listener.address().c_str()) > 0 && std::fflush(stdout) == 0;
  while (is_told && !is_to_end(signals)) {
    look_after("rights", [&] { access->reload(); });
    if (certificates) look_after("certificates", [&] { certificates->reload(); });
    server->GetHealthCheckService()->SetServingStatus(access->is_usable());
  }
  server->GetHealthCheckService()->SetServingStatus(false);
  listener.stop();
  server->Shutdown(std::chrono::system_clock::now() + kDrain);
  server->Wait();
  return is_told ? 0 : kUnusable;
}

}  // namespace
}  // namespace dosegate::approvals

int main(int argc, char** argv) {
  if (!dosegate::support::prepare_process()) return dosegate::approvals::kUnusable;
  dosegate::approvals::Options options;
  const int code = dosegate::approvals::parse(argc, argv, options);
  if (code >= 0) return code;
  // Before there is another thread: these signals are waited for.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    return dosegate::approvals::serve(options, signals);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dosegate-approvals: %s\n", e.what());
  }
  return dosegate::approvals::kUnusable;
}
