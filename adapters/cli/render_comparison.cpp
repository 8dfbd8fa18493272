#include "adapters/cli/render_comparison.h"

#include <utility>
#include <vector>

#include "adapters/cli/render_report.h"
#include "adapters/present/listing.h"

namespace dosegate::cli {
namespace {

using present::ComparedCell;
using present::ComparedGroup;
using present::ComparedRow;
using present::ComparisonView;
using present::Status;
using present::Text;
using present::Together;

Tone tone_of(Together together) {
  switch (together) {
    case Together::kBroken:
      return Tone::kBad;
    case Together::kNotKnown:
      return Tone::kCaution;
    default:
      return Tone::kHeading;
  }
}

class ComparisonText {
 public:
  ComparisonText(const ComparisonView& view, Style style) : view_(view), page_(style) {}

  std::string run() {
    for (std::size_t i = 0; i < view_.plans.size(); ++i) plan(i);
    page_.blank();
    page_.paragraph(view_.protocol, 0, 2);
    page_.paragraph(say(Text::kComparisonNote), 0, 2);
    for (const ComparedGroup& group : view_.groups) table(group);
    notes();
    return page_.text();
  }

 private:
  std::string say(Text text) const { return present::say(text, view_.language); }

  void plan(std::size_t i) {
    const present::ComparedPlan& p = view_.plans[i];
    if (i > 0) page_.blank();
    const auto verdict = view_.report->plans(static_cast<int>(i)).verdict();
    page_.marked(p.mark + "  " + p.verdict, tone_for(verdict), (p.label.empty() ? "" : p.label + "  ") + p.name);
    page_.paragraph(p.summary, 3, 2);
    for (const std::string& change : p.changes) page_.paragraph(change, 3, 2);
  }

  // A status other than met stands beside the value; without a value it is all there is.
  std::string text_of(const ComparedCell& cell) const {
    if (cell.row == nullptr) return "-";
    const bool is_met = cell.row->status == Status::kPassed || cell.row->status == Status::kInformation;
    const std::string word = present::say(present::word_of(cell.row->status), view_.language);
    if (cell.row->value.empty()) return word;
    return is_met ? cell.row->value : cell.row->value + " " + word;
  }

  void table(const ComparedGroup& group) {
    if (group.rows.empty()) return;
    page_.blank();
    page_.heading(group.title + " (" + std::to_string(group.rows.size()) + ")", tone_of(group.together));
    if (group.together == Together::kPending) return rules(group);
    std::vector<Table::Column> columns = {
        {say(Text::kRule)}, {say(Text::kStructure)}, {say(Text::kMetric)}, {say(Text::kLimit)}};
    for (const auto& p : view_.plans) columns.push_back({p.mark, Table::Align::kRight});
    Table all(std::move(columns));
    for (const ComparedRow& row : group.rows) {
      std::vector<std::string> cells = {row.rule + (row.is_advisory ? " " + say(Text::kAdvisoryMark) : ""),
                                        row.structure, row.metric, row.limit};
      for (const ComparedCell& cell : row.cells) cells.push_back(text_of(cell));
      all.add(std::move(cells), details(row, group.together));
    }
    page_.table(all);
  }

  std::vector<std::string> details(const ComparedRow& row, Together together) const {
    std::vector<std::string> changes;
    for (std::size_t i = 1; i < row.cells.size() && together != Together::kUnchanged; ++i) {
      if (row.cells[i].change_text.empty()) continue;
      changes.push_back(present::say(Text::kLabelled, view_.language, {view_.plans[i].mark, row.cells[i].change_text}));
    }
    std::vector<std::string> lines;
    if (!changes.empty()) lines.push_back(present::listing(changes, view_.language, present::Joint::kSemicolon));
    lines.insert(lines.end(), row.details.begin(), row.details.end());
    return lines;
  }

  void rules(const ComparedGroup& group) {
    std::vector<std::string> names;
    for (const ComparedRow& row : group.rows) names.push_back(row.rule);
    page_.paragraph(present::listing(names, view_.language), 2, 2);
  }

  void notes() {
    if (view_.report->notes().empty()) return;
    page_.blank();
    page_.heading(say(Text::kWhatElseDiffers), Tone::kCaution);
    for (const std::string& note : view_.report->notes()) page_.paragraph("- " + note, 2, 4);
  }

  const ComparisonView& view_;
  Page page_;
};

}  // namespace

std::string render_comparison(const ComparisonView& view, Style style) { return ComparisonText(view, style).run(); }

}  // namespace dosegate::cli
