// Every rule against its limit: broken first, then what is not known, undecided, near; what passed, waits or only
// informs folds away. The bar of each is the share of its limit that is used, so that all limits lie on one line.
#include <algorithm>
#include <cmath>

#include "adapters/html/sections.h"
#include "adapters/present/number.h"
#include "adapters/present/typeset.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::Group;
using present::Row;
using present::Status;
using present::Text;

constexpr double kLimitAt = 62.0;   // % of the column; beyond the longest bar its share has room
constexpr double kMostShare = 1.2;  // what uses more ends in an arrow

std::string percent(double share) { return coordinate(std::clamp(share, 0.0, kMostShare) * kLimitAt, 2) + "%"; }

std::string limit_line() { return "<line class=\"lim\" x1=\"62%\" x2=\"62%\" y1=\"0\" y2=\"100%\"/>"; }

std::string share_number(double share) {
  // On the limit's own side of 100 %, whatever rounding does.
  int decimals = 0;
  while (decimals < 6 && share != 1.0 &&
         std::round(share * 100.0 * std::pow(10, decimals)) == 100.0 * std::pow(10, decimals))
    ++decimals;
  return present::fixed(share * 100.0, decimals);
}

// " 42.00 < 54 Gy", the unit once, in one piece.
std::string against_limit(const Row& row) {
  if (row.value.empty()) return "";
  const std::size_t space = row.value.find(' ');
  const bool is_same = space != std::string::npos && !row.limit.empty() && row.limit.ends_with(row.value.substr(space));
  std::string text = is_same ? row.value.substr(0, space) : row.value;
  if (!row.limit.empty()) text += " " + row.limit;
  std::string out;
  for (const char c : escaped(present::typeset(text))) out += c == ' ' ? std::string("\u00A0") : std::string(1, c);
  return " " + out;
}

class Card {
 public:
  explicit Card(const Context& context) : c_(context) {}

  std::string run() {
    std::string body;
    for (const Status status : {Status::kBroken, Status::kNotKnown, Status::kUndecided, Status::kNear})
      body += open(status);
    body += none();
    for (const Status status : {Status::kPassed, Status::kPending, Status::kInformation}) body += folded(status);
    return section("score", c_.say(Text::kScorecard), "<p>" + c_.say(Text::kScorecardNote) + "</p>", body);
  }

  std::string head(bool with_bar = true) const {
    const auto column = [&](const char* style, const std::string& text) {
      return std::string("<th scope=\"col\" class=\"") + style + "\">" + text + "</th>";
    };
    std::string out = "<thead><tr>" + column("w1", c_.say(Text::kRule)) + column("w2", c_.say(Text::kStructure)) +
                      column("w3", c_.say(Text::kMetric)) + column("va", c_.say(Text::kValue)) +
                      column("iv", c_.say(Text::kProvenBetween)) + column("li", c_.say(Text::kLimit));
    out += with_bar ? "<th scope=\"col\" class=\"ba\"><span class=\"vh\">" + c_.say(Text::kShareUsed) +
                          "</span><span class=\"scale\" aria-hidden=\"true\"><span>0</span><span>50 %</span><span>" +
                          c_.say(Text::kLimitWord) + "</span></span></th>"
                    : column("ba", "");
    return out + column("rg", c_.say(Text::kRoomGy)) + column("rc", c_.say(Text::kRoomCc)) + "</tr></thead>";
  }

 private:
  std::string word(Status status) const { return escaped(present::say(title_of(status), c_.language())); }
  static Text title_of(Status status) {
    constexpr Text kTitles[] = {Text::kTallyBroken, Text::kTallyNotKnown, Text::kTallyUndecided, Text::kTallyNear,
                                Text::kPending,     Text::kPassed,        Text::kForInformation};
    return kTitles[static_cast<std::size_t>(status)];
  }

  std::string group_head(const Group& group) const {
    return "<h3 id=\"g-" + std::string(class_of(group.status)) + "\">" + glyph(group.status, 13) + "<b>" +
           word(group.status) + "</b> <span class=\"ct\">" + std::to_string(group.rows.size()) + "</span></h3>";
  }

