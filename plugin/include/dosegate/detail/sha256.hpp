// SHA-256 (FIPS 180-4), so that a host can check the library before it loads it and needs no other library
// for it. Input: any bytes in any number of pieces; none at all is valid. Not constant-time: for public data.
// Takes the machine's SHA instructions where there are some.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "dosegate/detail/sha256_x86.hpp"

namespace dosegate {
namespace detail {

class Sha256 {
 public:
  enum class Code { kFastest, kPortable };
  explicit Sha256(Code code = Code::kFastest) : fast_(code == Code::kFastest && is_fast_here()) {}

  // Whether kFastest differs from kPortable on this machine.
  static bool is_fast_here() {
#ifdef DOSEGATE_SHA256_X86
    static const bool known = has_sha_instructions();
    return known;
#else
    return false;
#endif
  }

  void update(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    total_ += size;
    while (size > 0) {
      if (filled_ == 0 && size >= kBlock) {
        const std::size_t blocks = size / kBlock;
        compress(bytes, blocks);
        bytes += blocks * kBlock;
        size -= blocks * kBlock;
        continue;
      }
      const std::size_t take = size < kBlock - filled_ ? size : kBlock - filled_;
      std::memcpy(block_.data() + filled_, bytes, take);
      filled_ += take;
      bytes += take;
      size -= take;
      if (filled_ == kBlock) {
        compress(block_.data(), 1);
        filled_ = 0;
      }
    }
  }

  // 64 lower-case hex digits. The object must not be used afterwards.
  std::string hex() {
    const std::uint64_t bits = total_ * 8U;
    const unsigned char one = 0x80;
    update(&one, 1);
    const unsigned char zero = 0;
    while (filled_ != kBlock - 8) update(&zero, 1);
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(bits >> (56U - 8U * i));
    update(length.data(), length.size());

    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(64);
    for (const std::uint32_t word : state_) {
      for (unsigned shift = 32; shift > 0; shift -= 4) text += kDigits[(word >> (shift - 4U)) & 0xFU];
    }
    return text;
  }

 private:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::array<std::uint32_t, 64> kRound = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

  static std::uint32_t rotate(std::uint32_t x, unsigned n) { return (x >> n) | (x << (32U - n)); }

  void compress(const unsigned char* bytes, std::size_t blocks) {
#ifdef DOSEGATE_SHA256_X86
    if (fast_) return sha256_compress_x86(state_.data(), bytes, blocks, kRound.data());
#endif
    for (; blocks > 0; --blocks, bytes += kBlock) compress_portably(bytes);
  }

  void compress_portably(const unsigned char* block) {
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i) {
      w[i] = static_cast<std::uint32_t>(block[4 * i]) << 24U | static_cast<std::uint32_t>(block[4 * i + 1]) << 16U |
             static_cast<std::uint32_t>(block[4 * i + 2]) << 8U | static_cast<std::uint32_t>(block[4 * i + 3]);
    }
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3U);
      const std::uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10U);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    std::uint32_t a = state_[0], b = state_[1], c = state_[2], d = state_[3];
    std::uint32_t e = state_[4], f = state_[5], g = state_[6], h = state_[7];
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t t1 =
          h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
      const std::uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    state_[0] += a;
    state_[1] += b;
    state_[2] += c;
    state_[3] += d;
    state_[4] += e;
    state_[5] += f;
    state_[6] += g;
    state_[7] += h;
  }

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  bool fast_;
  std::array<unsigned char, kBlock> block_{};
  std::size_t filled_ = 0;
  std::uint64_t total_ = 0;
};

// Of what is there whole: 64 lower-case hex digits.
inline std::string sha256_of(const void* data, std::size_t size) {
  Sha256 sha;
  sha.update(data, size);
  return sha.hex();
}
inline std::string sha256_of(const std::string& text) { return sha256_of(text.data(), text.size()); }

}  // namespace detail
}  // namespace dosegate
