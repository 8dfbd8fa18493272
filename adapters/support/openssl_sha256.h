// SHA-256 for the programs that link OpenSSL anyway, because of gRPC. The others have dosegate/detail/sha256.hpp.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <string>

namespace dosegate::support {

class OpensslSha256 {
 public:
  // False: there is no memory for it, and nothing else may be called.
  bool is_ready() const { return is_ready_; }

  void update(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }

  // 64 lower-case hex digits. The object must not be used afterwards.
  std::string hex() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += kDigits[digest[i] >> 4U];
      text += kDigits[digest[i] & 0xFU];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  bool is_ready_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
};

// Of what is there whole. Throws std::bad_alloc.
inline std::string openssl_sha256_of(const void* data, std::size_t size) {
  OpensslSha256 hash;
  if (!hash.is_ready()) throw std::bad_alloc();
  hash.update(data, size);
  return hash.hex();
}

}  // namespace dosegate::support
