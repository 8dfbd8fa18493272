#include "adapters/cli/holidays.h"

#include <libical/ical.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <set>

#include "adapters/cli/course_args.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/input.h"
#include "adapters/cli/program.h"
#include "dosegate/v1/schedule.pb.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kMostCalendarBytes = std::size_t{1} << 20;
constexpr std::size_t kMostDays = 10'000, kMostEvents = 5'000, kMostRules = 200;
constexpr int kFirstYear = 2000, kYearAfter = 2100;
constexpr int kSecondsADay = 86'400, kMostDaysOfAnEvent = 366;

using Days = std::set<std::string>;
using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

std::string text_of(std::time_t day) {
  std::tm utc{};
  std::array<char, sizeof "2026-11-23"> text{};
  if (::gmtime_r(&day, &utc) == nullptr) return {};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &utc));
}

std::string name_of(icalcomponent* event) {
  const char* summary = ::icalcomponent_get_summary(event);
  return summary == nullptr ? "an event without SUMMARY" : "the event '" + std::string(summary) + "'";
}

// libical takes the 32nd of January for the 1st of February.
bool is_in_calendar(const icaltimetype& day) {
  return ::icaltime_is_valid_time(day) && day.month >= 1 && day.month <= 12 && day.day >= 1 &&
         day.day <= ::icaltime_days_in_month(day.month, day.year);
}

std::string uid_of(icalcomponent* event) {
  const char* uid = ::icalcomponent_get_uid(event);
  return uid == nullptr ? std::string() : uid;
}

// What the file is wrong about, as libical marks it; empty: nothing.
std::string complaint(icalcomponent* root) {
  for (icalproperty* p = ::icalcomponent_get_first_property(root, ICAL_XLICERROR_PROPERTY); p != nullptr;
       p = ::icalcomponent_get_next_property(root, ICAL_XLICERROR_PROPERTY)) {
    return ::icalproperty_get_xlicerror(p);
  }
  for (icalcomponent* c = ::icalcomponent_get_first_component(root, ICAL_ANY_COMPONENT); c != nullptr;
       c = ::icalcomponent_get_next_component(root, ICAL_ANY_COMPONENT)) {
    if (std::string inner = complaint(c); !inner.empty()) return inner;
  }
  return {};
}

class Calendar {
 public:
  // Empty: all was read.
  std::string read(icalcomponent* root) {
    return root != nullptr && ::icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT ? events(root)
                                                                                    : "is no iCalendar (VCALENDAR)";
  }
  Days take() { return std::move(days_); }

 private:
  // RFC 5545, 3.8.4.4: an event with RECURRENCE-ID stands in place of that one of its series.
  std::string replaced(icalcomponent* e) {
    icalproperty* const id = ::icalcomponent_get_first_property(e, ICAL_RECURRENCEID_PROPERTY);
    if (id == nullptr) return {};
    if (::icalproperty_get_first_parameter(id, ICAL_RANGE_PARAMETER) != nullptr) {
      return name_of(e) + " changes all later ones (RANGE); write them as a series of their own";
    }
    const icaltimetype day = ::icalproperty_get_recurrenceid(id);
    if (!is_in_calendar(day)) return name_of(e) + " has a RECURRENCE-ID that is no day of the calendar";
    replaced_[uid_of(e)].insert(text_of(::icaltime_as_timet(day)));
    return {};
  }

