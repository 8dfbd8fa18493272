// SY-1, SY-3. Infusions of a drug: dose, intervals, how many before surgery, how long after it.
#include "core/rules/therapy.h"

#include <algorithm>

#include "core/record/events.h"
#include "core/rules/infusions.h"
#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using std::chrono::days;

class Therapy {
 public:
  Therapy(const TherapyRule& rule, const Context& context)
      : rule_(rule),
        context_(context),
        record_(*context.input().record),
        infusions_(infusions_of(record_, rule.drug, now(context))) {
    if (record_.surgery) surgery_ = record_.surgery->date;
    for (const std::string& problem : infusions_.problems) tally_.missing(problem);
  }

  Finding run() {
    if (rule_.cycles_before_surgery) {
      before_surgery(static_cast<std::size_t>(*rule_.cycles_before_surgery));
    } else {
      after_surgery();
    }
    // Of the therapy before surgery only what was scheduled before it.
    const std::string cancelled = cancelled_text(infusions_, rule_.cycles_before_surgery ? surgery_ : std::nullopt);
    if (summary_.ends_with('.')) summary_.insert(summary_.size() - 1, cancelled);
    return tally_.finding(summary_,
                          "Correct the record, or report the deviation from the schedule of " + rule_.drug + ".",
                          "Complete the record: date, drug and dose of each infusion, and the date of surgery.");
  }

 private:
  bool performed() const { return record_.surgery && record_.surgery->performed.value_or(surgery_.has_value()); }

  // Dose and interval of the `i`th of them, named by its number among all of this therapy.
  void check_dose(const Infusion& infusion, const std::string& name) {
    if (!infusion.given) tally_.missing("The record does not state whether " + name + " was given (given).");
    if (is_before(context_, *infusion.date)) {
      tally_.deviation(name + " is dated after the day of this check, " + spoken(*now(context_)) +
                       ", yet counts as given.");
    } else if (!infusion.dose_mg) {
      tally_.missing(name + " states no dose.");
    } else if (*infusion.dose_mg != rule_.dose_mg) {
      tally_.deviation(name + " was " + beside(*infusion.dose_mg, rule_.dose_mg, 2) + " mg, not " +
                       fixed(rule_.dose_mg, 2) + " mg.");
    } else {
      tally_.met();
    }
  }
  // `counts`: what is only scheduled can break the interval, but meets nothing yet.
  void check_gap(Day from, Day to, std::int32_t wanted, const std::string& what, bool counts = true) {
    const auto gap = (to - from).count();
    if (std::abs(gap - wanted) > rule_.tolerance_days) {
      tally_.deviation(what + " after " + day_count(gap) + ", not " + day_count(wanted) + " (+-" +
                       std::to_string(rule_.tolerance_days) + ").");
    } else if (counts) {
      tally_.met();
    }
  }
  std::string name_of(std::size_t number, const Infusion& infusion) const {
    return "Infusion " + std::to_string(number) + " of " + rule_.drug + " (" + spoken(*infusion.date) + ")";
  }
  // Later than `due` and its tolerance: on the day of the check it had to be there.
  bool overdue(Day due) const {
    const auto today = now(context_);
    return !today || *today > due + days{rule_.tolerance_days};
  }
  void await(std::size_t number, Day due) {
    const std::string name = "Infusion " + std::to_string(number) + " of " + rule_.drug;
    if (overdue(due)) {
      tally_.deviation(name + " was due on " + spoken(due) + " and is not recorded as given.");
    } else {
      tally_.pending(name + " is due on " + spoken(due) + ".");
    }
  }

