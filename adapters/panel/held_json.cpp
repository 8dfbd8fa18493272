#include "adapters/panel/held_json.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <stdexcept>

#include "adapters/cli/documents.h"
#include "adapters/html/markup.h"
#include "adapters/panel/findings_json.h"
#include "adapters/present/display.h"

namespace dosegate::panel {
namespace fs = std::filesystem;
namespace json = boost::json;
using present::Text;

namespace {

constexpr std::size_t kMostReportFile = std::size_t{16} << 20, kMostReports = 20, kMostReasonText = 2000;

std::vector<std::string> texts_in(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const json::value* list = object.if_contains(name);
  if (list == nullptr) return texts;
  for (const json::value& one : list->as_array()) texts.emplace_back(one.as_string());
  return texts;
}

std::string held_text(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

// As a shell takes it for one word.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@=,+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// The report, or nothing: it is too large, damaged, or of another version.
std::optional<v1::Report> read_report_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kMostReportFile || !fs::is_regular_file(fs::symlink_status(path, error))) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  v1::Report report;
  if (!cli::read_document(text, report).empty()) return std::nullopt;
  return report;
}

// The command line of a person, or with places to be filled in.
std::string by_whom(const DecideAs& as) {
  if (!as.is_on()) return " --person NAME --role ROLE --reason TEXT --key FILE";
  return " --person " + quoted(as.person) + " --role " + quoted(as.role) + " --reason TEXT --key " + quoted(as.key);
}

json::array commands_of(const HeldPlan& plan, const HeldContext& context) {
  json::array commands;
  const auto add = [&](Text what, const std::string& line) {
    commands.push_back(json::object{{"what", present::say(what, context.language)}, {"line", line}});
  };
  const std::string who = by_whom(context.decide_as);
  const std::string rest =
      plan.plan + " --queue " + quoted(context.queue.string()) + " --attempt " + quoted(plan.attempt) + who;
  if (plan.kind == "DECISION") {
    const fs::path folder = context.queue / "held" / plan.plan;
    add(Text::kHeldWaive, "dosegate waive --report " + quoted((folder / "report-1.json").string()) +
                              " --rule ID --days 30" + who + " -o waiver.json");
    std::string waivers;
    for (const std::string& waiver : plan.waivers)
      waivers += " --waiver " + quoted((folder / ("waiver-" + waiver + ".json")).string());
    add(Text::kHeldRelease, "dosegate gate release " + rest + waivers + " --waiver waiver.json");
  }
  add(Text::kHeldReject, "dosegate gate reject " + rest);
  return commands;
}

Text next_of(const std::string& kind) {
  return kind == "INCOMPLETE"  ? Text::kHeldIncomplete
         : kind == "NO_RECORD" ? Text::kHeldNoRecord
         : kind == "FAILED"    ? Text::kHeldFailed
                               : Text::kHeldDecision;
}

std::string shown_reason(const std::string& reason) {
  std::string text = present::printable(reason);
  if (text.size() <= kMostReasonText) return text;
  std::size_t end = kMostReasonText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

HeldPlan read_held(std::string_view line) {
  const json::value value = json::parse(json::string_view(line.data(), line.size()));
  const json::object& object = value.as_object();
  HeldPlan held;
  held.plan = held_text(object, "plan");
  held.attempt = held_text(object, "attempt");
  held.since = held_text(object, "since");
  held.kind = object.contains("kind") ? held_text(object, "kind") : "";
  held.reasons = texts_in(object, "reasons");
  held.waivers = texts_in(object, "waivers");
  // Names of files and arguments of commands are made of these.
  constexpr std::string_view kUid = "0123456789.", kHex = "0123456789abcdef";
  const auto is_of = [](const std::string& text, std::string_view letters, std::size_t most) {
    return !text.empty() && text.size() <= most && text.find_first_not_of(letters) == std::string::npos;
  };
  bool is_fine = is_of(held.plan, kUid, 64) && held.plan.front() != '.' && is_of(held.attempt, kHex, 64);
  for (const std::string& waiver : held.waivers) is_fine = is_fine && is_of(waiver, kHex, 64);
  if (!is_fine) throw std::runtime_error("names no plan");
  return held;
}

json::object entry_json(const HeldPlan& plan, const HeldContext& context) {
  const bool may_name = plan.kind != "DECISION" && plan.kind != "INCOMPLETE";
  json::array reasons;
  if (may_name && context.identifiers == Identifiers::kHidden) {
    reasons.emplace_back(present::say(Text::kHeldReasonHidden, context.language, {plan.plan}));
  } else {
    for (const std::string& reason : plan.reasons) reasons.emplace_back(shown_reason(reason));
  }
  std::string since = plan.since;  // 2026-12-01T02:24:22Z
  if (since.size() == 20) since = since.substr(0, 10) + " " + since.substr(11, 8) + " UTC";
  return {{"plan", plan.plan},
          {"attempt", plan.attempt},
          {"kind", plan.kind},
          {"since", present::say(Text::kHeldSince, context.language, {present::printable(since)})},
          {"next", present::say(next_of(plan.kind), context.language)},
          {"reasons", std::move(reasons)},
          {"commands", commands_of(plan, context)}};
}

json::object reports_json(const HeldPlan& plan, const HeldContext& context) {
  json::array reports;
  std::string problem;
  for (std::size_t n = 1; n <= kMostReports; ++n) {
    const fs::path path = context.queue / "held" / plan.plan / ("report-" + std::to_string(n) + ".json");
    std::error_code ignored;
    if (!fs::exists(path, ignored)) break;  // also where the gate has moved the plan meanwhile
    auto report = read_report_file(path);
    if (!report) {
      problem = present::say(Text::kHeldOddReport, context.language, {std::to_string(n)});
      continue;
    }
    json::array waivable;
    if (plan.kind == "DECISION") {
      for (const v1::Finding& f : report->findings()) {
        if (f.status() == v1::Finding::DEVIATION || f.status() == v1::Finding::INDETERMINATE)
          waivable.emplace_back(present::printable(f.rule_id()));
      }
    }
    const std::string title = present::printable(report->protocol().id() + " " + report->protocol().version());
    v1::FollowSessionsResponse::Checked checked;
    checked.set_revision(n);
    *checked.mutable_report() = std::move(*report);
    const auto revision = make_revision(std::move(checked), "", title, context.language, context.identifiers);
    json::object one = findings_json(*revision, nullptr);
    one["title"] = present::say(Text::kHeldReport, context.language, {title});
    one["n"] = n;
    one["waivable"] = std::move(waivable);
    reports.push_back(std::move(one));
  }
  return {{"plan", plan.plan}, {"attempt", plan.attempt}, {"problem", problem}, {"reports", std::move(reports)}};
}

}  // namespace dosegate::panel
