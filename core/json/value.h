// A JSON text in memory, with all that a strict reader needs to judge it: members in their order, repeated
// names included, and numbers as they were written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity/result.h"

namespace dosegate {

struct JsonMember;

struct JsonValue {
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;                 // of a string (UTF-8), or of a number as written
  std::vector<JsonValue> elements;  // of an array
  std::vector<JsonMember> members;  // of an object
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// "a number", "an object", ...
std::string_view kind_text(JsonValue::Kind kind);

// RFC 8259, plus a leading byte order mark. Errors: text longer than `size_limit`, nested deeper than 32 or
// holding more than 2^19 values: kLimitExceeded; anything that is not JSON in valid UTF-8: kInvalidData with
// line and column. `what` names the document in messages, e.g. "the protocol".
Result<JsonValue> parse_json(std::string_view text, std::size_t size_limit, std::string_view what);

}  // namespace dosegate
