#pragma once

#include <string>
#include <string_view>

#include "dosegate/detail/sha256.hpp"

namespace dosegate::orthanc {

// 64 small hexadecimal digits.
inline std::string sha256_of(std::string_view bytes) { return detail::sha256_of(bytes.data(), bytes.size()); }

}  // namespace dosegate::orthanc
