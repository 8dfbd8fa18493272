// Mutual TLS: who listens on TCP shows a certificate and wants one.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace dosegate::rpc {

struct TlsFiles {
  std::string certificate;  // PEM: the server's chain, its own certificate first
  std::string key;          // PEM: the private key of the first certificate
  std::string clients;      // PEM: the authorities whose clients are let in
};

// TLS 1.2 or later; a client without a certificate of `clients`, or with one that has expired, is not let in. The files
// are looked at every second and taken anew when they change; a key and a certificate that do not belong together are
// not taken. Throws std::runtime_error where the files cannot be used now.
std::shared_ptr<grpc::ServerCredentials> tls_credentials(const TlsFiles& files);

}  // namespace dosegate::rpc