  std::string table(const Group& group, const std::string& rows) const {
    const bool is_said = std::all_of(group.rows.begin(), group.rows.end(), is_bare);
    return std::string("<table class=\"sc") + (is_said ? " said" : "") + "\"><caption class=\"vh\">" +
           word(group.status) + "</caption>" + head() + "<tbody>" + rows + "</tbody></table>";
  }

  // Nothing of it stands in columns: it is a sentence.
  static bool is_bare(const Row& row) { return row.metric.empty() && row.value.empty() && row.limit.empty(); }

  std::string open(Status status) const {
    const Group& group = c_.view.group(status);
    if (group.rows.empty()) return "";
    std::string out = group_head(group);
    if (status == Status::kNotKnown) return out + causes(group);
    std::string rows;
    const Row* before = nullptr;
    for (const Row& row : group.rows) {
      rows += line(row) + explanation(row, before);
      before = &row;
    }
    return out + table(group, rows);
  }

  // One cause, and then the rules that hang on it.
  std::string causes(const Group& group) const {
    std::string out = "<table class=\"ca\"><caption class=\"vh\">" + word(group.status) +
                      "</caption><thead class=\"vh\"><tr><th scope=\"col\">" + c_.say(Text::kRule) +
                      "</th><th scope=\"col\">" + c_.say(Text::kWhatNotKnown) + "</th></tr></thead><tbody>";
    for (const auto& cause : group.causes) {
      const Row& first = group.rows[cause.front()];
      out += "<tr class=\"why\"><th scope=\"row\">" + rules_of(group, cause) + "</th><td><b>" +
             closed(opened(first.cause), c_.language()) + "</b>" + to_do(first.hint) + affected(group, cause) +
             "</td></tr>";
    }
    return out + "</tbody></table>";
  }

  std::string rules_of(const Group& group, const std::vector<std::size_t>& cause) const {
    if (cause.size() > 1) {
      return glyph(group.status, 11) + escaped(present::say_count(Text::kRulesHang, c_.language(), cause.size()));
    }
    return rule(group.rows[cause.front()]);
  }

  std::string affected(const Group& group, const std::vector<std::size_t>& cause) const {
    std::string out = "<ul class=\"hang\">";
    for (const std::size_t i : cause) {
      const Row& row = group.rows[i];
      // A sentence names what it is of, and has a line of its own.
      const std::string what = !row.what.empty() ? " " + sentence(row.what)
                                                 : (row.structure.empty() ? "" : " " + name(row.structure)) +
                                                       (row.metric.empty() ? "" : " " + metric_of(row)) +
                                                       (row.limit.empty() ? "" : " " + typeset(row.limit));
      out += std::string("<li") + (row.what.empty() ? "" : " class=\"ln\"") + " data-rule=\"" +
             escaped(row.finding->rule_id()) + "\"><span class=\"id\">" + name(row.rule) + "</span>" + what +
             (row.finding->mandatory() ? "" : " <span class=\"adv\">" + c_.say(Text::kAdvisoryMark) + "</span>") +
             "</li>";
    }
    return out + "</ul>";
  }

  std::string to_do(const std::string& hint) const {
    if (hint.empty()) return "";
    return "<span class=\"do\">" + labelled(c_.say(Text::kWhatToDo), opened(hint), c_.language()) + "</span>";
  }

  static std::string metric_of(const Row& row) {
    return short_text(std::string_view(row.metric).substr(0, row.metric.find('[')));
  }

  std::string rule(const Row& row) const {
    return glyph(row.status, 11) + "<span class=\"vh\">" + escaped(word_of(row.status, c_.language())) + ": </span>" +
           name(row.rule);
  }

