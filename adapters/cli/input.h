// Small text files that a user names: protocols, clinical records.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "adapters/cli/output.h"

namespace dosegate::cli {

// What the library accepts as a protocol.
inline constexpr std::size_t kMostProtocolBytes = std::size_t{4} << 20;
// And as a clinical record.
inline constexpr std::size_t kMostRecordBytes = std::size_t{4} << 20;

// The bytes of a regular file of at most `limit`; a folder, a device, a pipe or a larger file is a Problem.
std::variant<std::string, Problem> read_text_file(const std::string& path, std::size_t limit);

// The same; throws the Problem.
std::string text_of(const std::string& path, std::size_t limit);

// Its first `size` bytes, or all of them; none where it cannot be read.
std::optional<std::string> read_beginning(const std::string& path, std::size_t size);

}  // namespace dosegate::cli
