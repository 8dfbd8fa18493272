// The trial's rules on a DICOM case that DOSEGATE_BENCH_CASE names: a folder of RT files (analytic/gen_liver.py makes
// one). Skipped where not.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <variant>

#include "adapters/dicom/to_case.h"
#include "tests/bench/bench.h"

namespace dosegate::bench {
namespace {

// A new dose of the same grid, set and every rule decided. A case without a plan leaves the rules that need one open.
void new_dose_of_case(benchmark::State& state) {
  const char* folder = std::getenv("DOSEGATE_BENCH_CASE");
  if (folder == nullptr) {
    state.SkipWithError("DOSEGATE_BENCH_CASE names no folder of DICOM RT files");
    return;
  }
  dicom::ReadOptions options;
  options.need_plan = dicom::Need::kIfPresent;
  dicom::ReadResult read = dicom::read_case({folder}, options);
  if (const auto* error = std::get_if<dicom::ReadError>(&read)) {
    state.SkipWithError(error->text().c_str());
    return;
  }
  auto& files = std::get<dicom::RtCase>(read);
  const std::optional<dicom::Dose> dose = files.dose;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = static_cast<unsigned>(state.range(0));
  Case c = library().make_case(&host);
  c.set_options(R"({"outsideGrid":"ZERO","scope":"PLAN_ONLY"})");
  dicom::hand_over(files, c);
  const Protocol protocol = library().builtin_protocol();
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  for (auto _ : state) {
    dicom::RtCase next;
    next.dose = dose;
    dicom::hand_over(next, c);
    benchmark::DoNotOptimize(c.check(protocol).verdict());
  }
}
BENCHMARK(new_dose_of_case)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
