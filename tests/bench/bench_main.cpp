#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>

#include "tests/bench/bench.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  try {
    dosegate::Case c = dosegate::bench::ready_case(dosegate::bench::full_size(), 1);
    dosegate::bench::require_evaluated(c.check(dosegate::bench::library().builtin_protocol()));
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  benchmark::Shutdown();
  return 0;
}
