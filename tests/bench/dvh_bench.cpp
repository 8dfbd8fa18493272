// DVHs apart from a protocol: every structure's curve, and every interval as narrow as its tolerance.
#include <benchmark/benchmark.h>

#include "tests/bench/bench.h"

namespace dosegate::bench {
namespace {

// A new dose, then a request on all 12 structures, which were cut by the same request before.
void on_new_dose(benchmark::State& state, const char* request) {
  const FullSize& f = full_size();
  Case c = ready_case(f, static_cast<unsigned>(state.range(0)));
  c.set_options(R"({"outsideGrid":"ZERO"})");
  benchmark::DoNotOptimize(c.dvh(request).json().size());
  bool moved = false;
  for (auto _ : state) {
    moved = !moved;
    c.set_dose(f.dose_struct(moved ? f.moved_dose : f.dose));
    benchmark::DoNotOptimize(c.dvh(request).json().size());
  }
}
BENCHMARK_CAPTURE(on_new_dose, all_curves, R"({"curve":true,"metrics":["Mean[Gy]"]})")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
// V and D without a limit are brought to 0.01 % of the volume, 0.005 Gy.
BENCHMARK_CAPTURE(on_new_dose, tight_liver_V,
                  R"({"rois":["Liver"],"metrics":["V5Gy[%]","V10Gy[%]","V15Gy[%]","V20Gy[%]","V30Gy[%]","V40Gy[%]"]})")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(on_new_dose, tight_default, R"({})")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
