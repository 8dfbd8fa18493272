// What is proposed keeps the protocol's rules, and where nothing is possible a search of every sequence of days finds
// nothing either. The search knows the rules from their definition only and looks at every window of days.
#include "core/rules/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "core/checker.h"
#include "core/propose/propose.h"
#include "core/rules/therapy.h"

using namespace dosegate;
using std::chrono::days;

namespace {

template <typename Kind>
Rule rule(const std::string& id, const Kind& kind) {
  Rule r;
  r.id = r.clause = id;
  r.kind = std::make_shared<const Kind>(kind);
  return r;
}

struct Problem {
  Protocol protocol;
  ScheduleRequest request;
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  int in(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  bool chance(double p) { return std::bernoulli_distribution(p)(random_); }

  Problem make() {
    Problem p;
    Fractionation f;
    f.phases = {{"", in(2, 7), Dose::gy(3.0)}};
    if (chance(0.2)) f.phases.push_back({"boost", in(1, 2), Dose::gy(2.0)});
    for (unsigned d = 1; d <= 7; ++d) {
      if (chance(d < 6 ? 0.85 : 0.15)) f.treatment_days.emplace_back(d);
    }
    if (f.treatment_days.empty()) f.treatment_days.emplace_back(3U);
    if (chance(0.25)) {
      f.most_per_day = 2;
      f.least_between = std::chrono::hours{6};
    } else if (chance(0.3)) {
      f.days_between = in(2, 3);
    }
    if (chance(0.6)) f.windows.push_back({in(3, 8), in(2, 5)});
    if (chance(0.2)) f.windows.push_back({in(9, 14), in(4, 6)});
    if (chance(0.5)) f.overall_days = in(5, 20);
    f.infusion_drug = "drug";
    FractionTiming start;
    start.earliest_day = in(0, 1);
    if (chance(0.7)) start.due_day = *start.earliest_day + in(0, 1);
    f.start = start;
    FractionTiming end;
    end.infusion = 2;
    end.latest_day = in(-1, 1);
    end.warning_from = *end.latest_day;
    f.end = end;
    TherapyRule therapy;
    therapy.drug = "drug";
    therapy.dose_mg = 200.0;
    therapy.interval_days = in(8, 24);
    therapy.tolerance_days = in(0, 3);
    therapy.cycles_before_surgery = in(2, 3);
    p.protocol.id = "RANDOM";
    p.protocol.fractionation = f;
    using Check = ScheduleRule::Check;
    const auto schedule = [](Check check) {
      ScheduleRule kind;
      kind.check = check;
      return kind;
    };
    p.protocol.rules = {rule("PATTERN", schedule(Check::kPattern)), rule("TIME", schedule(Check::kOverallTime)),
                        rule("START", schedule(Check::kStart)), rule("END", schedule(Check::kEnd)),
                        rule("THERAPY", therapy)};
    p.request.first_infusion = Day(std::chrono::year{2026} / 11 / 1) + days{in(0, 400)};
    for (int d = 0; d < 40; ++d) {
      if (chance(0.1)) p.request.holidays.push_back(p.request.first_infusion + days{d});
      if (d > 0 && chance(0.05)) p.request.missed.push_back(p.request.first_infusion + days{d});
    }
    return p;
  }

 private:
  std::mt19937 random_;
};

// The protocol from its definition, on the whole sequence.
class Exhaustive {
 public:
  explicit Exhaustive(const Problem& p) : p_(p), f_(*p.protocol.fractionation) {
    for (const Rule& r : p.protocol.rules) {
      if (const auto* t = r.as<TherapyRule>()) therapy_ = *t;
    }
    latest_ = p.request.first_infusion + days{therapy_.interval_days + therapy_.tolerance_days + *f_.end->latest_day};
  }

  // The earliest last day of any sequence that keeps everything; none: there is none.
  std::optional<Day> earliest_end() {
    for (const Day start : starts()) {
      if (!free(start)) continue;
      std::vector<Day> days_so_far = {start};
      extend(days_so_far);
    }
    return best_;
  }

