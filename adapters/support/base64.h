// Base64 (RFC 4648, 4), in its one canonical form: padded, no line feeds, no bits left over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dosegate::support {

std::string to_base64(std::string_view bytes);
// Nothing where `text` is not what to_base64 writes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dosegate::support
