// RX-4 to RX-7. The days of a course: what was given up to the day of the check, and what is planned after it.
#include "core/rules/schedule.h"

#include <algorithm>
#include <map>

#include "core/rules/course_in_words.h"
#include "core/rules/infusions.h"
#include "core/rules/on_record.h"
#include "core/rules/tally.h"
#include "core/schedule/calendar.h"
#include "core/schedule/course.h"
#include "core/schedule/layout.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using std::chrono::days;

// "3 days after", "on the day of".
std::string distance(std::int64_t after) {
  if (after == 0) return "on the day of";
  return day_count(std::abs(after)) + (after < 0 ? " before" : " after");
}

class Schedule {
 public:
  explicit Schedule(const Context& context)
      : context_(context),
        scheme_(*context.protocol().fractionation),
        calendar_(scheme_, context.input().options.holidays),
        record_(*context.input().record),
        course_(course_of(record_, now(context))) {
    for (const std::string& s : course_.missing) tally_.missing(s);
    for (const std::string& s : course_.wrong) tally_.deviation(s);
  }

  Finding run(ScheduleRule::Check check) {
    if (course_.fractions.empty()) {
      tally_.pending("No fraction is planned or given yet.");
    }
    switch (check) {
      case ScheduleRule::Check::kPattern:
        pattern();
        break;
      case ScheduleRule::Check::kOverallTime:
        overall_time();
        break;
      case ScheduleRule::Check::kStart:
        start();
        break;
      case ScheduleRule::Check::kEnd:
        end();
        break;
    }
    return tally_.finding(
        summary_, "Move the fractions named, or discuss the deviation; dosegate schedule proposes dates.",
        "Complete the record: number and date of each fraction, and the infusions given and scheduled.");
  }

 private:
  const std::vector<CourseFraction>& fractions() const { return course_.fractions; }
  std::string span() const {
    return std::to_string(fractions().size()) + " fractions from " + spoken(fractions().front().date) + " to " +
           spoken(fractions().back().date);
  }
  bool complete() const { return static_cast<std::int32_t>(fractions().size()) >= scheme_.fractions(); }

  void pattern() {
    if (fractions().empty()) return;
    for (const CourseFraction& f : fractions()) {
      if (calendar_.treats(f.date)) {
        tally_.met();
      } else {
        tally_.deviation(capital(name_of(f)) + " lies on " + calendar_.why_not(f.date) + ".");
      }
    }
    std::map<Day, std::vector<const CourseFraction*>> by_day;
    for (const CourseFraction& f : fractions()) by_day[f.date].push_back(&f);
    std::optional<Day> before;
    for (const auto& [day, on_day] : by_day) {
      if (static_cast<std::int32_t>(on_day.size()) > scheme_.most_per_day) {
        tally_.deviation(std::to_string(on_day.size()) + " fractions lie on " + spoken(day) + "; at most " +
                         std::to_string(scheme_.most_per_day) + " a day.");
      } else if (on_day.size() > 1) {
        between(on_day);
      }
      if (before && (day - *before).count() < scheme_.days_between) {
        tally_.deviation(spoken(day) + " follows " + spoken(*before) + " after " + day_count((day - *before).count()) +
                         "; at least " + day_count(scheme_.days_between) + " from one day of treatment to the next.");
      }
      before = day;
    }
    for (const FractionWindow& window : scheme_.windows) check_window(window);
    summary_ = capital(span()) + ": on treatment days of the site, at most " + std::to_string(scheme_.most_per_day) +
               " a day" + windows_text() + ".";
  }
  void between(const std::vector<const CourseFraction*>& on_day) {
    for (std::size_t i = 1; i < on_day.size(); ++i) {
      const CourseFraction &a = *on_day[i - 1], &b = *on_day[i];
      if (!a.time || !b.time) {
        tally_.missing("The time of " + name_of(a.time ? b : a) + " is not stated; " +
                       fixed(static_cast<double>(scheme_.least_between.count()) / 60.0, 2) +
                       " h are needed between two fractions of one day.");
        continue;
      }
      const auto gap = b.time->since_midnight - a.time->since_midnight;
      if (gap < scheme_.least_between) {
        tally_.deviation(capital(name_of(b)) + " begins " + fixed(static_cast<double>(gap.count()) / 60.0, 2) +
                         " h after " + name_of(a) + "; at least " +
                         fixed(static_cast<double>(scheme_.least_between.count()) / 60.0, 2) + " h.");
      }
    }
  }
  // The first window of that length that holds too many; one is enough to say.
  void check_window(const FractionWindow& window) {
    const auto most = static_cast<std::size_t>(window.most_fractions);
    for (std::size_t i = 0; i + most < fractions().size(); ++i) {
      const CourseFraction &first = fractions()[i], &beyond = fractions()[i + most];
      if (beyond.date - first.date < days{window.days}) {
        tally_.deviation("The " + day_count(window.days) + " from " + spoken(first.date) + " on hold more than " +
                         std::to_string(window.most_fractions) + " fractions.");
        return;
      }
    }
  }
  std::string windows_text() const {
    std::string text;
    for (const FractionWindow& w : scheme_.windows) {
      text += ", at most " + std::to_string(w.most_fractions) + " in any " + day_count(w.days);
    }
    return text;
  }

