// How the kinds of rule read what several of them state. What is wrong becomes an error of the reader, at the member
// that is wrong; the value that is returned then is of no account.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"
#include "core/protocol/rule_kind.h"

namespace dosegate {

inline constexpr std::int32_t kMostDays = 3660, kMostCycles = 1000;

// The id of a role, which is required and has to be one that the protocol declares.
inline std::string read_role(ObjectReader& o, std::string_view member, const CheckRole& check) {
  std::string id = o.string(member, Need::kRequired);
  check(o, member, id);
  return id;
}

// A required whole number from least to most.
inline std::int32_t read_whole(ObjectReader& o, std::string_view member, std::int32_t least, std::int32_t most) {
  const std::int32_t n = o.integer(member, least, Need::kRequired).value_or(least);
  if (n > most) o.fail(member, "is " + std::to_string(n) + "; at most " + std::to_string(most));
  return n;
}

// The same, or none where the member is absent.
inline std::optional<std::int32_t> read_optional_whole(ObjectReader& o, std::string_view member, std::int32_t least,
                                                       std::int32_t most) {
  if (!o.has(member)) return {};
  return read_whole(o, member, least, most);
}

// A required number in the range.
inline double read_number(ObjectReader& o, std::string_view member, Range range) {
  return o.number(member, range, Need::kRequired).value_or(0.0);
}

// An array of enum names, in which none comes twice; empty where the member is absent.
template <typename E>
std::vector<E> read_choices(ObjectReader& o, std::string_view member, EnumNames names) {
  std::vector<E> out;
  std::vector<std::string> known;
  for (const EnumName& n : names) known.emplace_back(n.name);
  for (const std::string& text : o.strings(member)) {
    const EnumName* found = nullptr;
    for (const EnumName& n : names) {
      if (n.name == text) found = &n;
    }
    if (found == nullptr) {
      o.fail(member, "found " + shown(text) + "; may be " + listed(known));
      continue;
    }
    const E value = static_cast<E>(found->number);
    if (std::find(out.begin(), out.end(), value) != out.end()) {
      o.fail(member, shown(text) + " is named twice");
    } else {
      out.push_back(value);
    }
  }
  return out;
}

}  // namespace dosegate
