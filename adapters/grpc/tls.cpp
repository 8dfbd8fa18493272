#include "adapters/grpc/tls.h"

#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>
#include <vector>

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

// All of a file, at least one. gRPC would leave out what follows one that it cannot read.
std::vector<Owned<X509>> certificates_of(const std::string& text, const std::string& file) {
  const Owned<BIO> source = open(text);
  std::vector<Owned<X509>> all;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) all.emplace_back(next, X509_free);
  const unsigned long why = ERR_peek_last_error();
  ERR_clear_error();
  const bool is_end = ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
  if (!is_end) {
    fail(file,
         "certificate number " + std::to_string(all.size() + 1) + " in it cannot be read. Mend it or take it out.");
  }
  if (all.empty()) fail(file, "has no certificate in PEM form.");
  return all;
}

// OpenSSL's own policy on Debian, which would refuse every connection without a word of why.
void require_strong(const EVP_PKEY* key, const std::string& file, const std::string& whose) {
  constexpr int kLeastBits = 112;  // NIST SP 800-57 part 1, table 2: RSA 2048, P-224
  if (key == nullptr || EVP_PKEY_get_security_bits(key) < kLeastBits) {
    fail(file, whose + " is too weak. Make one of RSA 2048 bits or P-256 at least.");
  }
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
  const auto chain = certificates_of(texts.certificate, files_.certificate);
  X509* const certificate = chain.front().get();
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(open(texts.key).get(), nullptr, no_passphrase, nullptr),
                            EVP_PKEY_free);
  if (!key) fail(files_.key, "has no private key in PEM form without a passphrase.");
  if (X509_check_private_key(certificate, key.get()) != 1) {
    fail(files_.key, "is not the key of the certificate in " + files_.certificate + ".");
  }
  require_strong(key.get(), files_.key, "the key");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) fail(files_.certificate, "has expired. Renew it.");
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    fail(files_.certificate, "is not valid yet. Look at the clock of this machine, or of whoever issued it.");
  }
  if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1) {
    fail(files_.certificate, "is not for a server (extended key usage). Have one issued with serverAuth.");
  }
  const auto authorities = certificates_of(texts.clients, files_.clients);
  for (std::size_t i = 0; i < authorities.size(); ++i) {
    X509* const authority = authorities[i].get();
    const std::string which = "certificate number " + std::to_string(i + 1);
    const bool is_self_signed = (X509_get_extension_flags(authority) & EXFLAG_SS) != 0;
    if (X509_check_ca(authority) == 0 && !is_self_signed) {
      fail(files_.clients, which + " in it is of no authority. Put those there that sign the clients'.");
    }
    require_strong(X509_get0_pubkey(authority), files_.clients, "the key of " + which);
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
