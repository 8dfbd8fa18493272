// Grey pictures as PNG in a data URL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dosegate::html {

// width * height values, row by row. "" where there is nothing to encode.
std::string png_url(const std::vector<std::uint8_t>& grey, std::size_t width, std::size_t height);

}  // namespace dosegate::html
