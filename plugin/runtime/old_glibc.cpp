// What keeps the library loadable with glibc 2.28 (RHEL 8) although it is linked with a newer one: functions by the
// names that glibc has in a newer version, which the linker takes instead, whoever in the library calls them.
//
// Threads came from libpthread before 2.34: a host that has not loaded it gets none. (hypot became another function
// with 2.35: nothing here may use it, and tests/abi/check_link.sh finds what does.)
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#if defined(__x86_64__)
#define DOSEGATE_OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define DOSEGATE_OLDEST "GLIBC_2.17"
#else
#error "Say here what the oldest version of glibc's symbols is on this machine."
#endif
#define DOSEGATE_OLD(name) __asm__(".symver old_" #name ", " #name "@" DOSEGATE_OLDEST)

extern "C" {

[[gnu::weak]] int old_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
[[gnu::weak]] int old_pthread_join(pthread_t, void**);
DOSEGATE_OLD(pthread_create);
DOSEGATE_OLD(pthread_join);

int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*run)(void*), void* with) noexcept {
  return old_pthread_create == nullptr ? EAGAIN : old_pthread_create(thread, how, run, with);
}
int pthread_join(pthread_t thread, void** result) { return old_pthread_join(thread, result); }

// On Linux both are of the calling thread.
int pthread_sigmask(int how, const sigset_t* set, sigset_t* before) noexcept {
  return sigprocmask(how, set, before) == 0 ? 0 : errno;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  timespec now, wall;
  if (clock_gettime(clock, &now) != 0 || clock_gettime(CLOCK_REALTIME, &wall) != 0) return EINVAL;
  const std::int64_t left = (until->tv_sec - now.tv_sec) * kSecond + until->tv_nsec - now.tv_nsec;
  if (left <= 0) return ETIMEDOUT;
  wall.tv_sec += (wall.tv_nsec + left) / kSecond;
  wall.tv_nsec = (wall.tv_nsec + left) % kSecond;
  return pthread_cond_timedwait(condition, mutex, &wall);
}

int pthread_once(pthread_once_t* once, void (*run)()) {
  static_assert(PTHREAD_ONCE_INIT == 0);
  enum : pthread_once_t { kRuns = 1, kHasRun = 2 };
  const std::atomic_ref<pthread_once_t> state(*once);
  pthread_once_t before = PTHREAD_ONCE_INIT;
  if (state.compare_exchange_strong(before, kRuns)) {
    run();  // of the C++ runtime: does not throw
    state = kHasRun;
  }
  while (state != kHasRun) sched_yield();
  return 0;
}

// Only ever looked for, by a C++ runtime that wants to know whether there may be threads. There may.
int __pthread_key_create(pthread_key_t*, void (*)(void*)) noexcept { return EAGAIN; }
char __libc_single_threaded = 0;

}  // extern "C"
