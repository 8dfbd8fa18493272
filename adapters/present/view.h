// What every face shows of a report: which findings, in what order and groups, in which words and with which digits. A
// face (text, HTML) only lays it out.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapters/present/catalogue.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::present {

// Groups of findings, in the order in which a reader needs them. A deviation from an advisory rule decides nothing, so
// it is kNear. A status that this program does not know is kNotKnown, never a pass.
enum class Status { kBroken, kNotKnown, kUndecided, kNear, kPending, kPassed, kInformation };
inline constexpr std::size_t kStatuses = 7;

// Whose shape and colour a verdict has: what decides it. No verdict: not known.
Status status_of(dosegate::v1::Report::Verdict verdict);
// "Passed", "Broken": what a row of the status is.
Text word_of(Status status);
// "Pass", "Fail": a verdict as a heading.
Text word_of(dosegate::v1::Report::Verdict verdict);

// How much of a limit is used: 1 is the limit, more is beyond. Of an upper limit value / limit; of a lower limit on a
// volume or a rate in % what is missing / what may be missing; of another lower limit limit / value. None where there
// is no number for it.
struct Share {
  double value = 0.0, lower = 0.0,
         upper = 0.0;  // of the value, and of the ends of its interval that are better and worse
};
std::optional<Share> share_of_limit(const dosegate::v1::Finding& finding);

// A finding in words. Empty: there is nothing to say.
struct Row {
  const dosegate::v1::Finding* finding = nullptr;  // of the report, which outlives the view
  Status status = Status::kNotKnown;
  std::string rule, structure, metric, value, interval, limit;
  std::string room;     // to the limit, or beyond it: what the group's heading says
  std::string message;  // the engine's sentences, whole
  std::string reason;   // the same without what the row says already
  // The same in two: "The margin from GTV to CTV cannot be verified." (empty where the sentence has no such part), and
  // why.
  std::string what, cause;
  std::string same;  // of two rows alike: their cause and hint are the same
  std::string place, advisory, hint;
  std::optional<Share> used;
  // The row alone does not say what was found.
  bool needs_reason = false;
};

struct Group {
  Status status = Status::kNotKnown;
  std::string title, room_heading;
  std::vector<Row> rows;  // in the protocol's order
  // Rows that say the same for the same reason, in the order of the first of each; indices into rows.
  std::vector<std::vector<std::size_t>> causes;
  // Of a cause: no row has more than its rule to show, so that one line serves for all.
  bool is_rules_alone(const std::vector<std::size_t>& cause) const;
};

// One of the few things that a reader must know first.
struct Headline {
  Status status = Status::kNotKnown;
  std::size_t row = 0;    // the first one, of its group
  std::size_t rules = 1;  // that hang on it
};

// Who accepted that a rule is not met, and whether that counts.
struct Deviation {
  const dosegate::v1::ProtocolDeviation* deviation = nullptr;  // of the report
  std::string rule;
  std::string says;  // "Accepted by A. Curie (physicist) until 2026-12-30: discussed"
  std::string why;   // why it does not count; empty where it does
};

struct View {
  Language language = Language::kEnglish;
  const dosegate::v1::Report* report = nullptr;  // outlives the view
  std::string verdict;                           // "FAIL"
  std::string plan;                              // "Plan \"LIVER\", 45 Gy in 15 fractions"
  std::string plan_label, prescription;          // its parts
  std::string protocol, protocol_title;
  std::string summary;   // "1 rule is broken, 77 passed."
  std::string approval;  // what the verdict means for approval: a sentence
  std::array<Group, kStatuses> groups;
  std::vector<Deviation> deviations;
  std::vector<Headline> headlines;  // what is broken by the largest share first; then open; then near; at most three
  std::vector<std::string> prescription_lines, dose_lines, note_lines;
  std::string solids, engine;

  const Group& group(Status status) const { return groups[static_cast<std::size_t>(status)]; }
  const Row& row(const Headline& headline) const { return group(headline.status).rows[headline.row]; }
};

// `report` and `plan` are as the library and the reader gave them; `protocol_title` may be empty.
View make_view(const dosegate::v1::Report& report, const dosegate::v1::Plan& plan, const std::string& protocol_title,
               Language language);

// "SpinalCord Max is 42.00 Gy; the limit is < 40 Gy. Beyond the limit by: 2.00 Gy, 0.34 cc." Plain text.
std::string headline_text(const View& view, const Headline& headline);

// "OR-2.V20", or "liver-v20 (OR-2)" where the id does not show the clause.
std::string rule_text(const dosegate::v1::Finding& finding);

}  // namespace dosegate::present
