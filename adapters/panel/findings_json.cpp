#include "adapters/panel/findings_json.h"

#include <boost/json/array.hpp>
#include <cmath>

#include "adapters/html/markup.h"
#include "adapters/present/display.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/typeset.h"

namespace dosegate::panel {
namespace {

namespace json = boost::json;
using present::Language;
using present::Row;
using present::Status;
using present::Text;

constexpr Status kAll[] = {Status::kBroken,  Status::kNotKnown, Status::kUndecided,  Status::kNear,
                           Status::kPending, Status::kPassed,   Status::kInformation};
constexpr std::size_t kMostText = 900;  // bytes of a sentence; nobody reads on

// Whatever a file or a planning system wrote, a reader sees it as it is.
std::string shown(std::string_view text) {
  std::string all = present::printable(text);
  if (all.size() <= kMostText) return all;
  std::size_t end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(all[end]) & 0xC0U) == 0x80U) --end;
  return all.substr(0, end) + "…";
}

std::string metric_of(const Row& row) { return shown(row.metric.substr(0, row.metric.find('['))); }

// The same of a sentence or an amount, as print has it.
std::string told(const std::string& text) { return present::typeset(shown(text)); }

std::string limit_of(const Row& row) { return told(row.limit); }

// A room whose sign contradicts the status is a fault of the report, and is not passed on as a number.
std::string room_of(const Row& row, bool has, double value) {
  if (!has || !std::isfinite(value)) return "";
  const bool is_deviation = row.finding->status() == v1::Finding::DEVIATION;
  if (is_deviation ? value > 0.0 : value < 0.0 && row.status != Status::kUndecided) return "†";
  return html::signed_number(present::fixed(value));
}

std::string status_word(Status status, Language language) { return html::word_of(status, language); }

// "What to do: ...", or nothing.
std::string to_do(const Row& row, Language language) {
  if (row.hint.empty()) return "";
  std::string hint = told(row.hint);
  present::capitalise(hint);
  return present::say(Text::kLabelled, language, {present::say(Text::kWhatToDo, language), hint});
}

json::object row_json(const Revision::Keyed& keyed, const present::View& view) {
  const Row& row = *keyed.row;
  const v1::Finding& f = *row.finding;
  const Language language = view.language;
  json::object out{{"cls", html::class_of(row.status)},
                   {"word", status_word(row.status, language)},
                   {"id", shown(f.rule_id())},
                   {"rule", shown(row.rule)},
                   {"structure", shown(row.structure)},
                   {"metric", metric_of(row)},
                   {"value", html::signed_number(shown(row.value))},
                   {"interval", shown(row.interval)},
                   {"limit", limit_of(row)},
                   {"gy", room_of(row, f.has_margin_dose_gy(), f.margin_dose_gy())},
                   {"cc", room_of(row, f.has_margin_volume_cc(), f.margin_volume_cc())},
                   {"over", f.status() == v1::Finding::DEVIATION}};
  json::object raw;
  if (f.has_value()) raw["value"] = present::shortest(f.value());
  if (f.has_lower()) raw["lower"] = present::shortest(f.lower());
  if (f.has_upper()) raw["upper"] = present::shortest(f.upper());
  if (f.has_limit()) raw["limit"] = present::shortest(f.limit());
  out["raw"] = std::move(raw);
  if (row.used) {
    const std::string percent = present::fixed(100.0 * row.used->value, 0);
    out["used"] = {{"v", row.used->value},
                   {"l", row.used->lower},
                   {"u", row.used->upper},
                   {"text", percent + " %"},
                   {"label", present::say(Text::kPercentUsed, language, {percent})}};
  }
  if (!is_open(row.status)) return out;
  std::string say;
  const auto add = [&](const std::string& sentence) {
    if (!say.empty()) say += present::sentence_gap(language);
    say += sentence;
  };
  const auto closed = [&](const std::string& text) { return present::say(Text::kSentence, language, {text}); };
  if (row.needs_reason) add(row.reason);
  if (!row.room.empty())
    add(closed(present::say(Text::kLabelled, language, {view.group(row.status).room_heading, row.room})));
  if (!row.place.empty()) add(closed(row.place));
  if (!row.advisory.empty()) add(closed(row.advisory));
  out["say"] = told(say);
  out["todo"] = to_do(row, language);
  return out;
}

