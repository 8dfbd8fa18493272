// Failing inside the reader: an Error is thrown and read_case answers it. Never crosses the interface.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/support/error.h"

namespace dosegate::dicom {

using ReadError = support::Error;

// Group in the upper, element in the lower 16 bits. 0: no attribute.
using Tag = std::uint32_t;

// "(3004,000C) Grid Frame Offset Vector"; a tag outside the dictionary by its numbers alone; "" for 0.
std::string tag_text(Tag tag);

[[noreturn]] void fail(const std::string& file, Tag tag, std::string message, std::string hint);

}  // namespace dosegate::dicom
