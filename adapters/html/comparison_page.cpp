#include "adapters/html/comparison_page.h"

#include <algorithm>

#include "adapters/html/chart.h"
#include "adapters/html/frame.h"
#include "adapters/html/sections.h"
#include "adapters/present/listing.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::ComparedCell;
using present::ComparedGroup;
using present::ComparedRow;
using present::ComparisonView;
using present::Text;
using present::Together;
using v1::ComparisonReport;

class Comparison {
 public:
  Comparison(const ComparisonView& view, const std::vector<Evidence>& evidence) : v_(view), evidence_(evidence) {
    for (std::size_t i = 0; i < v_.plans.size(); ++i) {
      contexts_.push_back({v_.views[i], evidence_[i], structures_of(*v_.views[i].report, evidence_[i])});
    }
    lay_over();
  }

  std::string run() const {
    Frame frame;
    frame.language = v_.language;
    frame.title = say(Text::kPlansCompared) + ": " + short_text(v_.report->protocol().id());
    frame.styles = colours(structures_) + paper({v_.report->protocol().id() + " " + v_.report->protocol().version(),
                                                 "Dosegate " + v_.report->plans(0).engine_version(), sheet_foot()});
    if (is_many()) frame.styles += "@media print{@page{size:A4 landscape}}";
    frame.body = header() + "<main>\n" + scorecard() + chart() + notes() + "</main>\n" + footer(v_.language);
    return document(frame);
  }

 private:
  std::string say(Text id, std::initializer_list<std::string> arguments = {}) const {
    return phrase(id, v_.language, arguments);
  }

  // The digest of each plan's dose, by which it can be found again.
  std::string sheet_foot() const {
    std::string text;
    for (std::size_t i = 0; i < v_.plans.size(); ++i) {
      for (const auto& in : v_.report->plans(static_cast<int>(i)).inputs()) {
        if (in.role() == "RTDOSE")
          text += (text.empty() ? "" : "  ") + v_.plans[i].mark + " " + in.sha256().substr(0, 8);
      }
    }
    return text.empty() ? text : "RT Dose SHA-256: " + text;
  }

  std::string header() const {
    std::string out = "<header><div class=\"hd\"><p class=\"brand\">Dosegate</p><p class=\"k\"><span>" +
                      say(Text::kPlansCompared) + "</span></p></div><div class=\"bd\"><h1 class=\"vh\">" +
                      say(Text::kPlansCompared) + "</h1>";
    out += "<ul class=\"cmp\">";
    for (std::size_t i = 0; i < v_.plans.size(); ++i) {
      const present::ComparedPlan& plan = v_.plans[i];
      const auto verdict = v_.report->plans(static_cast<int>(i)).verdict();
      const std::string word = "<b>" + say(present::word_of(verdict)) + "</b>";
      out += "<li><p class=\"lead\"><b>" + escaped(plan.mark) + "</b> " + glyph(present::status_of(verdict), 20) +
             (plan.label.empty() ? word : say(Text::kComma, {word, name(plan.label)})) + "</p><p class=\"sub mu\">" +
             name(plan.name, 100) + "</p><p class=\"sub\">" + escaped(plan.summary) + "</p>";
      for (const std::string& change : plan.changes) out += "<p class=\"sub\">" + sentence(change) + "</p>";
      out += "</li>";
    }
    return out + "</ul><p class=\"prot\">" + closed(escaped(v_.protocol), v_.language) + "</p></div></header>\n";
  }

  std::string head() const {
    const auto column = [](const std::string& style, const std::string& text) {
      return "<th scope=\"col\" class=\"" + style + "\">" + text + "</th>";
    };
    std::string out = "<thead><tr>" + column("w1", say(Text::kRule)) + column("w2", say(Text::kStructure)) +
                      column("w3", say(Text::kMetric)) + column("li", say(Text::kLimit));
    for (const auto& plan : v_.plans) out += column("pv", escaped(plan.mark));
    return out + "<th scope=\"col\" class=\"ba\"><span class=\"vh\">" + say(Text::kSharesUsed) +
           "</span><span class=\"scale\" aria-hidden=\"true\"><span>0</span><span>50 %</span><span>" +
           say(Text::kLimitWord) + "</span></span></th></tr></thead>";
  }

