#include "adapters/cli/render_report.h"

#include <string_view>
#include <utility>
#include <vector>

#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/sentences.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::Report;
using present::Group;
using present::Row;
using present::Status;
using present::Text;
using present::View;
using Align = Table::Align;

// The view in lines and tables.
class Renderer {
 public:
  Renderer(const View& view, Style style) : view_(view), page_(style) {}

  std::string run(Length length) {
    verdict();
    explained(Status::kBroken);
    deviations();
    open(Status::kNotKnown);
    explained(Status::kUndecided);
    explained(Status::kNear);
    if (length == Length::kShort) {
      page_.blank();
      page_.paragraph(say(Text::kShortForm));
      return page_.text();
    }
    waiting(Status::kPending);
    listed(Status::kPassed);
    listed(Status::kInformation);
    structures();
    paragraphs(Text::kPrescription, view_.prescription_lines);
    paragraphs(Text::kDose, view_.dose_lines);
    inputs();
    notes();
    if (!view_.engine.empty()) {
      page_.blank();
      page_.paragraph(view_.engine);
    }
    return page_.text();
  }

 private:
  std::string say(Text text) const { return present::say(text, view_.language); }

  void section(std::string_view title, Tone tone = Tone::kHeading) {
    page_.blank();
    page_.heading(title, tone);
  }
  void section(const Group& group) {
    section(group.title + " (" + std::to_string(group.rows.size()) + ")", tone_for(group.status));
  }

  Table findings_table(const Group& group) const {
    return Table({{say(Text::kRule)},
                  {say(Text::kStructure)},
                  {say(Text::kMetric)},
                  {say(Text::kValue), Align::kRight},
                  {say(Text::kBetween), Align::kRight},
                  {say(Text::kLimit)},
                  {group.room_heading}});
  }

  static std::vector<std::string> cells(const Row& row) {
    return {row.rule, row.structure, row.metric, row.value, row.interval, row.limit, row.room};
  }

  std::vector<std::string> explanation(const Row& row) const {
    std::vector<std::string> lines;
    for (const std::string& line : {row.reason, row.place, row.advisory}) {
      if (!line.empty()) lines.push_back(line);
    }
    if (!row.hint.empty())
      lines.push_back(present::say(Text::kLabelled, view_.language, {say(Text::kWhatToDo), row.hint}));
    return lines;
  }

  // Of a rule that shares its cause with others: what of it is open, and the cause below the last of them.
  std::vector<std::string> open_explanation(const Row& row, bool shares, bool is_last) const {
    if (!shares) return explanation(row);
    std::vector<std::string> lines;
    if (!row.what.empty()) lines.push_back(row.what);
    if (!is_last) return lines;
    Row rest = row;
    rest.reason = row.cause;
    for (std::string& line : explanation(rest)) lines.push_back(std::move(line));
    return lines;
  }

  void verdict() {
    page_.marked(view_.verdict, tone_for(view_.report->verdict()), view_.plan);
    page_.paragraph(view_.protocol, 0, 2);
    page_.paragraph(view_.summary, 0, 2);
    page_.paragraph(view_.approval, 0, 2);
    headlines();
  }

  // The two or three things that matter most, where there are more than are seen at a glance.
  void headlines() {
    std::size_t things = 0;
    for (const Status status : {Status::kBroken, Status::kUndecided, Status::kNear})
      things += view_.group(status).rows.size();
    things += view_.group(Status::kNotKnown).causes.size();
    if (things < 2) return;
    page_.blank();
    page_.heading(say(Text::kFirst));
    for (const present::Headline& headline : view_.headlines)
      page_.paragraph("- " + present::headline_text(view_, headline), 2, 4);
  }

  void explained(Status status) {
    const Group& group = view_.group(status);
    if (group.rows.empty()) return;
    section(group);
    Table table = findings_table(group);
    for (const Row& row : group.rows) table.add(cells(row), explanation(row));
    page_.table(table);
  }

  void deviations() {
    if (view_.deviations.empty()) return;
    section(say(Text::kProtocolDeviations) + " (" + std::to_string(view_.deviations.size()) + ")", Tone::kCaution);
    page_.paragraph(say(Text::kDeviationsNote), 2, 2);
    for (const present::Deviation& d : view_.deviations) {
      page_.paragraph(present::say(Text::kLabelled, view_.language, {d.rule, d.says}), 2, 4);
      if (!d.why.empty()) page_.paragraph(d.why, 4, 4);
    }
  }

