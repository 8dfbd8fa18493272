// The head of the page, and what the verdict rests on: which structure stood for which role, inputs, notes.
#include <algorithm>
#include <utility>

#include "adapters/html/calendar.h"
#include "adapters/html/sections.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/sentences.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::Group;
using present::Headline;
using present::Row;
using present::Status;
using present::Text;

std::string tally(const Context& c) {
  struct Item {
    Status status;
    Text text;
    bool always;
  };
  constexpr Item kItems[] = {{Status::kBroken, Text::kTallyBroken, true},
                             {Status::kNotKnown, Text::kTallyNotKnown, true},
                             {Status::kUndecided, Text::kTallyUndecided, false},
                             {Status::kNear, Text::kTallyNear, true},
                             {Status::kPassed, Text::kPassed, true},
                             {Status::kPending, Text::kPending, false}};
  std::string out = "<ul class=\"tally\">";
  for (const Item& item : kItems) {
    const std::size_t n = c.view.group(item.status).rows.size();
    if (n == 0 && !item.always) continue;
    const std::string word = c.say(item.text);
    out += std::string("<li") + (n == 0 ? " class=\"z\"" : "") + ">" + glyph(item.status, 12) + "<b>" +
           std::to_string(n) + "</b> " +
           (n == 0 ? word : "<a href=\"#g-" + std::string(class_of(item.status)) + "\">" + word + "</a>") + "</li>";
  }
  return out + "</ul>";
}

// An interval, in one piece.
std::string in_one(const std::string& interval) { return "<span class=\"nb\">" + escaped(interval) + "</span>"; }

// What it says first, and what it adds.
std::pair<std::string, std::string> parted(const Context& c, const Row& row) {
  const present::SentenceSpan all = present::all_of(row.finding->message_sentences());
  if (all.size() < 2) return {row.reason, ""};
  const auto whole = present::in_words(all, c.language()), first = present::in_words({all.front()}, c.language()),
             rest = present::in_words({all.begin() + 1, all.end()}, c.language());
  const bool is_all = whole && first && rest && *whole == row.reason;
  return is_all ? std::pair{*first, *rest} : std::pair{row.reason, std::string()};
}

std::string headline(const Context& c, const Headline& h, const Row* before) {
  const Row& row = c.view.row(h);
  const bool is_first = before == nullptr;
  const std::string style = is_first ? "lead" : "lead l2";
  std::string out, sub;
  const std::string metric = short_text(row.metric.substr(0, row.metric.find('[')));
  if (!row.value.empty() && !row.limit.empty() && !row.metric.empty()) {
    out = c.say(Text::kHeadlineValue,
                {name(row.structure), metric, "<b>" + typeset(row.value) + "</b>", typeset(row.limit)});
    const auto say = [&](const std::string& label, const std::string& text) {
      add_sentence(sub, c.say(Text::kSentence, {c.say(Text::kLabelled, {label, text})}), c.language());
    };
    if (!row.room.empty()) say(escaped(c.view.group(row.status).room_heading), typeset(row.room));
    if (!row.interval.empty()) say(c.say(Text::kProvenBetween), in_one(row.interval));
  } else {
    const auto [first, rest] = row.status == Status::kNotKnown ? std::pair{row.cause, std::string()} : parted(c, row);
    out = closed(row.status == Status::kNotKnown ? opened(first) : sentence(first), c.language());
    if (!rest.empty()) sub = closed(sentence(rest), c.language());
    if (h.rules > 1)
      add_sentence(sub, escaped(present::say_count(Text::kHangOnIt, c.language(), h.rules)), c.language());
  }
  // Headlines at one point, with one remedy: it is said of the first.
  const bool is_above =
      before != nullptr && !row.place.empty() && row.place == before->place && row.hint == before->hint;
  if (is_above) {
    add_sentence(sub, "<span class=\"mu\">" + c.say(Text::kAsAbove) + "</span>", c.language());
  } else if (!row.place.empty()) {
    add_sentence(sub, c.say(Text::kSentence, {place_of(c, row)}), c.language());
  }
  const std::string hint =
      row.hint.empty() || is_above
          ? ""
          : "<p class=\"sub\">" + labelled(c.say(Text::kWhatToDo), opened(row.hint), c.language()) + "</p>";
  return "<div class=\"hl\"><p class=\"" + style + "\">" + (is_first ? "" : glyph(row.status, 13)) + out + "</p>" +
         (sub.empty() ? "" : "<p class=\"sub\">" + sub + "</p>") + hint + "</div>";
}