  // The earliest end of the course with what is dated so far; none: the calendar is empty.
  std::optional<Day> earliest_end(const std::vector<Day>& placed, Day from) const {
    const auto all = Layout(scheme_, calendar_).complete(placed, static_cast<std::size_t>(scheme_.fractions()), from);
    return all ? std::optional<Day>(all->back()) : std::nullopt;
  }
  std::vector<Day> dates() const {
    std::vector<Day> out;
    for (const CourseFraction& f : fractions()) out.push_back(f.date);
    return out;
  }
  // Of a course that is not complete: with the rest as early as can be.
  std::optional<Day> expected_end() const {
    return earliest_end(dates(), std::max(fractions().back().date, now(context_).value_or(fractions().back().date)));
  }

  // Treatment days of the course on which a fraction could have been given and was not. True: some are planned so,
  // between fractions that are still to come.
  bool gaps() {
    bool planned = false;
    const Layout layout(scheme_, calendar_);
    std::vector<Day> placed;
    for (const CourseFraction& f : fractions()) {
      const auto due = placed.empty() ? std::optional<Day>(f.date) : layout.next(placed, placed.back());
      if (due && f.date > *due) {
        const int lost = calendar_.count(*due, f.date);
        tally_.warning("No fraction from " + spoken(*due) + " to " + spoken(f.date - days{1}) + ": " +
                       std::to_string(lost) + (lost == 1 ? " treatment day" : " treatment days") + " lost, " +
                       day_count((f.date - placed.back()).count()) + " from one fraction to the next.");
        planned = planned || !fractions()[placed.size() - 1].delivered;
      }
      placed.push_back(f.date);
    }
    for (const CourseFraction& f : course_.missed) tally_.warning(capital(name_of(f)) + " was planned and not given.");
    return planned;
  }

  void overall_time() {
    if (fractions().empty()) return;
    const bool planned_gap = gaps();
    const Day first = fractions().front().date, last = fractions().back().date;
    summary_ = capital(span()) + ", " + day_count((last - first).count() + 1) + (complete() ? "" : " so far") + ".";
    tally_.met();
    if (!complete()) {
      tally_.pending(std::to_string(fractions().size()) + " of " + std::to_string(scheme_.fractions()) +
                     " fractions are dated.");
    }
    const auto shortest = earliest_end({first}, first), end = complete() ? std::optional<Day>(last) : expected_end();
    if (!shortest || !end) return tally_.missing("The calendar has too few treatment days for the course.");
    if (*end > *shortest) {
      tally_.warning("The course ends on " + spoken(*end) + ", " + day_count((*end - *shortest).count()) +
                     " later than without that.");
    }
    if (!scheme_.overall_days) return;
    const auto total = (*end - first).count() + 1, least = (*shortest - first).count() + 1;
    if (total <= *scheme_.overall_days) return;
    const std::string text = "The course takes " + day_count(total) + ", more than " + day_count(*scheme_.overall_days);
    if (planned_gap && least <= *scheme_.overall_days) {
      tally_.deviation(text + ", although it could be given in " + day_count(least) + ".");
    } else if (least > *scheme_.overall_days) {
      tally_.warning(text + "; the site's calendar alone makes " + day_count(least) + ".");
    } else {
      tally_.warning(text + ", by what was missed.");
    }
  }

