#include "tests/grpc/tls_server.h"

#include <filesystem>

namespace dosegate::grpc_test {

TlsSetup::TlsSetup() {
  e2e::write_file(clients, e2e::read_file(authority.certificate()));
  e2e::write_file(rights, kRights);
}

std::vector<std::string> TlsSetup::arguments(const std::vector<std::string>& more) const {
  std::vector<std::string> all = {"--tls-cert", server.certificate, "--tls-key", server.key, "--tls-clients",
                                  clients,      "--rights",         rights};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const TlsSetup& setup() {
  static const TlsSetup made;
  return made;
}

TlsServer::TlsServer(const TlsSetup& setup, const std::vector<std::string>& more)
    : setup_(setup), server_(setup.arguments(more), "127.0.0.1:0") {}

std::shared_ptr<grpc::Channel> TlsServer::channel(const Identity* identity, const std::string& authority) const {
  const std::string& trusted = authority.empty() ? setup_.authority.certificate() : authority;
  return connect(server_.address(), credentials(trusted, identity));
}

grpc::Status ask(const std::shared_ptr<grpc::Channel>& channel) {
  Call call;
  v1::ListProtocolsResponse response;
  return v1::ProtocolService::NewStub(channel)->ListProtocols(&call, {}, &response);
}

void replace(const std::string& path, const std::string& text) {
  e2e::write_file(path + ".new", text);
  std::filesystem::rename(path + ".new", path);
}

}  // namespace dosegate::grpc_test