  // "42.00 Gy" with its unit in grey.
  static std::string amount(const std::string& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string::npos) return "<span class=\"n\">" + signed_number(escaped(text)) + "</span>";
    return "<span class=\"n\">" + signed_number(escaped(text.substr(0, space))) + "</span><span class=\"u\">" +
           escaped(text.substr(space + 1)) + "</span>";
  }

  static std::string limit(const Row& row) {
    const std::size_t space = row.limit.find(' ');
    if (space == std::string::npos) return "";
    const std::string sign = row.limit.substr(0, space);
    const std::string shown = sign == "<="   ? "≤"
                              : sign == ">=" ? "≥"
                              : sign == "<"  ? "&lt;"
                              : sign == ">"  ? "&gt;"
                                             : escaped(sign);
    return "<span class=\"c\">" + shown + "</span>" + amount(row.limit.substr(space + 1));
  }

  // A room whose sign contradicts the status is a fault of the report, and is not passed on as a number.
  std::string room(const Row& row, bool has, double value) const {
    if (!has || !std::isfinite(value)) return "";
    const bool is_deviation = row.finding->status() == v1::Finding::DEVIATION;
    if (is_deviation ? value > 0.0 : value < 0.0 && row.status != Status::kUndecided) return "†";
    int decimals = 2;  // an excess that rounds to nothing is still one
    while (is_deviation && value != 0.0 && decimals < 6 && std::abs(value) < 0.5 * std::pow(10.0, -decimals))
      ++decimals;
    return "<span class=\"n" + std::string(is_deviation ? " x" : "") + "\">" +
           signed_number(present::fixed(value, decimals)) + "</span>";
  }

  std::string bar(const Row& row) const {
    if (!row.used) return "";
    const auto& used = *row.used;
    const std::string label = c_.say(Text::kPercentUsed, {share_number(used.value)});
    std::string out = "<svg class=\"bar\" role=\"img\" aria-label=\"" + label + "\">";
    out += "<rect class=\"b\" width=\"" + percent(std::min(used.value, 1.0)) + "\" y=\"12\" height=\"7\"/>";
    if (used.value > 1.0) {
      out += "<rect class=\"over\" x=\"62%\" width=\"" +
             coordinate((std::min(used.value, kMostShare) - 1.0) * kLimitAt, 2) + "%\" y=\"12\" height=\"7\"/>";
      if (used.value > kMostShare) {
        out += "<svg class=\"beyond\" x=\"" + percent(kMostShare) + "\" y=\"8\"><path d=\"M0 0l6 7.5-6 7.5z\"/></svg>";
      }
    } else if (used.value < 0.004) {
      out += "<line class=\"zero\" x1=\"0.5\" x2=\"0.5\" y1=\"12\" y2=\"19\"/>";
    }
    constexpr double kSeen = 0.004;  // less is narrower than a pixel
    if (used.upper - used.lower > kSeen && used.lower < kMostShare) {
      const std::string a = percent(used.lower), b = percent(used.upper);
      out += "<line class=\"w\" x1=\"" + a + "\" x2=\"" + b + "\" y1=\"15.5\" y2=\"15.5\"/><line class=\"w\" x1=\"" +
             a + "\" x2=\"" + a + "\" y1=\"12.5\" y2=\"18.5\"/><line class=\"w\" x1=\"" + b + "\" x2=\"" + b +
             "\" y1=\"12.5\" y2=\"18.5\"/>";
    }
    out += limit_line();
    if (used.value > 1.0) {
      out += "<text class=\"pc\" x=\"" + percent(used.value) + "\" dx=\"" + (used.value > kMostShare ? "11" : "5") +
             "\" y=\"19.5\">" + share_number(used.value) + " %</text>";
    }
    return out + "</svg>";
  }

  std::string line(const Row& row) const {
    const v1::Finding& f = *row.finding;
    const auto data = [](const char* key, bool has, double value) {
      return has ? std::string(" data-") + key + "=\"" + present::shortest(value) + "\"" : std::string();
    };
    std::string out = "<tr class=\"r " + std::string(class_of(row.status)) + "\" data-rule=\"" + escaped(f.rule_id()) +
                      "\"" + data("value", f.has_value(), f.value()) + data("lower", f.has_lower(), f.lower()) +
                      data("upper", f.has_upper(), f.upper()) + data("limit", f.has_limit(), f.limit()) + ">";
    out += "<th scope=\"row\">" + rule(row) + "</th>";
    if (is_bare(row)) {
      return out +
             (row.structure.empty()
                  ? "<td class=\"say\" colspan=\"8\">"
                  : "<td class=\"st\">" + name(row.structure) + "</td><td class=\"say\" colspan=\"7\">") +
             sentence(row.reason) + "</td></tr>";
    }
    out += "<td class=\"st\">" + (row.structure.empty() ? "" : name(row.structure)) + "</td><td class=\"me\">" +
           metric_of(row) + "</td>";
    out += "<td class=\"va\">" + (row.value.empty() ? "" : amount(row.value)) + "</td><td class=\"iv\">" +
           escaped(row.interval) + "</td>";
    out += "<td class=\"li\">" + limit(row) + "</td><td class=\"ba\">" + bar(row) + "</td>";
    out += "<td class=\"rg\">" + room(row, f.has_margin_dose_gy(), f.margin_dose_gy()) + "</td><td class=\"rc\">" +
           room(row, f.has_margin_volume_cc(), f.margin_volume_cc()) + "</td></tr>";
    return out;
  }

  // What the head of the page says of a headline, or the row before of the same point, is not said again.
  std::string explanation(const Row& row, const Row* before) const {
    std::string text = is_bare(row) ? "" : sentence(row.reason);
    if (text.empty() && !row.room.empty()) {  // the sentence has it, and so have the columns
      text += "<span class=\"by\">" +
              c_.say(Text::kSentence,
                     {c_.say(Text::kLabelled, {escaped(c_.view.group(row.status).room_heading), typeset(row.room)})}) +
              "</span>";
    }
    const auto add = [&](const std::string& next) { add_sentence(text, next, c_.language()); };
    if (const std::string near = near_within(row); !near.empty()) add(c_.say(Text::kNearWithin, {near}));
    const bool is_above =
        before != nullptr && !row.place.empty() && row.place == before->place && row.hint == before->hint;
    if (!row.advisory.empty())
      add("<span class=\"adv\">" + c_.say(Text::kSentence, {escaped(row.advisory)}) + "</span>");
    const bool is_said = is_headline(row);
    if (is_above && !is_said) {
      add("<span class=\"mu\">" + c_.say(Text::kAsAbove) + "</span>");
    } else if (!is_said) {
      if (!row.place.empty()) add(c_.say(Text::kSentence, {place_of(c_, row)}));
      text += to_do(row.hint);
    }
    if (text.empty()) return "";
    const std::string again = is_said ? " again" : "";  // on paper once
    return "<tr class=\"more " + std::string(class_of(row.status)) + again +
           "\"><td></td><td colspan=\"5\"><div class=\"xp\">" + text +
           "</div></td><td class=\"ba\"><svg class=\"bar\" aria-hidden=\"true\">" + (row.used ? limit_line() : "") +
           "</svg></td><td colspan=\"2\"></td></tr>";
  }

  // How near the limit is what the rule calls near; empty: it is no such warning.
  std::string near_within(const Row& row) const {
    if (row.status != Status::kNear || !row.finding->has_limit()) return "";
    for (const v1::Rule& rule : c_.evidence.protocol.rules()) {
      const double within = rule.dose_metric().warning_within();
      if (rule.id() == row.finding->rule_id() && within > 0.0)
        return typeset(coordinate(within, 3) + " " + row.finding->unit());
    }
    return "";
  }

  bool is_headline(const Row& row) const {
    return std::any_of(c_.view.headlines.begin(), c_.view.headlines.end(),
                       [&](const present::Headline& h) { return &c_.view.row(h) == &row; });
  }

  std::string none() const {
    std::string out;
    for (const Status status : {Status::kBroken, Status::kNotKnown, Status::kNear}) {
      if (c_.view.group(status).rows.empty())
        add_sentence(out, c_.say(Text::kSentence, {c_.say(Text::kLabelled, {word(status), c_.say(Text::kNone)})}),
                     c_.language());
    }
    return out.empty() ? "" : "<p class=\"none\">" + out + "</p>";
  }

  // A tick a rule on the scale of the bars; the closest is named.
  std::string strip(const Group& group) const {
    std::string ticks;
    const Row* closest = nullptr;
    std::size_t count = 0;
    for (const Row& row : group.rows) {
      if (!row.used) continue;
      ++count;
      if (closest == nullptr || row.used->value > closest->used->value) closest = &row;
      const std::string at = percent(row.used->value);
      ticks += "<line class=\"t\" x1=\"" + at + "\" x2=\"" + at + "\" y1=\"12\" y2=\"21\"/>";
    }
    if (closest == nullptr) return "<span class=\"ba\"></span><span class=\"m3\"></span>";
    const std::string_view metric = std::string_view(closest->metric).substr(0, closest->metric.find('['));
    const std::string what =
        metric.empty() ? short_text(closest->rule) : short_text(closest->structure, 24) + " " + short_text(metric);
    const std::string named = what + against_limit(*closest);
    return "<span class=\"ba\"><svg class=\"bar strip\" role=\"img\" aria-label=\"" +
           c_.say(Text::kStripLabel, {std::to_string(count), named}) + "\">" + ticks + limit_line() +
           "</svg></span><span class=\"m3\">" + c_.say(Text::kClosest) + " <br>" + named + "</span>";
  }

  std::string folded(Status status) const {
    const Group& group = c_.view.group(status);
    if (group.rows.empty()) return "";
    const std::string title = "<span class=\"m1\">" + glyph(status, 13) + "<b>" + word(status) +
                              "</b> <span class=\"ct\">" + std::to_string(group.rows.size()) +
                              "</span><span class=\"gn\"><span class=\"o\">" + c_.say(Text::kShowAll) +
                              "</span><span class=\"x\">" + c_.say(Text::kHide) + "</span></span></span>";
    std::string summary = title, body;
    if (status == Status::kPassed) {
      summary += strip(group);
    } else if (status == Status::kPending) {
      summary += "<span class=\"m2\">" +
                 (group.causes.size() == 1 ? sentence(group.rows.front().reason) : c_.say(Text::kPendingNote)) +
                 "</span>";
    } else {
      summary += "<span class=\"m2\">" + c_.say(Text::kInformationNote) + "</span>";
    }
    if (status == Status::kPending) {
      for (const auto& cause : group.causes) {
        body += "<p class=\"ids\"><b>" + sentence(group.rows[cause.front()].reason) + "</b> ";
        for (const std::size_t i : cause) body += (i == cause.front() ? "" : ", ") + name(group.rows[i].rule);
        body += "</p>";
      }
    } else {
      std::string rows;
      for (const Row& row : group.rows) rows += line(row);
      body = table(group, rows);
    }
    return "<details class=\"d-" + std::string(class_of(status)) + "\" id=\"g-" + std::string(class_of(status)) +
           "\"><summary" + (status == Status::kPassed ? "" : " class=\"two\"") + ">" + summary + "</summary>" + body +
           "</details>";
  }

  const Context& c_;
};

}  // namespace