// When nothing is broken, open or near: what comes closest.
std::string closest(const Context& c) {
  const Row* best = nullptr;
  for (const Row& row : c.view.group(Status::kPassed).rows) {
    if (row.used && (best == nullptr || row.used->value > best->used->value)) best = &row;
  }
  if (best == nullptr) return "";
  return "<p class=\"lead\">" +
         c.say(Text::kClosestIs, {name(best->structure.empty() ? best->rule : best->structure),
                                  short_text(best->metric.substr(0, best->metric.find('['))),
                                  "<b>" + typeset(best->value) + "</b>", typeset(best->limit)}) +
         "</p>";
}

std::string scope_of(const Context& c) {
  return c.say(c.view.report->scope() == v1::CaseOptions::PLAN_ONLY ? Text::kPlanAlone : Text::kWholeProtocol);
}

}  // namespace

std::string header(const Context& c) {
  const v1::Report& r = *c.view.report;
  std::string out = "<header><div class=\"hd\"><p class=\"brand\">Dosegate</p><p class=\"k\"><span>" +
                    c.say(Text::kPlanCheck) + "</span> <span>" + scope_of(c) + "</span>";
  if (!r.as_of().empty())
    out += " <span>" + c.say(Text::kAsOf, {escaped(present::day_text(r.as_of(), c.language()))}) + "</span>";
  out += "</p></div><div class=\"bd\"><p class=\"plan\">";
  const std::string label = c.view.plan_label.empty()
                                ? c.say(Text::kPlanWithoutLabel)
                                : c.say(Text::kPlanLabelled, {"<b>" + name(c.view.plan_label) + "</b>"});
  out += c.say(Text::kComma, {label, escaped(c.view.prescription)}) + "</p><div class=\"vd\"><h1>" +
         glyph(present::status_of(r.verdict()), 38) + c.say(present::word_of(r.verdict())) + "</h1>" + tally(c) +
         "</div><p class=\"may\">" + escaped(c.view.approval) + "</p>";
  const Row* before = nullptr;
  for (const Headline& h : c.view.headlines) {
    out += headline(c, h, before);
    before = &c.view.row(h);
  }
  if (c.view.headlines.empty()) out += closest(c);
  out += "<p class=\"prot\">" + escaped(c.view.protocol_title) + (c.view.protocol_title.empty() ? "" : ". ") +
         c.say(Text::kSentence,
               {c.say(Text::kProtocolVersion, {name(r.protocol().id()), escaped(r.protocol().version())})}) +
         "</p></div></header>";
  return out;
}

std::string deviations(const Context& c) {
  if (c.view.deviations.empty()) return "";
  std::string rows;
  for (const present::Deviation& d : c.view.deviations) {
    rows += "<tr data-rule=\"" + escaped(d.deviation->rule_id()) + "\" data-state=\"" +
            v1::ProtocolDeviation::State_Name(d.deviation->state()) + "\"><th scope=\"row\">" + name(d.rule) +
            "</th><td>" + sentence(d.says) +
            (d.why.empty() ? "" : "<span class=\"do\"><b>" + sentence(d.why) + "</b></span>") + "</td></tr>";
  }
  return section("deviations", c.say(Text::kProtocolDeviations), "<p>" + c.say(Text::kDeviationsNote) + "</p>",
                 "<table class=\"ca\"><caption class=\"vh\">" + c.say(Text::kProtocolDeviations) +
                     "</caption><thead class=\"vh\"><tr><th scope=\"col\">" + c.say(Text::kRule) +
                     "</th><th scope=\"col\">" + c.say(Text::kProtocolDeviations) + "</th></tr></thead><tbody>" + rows +
                     "</tbody></table>");
}