std::string key_of_cause(const present::Group& group, const std::vector<std::size_t>& cause) {
  return "cause|" + std::to_string(std::hash<std::string>()(group.rows[cause.front()].same));
}

json::object cause_json(const present::Group& group, const std::vector<std::size_t>& cause, Language language) {
  const Row& first = group.rows[cause.front()];
  json::array affected;
  for (const std::size_t i : cause) {
    const Row& row = group.rows[i];
    std::string text = shown(row.rule);
    if (row.what.empty()) {
      if (!row.structure.empty()) text += " " + shown(row.structure);
      if (!row.metric.empty()) text += " " + metric_of(row);
      if (!row.limit.empty()) text += " " + limit_of(row);
    } else {
      text += " " + told(row.what);  // which names what it is of
    }
    affected.emplace_back(text);
  }
  std::string why = told(first.cause);
  present::capitalise(why);
  return {
      {"cls", html::class_of(group.status)},
      {"word", status_word(group.status, language)},
      {"rules", cause.size() == 1 ? shown(first.rule) : present::say_count(Text::kRulesHang, language, cause.size())},
      {"why", why},
      {"todo", to_do(first, language)},
      {"affected", std::move(affected)}};
}

// "46.11 Gy", or the status' word where there is no value.
std::string said_of(const Row* row, Language language) {
  if (row == nullptr) return present::say(Text::kGoneFromReport, language);
  const std::string word = status_word(row->status, language);
  return row->value.empty() ? word : html::signed_number(shown(row->value));
}

json::object change_json(const Change& change, Language language) {
  constexpr Text kWords[] = {Text::kChangeNew, Text::kChangeResolved, Text::kChangeMoved};
  constexpr std::string_view kKinds[] = {"new", "resolved", "moved"};
  const auto kind = static_cast<std::size_t>(change.kind);
  json::object out{{"kind", kKinds[kind]}, {"word", present::say(kWords[kind], language)}};
  if (change.before != nullptr) {
    out["was"] = present::say(Text::kWasBefore, language, {said_of(change.before, language)});
    out["wasWord"] = status_word(change.before->status, language);
  }
  return out;
}

bool is_countable(Status status) { return status == Status::kNotKnown; }

}  // namespace

json::object findings_json(const Revision& revision, const Revision* before) {
  const present::View& view = revision.view;
  const Language language = view.language;
  const auto verdict = revision.checked.report().verdict();
  json::object rows, causes, changes;
  json::array items, passed, information, pending, strip;
  for (const Revision::Keyed& keyed : revision.rows) {
    const Status status = keyed.row->status;
    if (status == Status::kNotKnown) continue;
    rows[keyed.key] = row_json(keyed, view);
    if (status == Status::kPassed) passed.emplace_back(keyed.key);
    if (status == Status::kInformation) information.emplace_back(keyed.key);
    if (status == Status::kPassed && keyed.row->used) strip.emplace_back(keyed.row->used->value);
  }
  for (const Status status : kAll) {
    const present::Group& group = view.group(status);
    if (status == Status::kNotKnown || status == Status::kPending) {
      for (const auto& cause : group.causes) {
        const std::string key = key_of_cause(group, cause);
        causes[key] = cause_json(group, cause, language);
        (status == Status::kPending ? pending : items).emplace_back(key);
      }
    } else if (is_open(status)) {
      for (const Revision::Keyed& keyed : revision.rows) {
        if (keyed.row->status == status) items.emplace_back(keyed.key);
      }
    }
  }
  if (before != nullptr) {
    for (const Change& change : changes_between(*before, revision)) changes[change.key] = change_json(change, language);
  }
  return {{"revision", revision.number},
          {"event", revision.event},
          {"title", present::say(Text::kRevisionAt, language, {std::to_string(revision.number), revision.at})},
          {"verdict",
           {{"cls", html::class_of(present::status_of(verdict))},
            {"code", v1::Report::Verdict_Name(verdict)},
            {"word", present::say(present::word_of(verdict), language)}}},
          {"plan", shown(revision.plan.label().empty() ? revision.view.prescription : revision.view.plan)},
          {"summary", view.summary},
          {"rows", std::move(rows)},
          {"causes", std::move(causes)},
          {"items", std::move(items)},
          {"passed", std::move(passed)},
          {"information", std::move(information)},
          {"pending", std::move(pending)},
          {"strip", std::move(strip)},
          {"changes", std::move(changes)}};
}