std::string scorecard(const Context& context) { return Card(context).run(); }

std::string passed_in_brief(const Context& c) {
  std::string lists;
  for (const Status status : {Status::kPassed, Status::kInformation}) {
    const Group& group = c.view.group(status);
    if (group.rows.empty()) continue;
    std::string items, bare;  // bare: those without a number, in one list
    for (const Row& row : group.rows) {
      if (row.structure.empty() && row.metric.empty() && row.value.empty()) {
        bare += std::string(bare.empty() ? "" : ", ") + "<b>" + name(row.rule) + "</b>";
        continue;
      }
      const std::string_view metric = std::string_view(row.metric).substr(0, row.metric.find('['));
      std::string what = row.structure.empty() ? "" : name(row.structure, 24) + " ";
      what += short_text(metric);
      what += against_limit(row);
      items += "<li><b>" + name(row.rule) + "</b> " + what + "</li>";
    }
    lists += "<h2>" + glyph(status, 11) + escaped(group.title) + " (" + std::to_string(group.rows.size()) + ")</h2>" +
             (items.empty() ? "" : "<ul>" + items + "</ul>") + (bare.empty() ? "" : "<p>" + bare + "</p>");
  }
  return lists.empty() ? "" : "<section id=\"brief\" class=\"paper\">" + lists + "</section>";
}

}  // namespace dosegate::html
