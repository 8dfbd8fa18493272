// A page of ours as PDF: A4, selectable text, tagged, by the Chromium of the system.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace dosegate::pdf {

// Names the Chromium to be used; otherwise the first of `chromium`, `chromium-browser`, `google-chrome` in PATH.
inline constexpr const char* kChromiumVariable = "DOSEGATE_CHROMIUM";

// `html` needs nothing but itself; how it breaks into pages is its own style's affair. Chromium runs headless in its
// sandbox, as no root, without a network where the system can keep it from one, in a folder that goes away again. The
// same page and the same Chromium and fonts give the same bytes: no date, no name of a machine or file is in them.
// Throws support::Error: there is no Chromium, it does not start, fails, or takes longer than `limit`.
std::string print(std::string_view html, std::chrono::milliseconds limit = std::chrono::minutes(1));

// `pdf` without the dates at which it was made, every other byte at its place. For those who test it.
std::string without_dates(std::string pdf);

}  // namespace dosegate::pdf
