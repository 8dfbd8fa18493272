// Work split over threads, for results that do not depend on how many there are.
#pragma once

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/parallel/memory.h"

namespace dosegate {

class Tasks;
struct Host;

// What one call of the host works with: threads that wait for work between the parallel parts (starting one takes
// longer than a part may), and the host's wish to stop.
class Workers {
 public:
  // Called on the thread that called the library. `threads` - 1 threads, or as many as there are to be had, which may
  // be none; none for a host with a pool of its own. `host` outlives this.
  explicit Workers(const Host& host) noexcept;
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Whether the host wants the call to end. From any thread; the host itself is asked on the calling thread only, and
  // not again once it said yes.
  bool cancelled();

 private:
  friend bool parallel_for(const Host&, std::size_t, const std::function<void(std::size_t)>&);
  void help(Tasks& tasks);               // wakes the threads for it
  void withdraw(Tasks& tasks) noexcept;  // and waits for those that took it up
  void wait_for_work() noexcept;
  void wait(std::unique_lock<std::mutex>& lock) noexcept;  // for a change
  void tell() noexcept;                                    // of one; the mutex is held
  static void* run(void* self) noexcept;
  // Works on the newest open tasks that are newer than `than`; false when there are none.
  bool work_on_newer(std::size_t than, std::unique_lock<std::mutex>& lock);

  const Host& host_;
  const std::thread::id caller_;
  const MemoryUse memory_use_;  // the calling thread's
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::atomic<std::size_t> changes_{0};  // tasks opened, or their last helper left; under the mutex
  std::condition_variable changed_;
  std::vector<Tasks*> open_;  // oldest first
  std::size_t opened_ = 0;
  bool ending_ = false;
  std::vector<pthread_t> threads_;
};

// What a host lends to a calculation. Callbacks may be empty.
struct Host {
  std::function<bool()> should_cancel;
  std::function<void(double)> progress;  // 0..1
  // How many threads a call may keep busy, the calling one included.
  unsigned threads = 1;
  // The host's own pool: runs task(0) .. task(count - 1), on any threads, and returns when all are done. Empty: a
  // call starts and joins its own threads. Not asked again from inside a task: a pool may not stand that.
  std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)> run;
  Workers* workers = nullptr;  // of the present call; none: a parallel part makes its own

  bool cancelled() const { return workers != nullptr ? workers->cancelled() : should_cancel && should_cancel(); }
};

// Thrown out of a long calculation when the host cancelled; checker and DVH report answer with kCancelled.
struct Cancelled {};

// In every loop whose length comes from the input: throws Cancelled when it should end. Asks after 4,096 steps, a step
// being work of some 100 ns: twice in a millisecond, whatever the shape of the input.
class CancelPoint {
 public:
  explicit CancelPoint(Workers* workers) : workers_(workers) {}
  void step(std::size_t steps = 1) {
    if (workers_ == nullptr || (steps_ += steps) < kAskAfter) return;
    steps_ = 0;
    if (workers_->cancelled()) throw Cancelled{};
  }

 private:
  static constexpr std::size_t kAskAfter = 4096;
  Workers* workers_;  // none: never
  std::size_t steps_ = 0;
};

// std::sort that asks. Of what is copied bit by bit: it may be left half sorted.
template <typename Iterator, typename Less>
void sort_asking(Iterator begin, Iterator end, const Less& less, CancelPoint& cancel_point) {
  std::sort(begin, end, [&](const auto& a, const auto& b) {
    cancel_point.step();
    return less(a, b);
  });
}

// Calls task(i) for every i in [0, count), each once, in no particular order, on at most host.threads threads,
// and returns when all are done. Tasks write to places of their own, and may call this again, but not with a host that
// has a pool of its own. should_cancel is asked between tasks: false when it said yes, and then some tasks may not have
// run. An exception of a task (the one with the lowest i) is thrown again here. Starts no thread for less than two
// tasks.
bool parallel_for(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task);

// The same from inside a task of the call that `workers` belong to: on its threads where some have nothing else to do,
// else here. A pool of the host's own is not asked. `workers` may be nullptr. Throws Cancelled when the host said so.
void share_out(Workers* workers, std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace dosegate
