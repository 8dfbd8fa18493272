// Lines and tables for a reader at a terminal. Every text that goes in is made printable() on its way out,
// so that a name from a file can neither steer the terminal nor break the columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::cli {

enum class Tone { kPlain, kHeading, kGood, kCaution, kBad, kFaint };
enum class Colour { kOff, kOn };

inline constexpr std::size_t kDefaultWidth = 100;

struct Style {
  Colour colour = Colour::kOff;
  std::size_t width = kDefaultWidth;  // columns of a line
  bool is_terminal = false;           // somebody looks on; else it is kept, or read by a program
};

// A table: columns as wide as their widest cell, separated by two spaces. Where the lines would be wider than
// the page, the widest left-aligned columns become narrower and their cells wrap. Columns that are empty
// everywhere are left out.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string heading;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns. Cells wider than 80 columns are shortened unless the column is the last one.
  // `details` are paragraphs below the row, indented to the second column.
  void add(std::vector<std::string> cells, std::vector<std::string> details = {});
  bool empty() const { return rows_.empty(); }

 private:
  friend class Page;
  struct Row {
    std::vector<std::string> cells, details;
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

class Page {
 public:
  explicit Page(Style style) : style_(style) {}

  void blank() { text_ += '\n'; }
  void heading(std::string_view text, Tone tone = Tone::kHeading);
  // Wrapped at the page's width; `indent` columns before the first line, `hanging` before the following ones.
  void paragraph(std::string_view text, std::size_t indent = 0, std::size_t hanging = 0);
  // `mark` in its tone, then `text`, wrapped beside it.
  void marked(std::string_view mark, Tone tone, std::string_view text);
  void table(const Table& table, std::size_t indent = 2);

  const std::string& text() const { return text_; }

 private:
  void put(std::string_view printable_text, Tone tone);
  void table_row(const std::vector<std::string>& cells, const std::vector<Table::Column>& columns,
                 const std::vector<std::size_t>& widths, std::size_t indent, Tone tone);

  Style style_;
  std::string text_;
};

}  // namespace dosegate::cli
