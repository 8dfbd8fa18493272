#include "core/protocols/read_fractionation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/json/writer.h"

namespace dosegate {
namespace {

constexpr Range kDoseGy{0.0, 1000.0};
constexpr Range kHours{0.0, 24.0};
constexpr std::size_t kMostPhases = 20;
constexpr std::size_t kMostWindows = 10;
constexpr std::int32_t kMostFractions = 200;
constexpr std::int32_t kMostPerDay = 4;
constexpr std::int32_t kMostDays = 730;
constexpr std::int32_t kMostInfusion = 100;

constexpr EnumName kWeekdays[] = {{"MONDAY", 1}, {"TUESDAY", 2},  {"WEDNESDAY", 3}, {"THURSDAY", 4},
                                  {"FRIDAY", 5}, {"SATURDAY", 6}, {"SUNDAY", 7}};

bool few(ObjectReader& o, std::string_view member, std::size_t most) {
  const std::size_t count = o.count(member);
  if (count > most) o.fail(member, "has " + std::to_string(count) + " entries; at most " + std::to_string(most));
  return count <= most;
}

std::optional<std::int32_t> whole(ObjectReader& o, std::string_view member, std::int32_t least, std::int32_t most,
                                  Need need = Need::kOptional) {
  const auto number = o.integer(member, least, need);
  if (number && *number > most) {
    o.fail(member, "is " + std::to_string(*number) + "; at most " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

Phase read_phase(ObjectReader& o) {
  Phase phase;
  phase.name = o.string("name");
  phase.fractions = whole(o, "fractions", 1, kMostFractions, Need::kRequired).value_or(1);
  const auto dose = o.number("dosePerFractionGy", kDoseGy, Need::kRequired);
  if (dose == 0.0) o.fail("dosePerFractionGy", "must be more than 0 Gy");
  phase.per_fraction = Dose::gy(dose.value_or(0.0));
  return phase;
}

void read_treatment_days(ObjectReader& o, Fractionation& f) {
  std::array<bool, 8> treats{};
  for (const std::string& name : o.strings("treatmentDays")) {
    const auto found =
        std::find_if(std::begin(kWeekdays), std::end(kWeekdays), [&](const EnumName& day) { return day.name == name; });
    if (found == std::end(kWeekdays)) {
      o.fail("treatmentDays", "found " + shown(name) + "; a day of the week is MONDAY, TUESDAY, ... SUNDAY");
    } else if (treats[static_cast<std::size_t>(found->number)]) {
      o.fail("treatmentDays", shown(name) + " is named twice");
    } else {
      treats[static_cast<std::size_t>(found->number)] = true;
    }
  }
  for (unsigned day = 1; day <= 7; ++day) {
    if (treats[day]) f.treatment_days.emplace_back(day);  // 7 is Sunday, as ISO 8601 counts
  }
  if (f.treatment_days.empty()) o.fail("treatmentDays", "name the days of the week on which fractions are given");
}

std::optional<FractionTiming> read_timing(ObjectReader& parent, std::string_view member) {
  auto o = parent.object(member);
  if (!o) return std::nullopt;
  FractionTiming t;
  t.infusion = whole(*o, "infusion", 1, kMostInfusion, Need::kRequired).value_or(1);
  t.earliest_day = whole(*o, "earliestDay", -kMostDays, kMostDays);
  t.due_day = whole(*o, "dueDay", -kMostDays, kMostDays);
  t.warning_from = whole(*o, "warningFromDay", -kMostDays, kMostDays);
  t.latest_day = whole(*o, "latestDay", -kMostDays, kMostDays);
  if (!t.earliest_day && !t.due_day && !t.warning_from && !t.latest_day) {
    o->fail("", "states no day; give earliestDay, dueDay, warningFromDay or latestDay");
  }
  const auto not_before = [&](std::string_view name, const auto& later, std::string_view other, const auto& earlier) {
    if (later && earlier && *later < *earlier) {
      o->fail(name, "is day " + std::to_string(*later) + ", before " + std::string(other) + ", day " +
                        std::to_string(*earlier));
    }
  };
  not_before("latestDay", t.latest_day, "earliestDay", t.earliest_day);
  not_before("dueDay", t.due_day, "earliestDay", t.earliest_day);
  not_before("latestDay", t.latest_day, "dueDay", t.due_day);
  not_before("latestDay", t.latest_day, "warningFromDay", t.warning_from);
  o->finish();
  return t;
}

}  // namespace

Fractionation read_fractionation(ObjectReader& o) {
  Fractionation f;
  if (o.count("phases") == 0) o.fail("phases", "a course has at least one phase");
  if (few(o, "phases", kMostPhases)) {
    o.each_object("phases", [&](ObjectReader& phase) { f.phases.push_back(read_phase(phase)); });
  }
  if (f.fractions() > kMostFractions) {
    o.fail("phases", "make " + std::to_string(f.fractions()) + " fractions; at most " + std::to_string(kMostFractions));
  }
  read_treatment_days(o, f);
  f.most_per_day = whole(o, "mostPerDay", 1, kMostPerDay).value_or(1);
  const auto hours = o.number("leastHoursBetween", kHours);
  if (f.most_per_day > 1 && !hours) {
    o.fail("leastHoursBetween", "with several fractions a day, state the hours between them");
  } else if (f.most_per_day == 1 && hours) {
    o.fail("leastHoursBetween", "is between fractions of one day, and mostPerDay is 1");
  } else if (hours && *hours * (f.most_per_day - 1) >= 24.0) {
    o.fail("leastHoursBetween", "a day has no room for " + std::to_string(f.most_per_day) + " fractions " +
                                    number_text(*hours) + " h apart");
  }
  f.least_between = std::chrono::minutes(std::llround(hours.value_or(0.0) * 60.0));
  f.days_between = whole(o, "daysBetween", 1, kMostDays).value_or(1);
  if (f.days_between > 1 && f.most_per_day > 1) {
    o.fail("daysBetween", "of more than 1 and several fractions a day are not supported together");
  }
  if (few(o, "windows", kMostWindows)) {
    o.each_object("windows", [&](ObjectReader& window) {
      const auto days = whole(window, "days", 1, kMostDays, Need::kRequired);
      const auto most = whole(window, "mostFractions", 1, kMostFractions, Need::kRequired);
      f.windows.push_back({days.value_or(1), most.value_or(1)});
    });
  }
  f.overall_days = whole(o, "overallDays", 1, kMostDays);
  f.infusion_drug = o.string("infusionDrug");
  f.start = read_timing(o, "start");
  f.end = read_timing(o, "end");
  if ((f.start || f.end) && f.infusion_drug.empty()) {
    o.fail("infusionDrug", "name the drug after whose infusions start and end are counted");
  } else if (!f.start && !f.end && !f.infusion_drug.empty()) {
    o.fail("infusionDrug", "is named, but neither start nor end counts from its infusions");
  }
  o.finish();
  return f;
}

}  // namespace dosegate
