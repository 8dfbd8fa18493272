// What a new dose costs at least, and what it costs the naive way.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "tests/bench/bench.h"

namespace dosegate::bench {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} << 20;  // beyond every cache

// Bytes a second that can be read from memory.
void read_bandwidth(benchmark::State& state) {
  static const std::vector<double> buffer(kBufferBytes / sizeof(double), 1.0);
  const auto threads = static_cast<std::size_t>(state.range(0));
  const auto sum = [&](std::size_t part) {
    std::array<double, 16> lanes{};
    const std::size_t begin = buffer.size() * part / threads, end = buffer.size() * (part + 1) / threads;
    for (std::size_t i = begin; i + lanes.size() <= end; i += lanes.size()) {
      for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += buffer[i + lane];
    }
    benchmark::DoNotOptimize(lanes);
  };
  for (auto _ : state) {
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < threads; ++t) others.emplace_back(sum, t);
    sum(0);
    for (auto& t : others) t.join();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBufferBytes));
}
BENCHMARK(read_bandwidth)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

bool is_inside(const FullSize::Ring& ring, double x, double y) {
  bool inside = false;
  const auto& p = ring.points_mm;
  for (std::size_t i = 0, j = p.size() - 3; i < p.size(); j = i, i += 3) {
    if ((p[i + 1] > y) != (p[j + 1] > y) && x < (p[j] - p[i]) * (y - p[i + 1]) / (p[j + 1] - p[i + 1]) + p[i]) {
      inside = !inside;
    }
  }
  return inside;
}

// Indices of the voxels whose centres lie in any structure but the body, once for each.
const std::vector<std::vector<std::uint32_t>>& voxels() {
  static const auto all = [] {
    const FullSize& f = full_size();
    std::vector<std::vector<std::uint32_t>> out;
    for (const auto& roi : f.rois) {
      if (roi.type == "EXTERNAL") continue;
      std::vector<std::uint32_t> of_roi;
      for (std::uint32_t k = 0; k < f.size[2]; ++k) {
        const double z = f.first_mm[2] + f.spacing_mm * k;
        std::vector<const FullSize::Ring*> rings;
        for (const auto& ring : roi.rings) {
          if (std::abs(ring.points_mm[2] - z) <= 0.5 * f.spacing_mm) rings.push_back(&ring);
        }
        if (rings.empty()) continue;
        for (std::uint32_t j = 0; j < f.size[1]; ++j) {
          for (std::uint32_t i = 0; i < f.size[0]; ++i) {
            bool inside = false;
            for (const auto* ring : rings) {
              if (is_inside(*ring, f.first_mm[0] + f.spacing_mm * i, f.first_mm[1] + f.spacing_mm * j))
                inside = !inside;
            }
            if (inside) of_roi.push_back((k * f.size[1] + j) * f.size[0] + i);
          }
        }
      }
      out.push_back(std::move(of_roi));
    }
    return out;
  }();
  return all;
}

// The naive DVH that other tools make: voxel centres inside, a histogram of their doses. The masks are ready.
void naive_histograms(benchmark::State& state) {
  const FullSize& f = full_size();
  std::size_t count = 0;
  for (const auto& roi : voxels()) count += roi.size();
  for (auto _ : state) {
    for (const auto& roi : voxels()) {
      std::vector<std::uint32_t> histogram(8192, 0);
      for (const std::uint32_t v : roi)
        ++histogram[std::min<std::size_t>(8191, static_cast<std::size_t>(f.dose[v] * 100.0F))];
      benchmark::DoNotOptimize(histogram.data());
    }
  }
  state.counters["voxels"] = static_cast<double>(count);
  state.counters["bytes"] = static_cast<double>(count * sizeof(float));
}
BENCHMARK(naive_histograms)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