  struct Anchor {
    Day day;
    std::string text;
  };
  // The day from which a timing counts; none, and said, where it is not known.
  std::optional<Anchor> anchor(const FractionTiming& timing) {
    const DrugInfusions infusions = infusions_of(record_, scheme_.infusion_drug, now(context_));
    for (const std::string& problem : infusions.problems) tally_.missing(problem);
    const auto day = infusion_day(infusions, static_cast<std::size_t>(timing.infusion));
    const std::string name = "infusion " + std::to_string(timing.infusion) + " of " + scheme_.infusion_drug;
    for (const Infusion& i : infusions.given) {
      if (!i.given && day && *i.date <= *day) {
        tally_.missing("The record does not state whether the infusion of " + spoken(*i.date) + " was given (given).");
        return {};
      }
    }
    if (day) return Anchor{*day, name + " on " + spoken(*day) + cancelled_text(infusions, day)};
    if (fractions().empty()) return {};
    tally_.missing("The record holds no " + name + ", given or scheduled" + cancelled_text(infusions) + ".");
    return {};
  }

  void start() {
    if (!scheme_.start) return tally_.missing("The protocol does not say when the course starts.");
    const FractionTiming& t = *scheme_.start;
    const auto from = anchor(t);
    if (!from) return;
    const auto today = now(context_);
    if (fractions().empty()) {
      if (!t.due_day || !today) return;
      const auto due = calendar_.next(from->day + days{*t.due_day});
      if (due && *today > *due) {
        tally_.deviation("The first fraction was due on " + spoken(*due) + ", after " + from->text +
                         ", and is not recorded.");
      }
      return;
    }
    const CourseFraction& first = fractions().front();
    const auto after = (first.date - from->day).count();
    const std::string text = capital(name_of(first)) + " comes " + distance(after) + " " + from->text;
    summary_ = text + ".";
    if (t.earliest_day && after < *t.earliest_day) {
      return tally_.deviation(text + "; at the earliest " + day_count(*t.earliest_day) + " after it.");
    }
    if (t.due_day) {
      const Day due = from->day + days{*t.due_day};
      const auto possible = calendar_.next(due);
      if (first.date == due) {
        tally_.met();
      } else if (possible && first.date == *possible) {
        tally_.warning(text + ": " + spoken(due) + " was due and is " + calendar_.why_not(due) +
                       ", so the course starts on the next treatment day.");
      } else {
        return tally_.deviation(text + "; it was due on " + spoken(possible.value_or(due)) + ".");
      }
    }
    limits(t, after, text);
  }

