// Where the library's memory comes from: malloc, told to the account of whoever the thread works for. What would go
// beyond its limit is out of memory.
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "core/parallel/memory.h"
#include "plugin/runtime/size_of_block.h"

namespace {

// Aligned blocks are blocks of malloc's on Linux. On Windows they lie in larger ones, whose addresses stand before
// them.
#if defined(_WIN32)
void* block_of(void* memory) { return static_cast<void**>(memory)[-1]; }
void* aligned(std::size_t alignment, std::size_t size) {
  if (alignment < alignof(void*)) alignment = alignof(void*);
  const std::size_t more = alignment + sizeof(void*);
  void* const block = size > PTRDIFF_MAX - more ? nullptr : std::malloc(size + more);
  if (block == nullptr) return nullptr;
  const auto first = reinterpret_cast<std::uintptr_t>(block) + sizeof(void*);
  void* const memory = reinterpret_cast<void*>((first + alignment - 1) / alignment * alignment);
  static_cast<void**>(memory)[-1] = block;
  return memory;
}
std::size_t size_of_aligned(void* memory) { return dosegate::plugin::size_of_block(block_of(memory)); }
void free_aligned(void* memory) {
  if (memory != nullptr) std::free(block_of(memory));
}
#else
void* aligned(std::size_t alignment, std::size_t size) {
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}
std::size_t size_of_aligned(void* memory) { return dosegate::plugin::size_of_block(memory); }
void free_aligned(void* memory) { std::free(memory); }
#endif

// A large block, a dose above all, may lie in pages of 2 MiB: the system hands out 512 times fewer, which takes longer
// than the copy of a dose where each is dear, as in a virtual machine. Advice: a system without them does as before.
void advise_huge_pages(void* memory, std::size_t size) noexcept {
#if defined(__linux__)
  constexpr std::uintptr_t kHugePage = 2 << 20;
  constexpr std::size_t kLarge = 2 * kHugePage;
  if (size < kLarge) return;
  const auto first = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t begin = (first + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (first + size) / kHugePage * kHugePage;
  const int error = errno;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  errno = error;
#else
  static_cast<void>(memory);
  static_cast<void>(size);
#endif
}

void* counted(void* memory, std::size_t size) {
  if (memory == nullptr) throw std::bad_alloc();
  if (!dosegate::memory_use.take(dosegate::plugin::size_of_block(memory))) {
    std::free(memory);
    throw std::bad_alloc();
  }
  advise_huge_pages(memory, size);
  return memory;
}

void* counted_aligned(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  if (!dosegate::memory_use.take(size_of_aligned(memory))) {
    free_aligned(memory);
    throw std::bad_alloc();
  }
  return memory;
}

void let_go(void* memory) noexcept {
  if (memory != nullptr) dosegate::memory_use.give(dosegate::plugin::size_of_block(memory));
  std::free(memory);
}

void let_go_aligned(void* memory) noexcept {
  if (memory != nullptr) dosegate::memory_use.give(size_of_aligned(memory));
  free_aligned(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size), size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto by = static_cast<std::size_t>(alignment);
  if (size > PTRDIFF_MAX) throw std::bad_alloc();
  return counted_aligned(aligned(by, size));
}
void operator delete(void* memory) noexcept { let_go(memory); }
void operator delete(void* memory, std::size_t) noexcept { let_go(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { let_go_aligned(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { let_go_aligned(memory); }
