#include "core/sentences/json.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/record/read_day.h"

namespace dosegate {
namespace {

const char* join_text(Join join) {
  switch (join) {
    case Join::kAnd:
      return "AND";
    case Join::kOr:
      return "OR";
    case Join::kComma:
      return "COMMA";
    case Join::kSemicolon:
      return "SEMICOLON";
  }
  return "JOIN_UNSPECIFIED";
}

void write_message(JsonWriter& w, const Message& message);
void write_argument(JsonWriter& w, const Argument& argument);

void write_sentences(JsonWriter& w, const char* name, const Prose& prose) {
  w.key(name);
  w.begin_array(JsonWriter::Layout::kInline);
  for (const Message& m : prose.messages()) write_message(w, m);
  w.end_array();
}

struct ArgumentJson {
  JsonWriter& w;

  void operator()(const std::string& text) const { w.field("text", text); }
  void operator()(const Number& n) const {
    w.field("number", n.value);
    if (n.decimals != 0) w.field("decimals", static_cast<std::int32_t>(n.decimals));
    w.field_if_set("unit", n.unit);
  }
  void operator()(std::int64_t count) const { w.field("count", std::to_string(count)); }  // 64 bits are quoted
  void operator()(Argument::Day day) const { w.field("day", text_of(day)); }
  void operator()(const Prose& prose) const {
    w.key("sentences");
    w.begin_object();
    if (!prose.empty()) write_sentences(w, "sentences", prose);
    w.end_object();
  }
  void operator()(const Listing& list) const {
    w.key("list");
    w.begin_object();
    w.field("join", join_text(list.join));
    w.key("items");
    w.begin_array();
    for (const Argument& item : list.items) write_argument(w, item);
    w.end_array();
    if (list.more > 0) w.field("more", std::to_string(list.more));
    w.end_object();
  }
};

void write_argument(JsonWriter& w, const Argument& argument) {
  w.begin_object();
  std::visit(ArgumentJson{w}, argument.value);
  w.end_object();
}

void write_message(JsonWriter& w, const Message& message) {
  w.begin_object();
  w.field("id", name_of(message.id));
  if (!message.arguments.empty()) {
    w.key("arguments");
    w.begin_array();
    for (const Argument& a : message.arguments) write_argument(w, a);
    w.end_array();
  }
  w.end_object();
}

std::optional<Said> find_id(std::string_view name) {
  const auto found = std::find(std::begin(kNamesOfSentences), std::end(kNamesOfSentences), name);
  if (found == std::end(kNamesOfSentences)) return {};
  return static_cast<Said>(found - std::begin(kNamesOfSentences));
}

// What JSON's numbers hold exactly.
std::optional<std::int64_t> read_count(ObjectReader& reader, std::string_view name, double least) {
  constexpr double kMost = 9007199254740992.0;
  const auto value = reader.number(name, {least, kMost});
  if (value && *value != std::floor(*value)) reader.fail(name, "must be a whole number");
  if (!value) return {};
  return static_cast<std::int64_t>(*value);
}

Argument read_argument(ObjectReader& reader);

Listing read_list(ObjectReader& reader) {
  Listing list;
  const int join = reader.enumeration("join", "JOIN_UNSPECIFIED",
                                      {{"AND", 1}, {"OR", 2}, {"COMMA", 3}, {"SEMICOLON", 4}}, Need::kRequired);
  constexpr Join kJoins[] = {Join::kAnd, Join::kAnd, Join::kOr, Join::kComma, Join::kSemicolon};
  list.join = kJoins[join];
  reader.each_object("items", [&](ObjectReader& item) { list.items.push_back(read_argument(item)); });
  list.more = static_cast<std::size_t>(read_count(reader, "more", 0.0).value_or(0));
  reader.finish();
  return list;
}

Argument read_argument(ObjectReader& reader) {
  constexpr double kLargest = 1e300;
  constexpr std::int32_t kMostDecimals = 20;
  Argument argument{""};
  int kinds = 0;
  if (reader.has("text")) {
    argument = reader.string("text");
    ++kinds;
  }
  if (reader.has("number")) {
    const auto value = reader.number("number", {-kLargest, kLargest});
    const std::int32_t decimals = reader.integer("decimals", 0).value_or(0);
    if (decimals > kMostDecimals) reader.fail("decimals", "must be at most 20");
    argument = number(value.value_or(0.0), std::min(decimals, kMostDecimals), reader.string("unit"));
    ++kinds;
  }
  if (reader.has("count")) {
    argument = read_count(reader, "count", -9007199254740992.0).value_or(0);
    ++kinds;
  }
  if (reader.has("day")) {
    if (const auto day = read_day(reader, "day")) argument = *day;
    ++kinds;
  }
  if (auto sentences = reader.object("sentences")) {
    argument = read_sentences(*sentences);
    sentences->finish();
    ++kinds;
  }
  if (auto list = reader.object("list")) {
    argument = read_list(*list);
    ++kinds;
  }
  if (kinds != 1) reader.fail("", "must hold one of text, number, count, day, sentences, list");
  return argument;
}

// The check that say() makes when it is compiled.
bool fits(const Message& message) {
  const messages::Names names = messages::names_of(english_pattern(message.id));
  if (names.size != message.arguments.size()) return false;
  for (std::size_t i = 0; i < names.size; ++i) {
    const bool is_count = std::holds_alternative<std::int64_t>(message.arguments[i].value);
    if (messages::counts_anywhere(message.id, names.all[i]) && !is_count) return false;
  }
  return true;
}

}  // namespace

void write(JsonWriter& w, const char* name, const Prose& prose) {
  if (!prose.empty()) write_sentences(w, name, prose);
}

void write_notes(JsonWriter& w, const std::vector<Prose>& notes) {
  w.key("notes");
  w.begin_array();
  for (const Prose& note : notes) w.string(english(note));
  w.end_array();
}

void write_note_sentences(JsonWriter& w, const std::vector<Prose>& notes) {
  if (notes.empty()) return;
  w.key("noteSentences");
  w.begin_array();
  for (const Prose& note : notes) {
    w.begin_object(JsonWriter::Layout::kInline);
    write_sentences(w, "sentences", note);
    w.end_object();
  }
  w.end_array();
}

Prose read_sentences(ObjectReader& reader) {
  Prose prose;
  reader.each_object("sentences", [&](ObjectReader& r) {
    Message message;
    const std::string name = r.string("id", Need::kRequired);
    r.each_object("arguments", [&](ObjectReader& a) { message.arguments.push_back(read_argument(a)); });
    const auto id = find_id(name);
    if (!id) return r.fail("id", "no sentence has the id " + shown(name));
    message.id = *id;
    if (!fits(message)) return r.fail("arguments", "are others than the words of " + shown(name) + " name");
    prose += message;
  });
  return prose;
}

}  // namespace dosegate
