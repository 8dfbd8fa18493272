// Colours of structure sets, made readable.
#pragma once

#include <string>

#include "adapters/html/evidence.h"

namespace dosegate::html {

inline constexpr Rgb kLightPage = {255, 255, 255}, kDarkPage = {0x15, 0x17, 0x1a}, kPicture = {0, 0, 0};

// WCAG 2.1, "contrast ratio": 1 to 21.
double contrast(Rgb a, Rgb b);

// The colour, mixed with just as much black or white as it takes to stand out from `page` by `ratio` to 1.
inline constexpr double kReadable = 4.5;  // WCAG 2.1, success criterion 1.4.3
Rgb readable_on(Rgb page, Rgb colour, double ratio = kReadable);

// So near to each other that lines of the two are taken for one.
bool is_alike(Rgb a, Rgb b);
// How far apart two colours look: 0 to about 765, "redmean".
double distance(Rgb a, Rgb b);

// "#rrggbb"
std::string hex(Rgb colour);

}  // namespace dosegate::html
