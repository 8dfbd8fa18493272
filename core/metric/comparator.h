// How a value has to stand to its limit.
#pragma once

#include <string_view>

namespace dosegate {

enum class Comparator { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

// The limit bounds from above; the limit itself does not meet it.
inline bool is_upper(Comparator c) { return c == Comparator::kLess || c == Comparator::kLessOrEqual; }
inline bool is_strict(Comparator c) { return c == Comparator::kLess || c == Comparator::kGreater; }

inline std::string_view symbol(Comparator c) {  // "<", "<=", ">", ">="
  switch (c) {
    case Comparator::kLess:
      return "<";
    case Comparator::kLessOrEqual:
      return "<=";
    case Comparator::kGreater:
      return ">";
    case Comparator::kGreaterOrEqual:
      return ">=";
  }
  return "?";
}

}  // namespace dosegate
