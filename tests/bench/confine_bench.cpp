// What it costs to be confined (adapters/support/confine.h): once, and for each system call afterwards, beside one of a
// process that is free. In a child each time, for it is for ever.
#include <benchmark/benchmark.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "adapters/support/confine.h"

namespace {

using Clock = std::chrono::steady_clock;
enum class What { kConfine, kFreeCall, kConfinedCall };

constexpr int kCalls = 100'000;

double seconds_of(What what) {
  const auto confine = [] { return dosegate::support::confine({.written = {"/tmp/answer"}}).calls; };
  if (what == What::kConfinedCall && !confine()) return -1;
  const auto begun = Clock::now();
  if (what == What::kConfine) {
    if (!confine()) return -1;
  } else {
    for (int i = 0; i < kCalls; ++i) ::syscall(SYS_getppid);
  }
  return std::chrono::duration<double>(Clock::now() - begun).count() / (what == What::kConfine ? 1 : kCalls);
}

void confined(benchmark::State& state, What what) {
  for (auto _ : state) {
    int ends[2];
    double seconds = -1;
    if (::pipe(ends) == 0) {
      const pid_t child = ::fork();
      if (child == 0) {
        seconds = seconds_of(what);
        ::_exit(::write(ends[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
      }
      ::waitpid(child, nullptr, 0);
      ::close(ends[1]);
      if (::read(ends[0], &seconds, sizeof seconds) != sizeof seconds) seconds = -1;
      ::close(ends[0]);
    }
    if (seconds < 0) {
      state.SkipWithError("this kernel confines nobody");
      return;
    }
    state.SetIterationTime(seconds);
  }
}
BENCHMARK_CAPTURE(confined, once, What::kConfine)->UseManualTime()->Iterations(50)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(confined, free_call, What::kFreeCall)->UseManualTime()->Iterations(20);
BENCHMARK_CAPTURE(confined, call, What::kConfinedCall)->UseManualTime()->Iterations(20);

}  // namespace
