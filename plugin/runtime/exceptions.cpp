// What the C++ runtime needs of memory to throw: there before anything can go wrong.
//
// The library carries its own C++ runtime. That of GCC takes the memory of an exception from malloc or, without that,
// from a reserve which it allocates while the library is loaded; and it keeps what a thread has caught in thread-local
// memory which the C library allocates at the thread's first throw, ending the process where it cannot. These are the
// same functions, named by the Itanium C++ ABI (Exception Handling, 2.4.2 and 2.2.2), on static memory.
#include <cxxabi.h>
#include <sched.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace {

// What lies before a thrown object is the runtime's own; GCC's takes 128 bytes, and less for an exception thrown again.
constexpr std::size_t kHeader = 192;
constexpr std::size_t kSlot = 512;   // bytes; no exception of the library takes more
constexpr std::size_t kSlots = 512;  // exceptions at one time, on all threads
constexpr std::size_t kWord = 64;

alignas(std::max_align_t) unsigned char slots[kSlots][kSlot];
constinit std::atomic<std::uint64_t> taken[kSlots / kWord];

void* take_slot() noexcept {
  for (std::size_t w = 0; w < kSlots / kWord; ++w) {
    std::uint64_t bits = taken[w].load(std::memory_order_relaxed);
    while (~bits != 0) {
      const auto free = static_cast<std::size_t>(__builtin_ctzll(~bits));
      if (taken[w].compare_exchange_weak(bits, bits | std::uint64_t{1} << free, std::memory_order_acquire)) {
        return slots[w * kWord + free];
      }
    }
  }
  return nullptr;
}

void* take(std::size_t size) noexcept {
  void* memory = size <= kSlot ? take_slot() : nullptr;
  if (memory == nullptr) memory = std::malloc(size);
  // Other threads' exceptions end soon: they are caught where their task or call is.
  while (memory == nullptr && size <= kSlot) {
    sched_yield();
    memory = take_slot();
  }
  if (memory == nullptr) std::terminate();
  return std::memset(memory, 0, size < kHeader ? size : kHeader);
}

void give_back(void* memory) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(memory), first = reinterpret_cast<std::uintptr_t>(slots);
  if (at < first || at >= first + sizeof slots) {
    std::free(memory);
    return;
  }
  const std::size_t slot = (at - first) / kSlot;
  taken[slot / kWord].fetch_and(~(std::uint64_t{1} << slot % kWord), std::memory_order_release);
}

// __cxa_eh_globals of the ABI.
struct Globals {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};
// initial-exec: part of every thread from its start, or from dlopen for those that run then.
[[gnu::tls_model("initial-exec")]] constinit thread_local Globals globals;

}  // namespace

namespace __cxxabiv1 {

extern "C" {

void* __cxa_allocate_exception(std::size_t size) noexcept {
  return static_cast<unsigned char*>(take(kHeader + size)) + kHeader;
}
void __cxa_free_exception(void* thrown) noexcept { give_back(static_cast<unsigned char*>(thrown) - kHeader); }

__cxa_dependent_exception* __cxa_allocate_dependent_exception() noexcept {
  return static_cast<__cxa_dependent_exception*>(take(kHeader));
}
void __cxa_free_dependent_exception(__cxa_dependent_exception* exception) noexcept { give_back(exception); }

__cxa_eh_globals* __cxa_get_globals() noexcept { return reinterpret_cast<__cxa_eh_globals*>(&globals); }
__cxa_eh_globals* __cxa_get_globals_fast() noexcept { return reinterpret_cast<__cxa_eh_globals*>(&globals); }

}  // extern "C"

}  // namespace __cxxabiv1
