// Reading and writing the JSON documents of the gate: strict RFC 8259 (dosegate/detail/json.hpp), and every member
// known.
//
// A reader collects what is wrong instead of stopping at the first thing; each line begins with where it is, as a JSON
// Pointer (RFC 6901): "/people/0/name: is missing". A null is a wrong type, not an absent member.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/detail/json.hpp"

namespace dosegate::gate {

using Problems = std::vector<std::string>;

// A document that cannot be used; `what()` is one line for the user.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The names that a member may have as its value, in the order of an error's list.
using Words = std::vector<std::string>;

class ObjectReader {
 public:
  // `value` and `problems` must outlive the reader. What is no object is a problem and has no members.
  ObjectReader(const detail::JsonValue& value, std::string path, Problems& problems);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const;
  void complain(std::string_view name, const std::string& what);
  bool has(std::string_view name);

  // What is missing or of the wrong type is a problem, and the answer then empty or 0.
  std::string text(std::string_view name);  // not empty
  std::string word(std::string_view name, const Words& allowed);
  std::string digest(std::string_view name);  // SHA-256: 64 lower-case hex digits
  bool boolean(std::string_view name);
  std::int64_t whole(std::string_view name, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(std::string_view name, std::size_t least);  // none empty, none twice
  void object(std::string_view name, const std::function<void(ObjectReader&)>& read);
  void each(std::string_view name, std::size_t least, const std::function<void(ObjectReader&)>& read);
  // What may be left out.
  std::optional<std::string> text_if(std::string_view name);
  std::optional<double> number_if(std::string_view name);  // finite

  // Complains about every member that nobody asked for.
  void finish();

 private:
  using Kind = detail::JsonValue::Kind;
  const detail::JsonValue* member(std::string_view name, Kind kind, const char* what);

  const detail::JsonValue* value_ = nullptr;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> asked_;
};

bool holds(const std::vector<std::string>& list, std::string_view value);
// "a, b, c"; "none" where there is nothing.
std::string listed(const std::vector<std::string>& names);

// Refused, with where, if `text` is no JSON value.
detail::JsonValue parse_json(std::string_view text);
// Refused, with the first of `problems`, if there is one.
void require_none(const Problems& problems);
// A document of one object, all of whose members `read` asks for. Refused, with where, if `text` is none.
void read_document(std::string_view text, const std::function<void(ObjectReader&)>& read);

// Whether `text` has the form of a SHA-256: 64 lower-case hex digits.
bool is_digest(std::string_view text);
std::string sha256(std::string_view bytes);

// "text" with what RFC 8259 wants escaped; Refused where it is not UTF-8.
std::string as_json(std::string_view text);

// An object, member by member in the order of the calls, without spaces: one content, one sequence of bytes.
class ObjectWriter {
 public:
  ObjectWriter& text(std::string_view name, std::string_view value);
  ObjectWriter& text_if(std::string_view name, std::string_view value);  // left out where it is empty
  ObjectWriter& number(std::string_view name, double value);             // finite; the shortest that reads back
  ObjectWriter& number_if(std::string_view name, std::optional<double> value);
  ObjectWriter& whole(std::string_view name, std::int64_t value);
  ObjectWriter& boolean(std::string_view name, bool value);
  ObjectWriter& json(std::string_view name, std::string_view value);  // what is JSON already
  ObjectWriter& list(std::string_view name, const std::vector<std::string>& json_values);
  ObjectWriter& texts(std::string_view name, const std::vector<std::string>& values);
  std::string end() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

}  // namespace dosegate::gate
