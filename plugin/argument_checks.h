// What readers of the structs of dosegate.h share: errors that name the field, and texts, ranges and fields as the C
// interface states them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/quantity/result.h"

namespace dosegate::plugin {

Error bad_argument(std::string path, std::string message);
Error bad_data(std::string path, std::string message);
Error too_large(std::string path, std::string message);
Error bad_enum(const std::string& path, std::int32_t value, std::int32_t last);  // the values begin with 1

// A NUL-terminated text; NULL gives an empty one. Errors: longer than `limit` bytes, not UTF-8.
Result<std::string> read_c_text(const char* text, std::size_t limit, const std::string& path);

inline bool in_range(std::int32_t value, std::int32_t first, std::int32_t last) {
  return value >= first && value <= last;
}
inline bool is_aligned(const void* p, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(p) % alignment == 0;
}

// A field that the host's struct, by its struct_size, may end before: absent, it is zero.
template <typename T, typename M>
M later(const T& s, M T::*field) {
  const auto* at = reinterpret_cast<const char*>(&(s.*field));
  const auto end = static_cast<std::size_t>(at - reinterpret_cast<const char*>(&s)) + sizeof(M);
  return s.struct_size >= end ? s.*field : M{};
}

}  // namespace dosegate::plugin
