// Decisions a second on a ledger, by 1, 4 and 16 clients, beside what one fsync costs there. Figures, not a test:
//   DOSEGATE_BENCH_FOLDER=FOLDER build/release/bin/gate_bench bench
// SQLite in FOLDER (otherwise in /tmp), and PostgreSQL, where it is installed, in /tmp.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "adapters/cli/documents.h"
#include "adapters/gate/registrar.h"
#include "tests/gate/cluster.h"
#include "tests/gate/fixture.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
using SteadyClock = std::chrono::steady_clock;

namespace {

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

double fsync_ms(const std::string& folder) {
  const std::string path = folder + "/fsync";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<double> times;
  const std::string block(4096, 'x');
  for (int i = 0; i < 100 && fd >= 0; ++i) {
    if (::write(fd, block.data(), block.size()) < 0) break;
    const auto begin = SteadyClock::now();
    ::fsync(fd);
    times.push_back(1e3 * seconds_since(begin));
  }
  ::close(fd);
  ::unlink(path.c_str());
  std::sort(times.begin(), times.end());
  return times.empty() ? 0.0 : times[times.size() / 2];
}

Gathered one_plan(const Evidence& e, const std::string& text) {
  Gathered g;
  g.evidence = e;
  g.evidence.now = now();
  g.options_json = "{}";
  g.report_texts = {text};
  g.evidence.reports.front().sha256 = sha256(text);
  return g;
}

// Decisions a second. `together`: by one registrar, as dosegate-approvals does; else each on a connection of its own,
// as programs of their own do.
double decisions(const std::string& ledger, int clients, bool together) {
  const auto key = signer(9);
  const Policy by = policy();
  const Evidence e = evidence({});
  const std::string text = dosegate::cli::to_json(e.reports.front().report);
  Registrar registrar({ledger, {}, key.get(), {}}, now);
  std::vector<std::unique_ptr<Signer>> keys;
  for (int i = 0; i < clients; ++i) keys.push_back(signer(9));
  std::atomic<int> made{0};
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  const auto begin = SteadyClock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      Registrar own({ledger, {}, keys[static_cast<std::size_t>(i)].get(), {}}, now);
      while (!is_over) {
        Gathered g = one_plan(e, text);
        made += (together ? registrar : own).issue(by, g, "").place.has_value();
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  return made / seconds_since(begin);
}

void measure(const char* what, const std::string& ledger, const std::string& folder) {
  std::printf("%s; one fsync of 4 KiB takes %.2f ms\n", what, fsync_ms(folder));
  for (const int clients : {1, 4, 16}) {
    const double apart = decisions(ledger, clients, false), together = decisions(ledger, clients, true);
    std::printf("  %2d clients: %7.0f decisions/s each on its own, %7.0f/s by one server\n", clients, apart, together);
  }
}

}  // namespace

// For figures alone; a test of Catch2's so that fixtures, which check, work in it.
TEST_CASE("bench", "[.]") {
  const char* const asked = std::getenv("DOSEGATE_BENCH_FOLDER");
  std::string folder = std::string(asked == nullptr ? "/tmp" : asked) + "/dosegate-bench-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  measure("SQLite", folder + "/ledger", folder);
  std::filesystem::remove_all(folder);
  if (postgres_programs().empty()) {
    std::puts("PostgreSQL: not installed");
  } else {
    measure("PostgreSQL", Cluster::shared().uri(), Cluster::shared().folder());
  }
}
