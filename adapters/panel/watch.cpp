#include "adapters/panel/watch.h"

#include <utility>

#include "adapters/cli/documents.h"
#include "adapters/cli/render_report.h"
#include "adapters/panel/sessions.h"
#include "adapters/present/display.h"

namespace dosegate::panel {

using present::Row;
using present::Status;
using present::Text;

namespace {

// "OR-6.Max SpinalCord Max[Gy] 46.11 Gy, limit < 40 Gy"
std::string text_of(const Row& row) {
  std::string text = row.rule;
  for (const std::string* part : {&row.structure, &row.metric, &row.value}) text += part->empty() ? "" : " " + *part;
  if (!row.limit.empty()) text += " (" + row.limit + ")";
  if (row.needs_reason) text += " " + row.reason;
  return text;
}

bool is_told_singly(const Row* row) {
  return row != nullptr && is_open(row->status) && row->status != Status::kNotKnown;
}

}  // namespace

std::string Watch::connection(const std::string& problem) {
  const bool is_lost = !problem.empty();
  if (std::exchange(is_lost_, is_lost) == is_lost) return "";
  cli::Page page(style_);
  if (is_lost) {
    page.marked(
        "!", cli::Tone::kCaution,
        time_of_day() + " " + present::say(Text::kStaleServer, language_) + " (" + present::printable(problem) + ")");
  } else {
    page.paragraph(time_of_day() + " ...");
  }
  return page.text();
}

std::string Watch::take(const Parts& response) {
  if (response.has_begun()) {
    Session& session = sessions_[response.session()];
    if (session.number != 0) return "";
    session.number = ++begun_;
    v1::Protocol protocol;
    (void)cli::read_document(response.begun().protocol_json(), protocol);
    session.title = protocol.title();
    return "";
  }
  const auto found = sessions_.find(response.session());
  if (found == sessions_.end()) return "";
  Session& session = found->second;
  const std::string name = present::say(Text::kSessionNumber, language_, {std::to_string(session.number)});
  if (response.has_checked()) return check(session, response.checked());
  if (!response.has_over()) return "";
  cli::Page page(style_);
  const std::string last = session.last ? present::say(Text::kRevisionAt, language_,
                                                       {std::to_string(session.last->number), session.last->at})
                                        : present::say(Text::kNone, language_);
  page.paragraph(name + ". " + present::say(Text::kStaleOver, language_, {last}));
  sessions_.erase(found);
  return page.text();
}

std::string Watch::check(Session& session, const Parts::Checked& checked) {
  if (session.last && session.last->number >= checked.revision()) return "";
  const auto revision = make_revision(checked, time_of_day(), session.title, language_, Identifiers::kShown);
  cli::Page page(style_);
  const std::string name = present::say(Text::kSessionNumber, language_, {std::to_string(session.number)});
  page.marked(revision->view.verdict, cli::tone_for(revision->checked.report().verdict()),
              name + ", " +
                  present::say(Text::kRevisionAt, language_, {std::to_string(revision->number), revision->at}) + ": " +
                  revision->view.summary);
  const Revision nothing;
  constexpr std::string_view kMarks[] = {"+", "-", "~"};
  std::size_t unknown = 0;
  for (const Change& change : changes_between(session.last ? *session.last : nothing, *revision)) {
    if (!is_told_singly(change.before) && !is_told_singly(change.after)) {
      ++unknown;
      continue;
    }
    const Row& row = change.after != nullptr ? *change.after : *change.before;
    std::string text = text_of(row);
    if (change.before != nullptr && !change.before->value.empty() && change.before->value != row.value) {
      text += ", " + present::say(Text::kWasBefore, language_, {change.before->value});
    }
    if (change.kind == Change::Kind::kResolved) text += ", " + present::say(Text::kChangeResolved, language_);
    page.marked("  " + std::string(kMarks[static_cast<std::size_t>(change.kind)]),
                change.kind == Change::Kind::kResolved ? cli::Tone::kGood : cli::tone_for(row.status), text);
  }
  if (unknown != 0) {
    const std::size_t now = revision->view.group(Status::kNotKnown).rows.size();
    page.paragraph(
        present::say(Text::kLabelled, language_, {present::say(Text::kTallyNotKnown, language_), std::to_string(now)}),
        2, 2);
  }
  session.last = revision;
  return page.text();
}

}  // namespace dosegate::panel
