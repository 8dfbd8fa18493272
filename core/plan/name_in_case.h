// The names by which a case holds plans, structure sets and doses: short texts of the host's own choice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace dosegate {

inline constexpr std::size_t kMostNameBytes = 64;  // an SOP Instance UID has 64 characters at most

// What is wrong with a name, to stand after the path of its field; empty: nothing. `name` is UTF-8; the empty one is
// the name of the short form.
inline std::string fault_of_name(std::string_view name) {
  if (name.size() > kMostNameBytes) {
    return "has " + std::to_string(name.size()) + " bytes; a name in a case may have " +
           std::to_string(kMostNameBytes) + ".";
  }
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return has_control ? "has a control character in it." : "";
}

}  // namespace dosegate
