// Loops compiled a second time, for processors that have AVX2; which of both runs is asked at run time. Without fused
// multiply-adds, which would round otherwise: the numbers are the same.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#define DOSEGATE_HAS_WIDE 1
#define DOSEGATE_WIDE [[gnu::target("avx2")]]
#else
#define DOSEGATE_HAS_WIDE 0
#endif

namespace dosegate {

#if DOSEGATE_HAS_WIDE
inline bool is_wide() { return __builtin_cpu_supports("avx2") != 0; }
#endif

}  // namespace dosegate