std::string matching(const Context& c) {
  const v1::Report& r = *c.view.report;
  if (r.structures().empty()) return "";
  std::string rows[2];  // halves, so that they stand beside each other on paper
  for (int k = 0; k < r.structures_size(); ++k) {
    const auto& match = r.structures(k);
    std::string swatch;
    for (std::size_t i = 0; i < c.structures.size(); ++i) {
      if (c.structures[i].role == match.role()) {
        swatch = "<svg class=\"sq k" + std::to_string(i) +
                 "\" width=\"14\" height=\"10\" aria-hidden=\"true\"><rect width=\"14\" height=\"10\"/></svg>";
      }
    }
    const std::string roi =
        match.has_roi()
            ? "<span class=\"wn\">" + swatch + "<span>" + name(match.roi()) +
                  (match.has_roi_number() ? " <span class=\"mu\">#" + std::to_string(match.roi_number()) + "</span>"
                                          : "") +
                  "</span></span>"
        : match.has_volume_cc() ? swatch + "<span class=\"mu\">" + c.say(Text::kComputed) + "</span>"
                                : "–";
    const bool has_problem = !match.problem().empty();
    std::string how = sentence(present::in_words_or(match.how_sentences(), c.language(), match.how()));
    if (has_problem)
      how +=
          (how.empty() ? "" : "; ") +
          ("<b>" + sentence(present::in_words_or(match.problem_sentences(), c.language(), match.problem())) + "</b>");
    const std::string volume = match.has_volume_cc() ? present::fixed(match.volume_cc()) : "";
    const bool is_bare = has_problem && !match.has_roi() && volume.empty();  // nothing stands for it but the reason
    rows[2 * k >= r.structures_size() ? 1 : 0] +=
        "<tr><th scope=\"row\">" + name(match.role()) + "</th>" +
        (is_bare ? "<td class=\"bare\" colspan=\"3\">"
                 : "<td>" + roi + "</td><td class=\"nu\">" + volume + "</td><td>") +
        how + "</td></tr>";
  }
  std::vector<std::string> others;
  for (const dicom::Structure& s : c.evidence.rt.structures) {
    const bool stands = std::any_of(r.structures().begin(), r.structures().end(), [&](const auto& m) {
      return m.has_roi_number() && m.roi_number() == s.roi_number;
    });
    if (stands) continue;
    constexpr std::size_t kMostNamed = 40;
    if (others.size() == kMostNamed) {
      others.emplace_back("…");
      break;
    }
    others.push_back(name(s.name, 32));
  }
  std::string body = "<div class=\"half\">";
  for (const std::string& part : rows) {
    if (part.empty()) continue;
    body += "<table class=\"pl mt\"><caption class=\"vh\">" + c.say(Text::kStructures) +
            "</caption><colgroup><col class=\"c1\"><col class=\"c2\"><col class=\"c3\"><col></colgroup><thead><tr><th "
            "scope=\"col\">" +
            c.say(Text::kInProtocol) + "</th><th scope=\"col\">" + c.say(Text::kInPlanNumbered) +
            "</th><th scope=\"col\" class=\"nu\">" + c.say(Text::kVolumeCc) + "</th><th scope=\"col\">" +
            c.say(Text::kHowMatched) + "</th></tr></thead><tbody>" + part + "</tbody></table>";
  }
  body += "</div>";
  if (!others.empty())
    body += "<p class=\"foot\">" + c.say(Text::kNotAskedFor, {present::listing(others, c.language())}) + "</p>";
  if (!c.view.solids.empty()) body += "<p class=\"foot\">" + escaped(c.view.solids) + "</p>";
  return section("match", c.say(Text::kStructures), "<p>" + c.say(Text::kStructuresNote) + "</p>", body);
}

std::string inputs(const Context& c) {
  const v1::Report& r = *c.view.report;
  constexpr std::size_t kBold = 16;
  const auto digest = [&](const std::string& sha) {
    return "<span class=\"mo\"><b>" + escaped(sha.substr(0, std::min(kBold, sha.size()))) + "</b>" +
           (sha.size() > kBold ? "<wbr>" + escaped(sha.substr(kBold)) : "") + "</span>";
  };
  std::string rows;
  for (const auto& in : r.inputs()) {
    const bool has_uid = !in.sop_instance_uid().empty();
    rows += "<tr><th scope=\"row\">" + escaped(present::input_text(in.role(), c.language())) + "</th><td>" +
            digest(in.sha256()) + "</td><td class=\"mo" +
            (has_uid ? "\">" + name(in.sop_instance_uid(), 64) : " noid\">–") + "</td></tr>";
  }
  rows += "<tr><th scope=\"row\">" + c.say(Text::kThisReport) + "</th><td>" + digest(c.evidence.report_sha256) +
          "</td><td>" + c.say(Text::kOfTheJson) + "</td></tr>";
  std::string body = "<table class=\"pl inp\"><thead><tr><th scope=\"col\">" + c.say(Text::kObject) +
                     "</th><th scope=\"col\">SHA-256</th><th scope=\"col\">SOP Instance UID</th></tr></thead><tbody>" +
                     rows + "</tbody></table><dl class=\"how\">";
  const auto lines = [&](Text title, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    body += "<dt>" + c.say(title) + "</dt>";
    for (const std::string& line : texts) body += "<dd>" + sentence(line) + "</dd>";
  };
  lines(Text::kPrescription, c.view.prescription_lines);
  lines(Text::kDose, c.view.dose_lines);
  const std::string version = "Dosegate " + r.engine_version();
  body += "<dt>" + c.say(Text::kBuild) + "</dt><dd>" +
          c.say(Text::kProtocolVersion, {name(r.protocol().id()), escaped(r.protocol().version())}) + "; " +
          escaped(version) + "</dd>";
  lines(Text::kNotes, c.view.note_lines);
  return section("inputs", c.say(Text::kInputs), "<p>" + c.say(Text::kInputsNote) + "</p>", body + "</dl>");
}

}  // namespace dosegate::html
