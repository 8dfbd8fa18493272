// JSON as RFC 8259 has it, before protobuf's reader, which takes more than that: comments, single quotes, names without
// quotes, escapes that are none, commas at an end, the last of a name that is given twice.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::support {

// What is wrong: that it is no JSON, nested too deep, or that one object holds a name twice, be it once in
// lowerCamelCase and once in snake_case, or with escapes. Empty: nothing. Bounded in depth and in the names of one
// object.
std::string problem_of_json(std::string_view json);

}  // namespace dosegate::support
