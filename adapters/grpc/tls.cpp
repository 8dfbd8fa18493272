#include "adapters/grpc/tls.h"

#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>

#include "adapters/grpc/files.h"
#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw support::Error(file, "", why, ""); }

Owned<BIO> open(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

Owned<X509> certificate_of(const std::string& text, const std::string& file) {
  Owned<X509> certificate(PEM_read_bio_X509(open(text).get(), nullptr, nullptr, nullptr), X509_free);
  if (!certificate) fail(file, "has no certificate in PEM form.");
  return certificate;
}

// A key with a passphrase is refused: nobody is there to type it.
int no_passphrase(char*, int, int, void*) { return -1; }

// gRPC's C++ interface has no credentials whose certificates it asks for; its C interface has.
class SslCredentials final : public grpc::ServerCredentials {
 public:
  explicit SslCredentials(grpc_server_credentials* own) : own_(own) {}
  ~SslCredentials() override { grpc_server_credentials_release(own_); }
  SslCredentials(const SslCredentials&) = delete;
  SslCredentials& operator=(const SslCredentials&) = delete;
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}  // there is none

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), own_);
  }

  grpc_server_credentials* const own_;
};

}  // namespace

TlsCertificates::TlsCertificates(TlsFiles files) : files_(std::move(files)), seen_(read()) {
  check(seen_);
  texts_ = seen_;
}

TlsCertificates::Texts TlsCertificates::read() const {
  return {read_small_file(files_.certificate), read_small_file(files_.key), read_small_file(files_.clients)};
}

void TlsCertificates::check(const Texts& texts) const {
  // gRPC would take the first NUL for the end.
  for (const auto& [text, file] : {std::pair(&texts.certificate, &files_.certificate),
                                   std::pair(&texts.key, &files_.key), std::pair(&texts.clients, &files_.clients)}) {
    if (text->find('\0') != std::string::npos) fail(*file, "has a NUL character in it, which no PEM file has.");
  }
  const Owned<X509> certificate = certificate_of(texts.certificate, files_.certificate);
  const Owned<X509> authority = certificate_of(texts.clients, files_.clients);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(open(texts.key).get(), nullptr, no_passphrase, nullptr),
                            EVP_PKEY_free);
  if (!key) fail(files_.key, "has no private key in PEM form without a passphrase.");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    fail(files_.key, "is not the key of the certificate in " + files_.certificate + ".");
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0) {
    fail(files_.certificate, "has expired. Renew it.");
  }
  if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) > 0) {
    fail(files_.certificate, "is not valid yet. Look at the clock of this machine, or of whoever issued it.");
  }
  if (X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) != 1) {
    fail(files_.certificate, "is not for a server (extended key usage). Have one issued with serverAuth.");
  }
  const bool is_self_signed = (X509_get_extension_flags(authority.get()) & EXFLAG_SS) != 0;
  if (X509_check_ca(authority.get()) == 0 && !is_self_signed) {
    fail(files_.clients, "begins with a certificate of no authority. Put the one there that signed the clients'.");
  }
}

void TlsCertificates::reload() {
  Texts now = read();
  if (now == seen_) return;
  seen_ = std::move(now);
  check(seen_);
  const std::lock_guard lock(mutex_);
  texts_ = seen_;
  is_new_ = true;
}

// Asked before every handshake.
grpc_ssl_certificate_config_reload_status TlsCertificates::fetch(void* self,
                                                                 grpc_ssl_server_certificate_config** config) {
  auto& own = *static_cast<TlsCertificates*>(self);
  const std::lock_guard lock(own.mutex_);
  if (!own.is_new_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  own.is_new_ = false;
  const grpc_ssl_pem_key_cert_pair pair{own.texts_.key.c_str(), own.texts_.certificate.c_str()};
  *config = grpc_ssl_server_certificate_config_create(own.texts_.clients.c_str(), &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

std::shared_ptr<grpc::ServerCredentials> TlsCertificates::credentials() {
  return std::make_shared<SslCredentials>(
      grpc_ssl_server_credentials_create_with_options(grpc_ssl_server_credentials_create_options_using_config_fetcher(
          GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, fetch, this)));
}

}  // namespace dosegate::rpc
