// Colours of structure sets, made readable.
#pragma once

#include <string>

#include "adapters/html/evidence.h"

namespace dosegate::html {

inline constexpr Rgb kLightPage = {255, 255, 255}, kDarkPage = {0x15, 0x17, 0x1a}, kPicture = {0, 0, 0};

// WCAG 2.1, "contrast ratio": 1 to 21.
double contrast(Rgb a, Rgb b);

// The colour, mixed with just as much black or white as it takes to stand out from `page` by 4.5 to 1.
Rgb readable_on(Rgb page, Rgb colour);

// "#rrggbb"
std::string hex(Rgb colour);

}  // namespace dosegate::html
