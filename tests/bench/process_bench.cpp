// The built program as a user runs it: DICOM files to all DVHs. Where DOSEGATE_BENCH_CASE names a folder of DICOM RT
// files (analytic/gen_liver.py makes one); skipped where not.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

void whole_process(benchmark::State& state, const char* metric, bool curve) {
  const char* folder = std::getenv("DOSEGATE_BENCH_CASE");
  if (folder == nullptr) {
    state.SkipWithError("DOSEGATE_BENCH_CASE names no folder of DICOM RT files");
    return;
  }
  const std::string program = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "dosegate").string();
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) {
      const int null = open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      if (curve) {
        execl(program.c_str(), "dosegate", "dvh", folder, "--format", "json", "--metric", metric, "--curve", nullptr);
      } else {
        execl(program.c_str(), "dosegate", "dvh", folder, "--format", "json", nullptr);
      }
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    // 2: a structure leaves the grid, which the answer says.
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 2)) {
      state.SkipWithError("dosegate dvh failed");
      return;
    }
  }
}
BENCHMARK_CAPTURE(whole_process, curves, "Mean[Gy]", true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_process, default_metrics, "", false)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