  void listed(Status status) {
    const Group& group = view_.group(status);
    if (group.rows.empty()) return;
    section(group);
    Table table = findings_table(group);
    for (const Row& row : group.rows) {
      table.add(cells(row), row.needs_reason ? std::vector{row.message} : std::vector<std::string>{});
    }
    page_.table(table);
  }

  // Many rules, one reason, and nothing else to show of them.
  void rules_alone(const Group& group, const std::vector<std::size_t>& cause) {
    std::vector<std::string> rules;
    for (const std::size_t i : cause) {
      const Row& row = group.rows[i];
      const bool says_advisory = group.status == Status::kNotKnown && !row.finding->mandatory();
      rules.push_back(row.rule + (says_advisory ? " " + say(Text::kAdvisoryMark) : ""));
    }
    page_.paragraph(present::listing(rules, view_.language), 2, 2);
    for (const std::string& line : explanation(group.rows[cause.front()])) page_.paragraph(line, 4, 2);
  }

  // Rules that are open for one and the same reason stand together, the reason once below them.
  void open(Status status) {
    const Group& group = view_.group(status);
    if (group.rows.empty()) return;
    section(group);
    Table table({{say(Text::kRule)}, {say(Text::kStructure)}, {say(Text::kMetric)}, {say(Text::kLimit)}, {""}});
    std::vector<const std::vector<std::size_t>*> alone;
    for (const auto& cause : group.causes) {
      if (cause.size() > 1 && group.is_rules_alone(cause)) {
        alone.push_back(&cause);
        continue;
      }
      for (const std::size_t i : cause) {
        const Row& row = group.rows[i];
        table.add(
            {row.rule, row.structure, row.metric, row.limit, row.finding->mandatory() ? "" : say(Text::kAdvisoryMark)},
            open_explanation(row, cause.size() > 1, i == cause.back()));
      }
    }
    if (!table.empty()) page_.table(table);
    for (const auto* cause : alone) rules_alone(group, *cause);
  }

  void waiting(Status status) {
    const Group& group = view_.group(status);
    if (group.rows.empty()) return;
    section(group);
    for (const auto& cause : group.causes) rules_alone(group, cause);
  }

  void structures() {
    if (view_.report->structures().empty()) return;
    section(say(Text::kStructures));
    Table table({{say(Text::kInProtocol)},
                 {say(Text::kInPlan)},
                 {say(Text::kVolume), Align::kRight},
                 {say(Text::kHowMatched)}});
    for (const auto& match : view_.report->structures()) {
      std::string how = present::in_words_or(match.how_sentences(), view_.language, match.how());
      if (!match.problem().empty()) {
        how += (how.empty() ? "" : "; ") +
               present::in_words_or(match.problem_sentences(), view_.language, match.problem());
      }
      const std::string volume =
          match.has_volume_cc() ? present::with_unit(present::fixed(match.volume_cc()), "cc") : "";
      table.add({match.role(), match.has_roi() ? match.roi() : "-", volume, how});
    }
    page_.table(table);
    if (!view_.solids.empty()) page_.paragraph(view_.solids, 2, 2);
  }

  void paragraphs(Text title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    section(say(title));
    for (const std::string& line : lines) page_.paragraph(line, 2, 2);
  }

  void inputs() {
    if (view_.report->inputs().empty()) return;
    constexpr std::size_t kShownDigits = 16;
    section(say(Text::kInputs));
    Table table({{say(Text::kObject)}, {"SOP Instance UID"}, {say(Text::kShaBegins)}});
    for (const auto& in : view_.report->inputs()) {
      table.add({in.role(), in.sop_instance_uid(), in.sha256().substr(0, kShownDigits)});
    }
    page_.table(table);
  }

  void notes() {
    if (view_.note_lines.empty()) return;
    section(say(Text::kNotes));
    for (const std::string& note : view_.note_lines) page_.paragraph("- " + note, 2, 4);
  }

  const View& view_;
  Page page_;
};

}  // namespace

Tone tone_for(Status status) {
  switch (status) {
    case Status::kBroken:
      return Tone::kBad;
    case Status::kNotKnown:
    case Status::kUndecided:
    case Status::kNear:
      return Tone::kCaution;
    case Status::kPassed:
      return Tone::kGood;
    case Status::kPending:
    case Status::kInformation:
      break;
  }
  return Tone::kHeading;
}

Tone tone_for(Report::Verdict verdict) {
  switch (verdict) {
    case Report::PASS:
      return Tone::kGood;
    case Report::INCOMPLETE:
      return Tone::kCaution;
    default:
      return Tone::kBad;
  }
}

std::string render_report(const View& view, Style style, Length length) { return Renderer(view, style).run(length); }

}  // namespace dosegate::cli