 private:
  template <typename Set, typename T>
  static bool holds(const Set& set, const T& value) {
    return std::find(set.begin(), set.end(), value) != set.end();
  }
  bool is_open(Day day) const { return holds(f_.treatment_days, weekday_of(day)) && !holds(p_.request.holidays, day); }
  bool free(Day day) const { return is_open(day) && !holds(p_.request.missed, day); }
  std::vector<Day> starts() const {
    const Day zero = p_.request.first_infusion;
    std::vector<Day> out;
    if (f_.start->due_day) {
      Day day = zero + days{*f_.start->due_day};
      while (!is_open(day)) day += days{1};
      out.push_back(day);
    } else {
      for (Day day = zero + days{*f_.start->earliest_day}; day <= latest_; day += days{1}) out.push_back(day);
    }
    return out;
  }
  bool keeps(const std::vector<Day>& sequence) const {
    for (const Day day : sequence) {
      if (std::count(sequence.begin(), sequence.end(), day) > f_.most_per_day) return false;
    }
    for (std::size_t i = 1; i < sequence.size(); ++i) {
      const auto gap = (sequence[i] - sequence[i - 1]).count();
      if (gap > 0 && gap < f_.days_between) return false;
    }
    for (const FractionWindow& w : f_.windows) {
      for (Day from = sequence.front() - days{w.days}; from <= sequence.back(); from += days{1}) {
        const auto inside = std::count_if(sequence.begin(), sequence.end(),
                                          [&](Day d) { return d >= from && d < from + days{w.days}; });
        if (inside > w.most_fractions) return false;
      }
    }
    return true;
  }
  void extend(std::vector<Day>& sequence) {
    if (!keeps(sequence) || (best_ && sequence.back() >= *best_)) return;
    if (static_cast<std::int32_t>(sequence.size()) == f_.fractions()) {
      best_ = sequence.back();
      return;
    }
    for (Day day = sequence.back(); day <= latest_; day += days{1}) {
      if (!free(day)) continue;
      sequence.push_back(day);
      extend(sequence);
      sequence.pop_back();
    }
  }

  const Problem& p_;
  const Fractionation& f_;
  TherapyRule therapy_;
  Day latest_;
  std::optional<Day> best_;
};

}  // namespace

TEST_CASE("Of random calendars what is proposed passes the check, and what is impossible no search finds",
          "[property][RX-4][RX-6][RX-7]") {
  Maker maker(20261126);
  int possible = 0, impossible = 0;
  for (int n = 0; n < DOSEGATE_RANDOM_CASES; ++n) {
    const Problem p = maker.make();
    const auto proposal = propose_schedule(p.protocol, p.request);
    REQUIRE(proposal);
    Case c;
    Day as_of;
    c.record = record_of(*proposal, p.request, as_of);
    c.options.as_of = as_of;
    c.options.holidays = p.request.holidays;
    const auto report = check(c, p.protocol);
    REQUIRE(report);
    bool keeps = true;
    for (const Finding& f : report->findings) {
      keeps = keeps && (f.status == FindingStatus::kPass || f.status == FindingStatus::kWarning ||
                        f.status == FindingStatus::kPending);
    }
    const auto earliest = Exhaustive(p).earliest_end();
    INFO("calendar " << n << ", first infusion " << spoken(p.request.first_infusion) << ", last fraction "
                     << spoken(proposal->fractions.back().date) << ", searched "
                     << (earliest ? spoken(*earliest) : std::string("none")));
    for (const auto& r : proposal->remarks) UNSCOPED_INFO(r.rule << ": " << r.text);
    const bool agree = proposal->possible == keeps && proposal->possible == earliest.has_value() &&
                       (!earliest || *earliest == proposal->fractions.back().date);
    if (!agree) FAIL("propose, check and search do not agree");
    ++(earliest ? possible : impossible);
  }
  CHECK(possible > DOSEGATE_RANDOM_CASES / 5);
  CHECK(impossible > DOSEGATE_RANDOM_CASES / 20);
  WARN(possible << " calendars have a schedule, " << impossible << " have none");
}
