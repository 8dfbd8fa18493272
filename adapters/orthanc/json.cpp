#include "adapters/orthanc/json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace dosegate::orthanc {

std::optional<json::value> read_json(std::string_view text) {
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return std::nullopt;
  return value;
}

std::string to_text(const json::value& value) { return json::serialize(value); }

namespace {

const json::value* member(const json::value& from, std::string_view name) {
  const json::object* object = from.if_object();
  return object == nullptr ? nullptr : object->if_contains(json::string_view(name.data(), name.size()));
}

}  // namespace

std::string text_of(const json::value& from, std::string_view name) {
  const json::value* found = member(from, name);
  const json::string* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

const json::object* object_of(const json::value& from, std::string_view name) {
  const json::value* found = member(from, name);
  return found == nullptr ? nullptr : found->if_object();
}

const json::array* array_of(const json::value& from, std::string_view name) {
  const json::value* found = member(from, name);
  return found == nullptr ? nullptr : found->if_array();
}

}  // namespace dosegate::orthanc
