#include "adapters/html/picture.h"

#include <png.h>

#include <stdexcept>

#include "adapters/support/base64.h"

namespace dosegate::html {

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
  return "data:image/png;base64," + support::to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace dosegate::html
