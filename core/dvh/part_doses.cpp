#include "core/dvh/part_doses.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "core/dvh/wide.h"

#if DOSEGATE_HAS_WIDE
#include <immintrin.h>
#endif

namespace dosegate {

NodeOffsets::NodeOffsets(const DoseLattice& lattice) : u(lattice.nodes(0).size()), v(lattice.nodes(1).size()) {
  for (std::size_t n = 0; n < u.size(); ++n) u[n] = lattice.offset(0, n);
  for (std::size_t n = 0; n < v.size(); ++n) v[n] = lattice.offset(1, n);
}

namespace {

// One cell after another. The sums over corners are those of the wide form, in its order.
void fill_some(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts, float* least,
               float* most, float* mean, PartDoses& all) {
  for (std::size_t n = 0; n < parts.size(); ++n) {
    const Part& part = parts[n];
    double lowest = std::numeric_limits<double>::max(), highest = 0.0;
    std::array<double, 4> weighed;
    for (std::size_t q = 0; q < 4; ++q) {
      const std::size_t at = offsets.u[part.i + (q & 1)] + offsets.v[part.j + q / 2];
      const auto [bottom, top] = doses.at(at);
      lowest = std::min(lowest, std::min(bottom, top));
      highest = std::max(highest, std::max(bottom, top));
      weighed[q] = (bottom + top) * part.corner_mm2[q];
      all.both_faces[q] += weighed[q];
    }
    least[n] = round_down(lowest);
    most[n] = round_up(highest);
    const auto about =
        static_cast<float>(((weighed[0] + weighed[1]) + (weighed[2] + weighed[3])) / (part.mm2 + part.mm2));
    const float not_more = about < most[n] ? about : most[n];  // a part of no area: no number
    mean[n] = not_more > least[n] ? not_more : least[n];
    all.mm2 += part.mm2;
  }
}

// By corner: the sums of the wide form, in its order.
struct CornerSums {
  std::array<double, 4> low{}, high{};
};
void add_corners(const LayerDoses& doses, const NodeOffsets& offsets, const Part& part, CornerSums& sums) {
  for (std::size_t q = 0; q < 4; ++q) {
    const std::size_t at = offsets.u[part.i + (q & 1)] + offsets.v[part.j + q / 2];
    sums.low[q] += static_cast<double>(doses.low[at]) * part.corner_mm2[q];
    sums.high[q] += static_cast<double>(doses.high[at]) * part.corner_mm2[q];
  }
}

#if DOSEGATE_HAS_WIDE
// The four corners of one cell, on the sheet's two faces; `weighed`: both faces together by what each corner weighs.
struct Faces4 {
  __m256d least, most, weighed;
};

// Corners side by side follow one another in memory.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256d at_corners(const float* near, const float* far) {
  const __m128i row = _mm_unpacklo_epi64(_mm_loadu_si64(near), _mm_loadu_si64(far));
  return _mm256_cvtps_pd(_mm_castsi128_ps(row));
}

[[gnu::target("avx2"), gnu::always_inline]] inline Faces4 of_part(const LayerDoses& doses, std::size_t near,
                                                                  std::size_t far, const Part& part, __m256d z0,
                                                                  __m256d z1, __m256d& both_faces) {
  const __m256d low = at_corners(doses.low + near, doses.low + far);
  const __m256d high = at_corners(doses.high + near, doses.high + far);
  const __m256d rise = _mm256_sub_pd(high, low), bottom = _mm256_add_pd(low, _mm256_mul_pd(z0, rise));
  const __m256d top = doses.z1 == 1.0 ? high : _mm256_add_pd(low, _mm256_mul_pd(z1, rise));
  const __m256d weighed = _mm256_mul_pd(_mm256_add_pd(bottom, top), _mm256_loadu_pd(part.corner_mm2.data()));
  both_faces = _mm256_add_pd(both_faces, weighed);
  return {_mm256_min_pd(bottom, top), _mm256_max_pd(bottom, top), weighed};
}

// In lane n what is the least, or the largest, of the n-th argument's.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256d least_of(__m256d a, __m256d b, __m256d c, __m256d d) {
  const __m256d ab = _mm256_min_pd(_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
  const __m256d cd = _mm256_min_pd(_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
  return _mm256_min_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
}
[[gnu::target("avx2"), gnu::always_inline]] inline __m256d most_of(__m256d a, __m256d b, __m256d c, __m256d d) {
  const __m256d ab = _mm256_max_pd(_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
  const __m256d cd = _mm256_max_pd(_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
  return _mm256_max_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256d sum_of(__m256d a, __m256d b, __m256d c, __m256d d) {
  const __m256d ab = _mm256_hadd_pd(a, b), cd = _mm256_hadd_pd(c, d);
  return _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
}

// All ones, 32 bits, in the lanes where a > b.
[[gnu::target("avx2"), gnu::always_inline]] inline __m128i is_more(__m256d a, __m256d b) {
  const __m256 more = _mm256_castpd_ps(_mm256_cmp_pd(a, b, _CMP_GT_OQ));
  return _mm_castps_si128(_mm_shuffle_ps(_mm256_castps256_ps128(more), _mm256_extractf128_ps(more, 1), 0x88));
}

// Four cells at a time, those on the rim, whose corners share a voxel, one by one.
DOSEGATE_WIDE void fill_wide(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts,
                             float* least, float* most, float* mean, PartDoses& all) {
  const __m256d z0 = _mm256_set1_pd(doses.z0), z1 = _mm256_set1_pd(doses.z1);
  std::size_t n = 0;
  for (; n + 4 <= parts.size(); n += 4) {
    std::array<std::size_t, 4> near, far;
    bool neighbours = true;
    for (std::size_t k = 0; k < 4; ++k) {
      const Part& part = parts[n + k];
      const std::size_t u = offsets.u[part.i];
      neighbours = neighbours && offsets.u[part.i + 1] == u + 1;
      near[k] = u + offsets.v[part.j], far[k] = u + offsets.v[part.j + 1];
    }
    if (!neighbours) {
      fill_some(doses, offsets, parts.subspan(n, 4), least + n, most + n, mean + n, all);
      continue;
    }
    __m256d sum = _mm256_loadu_pd(all.both_faces.data());
    const Faces4 a = of_part(doses, near[0], far[0], parts[n], z0, z1, sum);
    const Faces4 b = of_part(doses, near[1], far[1], parts[n + 1], z0, z1, sum);
    const Faces4 c = of_part(doses, near[2], far[2], parts[n + 2], z0, z1, sum);
    const Faces4 d = of_part(doses, near[3], far[3], parts[n + 3], z0, z1, sum);
    _mm256_storeu_pd(all.both_faces.data(), sum);
    const __m256d lowest = least_of(a.least, b.least, c.least, d.least);
    const __m256d highest = most_of(a.most, b.most, c.most, d.most);
    // The next float is the next bit pattern: all ones are -1.
    const __m128 low = _mm256_cvtpd_ps(lowest), high = _mm256_cvtpd_ps(highest);
    const __m128i down = _mm_add_epi32(_mm_castps_si128(low), is_more(_mm256_cvtps_pd(low), lowest));
    const __m128i up = _mm_sub_epi32(_mm_castps_si128(high), is_more(highest, _mm256_cvtps_pd(high)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(least + n), down);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(most + n), up);
    const __m256d mm2 = _mm256_set_pd(parts[n + 3].mm2, parts[n + 2].mm2, parts[n + 1].mm2, parts[n].mm2);
    const __m128 about =
        _mm256_cvtpd_ps(_mm256_div_pd(sum_of(a.weighed, b.weighed, c.weighed, d.weighed), _mm256_add_pd(mm2, mm2)));
    _mm_storeu_ps(mean + n, _mm_max_ps(_mm_min_ps(about, _mm_castsi128_ps(up)), _mm_castsi128_ps(down)));
    for (std::size_t k = 0; k < 4; ++k) all.mm2 += parts[n + k].mm2;
  }
  fill_some(doses, offsets, parts.subspan(n), least + n, most + n, mean + n, all);
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256d add_weighed(__m256d sum, const float* face, std::size_t near,
                                                                       std::size_t far, __m256d weights) {
  return _mm256_add_pd(sum, _mm256_mul_pd(at_corners(face + near, face + far), weights));
}

DOSEGATE_WIDE void add_corners_wide(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts,
                                    CornerSums& sums) {
  for (const Part& part : parts) {
    const std::size_t u = offsets.u[part.i];
    if (offsets.u[part.i + 1] != u + 1) {  // on the rim, whose corners share a voxel, or along another axis than x
      add_corners(doses, offsets, part, sums);
      continue;
    }
    const std::size_t near = u + offsets.v[part.j], far = u + offsets.v[part.j + 1];
    const __m256d weights = _mm256_loadu_pd(part.corner_mm2.data());
    const __m256d low = add_weighed(_mm256_loadu_pd(sums.low.data()), doses.low, near, far, weights);
    const __m256d high = add_weighed(_mm256_loadu_pd(sums.high.data()), doses.high, near, far, weights);
    _mm256_storeu_pd(sums.low.data(), low);
    _mm256_storeu_pd(sums.high.data(), high);
  }
}
#endif

}  // namespace

FaceIntegrals integrate_parts(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts) {
  CornerSums sums;
#if DOSEGATE_HAS_WIDE
  if (is_wide()) {
    add_corners_wide(doses, offsets, parts, sums);
    parts = {};
  }
#endif
  for (const Part& part : parts) add_corners(doses, offsets, part, sums);
  return {(sums.low[0] + sums.low[1]) + (sums.low[2] + sums.low[3]),
          (sums.high[0] + sums.high[1]) + (sums.high[2] + sums.high[3])};
}

PartDoses fill_parts(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts, float* least,
                     float* most, float* mean) {
  PartDoses all{std::numeric_limits<float>::max(), 0.0F, 0.0, {}};
#if DOSEGATE_HAS_WIDE
  if (is_wide()) {
    fill_wide(doses, offsets, parts, least, most, mean, all);
  } else {
    fill_some(doses, offsets, parts, least, most, mean, all);
  }
#else
  fill_some(doses, offsets, parts, least, most, mean, all);
#endif
  for (std::size_t n = 0; n < parts.size(); ++n) {
    all.least = std::min(all.least, least[n]);
    all.most = std::max(all.most, most[n]);
  }
  return all;
}

}  // namespace dosegate
