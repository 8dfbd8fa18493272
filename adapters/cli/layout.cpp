#include "adapters/cli/layout.h"

#include <algorithm>
#include <numeric>

#include "adapters/cli/display.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kWidestCell = 80;
constexpr std::size_t kNarrowestColumn = 12;
constexpr std::size_t kGap = 2;

// Select Graphic Rendition, ECMA-48 8.3.117.
std::string_view start_of(Tone tone) {
  switch (tone) {
    case Tone::kHeading:
      return "\x1b[1m";
    case Tone::kGood:
      return "\x1b[1;32m";
    case Tone::kCaution:
      return "\x1b[1;33m";
    case Tone::kBad:
      return "\x1b[1;31m";
    case Tone::kFaint:
      return "\x1b[2m";
    case Tone::kPlain:
      break;
  }
  return "";
}

std::size_t line_width(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         kGap * (widths.empty() ? 0 : widths.size() - 1);
}

// Takes columns away from the widest left-aligned column until the line fits or nothing is left to take.
void narrow(std::vector<std::size_t>& widths, const std::vector<Table::Column>& columns, std::size_t room) {
  while (line_width(widths) > room) {
    std::size_t widest = columns.size();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].align != Table::Align::kLeft || widths[i] <= kNarrowestColumn) continue;
      if (widest == columns.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns.size()) return;
    --widths[widest];
  }
}

void trim_end(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

void Table::add(std::vector<std::string> cells, std::vector<std::string> details) {
  cells.resize(columns_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = printable(cells[i]);
    if (i + 1 < cells.size()) cells[i] = shorten(cells[i], kWidestCell);
  }
  rows_.push_back({std::move(cells), std::move(details)});
}

void Page::put(std::string_view printable_text, Tone tone) {
  const std::string_view start = style_.colour == Colour::kOn ? start_of(tone) : std::string_view();
  text_.append(start).append(printable_text);
  if (!start.empty()) text_ += "\x1b[0m";
}

void Page::heading(std::string_view text, Tone tone) {
  put(printable(text), tone);
  text_ += '\n';
}

void Page::paragraph(std::string_view text, std::size_t indent, std::size_t hanging) {
  const std::size_t room = style_.width > hanging ? style_.width - hanging : 0;
  std::size_t before = indent;
  for (const std::string& line : wrap(printable(text), room)) {
    text_.append(before, ' ').append(line) += '\n';
    before = hanging;
  }
}

void Page::marked(std::string_view mark, Tone tone, std::string_view text) {
  const std::string shown = printable(mark);
  const std::size_t indent = display_width(shown) + kGap;
  const std::size_t room = style_.width > indent ? style_.width - indent : 0;
  put(shown, tone);
  std::size_t before = kGap;
  for (const std::string& line : wrap(printable(text), room)) {
    text_.append(before, ' ').append(line) += '\n';
    before = indent;
  }
}

void Page::table(const Table& table, std::size_t indent) {
  std::vector<Table::Column> columns;
  std::vector<std::size_t> widths, kept;
  for (std::size_t i = 0; i < table.columns_.size(); ++i) {
    std::size_t width = 0;
    for (const Table::Row& row : table.rows_) width = std::max(width, display_width(row.cells[i]));
    if (width == 0) continue;
    kept.push_back(i);
    columns.push_back(table.columns_[i]);
    widths.push_back(std::max(width, display_width(table.columns_[i].heading)));
  }
  if (kept.empty()) return;
  narrow(widths, columns, style_.width > indent ? style_.width - indent : 0);

  std::vector<std::string> cells;
  for (const Table::Column& column : columns) cells.push_back(column.heading);
  table_row(cells, columns, widths, indent, Tone::kFaint);
  const std::size_t detail_indent = indent + (widths.size() > 1 ? widths.front() + kGap : kGap);
  for (const Table::Row& row : table.rows_) {
    cells.clear();
    for (const std::size_t i : kept) cells.push_back(row.cells[i]);
    table_row(cells, columns, widths, indent, Tone::kPlain);
    for (const std::string& detail : row.details) paragraph(detail, detail_indent, detail_indent);
  }
}

void Page::table_row(const std::vector<std::string>& cells, const std::vector<Table::Column>& columns,
                     const std::vector<std::size_t>& widths, std::size_t indent, Tone tone) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(wrap(cells[i], widths[i]));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t n = 0; n < height; ++n) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string_view part = n < lines[i].size() ? std::string_view(lines[i][n]) : std::string_view();
      line += columns[i].align == Table::Align::kLeft ? pad_right(part, widths[i]) : pad_left(part, widths[i]);
      line.append(kGap, ' ');
    }
    trim_end(line);
    put(line, tone);
    text_ += '\n';
  }
}

}  // namespace dosegate::cli
