// What ThreadSanitizer cannot see: gRPC and Abseil are Debian's, not instrumented, and their locks are futexes of their
// own. Without this every object that passes through them looks like a race. Linked into dosegate-grpc under
// ThreadSanitizer only, in front of the libraries, whose calls then come here: each lock, wait and allocation of gRPC
// orders what came before it, on any thread, before what comes after: gRPC is taken for one lock. A race within our own
// code, between two such calls, is still seen.
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

extern "C" {
void __tsan_acquire(void*);
void __tsan_release(void*);
}

namespace {

// ThreadSanitizer hands a signal on at the next instrumented call of the thread that took it. A thread of gRPC may make
// none for ever, so the signals that end the server are left to `main`.
bool leave_signals_to_main() {
  if (::gettid() == ::getpid()) return true;
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  return ::pthread_sigmask(SIG_BLOCK, &ending, nullptr) == 0;
}

char order;
void fence() {
  thread_local const bool are_left = leave_signals_to_main();
  (void)are_left;
  __tsan_acquire(&order);
  __tsan_release(&order);
}

template <typename F>
F* next(F*, const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

// As they are passed: absl::Duration and absl::Time.
struct Duration {
  std::int64_t high;
  std::uint32_t low;
};

struct Time {  // gpr_timespec
  std::int64_t seconds;
  std::int32_t nanoseconds;
  int clock;
};
struct Event {  // grpc_event
  int type, success;
  void* tag;
};

}  // namespace

// The real one, looked up once.
#define REAL(name) static auto* const real = next(&name, #name)

extern "C" {

void _ZN4absl7debian35Mutex4LockEv(void* self) {
  REAL(_ZN4absl7debian35Mutex4LockEv);
  real(self);
  fence();
}
void _ZN4absl7debian35Mutex6UnlockEv(void* self) {
  REAL(_ZN4absl7debian35Mutex6UnlockEv);
  fence();
  real(self);
}
bool _ZN4absl7debian35Mutex7TryLockEv(void* self) {
  REAL(_ZN4absl7debian35Mutex7TryLockEv);
  const bool locked = real(self);
  fence();
  return locked;
}
void _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE(void* self, void* mutex) {
  REAL(_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE);
  fence();
  real(self, mutex);
  fence();
}
bool _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE(void* self, void* mutex, Duration time) {
  REAL(_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE);
  fence();
  const bool timed_out = real(self, mutex, time);
  fence();
  return timed_out;
}
bool _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE(void* self, void* mutex, Duration time) {
  REAL(_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE);
  fence();
  const bool timed_out = real(self, mutex, time);
  fence();
  return timed_out;
}

int grpc_call_start_batch(void* call, const void* ops, std::size_t count, void* tag, void* reserved) {
  REAL(grpc_call_start_batch);
  fence();
  return real(call, ops, count, tag, reserved);
}
// gRPC's own thread takes what is done from here and runs our callback.
Event grpc_completion_queue_next(void* queue, Time deadline, void* reserved) {
  REAL(grpc_completion_queue_next);
  const Event event = real(queue, deadline, reserved);
  fence();
  return event;
}
int grpc_byte_buffer_reader_init(void* reader, void* buffer) {
  REAL(grpc_byte_buffer_reader_init);
  fence();
  return real(reader, buffer);
}
int grpc_byte_buffer_reader_peek(void* reader, void** slice) {
  REAL(grpc_byte_buffer_reader_peek);
  const int more = real(reader, slice);
  fence();
  return more;
}
void grpc_byte_buffer_destroy(void* buffer) {
  REAL(grpc_byte_buffer_destroy);
  fence();
  real(buffer);
}
void grpc_call_unref(void* call) {
  REAL(grpc_call_unref);
  fence();
  real(call);
}

void* gpr_malloc(std::size_t size) {
  REAL(gpr_malloc);
  void* const p = real(size);
  fence();
  return p;
}
void* gpr_zalloc(std::size_t size) {
  REAL(gpr_zalloc);
  void* const p = real(size);
  fence();
  return p;
}
void* gpr_realloc(void* p, std::size_t size) {
  REAL(gpr_realloc);
  fence();
  void* const moved = real(p, size);
  fence();
  return moved;
}
void* gpr_malloc_aligned(std::size_t size, std::size_t alignment) {
  REAL(gpr_malloc_aligned);
  void* const p = real(size, alignment);
  fence();
  return p;
}
void gpr_free(void* p) {
  REAL(gpr_free);
  fence();
  real(p);
}
void gpr_free_aligned(void* p) {
  REAL(gpr_free_aligned);
  fence();
  real(p);
}

}  // extern "C"