  std::string events(icalcomponent* root) {
    for (icalcomponent* e = ::icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT); e != nullptr;
         e = ::icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT)) {
      if (++events_ > kMostEvents) return "has more than " + std::to_string(kMostEvents) + " events";
      if (std::string problem = replaced(e); !problem.empty()) return problem;
    }
    for (icalcomponent* e = ::icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT); e != nullptr;
         e = ::icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT)) {
      if (::icalcomponent_get_status(e) == ICAL_STATUS_CANCELLED) continue;
      if (std::string problem = event(e); !problem.empty()) return problem;
      if (days_.size() > kMostDays) return "has more than " + std::to_string(kMostDays) + " days";
    }
    return events_ == 0 ? "has no event (VEVENT)" : std::string();
  }

  std::string event(icalcomponent* e) {
    const icaltimetype start = ::icalcomponent_get_dtstart(e), end = ::icalcomponent_get_dtend(e);
    if (::icaltime_is_null_time(start) || !is_in_calendar(start)) return name_of(e) + " has no valid DTSTART";
    if (!::icaltime_is_null_time(end) && !is_in_calendar(end)) return name_of(e) + " has no valid DTEND";
    for (icalproperty* p = ::icalcomponent_get_first_property(e, ICAL_EXDATE_PROPERTY); p != nullptr;
         p = ::icalcomponent_get_next_property(e, ICAL_EXDATE_PROPERTY)) {
      if (!is_in_calendar(::icalproperty_get_exdate(p))) return name_of(e) + " has no valid EXDATE";
    }
    for (icalproperty* p = ::icalcomponent_get_first_property(e, ICAL_RDATE_PROPERTY); p != nullptr;
         p = ::icalcomponent_get_next_property(e, ICAL_RDATE_PROPERTY)) {
      const icaldatetimeperiodtype day = ::icalproperty_get_rdate(p);
      if (!is_in_calendar(::icaltime_is_null_time(day.time) ? day.period.start : day.time)) {
        return name_of(e) + " has no valid RDATE";
      }
    }
    if (!start.is_date) {
      return name_of(e) + " has a time of day; a holiday is a whole day: DTSTART;VALUE=DATE:20261225";
    }
    length_ = 1;
    if (!::icaltime_is_null_time(end) && end.is_date) {
      length_ = static_cast<int>((::icaltime_as_timet(end) - ::icaltime_as_timet(start)) / kSecondsADay);
      if (length_ < 1) length_ = 1;  // RFC 5545 lets DTEND stand on DTSTART for one day
      if (length_ > kMostDaysOfAnEvent) return name_of(e) + " is longer than a year";
    }
    icalproperty* rule = ::icalcomponent_get_first_property(e, ICAL_RRULE_PROPERTY);
    if (rule == nullptr && ::icalcomponent_get_first_property(e, ICAL_RDATE_PROPERTY) == nullptr) {
      add(::icaltime_as_timet(start));
      return {};
    }
    if (++rules_ > kMostRules) return "has more than " + std::to_string(kMostRules) + " events that repeat";
    for (; rule != nullptr; rule = ::icalcomponent_get_next_property(e, ICAL_RRULE_PROPERTY)) {
      const icalrecurrencetype how = ::icalproperty_get_rrule(rule);
      if (how.freq < ICAL_DAILY_RECURRENCE || how.freq > ICAL_YEARLY_RECURRENCE) {
        return name_of(e) + " repeats in hours or less; a holiday repeats in days or more";
      }
      if (!::icaltime_is_null_time(how.until) && !is_in_calendar(how.until)) return name_of(e) + " has no valid UNTIL";
    }
    icaltimetype first = ::icaltime_null_date(), last = ::icaltime_null_date();
    first.year = kFirstYear, last.year = kYearAfter;
    first.month = last.month = first.day = last.day = 1;
    const auto others = replaced_.find(uid_of(e));
    instead_ = others == replaced_.end() ? nullptr : &others->second;
    ::icalcomponent_foreach_recurrence(
        e, first, last,
        [](icalcomponent*, icaltime_span* span, void* self) {
          static_cast<Calendar*>(self)->add_of_series(span->start);
        },
        this);
    return {};
  }

  void add_of_series(std::time_t first) {
    if (instead_ == nullptr || instead_->count(text_of(first)) == 0) add(first);
  }
  void add(std::time_t first) {
    for (int n = 0; n < length_ && days_.size() <= kMostDays; ++n) {
      days_.insert(text_of(first + std::time_t{n} * kSecondsADay));
    }
  }

  Days days_;
  std::map<std::string, Days> replaced_;  // by UID
  const Days* instead_ = nullptr;         // of the present series
  std::size_t events_ = 0, rules_ = 0;
  int length_ = 1;
};

std::string read_icalendar(const std::string& text, Days& days) {
  // The parser would take the first NUL for the end, and miss the days behind it.
  if (text.find('\0') != std::string::npos) return "has a NUL character in it";
  ::icalerror_set_errors_are_fatal(0);
  const Component root(::icalparser_parse_string(text.c_str()), ::icalcomponent_free);
  if (root == nullptr) return "is no iCalendar that can be read";
  if (std::string problem = complaint(root.get()); !problem.empty()) return problem;
  Calendar calendar;
  std::string problem = calendar.read(root.get());
  days = calendar.take();
  return problem;
}

std::string read_json(const std::string& text, Days& days) {
  v1::HolidayCalendar calendar;
  if (std::string problem = read_document(text, calendar); !problem.empty()) {
    return "is neither iCalendar nor a HolidayCalendar: " + problem;
  }
  if (static_cast<std::size_t>(calendar.holidays_size()) > kMostDays) {
    return "has more than " + std::to_string(kMostDays) + " days";
  }
  for (int i = 0; i < calendar.holidays_size(); ++i) {
    const auto& holiday = calendar.holidays(i);
    if (!is_day(holiday.date())) {
      return "holidays[" + std::to_string(i) + "].date '" + holiday.date() + "': a day is expected, 2026-12-25";
    }
    days.insert(holiday.date());
  }
  return calendar.holidays_size() == 0 ? "names no holiday" : std::string();
}

}  // namespace

std::vector<std::string> holidays_of(const std::string& path) {
  if (path.empty()) return {};
  const std::string bytes = text_of(path, kMostCalendarBytes);
  const std::size_t start = bytes.find_first_not_of("\xef\xbb\xbf \t\r\n");
  const bool icalendar = start != std::string::npos && bytes.compare(start, 6, "BEGIN:") == 0;
  Days days;
  const std::string problem = icalendar ? read_icalendar(bytes.substr(start), days) : read_json(bytes, days);
  if (!problem.empty()) throw Problem(path + ": " + problem);
  return {days.begin(), days.end()};
}

}  // namespace dosegate::cli
