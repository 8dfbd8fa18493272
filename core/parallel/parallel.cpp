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

// The tasks of one parallel part, handed out one by one.
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

namespace {

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

Workers::Workers(const Host& host) {
  if (host.run || host.threads < 2) return;
  const SignalsBlocked blocked;
  threads_.reserve(host.threads - 1);
  try {
    while (threads_.size() + 1 < host.threads) threads_.emplace_back([this] { wait_for_work(); });
  } catch (const std::system_error&) {
    // No more threads to be had: those there are do the work.
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Workers::help(Tasks& tasks) {
  if (threads_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    tasks_ = &tasks;
  }
  wake_.notify_all();
}

void Workers::withdraw(Tasks& tasks) {
  std::unique_lock lock(mutex_);
  if (tasks_ == &tasks) tasks_ = nullptr;
  idle_.wait(lock, [this] { return busy_ == 0; });
}

void Workers::wait_for_work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || tasks_ != nullptr; });
    if (ending_) return;
    Tasks& tasks = *tasks_;
    ++busy_;
    lock.unlock();
    tasks.work([] { return false; });
    lock.lock();
    // Nothing of it is left; others need not look.
    if (tasks_ == &tasks) tasks_ = nullptr;
    if (--busy_ == 0) idle_.notify_one();
  }
}

bool parallel_for(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  Tasks tasks(count, task);
  const auto cancelled = [&] { return host.should_cancel && host.should_cancel(); };
  if (host.run && host.threads > 1 && count > 1) {
    if (cancelled()) return false;
    host.run(count, [&](std::size_t i) { tasks.run(i); });
    return tasks.finish();
  }
  if (host.threads > 1 && count > 1 && host.workers == nullptr) {
    Workers own(host);
    Host lent = host;
    lent.workers = &own;
    return parallel_for(lent, count, task);
  }
  if (host.workers != nullptr && count > 1) host.workers->help(tasks);
  tasks.work(cancelled);
  if (host.workers != nullptr && count > 1) host.workers->withdraw(tasks);
  return tasks.finish();
}

}  // namespace dosegate
