// The days of a course: what was given up to the day of the check, and what is planned after it.
#include "core/rules/schedule.h"

#include <algorithm>
#include <map>
#include <set>

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

// "Fraction 15 (Fri 2024-01-26), the last, comes 2 days before infusion 2 of tislelizumab on Sun 2024-01-28"
Message distance(const CourseFraction& f, bool is_last, std::int64_t after, const Message& anchor) {
  const Message name = name_of(f);
  if (after == 0) {
    return is_last ? say<Said::kLastOnTheDayOf>(name, anchor) : say<Said::kOnTheDayOf>(name, anchor);
  }
  if (after < 0) {
    return is_last ? say<Said::kLastComesBefore>(name, -after, anchor) : say<Said::kComesBefore>(name, -after, anchor);
  }
  return is_last ? say<Said::kLastComesAfter>(name, after, anchor) : say<Said::kComesAfter>(name, after, anchor);
}

// In their order. Of a fraction in parts the day of the last: it is one of the scheme.
std::vector<Day> dates_of(const Course& course) {
  std::set<std::int32_t> numbers;
  std::vector<Day> out;
  for (auto f = course.fractions.rbegin(); f != course.fractions.rend(); ++f) {
    if (f->number == 0 || numbers.insert(f->number).second) out.push_back(f->date);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

class Schedule {
 public:
  explicit Schedule(const Context& context)
      : context_(context),
        scheme_(*context.protocol().fractionation),
        calendar_(scheme_, context.input().options.holidays),
        record_(*context.input().record),
        course_(course_of(record_, now(context))) {
    join_parts(course_, scheme_);
    dates_ = dates_of(course_);
    for (const Message& m : course_.missing) tally_.missing(m);
    for (const Message& m : course_.wrong) tally_.deviation(m);
  }

  Finding run(ScheduleRule::Check check) {
    if (course_.fractions.empty()) {
      tally_.pending(say<Said::kNoFractionYet>());
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
    return tally_.finding(summary_, say<Said::kMoveFractions>(), say<Said::kCompleteCourse>());
  }

 private:
  const std::vector<CourseFraction>& fractions() const { return course_.fractions; }
  Number hours(std::chrono::minutes time) const { return number(static_cast<double>(time.count()) / 60.0, 2, "h"); }
  bool complete() const { return static_cast<std::int32_t>(dates_.size()) >= scheme_.fractions(); }

  void pattern() {
    if (fractions().empty()) return;
    for (const CourseFraction& f : fractions()) {
      if (calendar_.treats(f.date)) {
        tally_.met();
      } else {
        tally_.deviation(say<Said::kFractionOnOffDay>(name_of(f), calendar_.why_not(f.date)));
      }
    }
    std::map<Day, std::vector<const CourseFraction*>> by_day;
    for (const CourseFraction& f : fractions()) by_day[f.date].push_back(&f);
    std::optional<Day> before;
    for (const auto& [day, on_day] : by_day) {
      if (static_cast<std::int32_t>(on_day.size()) > scheme_.most_per_day) {
        tally_.deviation(say<Said::kTooManyOnDay>(on_day.size(), day, scheme_.most_per_day));
      } else if (on_day.size() > 1) {
        between(on_day);
      }
      if (before && (day - *before).count() < scheme_.days_between) {
        tally_.deviation(say<Said::kDaysTooClose>(day, *before, (day - *before).count(), scheme_.days_between));
      }
      before = day;
    }
    for (const FractionWindow& window : scheme_.windows) check_window(window);
    summary_ = say<Said::kCoursePattern>(fractions().size(), fractions().front().date, fractions().back().date,
                                         scheme_.most_per_day, windows_text());
  }
  void between(const std::vector<const CourseFraction*>& on_day) {
    for (std::size_t i = 1; i < on_day.size(); ++i) {
      const CourseFraction &a = *on_day[i - 1], &b = *on_day[i];
      if (!a.time || !b.time) {
        tally_.missing(say<Said::kTimeNotStated>(name_of(a.time ? b : a), hours(scheme_.least_between)));
        continue;
      }
      const auto gap = b.time->since_midnight - a.time->since_midnight;
      if (gap < scheme_.least_between) {
        tally_.deviation(
            say<Said::kFractionsTooClose>(name_of(b), hours(gap), name_of(a), hours(scheme_.least_between)));
      }
    }
  }
  // The first window of that length that holds too many; one is enough to say.
  void check_window(const FractionWindow& window) {
    const auto most = static_cast<std::size_t>(window.most_fractions);
    for (std::size_t i = 0; i + most < fractions().size(); ++i) {
      const CourseFraction &first = fractions()[i], &beyond = fractions()[i + most];
      if (beyond.date - first.date < days{window.days}) {
        tally_.deviation(say<Said::kWindowTooFull>(window.days, first.date, window.most_fractions));
        return;
      }
    }
  }
  Prose windows_text() const {
    if (scheme_.windows.empty()) return {};
    Listing windows;
    windows.join = Join::kComma;
    for (const FractionWindow& w : scheme_.windows) {
      windows.items.emplace_back(say<Said::kCourseWindow>(w.most_fractions, w.days));
    }
    return say<Said::kCourseWindows>(std::move(windows));
  }

  // The earliest end of the course with what is dated so far; none: the calendar is empty.
  std::optional<Day> earliest_end(const std::vector<Day>& placed, Day from) const {
    const auto all = Layout(scheme_, calendar_).complete(placed, static_cast<std::size_t>(scheme_.fractions()), from);
    return all ? std::optional<Day>(all->back()) : std::nullopt;
  }
  // Of a course that is not complete: with the rest as early as can be.
  std::optional<Day> expected_end() const {
    return earliest_end(dates_, std::max(fractions().back().date, now(context_).value_or(fractions().back().date)));
  }

  // Treatment days of the course on which a fraction, or one more, could have been given and was not. True: some are
  // planned so, between fractions that are still to come.
  bool gaps() {
    bool planned = false;
    const Layout layout(scheme_, calendar_);
    std::vector<Day> placed;
    for (const CourseFraction& f : fractions()) {
      const auto due = placed.empty() ? std::optional<Day>(f.date) : layout.next(placed, placed.back());
      if (due && f.date > *due) {
        Day from = *due;
        if (from == placed.back()) {  // it had fractions, and could have had more
          const auto n = std::count(placed.begin(), placed.end(), from);
          tally_.warning(say<Said::kDayNotFull>(from, static_cast<std::size_t>(n), scheme_.most_per_day));
          from += days{1};
        }
        const int lost = calendar_.count(from, f.date);
        const auto apart = (f.date - placed.back()).count();
        const Day until = f.date - days{1};
        if (lost > 0) {
          tally_.warning(from == until && lost == 1 ? say<Said::kGapOfOneDay>(until, apart)
                                                    : say<Said::kGap>(from, until, lost, apart));
        }
        planned = planned || !fractions()[placed.size() - 1].delivered;
      }
      placed.push_back(f.date);
    }
    for (const CourseFraction& f : course_.missed) tally_.warning(say<Said::kFractionMissed>(name_of(f)));
    return planned;
  }

  void overall_time() {
    if (fractions().empty()) return;
    const bool planned_gap = gaps();
    const Day first = fractions().front().date, last = fractions().back().date;
    const auto length = (last - first).count() + 1;
    summary_ = complete() ? say<Said::kCourseSpan>(dates_.size(), first, last, length)
                          : say<Said::kCourseSpanSoFar>(dates_.size(), first, last, length);
    tally_.met();
    if (!complete()) {
      tally_.pending(say<Said::kFractionsDated>(dates_.size(), scheme_.fractions()));
    }
    const auto shortest = earliest_end({first}, first), end = complete() ? std::optional<Day>(last) : expected_end();
    if (!shortest || !end) return tally_.missing(say<Said::kTooFewTreatmentDays>());
    if (*end > *shortest) {
      tally_.warning(say<Said::kEndsLater>(*end, (*end - *shortest).count()));
    }
    if (!scheme_.overall_days) return;
    const auto total = (*end - first).count() + 1, least = (*shortest - first).count() + 1;
    const auto most = *scheme_.overall_days;
    if (total <= most) return;
    if (planned_gap && least <= most) {
      tally_.deviation(say<Said::kTooLongAvoidable>(total, most, least));
    } else if (least > most) {
      tally_.warning(say<Said::kTooLongByCalendar>(total, most, least));
    } else {
      tally_.warning(say<Said::kTooLongByMissed>(total, most));
    }
  }

  struct Anchor {
    Day day;
    Message text;
  };
  // The day from which a timing counts; none, and said, where it is not known.
  std::optional<Anchor> anchor(const FractionTiming& timing) {
    const DrugInfusions infusions = infusions_of(record_, scheme_.infusion_drug, now(context_));
    for (const Message& problem : infusions.problems) tally_.missing(problem);
    const auto day = infusion_day(infusions, static_cast<std::size_t>(timing.infusion));
    for (const Infusion& i : infusions.given) {
      if (!i.given && day && *i.date <= *day) {
        tally_.missing(say<Said::kGivenNotStated>(*i.date));
        return {};
      }
    }
    if (day) {
      return Anchor{
          *day, say<Said::kInfusionOn>(timing.infusion, scheme_.infusion_drug, *day, cancelled_text(infusions, day))};
    }
    if (fractions().empty()) return {};
    tally_.missing(say<Said::kNoInfusionOfNumber>(timing.infusion, scheme_.infusion_drug, cancelled_text(infusions)));
    return {};
  }

  void start() {
    if (!scheme_.start) return tally_.missing(say<Said::kNoStartStated>());
    const FractionTiming& t = *scheme_.start;
    const auto from = anchor(t);
    if (!from) return;
    const auto today = now(context_);
    if (fractions().empty()) {
      if (!t.due_day || !today) return;
      const auto due = calendar_.next(from->day + days{*t.due_day});
      if (due && *today > *due) {
        tally_.deviation(say<Said::kFirstFractionOverdue>(*due, from->text));
      }
      return;
    }
    const CourseFraction& first = fractions().front();
    const auto after = (first.date - from->day).count();
    const Message text = distance(first, false, after, from->text);
    summary_ = say<Said::kTiming>(text);
    if (t.earliest_day && after < *t.earliest_day) {
      return tally_.deviation(say<Said::kTimingTooEarly>(text, *t.earliest_day));
    }
    if (t.due_day) {
      const Day due = from->day + days{*t.due_day};
      const auto possible = calendar_.next(due);
      if (first.date == due) {
        tally_.met();
      } else if (possible && first.date == *possible) {
        tally_.warning(say<Said::kTimingNextDay>(text, due, calendar_.why_not(due)));
      } else {
        return tally_.deviation(say<Said::kTimingDueOn>(text, possible.value_or(due)));
      }
    }
    limits(t, after, text);
  }

  void end() {
    if (!scheme_.end) return tally_.missing(say<Said::kNoEndStated>());
    if (scheme_.start && scheme_.start->earliest_day && !fractions().empty()) {
      if (const auto from = anchor(*scheme_.start)) {
        const auto after = (fractions().front().date - from->day).count();
        if (after < *scheme_.start->earliest_day) {
          tally_.deviation(say<Said::kTimingTooEarly>(
              say<Said::kComesAfter>(name_of(fractions().front()), after, from->text), *scheme_.start->earliest_day));
        }
      }
    }
    if (fractions().empty()) return;
    const FractionTiming& t = *scheme_.end;
    const auto from = anchor(t);
    if (!from) return;
    const CourseFraction& last = fractions().back();
    const auto after = (last.date - from->day).count();
    const Message text = distance(last, complete(), after, from->text);
    summary_ = say<Said::kTiming>(text);
    if (!complete()) {
      const auto ends = expected_end();
      const std::size_t n = dates_.size();
      tally_.pending(ends ? say<Said::kFractionsDatedLast>(n, scheme_.fractions(), *ends)
                          : say<Said::kFractionsDated>(n, scheme_.fractions()));
      if (ends && t.latest_day && (*ends - from->day).count() > *t.latest_day) {
        return tally_.deviation(say<Said::kLastAtTheEarliest>(*ends, (*ends - from->day).count(), from->text));
      }
    }
    if (t.earliest_day && after < *t.earliest_day && complete()) {
      return tally_.deviation(say<Said::kTimingTooEarly>(text, *t.earliest_day));
    }
    if (t.due_day && complete() && after != *t.due_day) {
      return tally_.deviation(say<Said::kTimingDueAfter>(text, *t.due_day));
    }
    limits(t, after, text);
  }

  void limits(const FractionTiming& t, std::int64_t after, const Message& text) {
    if (t.latest_day && after > *t.latest_day) {
      return tally_.deviation(*t.latest_day == 0 ? say<Said::kTimingNotThatDay>(text)
                                                 : say<Said::kTimingTooLate>(text, *t.latest_day));
    }
    if (t.warning_from && after >= *t.warning_from) return tally_.warning(say<Said::kTiming>(text));
    tally_.met();
  }

  const Context& context_;
  const Fractionation& scheme_;
  Calendar calendar_;
  const Record& record_;
  Course course_;
  std::vector<Day> dates_;  // of the fractions that count for the scheme
  Tally tally_;
  Prose summary_;
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
    return finding(FindingStatus::kNotEvaluable, say<Said::kNoFractionation>(), say<Said::kAddItToProtocol>());
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
