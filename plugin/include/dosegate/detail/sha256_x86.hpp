// The compression function of SHA-256 with the SHA instructions of x86-64 (Intel SDM vol. 2: SHA256RNDS2, SHA256MSG1,
// SHA256MSG2), for machines that have them: some six times as fast as portable code. Same result, to the bit.
#pragma once

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define DOSEGATE_SHA256_X86 1

#include <cpuid.h>
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace dosegate {
namespace detail {

// Whether this machine has them. They work on registers that every x86-64 system saves, so no more is to be asked.
inline bool has_sha_instructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kSsse3 = 1U << 9U, kSse41 = 1U << 19U, kSha = 1U << 29U;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSsse3) == 0 || (c & kSse41) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

#define DOSEGATE_SHA256_TARGET __attribute__((target("sha,sse4.1,ssse3")))

// Four rounds with the message words `w` and the constants `k`. The two registers hold a, b, e, f and c, d, g, h.
DOSEGATE_SHA256_TARGET inline void sha256_four_rounds(__m128i w, const std::uint32_t* k, __m128i& abef, __m128i& cdgh) {
  const __m128i sum = _mm_add_epi32(w, _mm_loadu_si128(reinterpret_cast<const __m128i*>(k)));
  cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
  abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

// Message words 16 and on from the sixteen before them, four at a time; `w0` are the oldest.
DOSEGATE_SHA256_TARGET inline __m128i sha256_next_words(__m128i w0, __m128i w1, __m128i w2, __m128i w3) {
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
  return _mm_sha256msg2_epu32(sum, w3);
}

// Takes `blocks` blocks of 64 bytes into the state a ... h. `round`: the 64 constants of FIPS 180-4.
DOSEGATE_SHA256_TARGET inline void sha256_compress_x86(std::uint32_t* state, const unsigned char* bytes,
                                                       std::size_t blocks, const std::uint32_t* round) {
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  auto* halves = reinterpret_cast<__m128i*>(state);
  const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(halves), 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(halves + 1), 0x1B);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
  for (; blocks > 0; --blocks, bytes += 64) {
    const __m128i old_abef = abef, old_cdgh = cdgh;
    const auto* words = reinterpret_cast<const __m128i*>(bytes);
    __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128(words), big_endian);
    __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128(words + 1), big_endian);
    __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128(words + 2), big_endian);
    __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128(words + 3), big_endian);
    for (std::size_t r = 0;; r += 16) {
      sha256_four_rounds(w0, round + r, abef, cdgh);
      sha256_four_rounds(w1, round + r + 4, abef, cdgh);
      sha256_four_rounds(w2, round + r + 8, abef, cdgh);
      sha256_four_rounds(w3, round + r + 12, abef, cdgh);
      if (r == 48) break;
      w0 = sha256_next_words(w0, w1, w2, w3);
      w1 = sha256_next_words(w1, w2, w3, w0);
      w2 = sha256_next_words(w2, w3, w0, w1);
      w3 = sha256_next_words(w3, w0, w1, w2);
    }
    abef = _mm_add_epi32(abef, old_abef);
    cdgh = _mm_add_epi32(cdgh, old_cdgh);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(halves, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(halves + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#undef DOSEGATE_SHA256_TARGET

}  // namespace detail
}  // namespace dosegate

#endif
