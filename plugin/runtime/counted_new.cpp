// Where the library's memory comes from: malloc, told to the account of whoever the thread works for. What would go
// beyond its limit is out of memory.
#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "core/parallel/memory.h"

namespace {

void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  if (!dosegate::memory_use.take(malloc_usable_size(memory))) {
    std::free(memory);
    throw std::bad_alloc();
  }
  return memory;
}

void let_go(void* memory) noexcept {
  if (memory != nullptr) dosegate::memory_use.give(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto by = static_cast<std::size_t>(alignment);
  if (size > PTRDIFF_MAX) throw std::bad_alloc();
  return counted(std::aligned_alloc(by, (size + by - 1) / by * by));
}
void operator delete(void* memory) noexcept { let_go(memory); }
void operator delete(void* memory, std::size_t) noexcept { let_go(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { let_go(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { let_go(memory); }
