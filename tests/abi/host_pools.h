// Thread pools as a host may have them, and how many threads this process has.
#pragma once

#include <atomic>
#include <cfenv>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>
#include <thread>
#include <vector>

#include "dosegate/dosegate.h"

namespace dosegate::abi_test {

inline std::ptrdiff_t threads_now() {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
}
// A thread that was joined may be listed for a moment.
inline bool threads_return_to(std::ptrdiff_t expected) {
  for (int tries = 0; tries < 2000; ++tries) {
    if (threads_now() == expected) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

using Task = void (*)(void* context, std::uint64_t index);

// What came of one pool's work.
struct Pool {
  std::uint64_t calls = 0, tasks = 0;
  std::atomic<bool> environment_kept{true};

  dosegate_host host(void (*run)(void*, std::uint64_t, Task, void*), std::uint32_t threads) {
    dosegate_host h{};
    h.struct_size = sizeof h;
    h.threads = threads;
    h.user = this;
    h.run_tasks = run;
    return h;
  }
  static Pool& begin(void* user, std::uint64_t count) {
    Pool& pool = *static_cast<Pool*>(user);
    ++pool.calls;
    pool.tasks += count;
    return pool;
  }
};

// Three threads that compute in an environment of their own, each taking the next index.
inline void run_on_threads(void* user, std::uint64_t count, Task task, void* context) {
  Pool& pool = Pool::begin(user, count);
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    std::fesetround(FE_UPWARD);
    std::feclearexcept(FE_ALL_EXCEPT);
    std::feraiseexcept(FE_DIVBYZERO);
    for (std::uint64_t i = next++; i < count; i = next++) {
      task(context, i);
      if (std::fegetround() != FE_UPWARD || std::fetestexcept(FE_ALL_EXCEPT) != FE_DIVBYZERO) {
        pool.environment_kept = false;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

// No thread at all, and the last task first.
inline void run_backwards(void* user, std::uint64_t count, Task task, void* context) {
  Pool::begin(user, count);
  for (std::uint64_t i = count; i-- > 0;) task(context, i);
}

// Says yes at its n-th question of a call; a pool that keeps its order.
struct Impatient {
  int allowed = std::numeric_limits<int>::max();
  int asked = 0;

  static std::int32_t should_cancel(void* user) {
    auto* self = static_cast<Impatient*>(user);
    return ++self->asked >= self->allowed ? 1 : 0;
  }
  static void run(void*, std::uint64_t count, Task task, void* context) {
    for (std::uint64_t i = 0; i < count; ++i) task(context, i);
  }
};

}  // namespace dosegate::abi_test
