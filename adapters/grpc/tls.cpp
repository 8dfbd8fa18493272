#include "adapters/grpc/tls.h"

#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "adapters/grpc/files.h"

namespace dosegate::rpc {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw std::runtime_error(file + ": " + why); }

Owned<BIO> open(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

Owned<X509> read_certificate(const std::string& file) {
  const std::string text = read_small_file(file);
  Owned<X509> certificate(PEM_read_bio_X509(open(text).get(), nullptr, nullptr, nullptr), X509_free);
  if (!certificate) fail(file, "has no certificate in PEM form.");
  return certificate;
}

// A key with a passphrase is refused: nobody is there to type it.
int no_passphrase(char*, int, int, void*) { return -1; }

void check_files(const TlsFiles& files) {
  const Owned<X509> certificate = read_certificate(files.certificate);
  read_certificate(files.clients);
  const std::string text = read_small_file(files.key);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(open(text).get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key) fail(files.key, "has no private key in PEM form without a passphrase.");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    fail(files.key, "is not the key of the certificate in " + files.certificate + ".");
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0) {
    fail(files.certificate, "has expired. Renew it.");
  }
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> tls_credentials(const TlsFiles& files) {
  check_files(files);
  constexpr unsigned kLookEverySecond = 1;
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(files.key, files.certificate, files.clients,
                                                                           kLookEverySecond));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace dosegate::rpc
