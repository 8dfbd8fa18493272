#include "adapters/grpc/fatal.h"

#include <execinfo.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

namespace dosegate::rpc {
namespace {

// Of several threads that come here the first says why. Allocates nothing.
[[noreturn]] void end(std::string_view line) {
  static std::atomic_flag is_told;
  if (!is_told.test_and_set()) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(kExhausted);
  }
  for (;;) ::pause();
}

bool is_memory_short() {
  constexpr std::size_t kSome = std::size_t{32} << 20;
  void* const some = ::mmap(nullptr, kSome, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (some == MAP_FAILED) return true;
  ::munmap(some, kSome);
  return false;
}

constexpr std::string_view kNoMemory =
    "dosegate-grpc: ended: there is no memory left. Start it again, with more memory or less --max-memory-mib.\n";

void on_terminate() {
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    end(kNoMemory);
  } catch (const std::system_error&) {
    end("dosegate-grpc: ended: a thread or a file was not to be had. Start it again, with higher limits.\n");
  } catch (...) {
  }
  std::abort();
}

void on_abort(int) {
  end(is_memory_short() ? kNoMemory
                        : "dosegate-grpc: ended: a library gave up, for want of threads or memory, or for a mistake of "
                          "its own. Start it again.\n");
}

// A C library that did not look whether it got memory.
void on_fault(int signal) {
  if (is_memory_short()) end(kNoMemory);
  std::signal(signal, SIG_DFL);  // it comes again
}

std::atomic<const char*> otherwise_said{nullptr};

void on_alarm(int) {
  const char* const text = otherwise_said;
  end(text == nullptr ? std::string_view() : std::string_view(text));
}

}  // namespace

void expect_within(unsigned seconds, const char* otherwise) {
  otherwise_said = otherwise;
  std::signal(SIGALRM, on_alarm);
  ::alarm(seconds);
}

void forgive() { ::alarm(0); }

void end_cleanly_when_exhausted() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  std::set_terminate(on_terminate);
  void* here = nullptr;
  ::backtrace(&here, 1);  // loads what glibc unwinds with while there is memory for it
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS}) {
    struct sigaction action {};
    action.sa_handler = number == SIGABRT ? on_abort : on_fault;
    action.sa_flags = SA_NODEFER;
    ::sigaction(number, &action, nullptr);
  }
#else
  (void)on_terminate, (void)on_abort, (void)on_fault;
#endif
}

}  // namespace dosegate::rpc
