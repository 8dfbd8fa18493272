// A part of a protocol's JSON as a flat list of what it states, so that two of them can be compared member by
// member whatever kind of rule they hold.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/json/value.h"

namespace dosegate {

// JSON path below the part ("doseMetric.limit", "window[0].days") -> value as text. Names are lowerCamelCase however
// they were written. What reads as absent is left out: null, false, "", an empty array, an enum's ..._UNSPECIFIED.
// Numbers are in their shortest form ("45.0", "4.5e1" and 45 are one text); an array of texts and numbers is one
// value, "a, b". Elements of an array of objects are named by their id, where each has one, else by their place.
using Members = std::map<std::string, std::string>;
Members members_of(const JsonValue& object);

// The member of an object, under either spelling of its name; nullptr: absent or null.
const JsonValue* member_of(const JsonValue& object, std::string_view camel_name);

std::string camel_case(std::string_view name);

// "derived.volumeTolerance" -> "derived, volume tolerance".
std::string words_of(std::string_view path);

}  // namespace dosegate
