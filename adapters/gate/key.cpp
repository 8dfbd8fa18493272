#include "adapters/gate/key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>
#include <variant>

#include "adapters/cli/input.h"
#include "adapters/support/base64.h"

namespace dosegate::gate {
namespace {

constexpr std::size_t kMostKeyBytes = 16384;
constexpr std::size_t kSignatureBytes = 64;
// RFC 8410, 4: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING } in front of the 32 bytes of the key.
constexpr std::array<unsigned char, 12> kDerPrefix = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                      0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// No pass phrase is asked for at a terminal: a gate has none.
int no_pass_phrase(char*, int, int, void*) { return -1; }

std::string der_of(const std::array<unsigned char, PublicKey::kBytes>& raw) {
  std::string der(kDerPrefix.begin(), kDerPrefix.end());
  der.append(raw.begin(), raw.end());
  return der;
}

std::string read_key_file(const std::string& path) {
  auto text = cli::read_text_file(path, kMostKeyBytes);
  if (const auto* problem = std::get_if<cli::Problem>(&text)) throw Refused(problem->text());
  return std::get<std::string>(std::move(text));
}

std::string public_der(EVP_PKEY* key) {
  std::array<unsigned char, PublicKey::kBytes> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_id(key) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) return {};
  return der_of(raw);
}

class FileSigner final : public Signer {
 public:
  FileSigner(Pkey key, PublicKey public_key) : key_(std::move(key)), public_key_(std::move(public_key)) {}
  const PublicKey& public_key() const override { return public_key_; }
  std::string sign(std::string_view message) override {
    std::string signature(kSignatureBytes, '\0');
    std::size_t size = signature.size();
    const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(message),
                       message.size()) != 1 ||
        size != kSignatureBytes || !public_key_.verifies(message, signature)) {
      throw Refused("the key " + public_key_.id() + " could not sign. Try again; if it stays, replace the key file");
    }
    return signature;
  }

 private:
  Pkey key_;
  PublicKey public_key_;
};

}  // namespace

void require_private(const std::string& path, const std::string& what) {
  struct stat info {};
  constexpr mode_t kOthers = 077;
  if (::stat(path.c_str(), &info) != 0) return;  // reading it says why
  if ((info.st_mode & kOthers) != 0) {
    throw Refused(path + ": others than its owner may use this " + what + ". Set it right: chmod 600 " + path);
  }
}

PublicKey PublicKey::from_der(std::string_view der) {
  PublicKey key;
  if (der.size() != kDerPrefix.size() + kBytes || std::memcmp(der.data(), kDerPrefix.data(), kDerPrefix.size()) != 0) {
    throw Refused("is no public key of Ed25519. Make one: openssl genpkey -algorithm ed25519");
  }
  std::memcpy(key.raw_.data(), der.data() + kDerPrefix.size(), kBytes);
  key.id_ = sha256(der);
  return key;
}

PublicKey PublicKey::from_raw(std::string_view raw) {
  if (raw.size() != kBytes) throw Refused("is no public key of Ed25519: it has not 32 bytes");
  std::array<unsigned char, kBytes> bytes{};
  std::memcpy(bytes.data(), raw.data(), kBytes);
  return from_der(der_of(bytes));
}

PublicKey PublicKey::from_base64_der(std::string_view text) {
  const auto der = support::from_base64(text);
  if (!der) throw Refused("is no base64. Copy the line between BEGIN PUBLIC KEY and END PUBLIC KEY");
  return from_der(*der);
}

PublicKey PublicKey::from_file(const std::string& path) {
  const std::string text = read_key_file(path);
  if (text.find("PRIVATE KEY") != std::string::npos) {
    throw Refused(path + ": holds a private key. Name the public one: openssl pkey -in " + path + " -pubout");
  }
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  const Pkey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_pass_phrase, nullptr), &EVP_PKEY_free);
  if (!key) throw Refused(path + ": holds no public key in PEM form");
  try {
    return from_der(public_der(key.get()));
  } catch (const Refused& e) {
    throw Refused(path + ": " + e.what());
  }
}

std::string PublicKey::base64_der() const { return support::to_base64(der_of(raw_)); }

std::string PublicKey::pem() const {
  return "-----BEGIN PUBLIC KEY-----\n" + base64_der() + "\n-----END PUBLIC KEY-----\n";
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw_.data(), raw_.size()), &EVP_PKEY_free);
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

std::unique_ptr<Signer> open_signer(const std::string& source) {
  if (source.starts_with("pkcs11:")) return open_token_signer(source);
  require_private(source, "private key");
  std::string text = read_key_file(source);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_pass_phrase, nullptr), &EVP_PKEY_free);
  OPENSSL_cleanse(text.data(), text.size());
  if (!key) {
    throw Refused(source + ": holds no private key that can be used without a pass phrase (PEM, PKCS #8). Make one: " +
                  "openssl genpkey -algorithm ed25519 -out " + source);
  }
  try {
    PublicKey public_key = PublicKey::from_der(public_der(key.get()));
    return std::make_unique<FileSigner>(std::move(key), std::move(public_key));
  } catch (const Refused& e) {
    throw Refused(source + ": " + e.what());
  }
}

Revocations Revocations::read(std::string_view json) {
  Revocations revocations;
  read_document(json, [&](ObjectReader& reader) {
    reader.word("schema", {"dosegate.revocations/1"});
    reader.each("keys", 0, [&](ObjectReader& key) {
      std::string id = key.digest("id");
      revocations.keys_.emplace_back(std::move(id), key.text("reason"));
    });
  });
  return revocations;
}

const std::string* Revocations::reason(const std::string& key_id) const {
  for (const auto& [id, reason] : keys_) {
    if (id == key_id) return &reason;
  }
  return nullptr;
}

}  // namespace dosegate::gate
