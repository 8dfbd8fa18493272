// The trial's rules on the full-size case, through the plugin, as a planning system asks for them.
#include <benchmark/benchmark.h>

#include <cmath>

#include "tests/bench/bench.h"

namespace dosegate::bench {
namespace {

unsigned threads_of(const benchmark::State& state) { return static_cast<unsigned>(state.range(0)); }

// Structures, plan and dose set, everything cut and evaluated for the first time.
void first_check(benchmark::State& state) {
  const Protocol protocol = library().builtin_protocol();
  for (auto _ : state) {
    Case c = ready_case(full_size(), threads_of(state));
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}
BENCHMARK(first_check)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// A new dose of the same grid, set and every rule decided, in a case that was checked before: the check of a case whose
// structures are cut for the first time is first_check's.
void doses_in_turn(benchmark::State& state, const FullSize& f, const Protocol& protocol, unsigned threads) {
  Case c = ready_case(f, threads);
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  bool moved = false;
  for (auto _ : state) {
    moved = !moved;
    c.set_dose(f.dose_struct(moved ? f.moved_dose : f.dose));
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}

void new_dose(benchmark::State& state) {
  doses_in_turn(state, full_size(), library().builtin_protocol(), threads_of(state));
}
BENCHMARK(new_dose)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// Five planes through the target changed.
void changed_planes(benchmark::State& state) {
  const Protocol protocol = library().builtin_protocol();
  const FullSize& f = full_size();
  Case c = ready_case(f, threads_of(state));
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  constexpr std::uint32_t kFirst = 60, kCount = 5;
  const std::size_t plane = std::size_t{f.size[0]} * f.size[1];
  bool moved = false;
  for (auto _ : state) {
    moved = !moved;
    const auto& values = moved ? f.moved_dose : f.dose;
    dosegate_dose_planes planes{};
    planes.value_type = DOSEGATE_VALUES_FLOAT32;
    planes.values = values.data() + kFirst * plane;
    planes.value_count = kCount * plane;
    planes.first_plane = kFirst;
    planes.plane_count = kCount;
    c.set_dose_planes(planes);
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}
BENCHMARK(changed_planes)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// One structure drawn anew: a single organ, and the liver, which two others are computed from.
void edited_structure(benchmark::State& state, const char* name) {
  const Protocol protocol = library().builtin_protocol();
  const FullSize& f = full_size();
  Case c = ready_case(f, threads_of(state));
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  for (auto _ : state) {
    for (const auto& roi : f.rois) {
      if (roi.name == name) f.set_structure(c, roi);
    }
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}
BENCHMARK_CAPTURE(edited_structure, Stomach, "Stomach")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(edited_structure, PTV, "PTV")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(edited_structure, Liver, "Liver")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// Nothing changed.
void same_again(benchmark::State& state) {
  const Protocol protocol = library().builtin_protocol();
  Case c = ready_case(full_size(), 2);
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  for (auto _ : state) benchmark::DoNotOptimize(c.check(protocol).verdict());
}
BENCHMARK(same_again)->UseRealTime()->Unit(benchmark::kMillisecond);

// How the cost grows: a new dose with more structures, points, voxels, rules. Two threads.
constexpr unsigned kThreads = 2;
void new_dose_by_structures(benchmark::State& state) {
  doses_in_turn(state, FullSize(1.0, static_cast<std::size_t>(state.range(0))), library().builtin_protocol(), kThreads);
}
BENCHMARK(new_dose_by_structures)->Arg(3)->Arg(6)->Arg(9)->Arg(12)->UseRealTime()->Unit(benchmark::kMillisecond);

void new_dose_by_voxels(benchmark::State& state) {
  const FullSize f(1.0, 12, 2.5 / std::cbrt(static_cast<double>(state.range(0)) / 3'080'000.0));
  doses_in_turn(state, f, library().builtin_protocol(), kThreads);
}
BENCHMARK(new_dose_by_voxels)
    ->Arg(770'000)
    ->Arg(1'540'000)
    ->Arg(3'080'000)
    ->Arg(6'160'000)
    ->Arg(12'320'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void new_dose_by_rules(benchmark::State& state) {
  doses_in_turn(state, full_size(), library().load_protocol(many_rules(static_cast<int>(state.range(0)))), kThreads);
}
BENCHMARK(new_dose_by_rules)
    ->Arg(10)
    ->Arg(20)
    ->Arg(40)
    ->Arg(80)
    ->Arg(160)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// All structures anew, by contour points.
void first_check_by_points(benchmark::State& state) {
  const FullSize f(static_cast<double>(state.range(0)) / 148'580.0);
  const Protocol protocol = library().builtin_protocol();
  for (auto _ : state) {
    Case c = ready_case(f, 2);
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}
BENCHMARK(first_check_by_points)
    ->Arg(74'290)
    ->Arg(148'580)
    ->Arg(297'160)
    ->Arg(594'320)
    ->Arg(1'188'640)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