  // Given ones and those scheduled, which have to keep the intervals, too, lest a schedule excuse what it delays.
  void check_run(const std::vector<Infusion>& given, const std::vector<Infusion>& scheduled) {
    std::vector<Infusion> all = given;
    all.insert(all.end(), scheduled.begin(), scheduled.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return *a.date < *b.date; });
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string name = name_of(i + 1, all[i]);
      const bool is_given = was_given(all[i], now(context_)) != Given::kNo;
      if (is_given) check_dose(all[i], name);
      if (i > 0)
        check_gap(*all[i - 1].date, *all[i].date, rule_.interval_days, name + (is_given ? " came" : " is scheduled"),
                  is_given);
    }
  }
  // Scheduled from `first` on, before `last`; empty: without that bound.
  std::vector<Infusion> scheduled(std::optional<Day> first, std::optional<Day> last, std::size_t most) const {
    std::vector<Infusion> out;
    for (const Infusion& i : infusions_.scheduled) {
      if ((!first || *i.date > *first) && (!last || *i.date <= *last) && out.size() < most) out.push_back(i);
    }
    return out;
  }

  void before_surgery(std::size_t cycles) {
    std::vector<Infusion> before;
    for (const Infusion& i : infusions_.given) {
      if (!surgery_ || *i.date <= *surgery_) before.push_back(i);
    }
    summary_ = std::to_string(before.size()) + " of " + std::to_string(cycles) + " infusions of " +
               fixed(rule_.dose_mg, 2) + " mg " + rule_.drug + ", " + day_count(rule_.interval_days) + " apart.";
    check_run(before, scheduled({}, surgery_, cycles - std::min(cycles, before.size())));
    if (before.size() > cycles && surgery_) {  // without surgery, those that go on are before nothing
      tally_.deviation(std::to_string(before.size()) + " infusions of " + rule_.drug +
                       " were given before surgery, not " + std::to_string(cycles) + ".");
    }
    if (before.size() >= cycles) return;
    if (stopped())
      return tally_.deviation("The therapy was ended after " + std::to_string(before.size()) + " of " +
                              std::to_string(cycles) + " infusions.");
    if (performed()) {
      return tally_.deviation("Surgery on " + (surgery_ ? spoken(*surgery_) : std::string("an unknown day")) +
                              " came after " + std::to_string(before.size()) + " of " + std::to_string(cycles) +
                              " infusions.");
    }
    if (before.empty()) {
      if (!infusions_.scheduled.empty() || infusions_.problems.empty())
        tally_.pending("No infusion has been given yet.");
      return;
    }
    await(before.size() + 1, *before.back().date + days{rule_.interval_days});
  }
  bool stopped() const { return record_.systemic_stop && record_.systemic_stop->date; }

  void after_surgery() {
    if (record_.surgery && record_.surgery->performed == false) {
      return tally_.pending("It was decided not to operate: there is no therapy after surgery.");
    }
    if (!performed()) return tally_.pending("Surgery has not taken place yet.");
    if (!surgery_) return tally_.missing("The date of surgery is not stated.");
    std::vector<Infusion> after;
    for (const Infusion& i : infusions_.given) {
      if (*i.date > *surgery_) after.push_back(i);
    }
    const Day due = *surgery_ + days{*rule_.start_after_surgery_days};
    summary_ = std::to_string(after.size()) + " infusions of " + fixed(rule_.dose_mg, 2) + " mg " + rule_.drug +
               " after surgery on " + spoken(*surgery_) + ", " + day_count(rule_.interval_days) + " apart.";
    check_run(after, scheduled(surgery_, {}, infusions_.scheduled.size()));
    if (!after.empty()) {
      check_gap(*surgery_, *after.front().date, *rule_.start_after_surgery_days, "The therapy after surgery began");
    }
    const Day next = after.empty() ? due : *after.back().date + days{rule_.interval_days};
    const Day end = (after.empty() ? due : *after.front().date) + days{*rule_.duration_days};
    if (next + days{rule_.tolerance_days} >= end) return;  // the whole time
    // The cycle of one more would reach beyond the end: the time is kept to a cycle.
    const bool last_cycle = !after.empty() && next + days{rule_.interval_days} > end;
    const auto short_of_one = [&] {
      tally_.warning(std::to_string(after.size()) + " infusions cover the time up to " + spoken(next) +
                     "; one more, on that day, would have reached beyond its end on " + spoken(end) + ".");
    };
    if (const auto& stop = record_.systemic_stop) {
      if (!stop->reason) return tally_.missing("systemicStop states no reason.");
      if (!stop->date) return tally_.missing("systemicStop states no date.");
      const bool allowed = *stop->reason == StopReason::kProgression || *stop->reason == StopReason::kToxicity;
      if (!allowed && last_cycle) return short_of_one();
      // Ended after the next was due: what is missing is that one.
      if (!allowed && *stop->date > next + days{rule_.tolerance_days}) {
        return tally_.deviation("Infusion " + std::to_string(after.size() + 1) + " of " + rule_.drug +
                                " after surgery was due on " + spoken(next) +
                                " and is not recorded as given; the therapy was ended on " + spoken(*stop->date) +
                                " without progression or toxicity.");
      }
      if (!allowed) {
        return tally_.deviation("The therapy was ended on " + spoken(*stop->date) +
                                " without progression or toxicity; it was due until " + spoken(end) + ".");
      }
      tally_.met();
      summary_ += " Ended on " + spoken(*stop->date) + " for " +
                  (*stop->reason == StopReason::kProgression ? "progression." : "toxicity.");
      return;
    }
    const auto today = now(context_);
    if (last_cycle && today && *today >= end) return short_of_one();
    await(after.size() + 1, next);
  }

  const TherapyRule& rule_;
  const Context& context_;
  const Record& record_;
  DrugInfusions infusions_;
  std::optional<Day> surgery_;
  Tally tally_;
  std::string summary_;
};

}  // namespace

