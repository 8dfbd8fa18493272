// How many bytes malloc gave for a block, its rounding included.
#pragma once

#include <malloc.h>

#include <cstddef>

namespace dosegate::plugin {

inline std::size_t size_of_block(void* block) noexcept {
#if defined(_WIN32)
  return _msize(block);
#else
  return malloc_usable_size(block);
#endif
}

}  // namespace dosegate::plugin
