// The same numbers on every machine: no distribution of the library, whose sequence is its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace dicom_test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // 0 .. n - 1; n > 0
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace dicom_test
