// A page of ours as PDF: A4, selectable text, tagged, by the Chromium of the system.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace dosegate::pdf {

// Names the Chromium to be used; otherwise the first of `chromium`, `chromium-browser`, `google-chrome` in PATH.
inline constexpr const char* kChromiumVariable = "DOSEGATE_CHROMIUM";

// Chromium, which waits to print one page. It is headless, in its sandbox, no root, without a network where the system
// can keep it from one, in a folder that goes away again. From its making on print() needs to start no program, and
// writes in `folder()` alone (support/confine.h).
class Printer {
 public:
  // Throws support::Error: there is no Chromium, or no folder for it.
  Printer();
  ~Printer();

  const std::filesystem::path& folder() const;

  // Once. `html` needs nothing but itself; how it breaks into pages is its own style's affair. The same page and the
  // same Chromium and fonts give the same bytes: no date, no name of a machine or file is in them. Throws
  // support::Error: Chromium does not start, fails, or takes longer than `limit`.
  std::string print(std::string_view html, std::chrono::milliseconds limit = std::chrono::minutes(1));

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// `pdf` without the dates at which it was made, every other byte at its place. For those who test it.
std::string without_dates(std::string pdf);

}  // namespace dosegate::pdf
