// Points in time: UTC, whole seconds, written as RFC 3339 has it: "2026-11-30T09:15:00Z".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dosegate::gate {

using Instant = std::chrono::sys_seconds;

// By so much two readings of clocks that are right may disagree.
inline constexpr std::chrono::seconds kClockTolerance{2};

// Just this form: 'T' and 'Z' in capitals, no fraction, no offset, a day that there is, from 1970 to 9999.
std::optional<Instant> parse_instant(std::string_view text);
std::string to_text(Instant instant);

class ObjectReader;
// The member `name` of a document; what is missing or no instant is a problem.
Instant read_instant(ObjectReader& reader, std::string_view name);

// The machine's clock.
Instant now();

}  // namespace dosegate::gate