  std::string scorecard() const {
    std::string body;
    for (const ComparedGroup& group : v_.groups) {
      if (group.rows.empty()) {
        if (group.together == Together::kBroken)
          body += "<p class=\"none\">" +
                  say(Text::kSentence, {say(Text::kLabelled, {escaped(group.title), say(Text::kNone)})}) + "</p>";
        continue;
      }
      std::string rows;
      for (const ComparedRow& row : group.rows) rows += line(row);
      const std::string table = "<table class=\"sc co" + std::string(is_many() ? " many" : "") +
                                "\"><caption class=\"vh\">" + escaped(group.title) + "</caption>" + head() + "<tbody>" +
                                rows + "</tbody></table>";
      const std::string title =
          "<b>" + escaped(group.title) + "</b> <span class=\"ct\">" + std::to_string(group.rows.size()) + "</span>";
      const bool is_folded = group.together == Together::kUnchanged || group.together == Together::kPending;
      body += is_folded
                  ? "<details><summary class=\"two\"><span class=\"m1\">" + title +
                        "<span class=\"gn\"><span class=\"o\">" + say(Text::kShowAll) + "</span><span class=\"x\">" +
                        say(Text::kHide) + "</span></span></span></summary>" + table + "</details>"
                  : "<h3>" + title + "</h3>" + table;
    }
    return section("score", say(Text::kScorecard), "<p>" + say(Text::kComparisonNote) + "</p>", body);
  }

  std::string line(const ComparedRow& row) const {
    std::string out = "<tr class=\"r\" data-rule=\"" + escaped(row.rule) + "\"><th scope=\"row\">" + name(row.rule) +
                      (row.is_advisory ? " <span class=\"adv\">" + say(Text::kAdvisoryMark) + "</span>" : "") +
                      "</th><td class=\"st\">" + (row.structure.empty() ? "" : name(row.structure)) +
                      "</td><td class=\"me\">" + short_text(row.metric.substr(0, row.metric.find('['))) +
                      "</td><td class=\"li\">" + typeset(row.limit) + "</td>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) out += cell(row.cells[i], v_.plans[i].mark);
    out += "<td class=\"ba\">" + bars(row) + "</td></tr>";
    if (row.details.empty()) return out;
    std::string text;
    for (const std::string& detail : row.details) text += "<span class=\"do\">" + sentence(detail) + "</span>";
    const std::size_t columns = (is_many() ? 3 : 4) + row.cells.size();  // of many there are no bars
    return out + "<tr class=\"more\"><td></td><td colspan=\"" + std::to_string(columns) + "\">" + text + "</td></tr>";
  }

  static std::string change_class(ComparisonReport::Change change) {
    switch (change) {
      case ComparisonReport::BETTER:
        return "up";
      case ComparisonReport::WORSE:
        return "dn";
      default:
        return "mu";
    }
  }

  // "worse by 11.66 % (10.14 to 15.21)": its bounds in one piece.
  static std::string change_text(const std::string& text) {
    const std::size_t bounds = text.find(" (");
    if (bounds == std::string::npos) return typeset(text);
    return typeset(text.substr(0, bounds)) + " <span class=\"nb\">" + escaped(text.substr(bounds + 1)) + "</span>";
  }

  std::string cell(const ComparedCell& c, const std::string& mark) const {
    std::string out = "<td class=\"pv\" data-plan=\"" + escaped(mark) + "\">";
    if (c.row == nullptr) return out + "–</td>";
    const present::Row& row = *c.row;
    const std::string word = word_of(row.status, v_.language);
    out += glyph(row.status, 11) + "<span class=\"vh\">" + escaped(word) + ": </span>";
    out += row.value.empty() ? "<span class=\"mu\" aria-hidden=\"true\">" + escaped(word) + "</span>"
                             : "<span class=\"n\">" + typeset(row.value) + "</span>";
    if (!row.interval.empty()) out += "<span class=\"do iv\">" + escaped(row.interval) + "</span>";
    if (!c.change_text.empty())
      out += "<span class=\"do cg " + change_class(c.change) + "\">" + change_text(c.change_text) + "</span>";
    return out + "</td>";
  }

  // So many that there is room for the values and what became of them, and no more.
  bool is_many() const { return v_.plans.size() > 3; }

