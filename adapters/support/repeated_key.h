// What protobuf's reader of JSON takes silently, the last one winning: a name that is given twice in one object.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::support {

// The first name that one object holds twice, be it once in lowerCamelCase and once in snake_case, or with escapes;
// empty: there is none. Text that is no JSON has none: the reader says what is wrong with it.
std::string repeated_key(std::string_view json);

}  // namespace dosegate::support