TherapyRule TherapyRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kDrugMg{0.0, 1e5};
  TherapyRule rule;
  rule.drug = o.string("drug", Need::kRequired);
  rule.dose_mg = read_number(o, "doseMg", kDrugMg);
  rule.interval_days = read_whole(o, "intervalDays", 1, kMostDays);
  rule.tolerance_days = read_whole(o, "toleranceDays", 0, kMostDays);
  rule.cycles_before_surgery = read_optional_whole(o, "cyclesBeforeSurgery", 1, kMostCycles);
  rule.start_after_surgery_days = read_optional_whole(o, "startAfterSurgeryDays", 0, kMostDays);
  rule.duration_days = read_optional_whole(o, "durationDays", 1, kMostDays);
  const bool adjuvant = rule.start_after_surgery_days || rule.duration_days;
  if (rule.cycles_before_surgery.has_value() == adjuvant) {
    o.fail("", "state either cyclesBeforeSurgery, or startAfterSurgeryDays and durationDays");
  } else if (adjuvant && !(rule.start_after_surgery_days && rule.duration_days)) {
    o.fail("", "the therapy after surgery needs both startAfterSurgeryDays and durationDays");
  }
  if (2 * rule.tolerance_days >= rule.interval_days) {
    o.fail("toleranceDays", "is half an interval or more: one infusion could stand for two");
  }
  o.finish();
  return rule;
}

RuleNeeds TherapyRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kTherapy, Topic::kSurgery};
  out.drugs = {drug};
  out.dates = cycles_before_surgery.has_value();
  return out;
}

Finding TherapyRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  return Therapy(*this, context).run();
}

Requirement TherapyRule::requirement(const Protocol&) const {
  std::string text =
      drug + " " + plain(dose_mg, "mg") + " every " + day_count(interval_days) + give_or_take(tolerance_days);
  if (cycles_before_surgery) {
    text += ", " + counted(*cycles_before_surgery, "cycle", "cycles") + " before surgery";
  } else if (start_after_surgery_days && duration_days) {
    text +=
        ", from day " + std::to_string(*start_after_surgery_days) + " after surgery for " + day_count(*duration_days);
  }
  return {"", text};
}

}  // namespace dosegate