  // A thin bar a plan, in their order, all limits on one line.
  std::string bars(const ComparedRow& row) const {
    constexpr double kLimitAt = 62.0, kMost = 1.2;
    std::string out;
    double y = 7.0;
    bool has_any = false;
    for (const ComparedCell& c : row.cells) {
      if (c.row != nullptr && c.row->used) {
        const double share = std::clamp(c.row->used->value, 0.0, kMost);
        has_any = true;
        out += "<rect class=\"b\" x=\"0\" y=\"" + coordinate(y) + "\" width=\"" +
               coordinate(std::min(share, 1.0) * kLimitAt, 2) + "%\" height=\"5\"/>";
        if (share > 1.0) {
          out += "<rect class=\"over\" x=\"62%\" y=\"" + coordinate(y) + "\" width=\"" +
                 coordinate((share - 1.0) * kLimitAt, 2) + "%\" height=\"5\"/>";
        }
      }
      y += 7.0;
    }
    if (!has_any) return "";
    return "<svg class=\"bar\" aria-hidden=\"true\">" + out +
           "<line class=\"lim\" x1=\"62%\" x2=\"62%\" y1=\"0\" y2=\"100%\"/></svg>";
  }

  // The structures of all plans, role by role, and the limits: once, and filled where any plan breaks them.
  void lay_over() {
    std::vector<std::string> roles;
    for (const Context& c : contexts_) {
      for (const Structure& s : c.structures) {
        if (std::find(roles.begin(), roles.end(), s.role) == roles.end()) roles.push_back(s.role);
      }
    }
    for (const std::string& role : roles) {
      const Rgb* colour = nullptr;
      for (std::size_t plan = 0; plan < contexts_.size(); ++plan) {
        for (const Structure& s : contexts_[plan].structures) {
          if (s.role != role) continue;
          Structure one = s;
          one.plan = plan;
          one.mark = v_.plans[plan].mark;
          if (colour != nullptr) one.colour = *colour;
          structures_.push_back(std::move(one));
          if (colour == nullptr) colour = &s.colour;
        }
      }
    }
    for (std::size_t plan = 0; plan < contexts_.size(); ++plan) {
      for (Limit limit : limits_of(contexts_[plan])) {
        const std::string& role = contexts_[plan].structures[limit.structure].role;
        const auto here = std::find_if(structures_.begin(), structures_.end(),
                                       [&](const Structure& s) { return s.plan == plan && s.role == role; });
        limit.structure = static_cast<std::size_t>(here - structures_.begin());
        const auto same = std::find_if(limits_.begin(), limits_.end(), [&](const Limit& l) {
          return structures_[l.structure].role == role && l.row->finding->rule_id() == limit.row->finding->rule_id();
        });
        const bool has_curve = !here->value.empty();
        if (!has_curve) continue;
        if (same == limits_.end()) {
          limits_.push_back(limit);
        } else if (limit.is_hit && same->is_hit) {
          limits_.push_back(limit);  // both overshoots are seen
        } else if (limit.is_hit) {
          *same = limit;
        }
      }
    }
  }

  std::string chart() const {
    std::vector<std::string> without;
    for (std::size_t i = 0; i < v_.plans.size(); ++i) {
      const auto& all = contexts_[i].structures;
      const bool has_any = std::any_of(all.begin(), all.end(), [](const Structure& s) { return !s.value.empty(); });
      if (!has_any) without.push_back(escaped(v_.plans[i].mark));
    }
    const std::string missing =
        without.empty()
            ? ""
            : "<p class=\"foot\">" + say(Text::kPlansWithoutCurves, {present::listing(without, v_.language)}) + "</p>";
    const std::string drawn = dose_volume_chart(
        {v_.language, structures_, limits_, contexts_.front().prescription_gy()}, say(Text::kOverlayNote));
    return section("dvh", say(Text::kDoseAndVolume), "<p>" + say(Text::kCumulative) + "</p>",
                   (drawn.empty() ? "<p class=\"foot\">" + say(Text::kNoCurves) + "</p>" : drawn) + missing);
  }

  std::string notes() const {
    if (v_.report->notes().empty()) return "";
    std::string items;
    for (const std::string& note : v_.report->notes()) items += "<li>" + sentence(note) + "</li>";
    return section("notes", say(Text::kWhatElseDiffers), "<p>" + say(Text::kWhatElseNote) + "</p>",
                   "<ul class=\"nt\">" + items + "</ul>");
  }

  const ComparisonView& v_;
  const std::vector<Evidence>& evidence_;
  std::vector<Context> contexts_;
  std::vector<Structure> structures_;
  std::vector<Limit> limits_;
};

}  // namespace

std::string comparison_page(const ComparisonView& view, const std::vector<Evidence>& evidence) {
  return Comparison(view, evidence).run();
}

}  // namespace dosegate::html
