#include "core/parallel/parallel.h"

#include <pthread.h>
#if !defined(_WIN32)
#include <signal.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace dosegate {

// The tasks of one parallel part, handed out one by one.
class Tasks {
 public:
  std::size_t helpers = 0, number = 0;  // the Workers' own

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
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
  std::size_t failed_ = 0;
};

namespace {

// Some 200 microseconds: as long as parts of a call that one thread does alone.
constexpr int kLooksBeforeSleep = 20'000;

// Lets the other thread of a core go first.
void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// How long a cancelled host waits at most for a thread that is inside a long task to learn of it.
constexpr std::chrono::milliseconds kAskEvery{4};

// The host's signals are the host's: our threads take none. On Windows no signal comes to a thread of another's.
#if defined(_WIN32)
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {}
};
#else
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
#endif

}  // namespace

void* Workers::run(void* self) noexcept {
  auto* const workers = static_cast<Workers*>(self);
  const MemoryScope scope(workers->memory_use_);
  workers->wait_for_work();
  return nullptr;
}

// By pthread_create, which says that there is no thread, or no memory for it, without an exception. On Windows, too: it
// is that of winpthreads there, which are linked into the library.
Workers::Workers(const Host& host) noexcept
    : host_(host), caller_(std::this_thread::get_id()), memory_use_(memory_use) {
  if (host.run || host.threads < 2) return;
  const SignalsBlocked blocked;
  try {
    threads_.reserve(host.threads - 1);
  } catch (const std::bad_alloc&) {
    return;
  }
  while (threads_.size() + 1 < host.threads) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, &Workers::run, this) != 0) break;
    threads_.push_back(thread);
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    tell();
  }
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

bool Workers::cancelled() {
  if (cancelled_.load(std::memory_order_relaxed)) return true;
  if (!host_.should_cancel || std::this_thread::get_id() != caller_ || !host_.should_cancel()) return false;
  cancelled_ = true;
  return true;
}

void Workers::help(Tasks& tasks) {
  if (threads_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    tasks.number = ++opened_;
    open_.push_back(&tasks);
    tell();
  }
}

bool Workers::work_on_newer(std::size_t than, std::unique_lock<std::mutex>& lock) {
  if (open_.empty() || open_.back()->number <= than) return false;
  Tasks& tasks = *open_.back();
  ++tasks.helpers;
  lock.unlock();
  tasks.work([this] { return cancelled(); });
  lock.lock();
  std::erase(open_, &tasks);  // nothing of it is left; others need not look
  if (--tasks.helpers == 0) tell();
  return true;
}

// Works on tasks of tasks meanwhile: what it waits for may wait for those.
void Workers::withdraw(Tasks& tasks) noexcept {
  if (threads_.empty()) return;
  std::unique_lock lock(mutex_);
  std::erase(open_, &tasks);
  while (tasks.helpers > 0) {
    if (work_on_newer(tasks.number, lock)) continue;
    if (!host_.should_cancel || std::this_thread::get_id() != caller_) {
      wait(lock);
    } else if (changed_.wait_for(lock, kAskEvery) == std::cv_status::timeout) {
      lock.unlock();
      cancelled();
      lock.lock();
    }
  }
}

// A thread that sleeps takes longer to wake than most parts of a call lie apart: it looks about for a while first.
void Workers::wait(std::unique_lock<std::mutex>& lock) noexcept {
  const std::size_t seen = changes_;
  lock.unlock();
  for (int n = 0; n < kLooksBeforeSleep && changes_ == seen; ++n) pause();
  lock.lock();
  if (changes_ == seen) changed_.wait(lock);
}

void Workers::tell() noexcept {
  ++changes_;
  changed_.notify_all();
}

void Workers::wait_for_work() noexcept {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (!work_on_newer(0, lock)) wait(lock);
  }
}

bool parallel_for(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  Tasks tasks(count, task);
  if (host.run && host.threads > 1 && count > 1) {
    if (host.cancelled()) return false;
    const auto cancelled = [&] { return host.workers != nullptr && host.workers->cancelled(); };
    host.run(count, [&](std::size_t i) {
      if (!cancelled()) tasks.run(i);
    });
    return tasks.finish() && !cancelled();
  }
  if (host.threads > 1 && count > 1 && host.workers == nullptr) {
    Workers own(host);
    Host lent = host;
    lent.workers = &own;
    return parallel_for(lent, count, task);
  }
  const bool with_help = host.workers != nullptr && count > 1;
  if (with_help) host.workers->help(tasks);
  tasks.work([&] { return host.cancelled(); });
  if (with_help) host.workers->withdraw(tasks);
  return tasks.finish();
}

void share_out(Workers* workers, std::size_t count, const std::function<void(std::size_t)>& task) {
  Host host;  // that asks for nothing itself
  host.workers = workers;
  if (!parallel_for(host, count, task)) throw Cancelled{};
}

}  // namespace dosegate
