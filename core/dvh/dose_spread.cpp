#include "core/dvh/dose_spread.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

// Of few cells few bins: what they take is kept with each structure.
constexpr std::size_t kBins = 4096, kBinsOfFew = 1024, kFewCells = 8000;
constexpr double kSameVolume = 1e-12;  // of a cell's volume: what rounding of the nodes makes of equal ones
constexpr std::size_t kChunks = 4;     // whatever the number of threads: sums are always the same

// The bin of a dose. It never falls as the dose rises, however the product is rounded.
std::size_t bin_of(float dose, float bins_per_gy, std::size_t bins) {
  return static_cast<std::size_t>(std::min(dose * bins_per_gy, static_cast<float>(bins - 1)));
}
float bins_per_gy(double width) { return static_cast<float>(1.0 / width); }

// mm^3 by bin, interleaved, for cells are counted in all three at once.
struct BinVolumes {
  double least = 0.0, middle = 0.0, most = 0.0;
};

// How many cells, by bin.
struct BinCounts {
  std::uint32_t least = 0, middle = 0, most = 0;
};

// Of `count` cells; volume(n): of the n-th.
template <typename Volume>
void add_cells(const float* least, const float* most, const float* middle, std::size_t count, float per_gy,
               std::vector<BinVolumes>& bins, const Volume& volume) {
  std::size_t n = 0;
#ifdef __SSE2__
  const __m128 last = _mm_set1_ps(static_cast<float>(bins.size() - 1));
  for (; n + 4 <= count; n += 4) {
    const __m128 from = _mm_loadu_ps(least + n), to = _mm_loadu_ps(most + n);
    const auto bins_of = [&](__m128 dose) {
      return _mm_cvttps_epi32(_mm_min_ps(_mm_mul_ps(dose, _mm_set1_ps(per_gy)), last));
    };
    alignas(16) std::array<std::int32_t, 12> bin;
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data()), bins_of(from));
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data() + 4), bins_of(_mm_loadu_ps(middle + n)));
    _mm_store_si128(reinterpret_cast<__m128i*>(bin.data() + 8), bins_of(to));
    for (std::size_t k = 0; k < 4; ++k) {
      const double mm3 = volume(n + k);
      bins[static_cast<std::size_t>(bin[k])].least += mm3;
      bins[static_cast<std::size_t>(bin[4 + k])].middle += mm3;
      bins[static_cast<std::size_t>(bin[8 + k])].most += mm3;
    }
  }
#endif
  for (; n < count; ++n) {
    const double mm3 = volume(n);
    bins[bin_of(least[n], per_gy, bins.size())].least += mm3;
    bins[bin_of(middle[n], per_gy, bins.size())].middle += mm3;
    bins[bin_of(most[n], per_gy, bins.size())].most += mm3;
  }
}

// Sums volumes by bin. Cells that fill a whole layer have one volume nearly everywhere: they are counted, and their
// volume comes in at the end.
class BinSums {
 public:
  BinSums(std::size_t bins, float per_gy) : bins_(bins), counts_(bins), per_gy_(per_gy) {}

  // Of cells that are wholly inside and have one volume.
  void add_full(const float* least, const float* most, const float* middle, std::size_t count, double volume) {
    const bool is_counted = std::abs(volume - counted_mm3_) <= kSameVolume * volume;
    if (!is_counted && count >= bins_.size() / 4) {
      close();
      counted_mm3_ = volume;
    } else if (!is_counted) {
      add_cells(least, most, middle, count, per_gy_, bins_, [volume](std::size_t) { return volume; });
      return;
    }
    count_cells(least, most, middle, count);
  }
  template <typename Volume>
  void add_partial(const float* least, const float* most, const float* middle, std::size_t count,
                   const Volume& volume) {
    add_cells(least, most, middle, count, per_gy_, bins_, volume);
  }
  std::vector<BinVolumes> take() {
    close();
    return std::move(bins_);
  }

 private:
  void close() {
    if (counted_mm3_ == 0.0) return;
    for (std::size_t b = 0; b < bins_.size(); ++b) {
      bins_[b].least += counts_[b].least * counted_mm3_;
      bins_[b].middle += counts_[b].middle * counted_mm3_;
      bins_[b].most += counts_[b].most * counted_mm3_;
    }
    std::fill(counts_.begin(), counts_.end(), BinCounts{});
  }
  // Neighbours often are in one bin, and its count then waits for itself: by turns from four places.
  void count_cells(const float* least, const float* most, const float* middle, std::size_t count) {
    const std::size_t apart = count / kPlaces / 4 * 4, places = kPlaces * apart;
    std::size_t n = 0;
#ifdef __SSE2__
    const __m128 last = _mm_set1_ps(static_cast<float>(bins_.size() - 1)), per_gy = _mm_set1_ps(per_gy_);
    const auto bins_of = [&](const float* doses, std::int32_t* to) {
      const __m128i bin = _mm_cvttps_epi32(_mm_min_ps(_mm_mul_ps(_mm_loadu_ps(doses), per_gy), last));
      _mm_store_si128(reinterpret_cast<__m128i*>(to), bin);
    };
    for (; n < apart; n += 4) {
      alignas(16) std::array<std::array<std::int32_t, 12>, kPlaces> bin;
      for (std::size_t p = 0; p < kPlaces; ++p) {
        const std::size_t at = n + p * apart;
        bins_of(least + at, bin[p].data());
        bins_of(middle + at, bin[p].data() + 4);
        bins_of(most + at, bin[p].data() + 8);
      }
      for (std::size_t k = 0; k < 4; ++k) {
        for (std::size_t p = 0; p < kPlaces; ++p) {
          ++counts_[static_cast<std::size_t>(bin[p][k])].least;
          ++counts_[static_cast<std::size_t>(bin[p][4 + k])].middle;
          ++counts_[static_cast<std::size_t>(bin[p][8 + k])].most;
        }
      }
    }
    n = places;
#else
    static_cast<void>(places);
#endif
    for (; n < count; ++n) {
      ++counts_[bin_of(least[n], per_gy_, bins_.size())].least;
      ++counts_[bin_of(middle[n], per_gy_, bins_.size())].middle;
      ++counts_[bin_of(most[n], per_gy_, bins_.size())].most;
    }
  }

