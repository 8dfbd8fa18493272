// The word that lets a page in.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::panel {

// 256 bits of the system's randomness, as letters and digits of base64url. Throws std::system_error where it has none.
std::string make_token();

// In a time that does not depend on where they differ.
bool is_same(std::string_view a, std::string_view b);

}  // namespace dosegate::panel
