// Gamma of two doses in memory: the cases A and B of ../shared/anchors.md, made by the same formula as gen_liver.py.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/gamma/gamma.h"

namespace dosegate::bench {
namespace {

constexpr std::uint32_t kColumns = 200, kRows = 140, kPlanes = 110;
constexpr double kSpacing = 2.5, kFirst[3] = {-249.0, -173.4, -137.5};

double dose_at(double x, double y, double z) {
  const double cx = -75.0, cy = -5.0, cz = 20.0;
  const double r =
      std::sqrt(std::pow((x - cx) / 27.0, 2) + std::pow((y - cy) / 26.0, 2) + std::pow((z - cz) / 27.0, 2));
  const double core = 54.0 / (1.0 + std::exp((r - 1.12) / 0.085)) * (1.0 + 0.03 * std::cos(3.0 * r));
  const double rho = std::hypot(x - cx, y - cy), phi = std::atan2(y - cy, x - cx);
  const double bath = 22.0 * std::exp(-rho / 75.0) * std::exp(-std::pow((z - cz) / 52.0, 4)) *
                      (1.0 + 0.25 * std::cos(7.0 * phi + 0.02 * z));
  const double body = std::pow(x / 180.0, 2) + std::pow(y / 120.0, 2) < 1.0 ? 1.0 : 0.0;
  return (core + bath) * (0.02 + 0.98 * body) + 0.2 * std::exp(-std::pow((z - cz) / 90.0, 2)) * body;
}

DoseGrid grid(double factor, double dx, double dy, double dz) {
  std::vector<float> values;
  std::vector<double> offsets;
  for (std::uint32_t k = 0; k < kPlanes; ++k) {
    offsets.push_back(kSpacing * k);
    for (std::uint32_t j = 0; j < kRows; ++j) {
      for (std::uint32_t i = 0; i < kColumns; ++i) {
        values.push_back(
            static_cast<float>(factor * dose_at(kFirst[0] + kSpacing * i - dx, kFirst[1] + kSpacing * j - dy,
                                                kFirst[2] + kSpacing * k - dz)));
      }
    }
  }
  DoseDescription d;
  d.values = values.data();
  d.value_count = values.size();
  d.columns = kColumns;
  d.rows = kRows;
  d.planes = kPlanes;
  d.position_mm = {kFirst[0], kFirst[1], kFirst[2]};
  d.row_spacing_mm = d.column_spacing_mm = kSpacing;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2";
  return *DoseGrid::make(d);
}

const DoseGrid& reference() {
  static const DoseGrid dose = grid(1.0, 0.0, 0.0, 0.0);
  return dose;
}
const DoseGrid& evaluated(bool far) {
  static const DoseGrid a = grid(1.01, 1.0, 0.0, 0.0), b = grid(1.03, 2.5, 2.0, 1.5);
  return far ? b : a;
}

// Milliseconds of one pass over both doses in memory, one thread: the least a comparison can take.
double one_pass_ms() {
  double least = 1e9;
  for (int n = 0; n < 5; ++n) {
    const auto start = std::chrono::steady_clock::now();
    float most = 0.0F;
    for (const DoseGrid* dose : {&reference(), &evaluated(false)}) {
      std::array<float, 16> lanes{};
      const auto values = dose->values();
      for (std::size_t i = 0; i + lanes.size() <= values.size(); i += lanes.size()) {
        for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += values[i + lane];
      }
      for (const float lane : lanes) most += lane;
    }
    benchmark::DoNotOptimize(most);
    least =
        std::min(least, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

void run(benchmark::State& state, bool far, double cutoff, GammaCriteria criteria = {}) {
  criteria.cutoff_percent = cutoff;
  Host host;
  host.threads = static_cast<unsigned>(state.range(0));
  const double pass = one_pass_ms();
  std::uint64_t points = 0;
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    const auto answer = compute_gamma({&reference(), nullptr}, evaluated(far), criteria, {}, host);
    if (!answer || !answer->problem.empty()) std::abort();
    points = answer->all.compared;
  }
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() /
                    static_cast<double>(state.iterations());
  state.counters["points"] = static_cast<double>(points);
  state.counters["ns_per_point"] = 1e6 * ms / static_cast<double>(points);
  state.counters["passes_over_both"] = ms / pass;
}

void gamma_a(benchmark::State& state) { run(state, false, 10.0); }
void gamma_b(benchmark::State& state) { run(state, true, 10.0); }
// More and fewer points of the same doses: the time per point stays.
void gamma_a_cut_2(benchmark::State& state) { run(state, false, 2.0); }
void gamma_a_cut_40(benchmark::State& state) { run(state, false, 40.0); }
void gamma_b_pass_fail(benchmark::State& state) {
  GammaCriteria criteria;
  criteria.pass_fail_only = true;
  run(state, true, 10.0, criteria);
}
BENCHMARK(gamma_a)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(gamma_b)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(gamma_b_pass_fail)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(gamma_a_cut_2)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(gamma_a_cut_40)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
