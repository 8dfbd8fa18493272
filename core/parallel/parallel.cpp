#include "core/parallel/parallel.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dosegate {
namespace {

// The tasks of one call, handed out one by one.
class Tasks {
 public:
  Tasks(std::size_t count, const std::function<void(std::size_t)>& task) : count_(count), task_(task) {}

  // Runs tasks until none is left or `stop` says so.
  template <typename Stop>
  void work(const Stop& stop) {
    while (!ended_.load(std::memory_order_relaxed)) {
      if (stop()) {
        ended_ = true;
        cancelled_ = true;
        return;
      }
      const std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= count_) return;
      run(i);
    }
  }
  void run(std::size_t i) {
    try {
      task_(i);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_ || i < failed_) {
        error_ = std::current_exception();
        failed_ = i;
      }
      ended_ = true;
    }
  }
  // After all threads have ended.
  bool finish() {
    if (error_) std::rethrow_exception(error_);
    return !cancelled_;
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& task_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> ended_{false};
  bool cancelled_ = false;
  std::mutex mutex_;
  std::exception_ptr error_;
  std::size_t failed_ = 0;
};

// The host's signals are the host's: our threads take none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

bool parallel_for(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  Tasks tasks(count, task);
  const auto cancelled = [&] { return host.should_cancel && host.should_cancel(); };
  if (host.run && host.threads > 1 && count > 1) {
    if (cancelled()) return false;
    host.run(count, [&](std::size_t i) { tasks.run(i); });
    return tasks.finish();
  }
  std::vector<std::thread> helpers;
  const std::size_t wanted = std::min<std::size_t>(host.threads, count);
  if (wanted > 1) {
    const SignalsBlocked blocked;
    helpers.reserve(wanted - 1);
    try {
      while (helpers.size() + 1 < wanted) helpers.emplace_back([&] { tasks.work([] { return false; }); });
    } catch (const std::system_error&) {
      // No more threads to be had: this one does the work.
    }
  }
  tasks.work(cancelled);
  for (auto& helper : helpers) helper.join();
  return tasks.finish();
}

}  // namespace dosegate
