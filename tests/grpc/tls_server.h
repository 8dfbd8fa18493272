// A dosegate-grpc on TCP, with certificates and clients of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/grpc/certificates.h"
#include "tests/grpc/server.h"

namespace dosegate::grpc_test {

// What a server on TCP is started with; files that a test may replace.
struct TlsSetup {
  TlsSetup();

  // The four options, and more.
  std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const;

  e2e::TemporaryFolder folder;
  const Authority authority{folder.path(), "authority"}, others{folder.path(), "others"};
  const Identity server = authority.issue("localhost", "DNS:localhost,IP:127.0.0.1");
  const Identity tps = authority.issue("A planning system", "DNS:tps.example");
  const Identity planner = authority.issue("planner.example", "DNS:planner.example");
  const Identity gate = authority.issue("gate.example", "");  // the common name counts where nothing else is there
  const Identity admin = authority.issue("admin.example", "DNS:admin.example");
  // A common name that means nothing beside an alternative name.
  const Identity stranger = authority.issue("tps.example", "DNS:stranger.example");
  const std::string clients = (folder / "clients.pem").string();
  const std::string rights = (folder / "rights.json").string();
};

// Made once, for tests that replace none of its files.
const TlsSetup& setup();

inline constexpr const char* kRights =
    R"({"clients": [{"name": "tps.example", "rights": ["CHECK"]}, {"name": "planner.example", "rights": ["CHECK"]},
       {"name": "gate.example", "rights": ["APPROVE"]}, {"name": "admin.example", "rights": ["ADMINISTER"]}]})";

class TlsServer {
 public:
  explicit TlsServer(const TlsSetup& setup, const std::vector<std::string>& more = {});

  const Server& process() const { return server_; }
  // A new connection of `identity`; null: without a certificate. `authority`: whom it trusts; empty: the setup's.
  std::shared_ptr<grpc::Channel> channel(const Identity* identity, const std::string& authority = {}) const;

 private:
  const TlsSetup& setup_;
  Server server_;
};

// Of a cheap call that needs the right CHECK or APPROVE.
grpc::Status ask(const std::shared_ptr<grpc::Channel>& channel);
// Puts the file there in one step.
void replace(const std::string& path, const std::string& text);

}  // namespace dosegate::grpc_test
