#include <algorithm>

#include "core/protocol/protocol.h"

namespace dosegate {

std::string_view symbol(Comparator c) {
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

const Role* Protocol::find_role(std::string_view role_id) const {
  const auto found = std::find_if(roles.begin(), roles.end(), [&](const Role& r) { return r.id == role_id; });
  return found == roles.end() ? nullptr : &*found;
}

}  // namespace dosegate
