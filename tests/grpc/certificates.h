// Certificates of a test's own, made by the openssl program.
#pragma once

#include <grpcpp/security/credentials.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dosegate::grpc_test {

// Files in PEM form.
struct Identity {
  std::string certificate, key;
};

struct Wanted {
  int days = 30;            // from now; -1: it has expired
  std::string begins = {};  // instead, for good; as openssl writes times, "20990101000000Z"
  bool is_weak = false;     // of RSA with 1024 bits
};

class Authority {
 public:
  // Its files are made in `folder`, and so are those of what it issues.
  Authority(const std::filesystem::path& folder, const std::string& name);

  const std::string& certificate() const { return own_.certificate; }
  // A certificate of the common name `name`; empty: without one. `alternatives`: as openssl writes them,
  // "DNS:localhost,IP:127.0.0.1"; empty: none.
  Identity issue(const std::string& name, const std::string& alternatives, const Wanted& wanted = {}) const;

 private:
  std::filesystem::path folder_;
  std::string name_;
  Identity own_;
};

// What openssl wrote, standard error included.
struct Said {
  int exit_code = -1;
  std::string text;
};
Said openssl(const std::vector<std::string>& arguments);

// A client that trusts what `authority` signed. `identity`: null for one that shows no certificate.
std::shared_ptr<grpc::ChannelCredentials> credentials(const std::string& authority, const Identity* identity);

}  // namespace dosegate::grpc_test