json::object undo_json(const Revision& now, const Revision& then) {
  const Language language = now.view.language;
  constexpr Text kWords[] = {Text::kBringsBack, Text::kWouldResolve, Text::kWouldMove};
  constexpr std::string_view kKinds[] = {"new", "resolved", "moved"};
  json::array lines;
  std::size_t open_now = 0, open_then = 0;
  for (const Change& change : changes_between(now, then)) {
    const Row& row = change.after != nullptr ? *change.after : *change.before;
    const bool is_unknown =
        (change.before == nullptr || !is_open(change.before->status) || is_countable(change.before->status)) &&
        (change.after == nullptr || !is_open(change.after->status) || is_countable(change.after->status));
    if (is_unknown) continue;  // told of by their number
    const auto kind = static_cast<std::size_t>(change.kind);
    lines.push_back(json::object{
        {"key", change.key},
        {"kind", kKinds[kind]},
        {"word", present::say(kWords[kind], language)},
        {"cls", html::class_of(change.after != nullptr ? change.after->status : Status::kPassed)},
        {"status", change.after != nullptr ? status_word(change.after->status, language) : std::string()},
        {"rule", shown(row.rule)},
        {"structure", shown(row.structure)},
        {"metric", metric_of(row)},
        {"text",
         present::say(Text::kFromTo, language, {said_of(change.before, language), said_of(change.after, language)})},
        {"limit", limit_of(row)}});
  }
  open_now = now.view.group(Status::kNotKnown).rows.size();
  open_then = then.view.group(Status::kNotKnown).rows.size();
  std::string unknown;
  if (open_now != open_then) {
    unknown =
        present::say(Text::kLabelled, language,
                     {present::say(Text::kTallyNotKnown, language),
                      present::say(Text::kFromTo, language, {std::to_string(open_now), std::to_string(open_then)})});
  }
  const auto verdict = then.checked.report().verdict();
  return {{"revision", then.number},
          {"title", present::say(Text::kUndoTo, language, {std::to_string(then.number), then.at})},
          {"verdict",
           {{"cls", html::class_of(present::status_of(verdict))},
            {"word", present::say(Text::kUndoVerdict, language, {present::say(present::word_of(verdict), language)})}}},
          {"unknown", unknown},
          {"nothing", lines.empty() && unknown.empty() ? present::say(Text::kUndoNothing, language) : std::string()},
          {"lines", std::move(lines)}};
}

json::object timeline_json(const Revision& revision, std::uint64_t same) {
  const auto count = [&](Status status) { return revision.view.group(status).rows.size(); };
  const auto verdict = revision.checked.report().verdict();
  return {{"n", revision.number},
          {"at", revision.at},
          {"cls", html::class_of(present::status_of(verdict))},
          {"word", present::say(present::word_of(verdict), revision.view.language)},
          {"broken", count(Status::kBroken)},
          {"unknown", count(Status::kNotKnown) + count(Status::kUndecided)},
          {"near", count(Status::kNear)},
          {"summary", revision.view.summary},
          {"same", same == 0 ? std::string()
                             : present::say(Text::kSameAsRevision, revision.view.language, {std::to_string(same)})}};
}

}  // namespace dosegate::panel
