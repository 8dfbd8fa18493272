#include "adapters/html/picture.h"

#include <png.h>

#include <stdexcept>

namespace dosegate::html {

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? std::uint32_t{bytes[i + k]} : 0U; };
    const std::uint32_t three = (byte(0) << 16U) | (byte(1) << 8U) | byte(2);
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kDigits[(three >> (18U - 6U * k)) & 63U] : '=';
    }
  }
  return out;
}

std::string png_url(const std::vector<std::uint8_t>& grey, std::size_t width, std::size_t height) {
  if (width == 0 || height == 0 || grey.size() != width * height) return "";
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> bytes(size);
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, grey.data(), 0, nullptr) == 0) {
    throw std::runtime_error(std::string("a picture could not be made: ") + image.message);
  }
  bytes.resize(size);
  return "data:image/png;base64," + base64(bytes);
}

}  // namespace dosegate::html