  static constexpr std::size_t kPlaces = 4;
  std::vector<BinVolumes> bins_;
  std::vector<BinCounts> counts_;
  float per_gy_;
  double counted_mm3_ = 0.0;  // of each cell in counts_; 0: there is none
};

}  // namespace

bool find_spread(const StructureCells& cut, const CellDoses& cells, double hottest, const Host& host,
                 CellDoses::Spread& out) {
  out = {};
  const std::size_t count = cut.full_cells + cut.partial_cells > kFewCells ? kBins : kBinsOfFew;
  out.width = hottest / static_cast<double>(count - 1);
  if (!(out.width > 0.0) || !std::isfinite(bins_per_gy(out.width))) return true;
  const float per_gy = bins_per_gy(out.width);
  std::array<std::vector<BinVolumes>, kChunks> chunks;
  const std::size_t sheets = cut.sheets.size();
  const bool went_on = parallel_for(host, kChunks, [&](std::size_t chunk) {
    CancelPoint cancel_point(host.workers);
    BinSums sums(count, per_gy);
    for (std::size_t s = sheets * chunk / kChunks; s < sheets * (chunk + 1) / kChunks; ++s) {
      const Sheet& sheet = cut.sheets[s];
      const double height = cut.height_mm(sheet);
      cancel_point.step(1 + (sheet.run_count + sheet.part_count) / 16);
      // Cells of runs that follow one another have one volume, but for rounding, away from the rim.
      std::size_t n = sheet.first_full, end = n;
      double volume = 0.0;
      const auto add_full = [&] {
        if (end == n) return;
        sums.add_full(cells.full_least.data() + n, cells.full_most.data() + n, cells.full_mean.data() + n, end - n,
                      volume);
        n = end;
      };
      for (std::size_t r = sheet.first_run; r < sheet.first_run + sheet.run_count; ++r) {
        const Run& run = cut.runs[r];
        const double of_run = cut.cross_section_mm2(run.i, run.j) * height;
        if (std::abs(of_run - volume) > kSameVolume * volume) {
          add_full();
          volume = of_run;
        }
        end += run.count;
      }
      add_full();
      const Part* parts = cut.parts.data() + sheet.first_part;
      sums.add_partial(cells.partial_least.data() + sheet.first_partial,
                       cells.partial_most.data() + sheet.first_partial, cells.partial_mean.data() + sheet.first_partial,
                       sheet.part_count, [=](std::size_t k) { return parts[k].mm2 * height; });
    }
    chunks[chunk] = sums.take();
  });
  if (!went_on) return false;
  BinVolumes sum;
  out.least.resize(count), out.middle.resize(count), out.most.resize(count);
  for (std::size_t b = count; b-- > 0;) {
    const auto in_bin = [&](double BinVolumes::*of) {
      return (chunks[0][b].*of + chunks[1][b].*of) + (chunks[2][b].*of + chunks[3][b].*of);
    };
    out.least[b] = sum.least += in_bin(&BinVolumes::least);
    out.middle[b] = sum.middle += in_bin(&BinVolumes::middle);
    out.most[b] = sum.most += in_bin(&BinVolumes::most);
  }
  return true;
}

// A cell in a higher bin than the dose's has a higher dose; one with that dose or more is in its bin or in a higher
// one.
double CellDoses::Spread::surely_from(double dose) const {
  if (least.empty()) return 0.0;
  const std::size_t next = bin_of(least_float(std::max(dose, 0.0), true), bins_per_gy(width), least.size()) + 1;
  return next < least.size() ? least[next] : 0.0;
}

double CellDoses::Spread::perhaps_from(double dose) const {
  if (most.empty()) return std::numeric_limits<double>::infinity();
  return most[bin_of(least_float(std::max(dose, 0.0), true), bins_per_gy(width), most.size())];
}

// A plane that rises alike along all three axes has its doses spread as these three shares have, by their variance.
double CellDoses::Spread::about_in_bin(std::size_t b) const {
  constexpr double kEnds = 0.08, kMiddle = 1.0 - 2.0 * kEnds;
  return b < least.size() ? kEnds * (least[b] + most[b]) + kMiddle * middle[b] : 0.0;
}

double CellDoses::Spread::crossing(double mm3) const {
  std::size_t end = 0;  // the first bin with less
  for (std::size_t step = std::bit_floor(least.size()); step > 0; step /= 2) {
    if (end + step <= least.size() && about_in_bin(end + step - 1) >= mm3) end += step;
  }
  if (end == 0) return 0.0;
  const double before = about_in_bin(end - 1), after = about_in_bin(end);
  const double past = before > after ? (before - mm3) / (before - after) : 0.0;
  return width * (static_cast<double>(end) - 1.0 + past);
}

}  // namespace dosegate
