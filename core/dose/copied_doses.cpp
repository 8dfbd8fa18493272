#include "core/dose/copied_doses.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define DOSEGATE_CAN_STREAM 1
#include <immintrin.h>
#else
#define DOSEGATE_CAN_STREAM 0
#endif

namespace dosegate {
namespace {

// Non-negative floats order as their bits do, and everything that is no dose has bits beyond kLargestGy's, or the sign
// bit.
struct BitsSeen {
  std::int32_t any = 0, largest = 0;

  void add(std::int32_t bits) {
    any |= bits;
    largest = std::max(largest, bits);
  }
};

void copy_one_by_one(const unsigned char* from, std::size_t count, float* to, BitsSeen& seen) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t bits = 0;
    std::memcpy(&bits, from + i * sizeof(float), sizeof bits);
    std::memcpy(to + i, &bits, sizeof bits);
    seen.add(bits);
  }
}

void copy_through_caches(const unsigned char* from, std::size_t count, float* to, BitsSeen& seen) {
  // Compilers make no vector instructions of a maximum of floats that may be NaN; of bits they do.
  using Bits = std::int32_t __attribute__((vector_size(16)));
  constexpr std::size_t kLanes = 4;
  Bits any = {0, 0, 0, 0}, most = any;
  const auto copy = [&](std::size_t at) {
    Bits bits;
    std::memcpy(&bits, from + at * sizeof(float), sizeof bits);
    std::memcpy(to + at, &bits, sizeof bits);
    any |= bits;
    most = bits > most ? bits : most;
  };
  std::size_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    copy(i);
    copy(i + kLanes);
  }
  for (; i + kLanes <= count; i += kLanes) copy(i);
  seen.any |= any[0] | any[1] | any[2] | any[3];
  for (std::size_t lane = 0; lane < kLanes; ++lane) seen.largest = std::max(seen.largest, most[lane]);
  copy_one_by_one(from + i * sizeof(float), count - i, to + i, seen);
}

#if DOSEGATE_CAN_STREAM
// Half a cache line at a time: by less the processor writes the halves of a line one by one.
[[gnu::target("avx2")]] void copy_past_caches(const unsigned char* from, std::size_t count, float* to, BitsSeen& seen) {
  constexpr std::size_t kLanes = 8, kAligned = 32;
  const std::size_t off = reinterpret_cast<std::uintptr_t>(to) % kAligned;
  std::size_t i = std::min(count, off == 0 ? 0 : (kAligned - off) / sizeof(float));
  copy_one_by_one(from, i, to, seen);
  __m256i any = _mm256_setzero_si256(), most = any;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const unsigned char* const at = from + i * sizeof(float);
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + kAligned));
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to + i), a);
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to + i + kLanes), b);
    any = _mm256_or_si256(any, _mm256_or_si256(a, b));
    most = _mm256_max_epi32(most, _mm256_max_epi32(a, b));
  }
  _mm_sfence();                // other threads may read them from here on
  std::int32_t lanes[kLanes];  // not aligned: on Windows GCC aligns no stack to 32 bytes
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), any);
  for (const std::int32_t lane : lanes) seen.any |= lane;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), most);
  for (const std::int32_t lane : lanes) seen.largest = std::max(seen.largest, lane);
  copy_one_by_one(from + i * sizeof(float), count - i, to + i, seen);
}
bool can_stream() { return __builtin_cpu_supports("avx2") != 0; }
#else
constexpr auto copy_past_caches = copy_through_caches;
constexpr bool can_stream() { return false; }
#endif

}  // namespace

bool copy_doses(const unsigned char* from, std::size_t count, bool streams, float* to, float& maximum) {
  constexpr auto kMost = std::bit_cast<std::int32_t>(static_cast<float>(kLargestGy));
  BitsSeen seen;
  (streams && can_stream() ? copy_past_caches : copy_through_caches)(from, count, to, seen);
  if (seen.any < 0 || seen.largest > kMost) return false;
  maximum = std::max(maximum, std::bit_cast<float>(seen.largest));
  return true;
}

}  // namespace dosegate
