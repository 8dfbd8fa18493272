// A strict reader of the proto3 JSON mapping. Knows every member it was asked for and complains about all
// others; every complaint carries the JSON path of what is wrong ("$.rules[4].doseMetric.limit").
//
// Names are asked for in lowerCamelCase; the original snake_case is accepted in the text. null is absent.
// Numbers may be written as strings ("45"); "NaN" and "Infinity" are refused. Whole numbers may be written
// "3.0". Enums are names or numbers; their zero value, ..._UNSPECIFIED, is absent. Wrong types, repeated and
// unknown names, numbers out of range: errors.
//
//   std::vector<Error> errors;
//   ObjectReader reader(value, "$", errors);
//   plan.label = reader.string("label");
//   reader.each_object("beams", [&](ObjectReader& beam) { ... });
//   reader.finish();
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/value.h"
#include "core/quantity/result.h"

namespace dosegate {

enum class Need { kOptional, kRequired };
// Whether the number of an enumerated value does for its name, as the proto3 JSON mapping has it.
enum class ByNumber { kTaken, kRefused };

// What a number may be.
struct Range {
  double least = 0.0;
  double most = 0.0;
};

// One value of an enum. The zero value is not listed; its name is.
struct EnumName {
  std::string_view name;
  int number;
};
// Of a constant array or of a list in the call: neither takes memory while the library is loaded.
struct EnumNames : std::span<const EnumName> {
  template <std::size_t kCount>
  EnumNames(const EnumName (&names)[kCount]) : span(names) {}
  EnumNames(std::initializer_list<EnumName> names) : span(names.begin(), names.size()) {}
};

class ObjectReader {
 public:
  // `value`, `errors` must outlive the reader. A value that is not an object is an error, and everything in
  // it absent. At most 1000 errors are kept.
  ObjectReader(const JsonValue& value, std::string path, std::vector<Error>& errors);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const;

  // Written and not null.
  bool has(std::string_view name);

  // Elements of an array; 0 when absent or no array.
  std::size_t count(std::string_view name);

  // Absent: "". Required: neither absent nor empty.
  std::string string(std::string_view name, Need need = Need::kOptional);
  std::vector<std::string> strings(std::string_view name);
  std::vector<std::pair<std::string, std::string>> string_map(std::string_view name);
  std::optional<double> number(std::string_view name, Range range, Need need = Need::kOptional);
  std::vector<double> numbers(std::string_view name, Range range);  // an array
  std::optional<std::int32_t> integer(std::string_view name, std::int32_t least, Need need = Need::kOptional);
  bool boolean(std::string_view name);  // absent: false
  // The number of the enum's value; 0 when absent or wrong. `names` holds all but the zero value.
  int enumeration(std::string_view name, std::string_view zero_name, EnumNames names, Need need = Need::kOptional,
                  ByNumber by_number = ByNumber::kTaken);

  // The object member, or an empty optional.
  std::optional<ObjectReader> object(std::string_view name, Need need = Need::kOptional);

  // Calls read(ObjectReader&) for every element of an array of objects and finishes it.
  template <typename Read>
  void each_object(std::string_view name, Read&& read) {
    const JsonValue* array = find(name, JsonValue::Kind::kArray);
    if (array == nullptr) return;
    for (std::size_t i = 0; i < array->elements.size(); ++i) {
      ObjectReader element(array->elements[i], path_of(name) + "[" + std::to_string(i) + "]", *errors_);
      read(element);
      element.finish();
    }
  }

  // Reports the members that were not asked for. Call it last.
  void finish();

  // An error at this object, or at a member of it.
  void fail(std::string_view name, std::string message);

 private:
  std::optional<double> number_of(const JsonValue& value, std::string_view path, Range range);
  const JsonValue* find(std::string_view name);
  const JsonValue* find(std::string_view name, JsonValue::Kind kind);
  void missing(std::string_view name);
  void add(std::string path, std::string message);

  const JsonValue* value_;
  std::string path_;
  std::vector<Error>* errors_;
  std::vector<std::string> asked_;
};

// Helpers for messages: a text in quotes, cut after 64 bytes.
std::string shown(std::string_view text);
// "a" or "b" or "c"; at most twelve.
std::string listed(const std::vector<std::string>& names);
// The candidate nearest to a misspelt name, or "" when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace dosegate
