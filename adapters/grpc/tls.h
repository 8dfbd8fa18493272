// Mutual TLS: who listens on TCP shows a certificate and wants one.
#pragma once

#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <mutex>
#include <string>

namespace dosegate::rpc {

struct TlsFiles {
  std::string certificate;  // PEM: the server's chain, its own certificate first
  std::string key;          // PEM: the private key of the first certificate
  std::string clients;      // PEM: the authorities whose clients are let in
};

// What the files say. TLS 1.2 or later; a client without a certificate of `clients`, or with one that has expired, is
// not let in.
class TlsCertificates {
 public:
  // Throws support::Error where the files cannot be used.
  explicit TlsCertificates(TlsFiles files);
  TlsCertificates(const TlsCertificates&) = delete;
  TlsCertificates& operator=(const TlsCertificates&) = delete;

  // For one port of one server, which this outlives.
  std::shared_ptr<grpc::ServerCredentials> credentials();
  // Reads the files again where they have changed since: new connections are made with what they say now. Throws as the
  // constructor does, once for what can be read, and keeps what it had: a certificate and a key that do not belong
  // together, because one of them has not been replaced yet, are not taken.
  void reload();

 private:
  struct Texts {
    std::string certificate, key, clients;
    bool operator==(const Texts&) const = default;
  };
  Texts read() const;
  void check(const Texts& texts) const;
  static grpc_ssl_certificate_config_reload_status fetch(void* self, grpc_ssl_server_certificate_config** config);

  const TlsFiles files_;
  Texts seen_;  // read last, usable or not
  std::mutex mutex_;
  Texts texts_;
  bool is_new_ = true;  // gRPC has not asked for texts_ yet
};

}  // namespace dosegate::rpc
