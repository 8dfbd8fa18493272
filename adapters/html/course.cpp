// The course as a calendar: what was given and is planned, infusions, days without treatment, gaps, and what the
// protocol allows for start and end.
#include <algorithm>

#include "adapters/html/calendar.h"
#include "adapters/html/sections.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/sentences.h"

namespace dosegate::html {
namespace {

using present::Row;
using present::Status;
using present::Text;

std::string lozenge(int size) {
  const std::string n = std::to_string(size);
  return "<svg viewBox=\"0 0 24 24\" width=\"" + n + "\" height=\"" + n +
         "\" aria-hidden=\"true\"><path d=\"M12 1 23 12 12 23 1 12z\"/></svg>";
}

class Calendar {
 public:
  Calendar(const Context& context, const std::vector<DayOfCourse>& days) : c_(context), days_(days) {}

  std::string table() const {
    constexpr Text kWeek[] = {Text::kMonday, Text::kTuesday,  Text::kWednesday, Text::kThursday,
                              Text::kFriday, Text::kSaturday, Text::kSunday};
    std::string out =
        "<table class=\"cal\"><caption class=\"vh\">" + c_.say(Text::kCalendarCaption) + "</caption><thead><tr>";
    for (const Text day : kWeek) out += "<th scope=\"col\">" + c_.say(day) + "</th>";
    out += "</tr></thead><tbody>";
    for (std::size_t i = 0; i < days_.size(); ++i) {
      if (i % 7 == 0) out += "<tr>";
      out += cell(days_[i], i == 0);
      if (i % 7 == 6) out += "</tr>";
    }
    return out + "</tbody></table>";
  }

  std::string legend() const {
    const auto any = [&](auto is) { return std::any_of(days_.begin(), days_.end(), is); };
    const auto has = [&](bool given) {
      return any([&](const DayOfCourse& d) {
        return std::any_of(d.fractions.begin(), d.fractions.end(), [&](const auto& f) { return f.given == given; });
      });
    };
    std::string out = "<ul class=\"dk\">";
    const auto add = [&](bool is, const std::string& mark, Text text) {
      if (is) out += "<li>" + mark + " " + c_.say(text) + "</li>";
    };
    add(has(true), "<span class=\"fx\">n</span>", Text::kFractionGiven);
    add(has(false), "<span class=\"fx fp\">n</span>", Text::kFractionPlanned);
    add(any([](const DayOfCourse& d) { return !d.infusions.empty(); }), "<span class=\"in\">" + lozenge(18) + "</span>",
        Text::kInfusion);
    add(any([](const DayOfCourse& d) { return d.is_gap; }), "<span class=\"gapk\"></span>", Text::kGap);
    add(any([](const DayOfCourse& d) { return d.is_holiday; }), "<span class=\"hok\"></span>", Text::kHoliday);
    add(any([](const DayOfCourse& d) { return d.may_start; }), "<span class=\"msk\"></span>", Text::kMayStart);
    add(any([](const DayOfCourse& d) { return d.may_end; }), "<span class=\"mek\"></span>", Text::kMayEnd);
    return out + "</ul>";
  }

  // What the rules on the course say.
  std::string rules() const {
    std::string out;
    for (const Status status :
         {Status::kBroken, Status::kNotKnown, Status::kUndecided, Status::kNear, Status::kPassed, Status::kPending}) {
      for (const Row& row : c_.view.group(status).rows) {
        const auto rule = std::find_if(c_.evidence.protocol.rules().begin(), c_.evidence.protocol.rules().end(),
                                       [&](const v1::Rule& r) { return r.id() == row.finding->rule_id(); });
        if (rule == c_.evidence.protocol.rules().end() || !rule->has_schedule()) continue;
        out += "<li>" + glyph(status, 11) + "<span class=\"vh\">" + escaped(word_of(status, c_.language())) +
               ": </span><span class=\"rid\">" + name(row.rule) + "</span> " + sentence(row.reason) + "</li>";
      }
    }
    return out.empty() ? "" : "<ul class=\"crs\">" + out + "</ul>";
  }

