// Ed25519 keys (RFC 8032), through OpenSSL.
//
// A key is named by the SHA-256 of its SubjectPublicKeyInfo in DER (RFC 8410): what
// `openssl pkey -pubin -in KEY -outform DER | sha256sum` prints.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/document.h"

namespace dosegate::gate {

class PublicKey {
 public:
  static constexpr std::size_t kBytes = 32;

  // `der`: a SubjectPublicKeyInfo of an Ed25519 key and nothing behind it. Refused otherwise.
  static PublicKey from_der(std::string_view der);
  // The 32 bytes of RFC 8032.
  static PublicKey from_raw(std::string_view raw);
  // What stands between the lines BEGIN PUBLIC KEY and END PUBLIC KEY of a PEM file, in one line.
  static PublicKey from_base64_der(std::string_view text);
  // A PEM file with one public key. Refused, with the path.
  static PublicKey from_file(const std::string& path);

  const std::string& id() const { return id_; }
  std::string base64_der() const;
  std::string pem() const;
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  std::array<unsigned char, kBytes> raw_{};
  std::string id_;
};

// What signs. Not for several threads at once.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const PublicKey& public_key() const = 0;
  // 64 bytes. Refused where the key does not answer.
  virtual std::string sign(std::string_view message) = 0;
};

// `source`: a PEM file (PKCS #8, without a pass phrase), which nobody but its owner may read or write; or a key in a
// token, pkcs11:... (pkcs11_uri.h). Refused otherwise, with its name and how to mend it.
std::unique_ptr<Signer> open_signer(const std::string& source);
std::unique_ptr<Signer> open_token_signer(const std::string& uri);

// Refused where others than its owner may use the file. `what` it is: "private key".
void require_private(const std::string& path, const std::string& what);

// Keys that are believed no longer, whatever time a document states: who has the key chooses that time.
class Revocations {
 public:
  Revocations() = default;
  // {"schema": "dosegate.revocations/1", "keys": [{"id": SHA-256, "reason": "..."}]}. Refused, with where.
  static Revocations read(std::string_view json);

  // The reason, where the key is revoked.
  const std::string* reason(const std::string& key_id) const;

 private:
  std::vector<std::pair<std::string, std::string>> keys_;
};

}  // namespace dosegate::gate