  void end() {
    if (!scheme_.end) return tally_.missing("The protocol does not say when the course ends.");
    if (scheme_.start && scheme_.start->earliest_day && !fractions().empty()) {
      if (const auto from = anchor(*scheme_.start)) {
        const auto after = (fractions().front().date - from->day).count();
        if (after < *scheme_.start->earliest_day) {
          tally_.deviation(capital(name_of(fractions().front())) + " comes " + day_count(after) + " after " +
                           from->text + "; at the earliest " + day_count(*scheme_.start->earliest_day) + " after it.");
        }
      }
    }
    if (fractions().empty()) return;
    const FractionTiming& t = *scheme_.end;
    const auto from = anchor(t);
    if (!from) return;
    const CourseFraction& last = fractions().back();
    const auto after = (last.date - from->day).count();
    const std::string text =
        capital(name_of(last)) + (complete() ? ", the last," : "") + " comes " + distance(after) + " " + from->text;
    summary_ = text + ".";
    if (!complete()) {
      const auto ends = expected_end();
      tally_.pending(std::to_string(fractions().size()) + " of " + std::to_string(scheme_.fractions()) +
                     " fractions are dated" + (ends ? "; the last can be given on " + spoken(*ends) + "." : "."));
      if (ends && t.latest_day && (*ends - from->day).count() > *t.latest_day) {
        return tally_.deviation("The last fraction can be given on " + spoken(*ends) + " at the earliest, " +
                                day_count((*ends - from->day).count()) + " after " + from->text + ".");
      }
    }
    if (t.earliest_day && after < *t.earliest_day && complete()) {
      return tally_.deviation(text + "; at the earliest " + day_count(*t.earliest_day) + " after it.");
    }
    if (t.due_day && complete() && after != *t.due_day) {
      return tally_.deviation(text + "; it was due " + day_count(*t.due_day) + " after it.");
    }
    limits(t, after, text);
  }

  void limits(const FractionTiming& t, std::int64_t after, const std::string& text) {
    if (t.latest_day && after > *t.latest_day) {
      return tally_.deviation(text + "; at the latest " + day_count(*t.latest_day) + " after it.");
    }
    if (t.warning_from && after >= *t.warning_from) return tally_.warning(text + ".");
    tally_.met();
  }

  const Context& context_;
  const Fractionation& scheme_;
  Calendar calendar_;
  const Record& record_;
  Course course_;
  Tally tally_;
  std::string summary_;
};

}  // namespace

ScheduleRule ScheduleRule::read(ObjectReader& o, const CheckRole&) {
  ScheduleRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED",
                                  {{"PATTERN", 1}, {"OVERALL_TIME", 2}, {"START", 3}, {"END", 4}}, Need::kRequired);
  if (check != 0) rule.check = static_cast<ScheduleRule::Check>(check);
  o.finish();
  return rule;
}

RuleNeeds ScheduleRule::needs() const {
  RuleNeeds out;
  out.fractionation = true;
  out.dates = true;
  return out;
}

void ScheduleRule::lint(const LintedRule& at, RuleLint& out) const {
  if (!at.protocol.fractionation) return;
  const Fractionation& f = *at.protocol.fractionation;
  const std::string path = at.path + ".schedule";
  if (check == Check::kOverallTime && !f.overall_days) {
    out.left_out.push_back({LintEntry::Severity::kWarning, path,
                            at.rule.id + " is met by a course of any length: fractionation states no overallDays",
                            "Write fractionation.overallDays."});
  }
  const bool start = check == Check::kStart && !f.start;
  if (start || (check == Check::kEnd && !f.end)) {
    out.left_out.push_back(
        {LintEntry::Severity::kWarning, path,
         at.rule.id + " can never be evaluated: fractionation states no " + (start ? "start" : "end"),
         std::string("Write fractionation.") + (start ? "start." : "end.")});
  }
}

Finding ScheduleRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  if (!context.protocol().fractionation) {
    return finding(FindingStatus::kNotEvaluable, "The protocol states no fractionation.", "Add it to the protocol.");
  }
  return Schedule(context).run(check);
}

Requirement ScheduleRule::requirement(const Protocol& protocol) const {
  if (!protocol.fractionation) return {};
  const Fractionation& f = *protocol.fractionation;
  switch (check) {
    case Check::kPattern:
      return {"", pattern_in_words(f)};
    case Check::kOverallTime:
      return {"", f.overall_days ? "all fractions within " + day_count(*f.overall_days) : "overall time, reported"};
    case Check::kStart:
      return {"", f.start ? "first fraction " + timing_in_words(*f.start, f.infusion_drug) : "first fraction"};
    case Check::kEnd:
      return {"", f.end ? "last fraction " + timing_in_words(*f.end, f.infusion_drug) : "last fraction"};
  }
  return {};
}

}  // namespace dosegate
