#include "adapters/html/colour.h"

#include <algorithm>
#include <cmath>

namespace dosegate::html {
namespace {

double luminance(Rgb colour) {
  const auto linear = [](std::uint8_t value) {
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

}  // namespace

double contrast(Rgb a, Rgb b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

double distance(Rgb a, Rgb b) {
  const double red = (a[0] + b[0]) / 2.0, r = a[0] - b[0], g = a[1] - b[1], blue = a[2] - b[2];
  return std::sqrt((2.0 + red / 256.0) * r * r + 4.0 * g * g + (2.0 + (255.0 - red) / 256.0) * blue * blue);
}

bool is_alike(Rgb a, Rgb b) {
  constexpr double kApart = 70.0;
  return distance(a, b) < kApart;
}

Rgb readable_on(Rgb page, Rgb colour, double ratio) {
  const double end = luminance(page) > 0.18 ? 0.0 : 255.0;
  constexpr int kSteps = 50;
  for (int step = 0; step <= kSteps; ++step) {
    const double part = static_cast<double>(step) / kSteps;
    Rgb mixed{};
    for (std::size_t i = 0; i < 3; ++i)
      mixed[i] = static_cast<std::uint8_t>(std::lround(colour[i] + part * (end - colour[i])));
    if (contrast(page, mixed) >= ratio) return mixed;
  }
  return end == 0.0 ? Rgb{0, 0, 0} : Rgb{255, 255, 255};
}

std::string hex(Rgb colour) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t part : colour) text += {kDigits[part / 16], kDigits[part % 16]};
  return text;
}

}  // namespace dosegate::html
