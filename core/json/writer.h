// A canonical JSON writer: members in the order they are written, two-space indent, shortest decimals that
// read back as the same double, always valid UTF-8. The same calls give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate {

// Calls must make one well-formed JSON text (asserted): a key before every value in an object, none in an
// array, every begin with its end, one value at the top.
class JsonWriter {
 public:
  // kLines: one element a line. kInline: all on one line, for long rows of numbers.
  enum class Layout { kLines, kInline };

  void begin_object(Layout layout = Layout::kLines);
  void end_object();
  void begin_array(Layout layout = Layout::kLines);
  void end_array();

  void key(std::string_view name);

  // A byte that is not part of valid UTF-8 becomes U+FFFD.
  void string(std::string_view value);
  // A value that is not finite is a programmer's error (asserted); a release build writes null, which the
  // proto3 mapping reads as absent. -0 is written as 0.
  void number(double value);
  void integer(std::int64_t value);  // as a JSON number: for int32 fields (the mapping quotes 64-bit ones)
  void boolean(bool value);

  // key and value at once.
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, const char* value) { field(name, std::string_view(value)); }
  void field(std::string_view name, const std::string& value) { field(name, std::string_view(value)); }
  void field(std::string_view name, double value);
  void field(std::string_view name, std::int32_t value);
  void field(std::string_view name, bool value);
  // Writes nothing when there is no value.
  template <typename T>
  void field(std::string_view name, const std::optional<T>& value) {
    if (value) field(name, *value);
  }
  // Writes nothing when the text is empty: the proto3 default.
  void field_if_set(std::string_view name, std::string_view value) {
    if (!value.empty()) field(name, value);
  }

  // The text with a final newline. The writer is empty again afterwards.
  std::string take();

 private:
  struct Level {
    bool is_object = false;
    Layout layout = Layout::kLines;
    bool empty = true;
  };

  void open(char bracket, bool is_object, Layout layout);
  void close(char bracket, bool is_object);
  void before_value();
  void next_element();
  void indent();

  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

// A double as the writer prints it: "45", "0.1", "1e+20". Independent of the locale.
std::string number_text(double value);

// The text as a JSON string with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace dosegate
