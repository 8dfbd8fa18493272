// JSON of Orthanc's and of ours.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace dosegate::orthanc {

namespace json = boost::json;

// None: it is no JSON, or nested deeper than anything of Orthanc's.
std::optional<json::value> read_json(std::string_view text);
std::string to_text(const json::value& value);

// Members of an object; empty, null where there is none of that name and type.
std::string text_of(const json::value& from, std::string_view name);
const json::object* object_of(const json::value& from, std::string_view name);
const json::array* array_of(const json::value& from, std::string_view name);

}  // namespace dosegate::orthanc