 private:
  std::string cell(const DayOfCourse& d, bool is_first) const {
    const std::chrono::year_month_day date(d.day);
    std::string style;
    const auto add = [&](bool is, const char* name) {
      if (is) style += (style.empty() ? "" : " ") + std::string(name);
    };
    add(!d.is_treatment_day, "off");
    add(d.is_holiday, "ho");
    add(d.is_gap, "gap");
    add(d.may_start, "ms");
    add(d.may_end, "me");
    add(d.is_as_of, "now");
    std::string out = "<td" + (style.empty() ? "" : " class=\"" + style + "\"") + "><span class=\"dd\">";
    const auto number = static_cast<unsigned>(date.day());
    const std::string text = std::to_string(number);
    out += is_first || number == 1
               ? "<time datetime=\"" + iso(d.day) + "\">" + first_of_month(text, month(date)) + "</time>"
               : "<time datetime=\"" + iso(d.day) + "\">" + text + "</time>";
    out += "</span><span class=\"mk\">";
    for (std::size_t i = 0; i < d.infusions.size(); ++i) {
      const std::string n = std::to_string(d.infusions[i]);
      out += "<span class=\"in" + std::string(d.infusion_given[i] ? "" : " ip") + "\"><span class=\"vh\">" +
             c_.say(d.infusion_given[i] ? Text::kInfusionGivenN : Text::kInfusionPlannedN, {n}) + "</span>" +
             lozenge(24) + "<b aria-hidden=\"true\">" + n + "</b></span>";
    }
    for (const auto& f : d.fractions) {
      const std::string n = f.number > 0 ? std::to_string(f.number) : "?";
      out += "<span class=\"fx" + std::string(f.given ? "" : " fp") + "\"><span class=\"vh\">" +
             c_.say(f.given ? Text::kFractionGivenN : Text::kFractionPlannedN, {n}) +
             "</span><span aria-hidden=\"true\">" + n + "</span></span>";
    }
    if (d.is_gap) out += "<span class=\"gt\">" + c_.say(Text::kGapWord) + "</span>";
    if (d.is_holiday) out += "<span class=\"vh\">" + c_.say(Text::kHoliday) + "</span>";
    out += "</span>";
    if (!d.fractions.empty()) out += "<span class=\"cu\">" + coordinate(d.sum_gy, 2) + " Gy</span>";
    return out + "</td>";
  }

  // "1 Jan", as the language has it.
  std::string first_of_month(const std::string& day, const std::string& name) const {
    return c_.say(Text::kDayOfMonth, {day, "<i>" + name + "</i>"});
  }

  std::string month(const std::chrono::year_month_day& date) const {
    constexpr Text kMonths[] = {Text::kJanuary,   Text::kFebruary, Text::kMarch,    Text::kApril,
                                Text::kMay,       Text::kJune,     Text::kJuly,     Text::kAugust,
                                Text::kSeptember, Text::kOctober,  Text::kNovember, Text::kDecember};
    return c_.say(kMonths[static_cast<unsigned>(date.month()) - 1]);
  }

  const Context& c_;
  const std::vector<DayOfCourse>& days_;
};

}  // namespace

std::string course(const Context& c) {
  if (!c.evidence.record) return "";
  const std::vector<DayOfCourse> days =
      days_of(*c.evidence.record, c.evidence.protocol.fractionation(), c.evidence.holidays, c.view.report->as_of());
  if (days.empty()) return "";
  const Calendar calendar(c, days);
  const auto has_fraction = [](const DayOfCourse& d) { return !d.fractions.empty(); };
  const auto first = std::find_if(days.begin(), days.end(), has_fraction);
  const auto last = std::find_if(days.rbegin(), days.rend(), has_fraction);
  const auto said = [&](CivilDay day) {
    return "<span class=\"nb\">" + escaped(present::day_text(iso(day), c.language())) + "</span>";
  };
  const std::string span = c.say(Text::kSentence, {c.say(Text::kDaysTo, {said(first->day), said(last->day)})});
  return section("course", c.say(Text::kCourse),
                 "<p>" + c.say(Text::kFromRecord) + std::string(present::sentence_gap(c.language())) + span + "</p>",
                 "<div class=\"cv2\"><div>" + calendar.table() + "</div><div>" + calendar.legend() + calendar.rules() +
                     "</div></div>");
}

}  // namespace dosegate::html
