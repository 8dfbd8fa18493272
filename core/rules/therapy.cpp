// Infusions of a drug: dose, intervals, how many before surgery, how long after it.
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
    died_ = day_of_death(record_);
    for (const Message& problem : infusions_.problems) tally_.missing(problem);
  }

  Finding run() {
    if (rule_.cycles_before_surgery) {
      before_surgery(static_cast<std::size_t>(*rule_.cycles_before_surgery));
    } else {
      after_surgery();
    }
    return tally_.finding(summary_, say<Said::kCorrectOrReportSchedule>(rule_.drug), say<Said::kCompleteTherapy>());
  }

 private:
  bool performed() const {
    if (!record_.surgery) return false;
    return record_.surgery->performed.value_or(operation_by(record_, now(context_)).has_value());
  }

  // Dose and interval of the `i`th of them, named by its number among all of this therapy.
  void check_dose(const Infusion& infusion, const Message& name) {
    if (!infusion.given) tally_.missing(say<Said::kInfusionGivenNotStated>(name));
    if (is_before(context_, *infusion.date)) {
      tally_.deviation(say<Said::kInfusionInFuture>(name, *now(context_)));
    } else if (!infusion.dose_mg) {
      tally_.missing(say<Said::kInfusionWithoutDose>(name));
    } else if (*infusion.dose_mg != rule_.dose_mg) {
      tally_.deviation(
          say<Said::kInfusionWrongDose>(name, beside_number(*infusion.dose_mg, rule_.dose_mg, 2, "mg"), dose()));
    } else {
      tally_.met();
    }
  }
  // `counts`: what is only scheduled can break the interval, but meets nothing yet.
  // `broken`: what to say of a gap of so many days.
  template <typename Broken>
  void check_gap(Day from, Day to, std::int32_t wanted, bool counts, const Broken& broken) {
    const std::int64_t gap = (to - from).count();
    if (std::abs(gap - wanted) > rule_.tolerance_days) {
      tally_.deviation(broken(gap));
    } else if (counts) {
      tally_.met();
    }
  }
  Number dose() const { return number(rule_.dose_mg, 2, "mg"); }
  Message name_of(std::size_t number, const Infusion& infusion) const {
    return say<Said::kInfusionOfDay>(number, rule_.drug, *infusion.date);
  }
  // What is due then need not be given any more.
  bool died_before(Day due) const { return died_ && *died_ <= due + days{rule_.tolerance_days}; }
  // Later than `due` and its tolerance: on the day of the check it had to be there.
  bool overdue(Day due) const {
    const auto today = now(context_);
    return !today || *today > due + days{rule_.tolerance_days};
  }
  void await(std::size_t number, Day due) {
    const Message name = say<Said::kInfusionOfDrug>(number, rule_.drug);
    if (died_before(due)) {
      tally_.pending(say<Said::kDiedOn>(*died_));
    } else if (overdue(due)) {
      tally_.deviation(say<Said::kInfusionOverdue>(name, due));
    } else {
      tally_.pending(say<Said::kInfusionDue>(name, due));
    }
  }

  // Given ones and those scheduled, which have to keep the intervals, too, lest a schedule excuse what it delays.
  void check_run(const std::vector<Infusion>& given, const std::vector<Infusion>& scheduled) {
    std::vector<Infusion> all = given;
    all.insert(all.end(), scheduled.begin(), scheduled.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return *a.date < *b.date; });
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Message name = name_of(i + 1, all[i]);
      const bool is_given = was_given(all[i], now(context_)) != Given::kNo;
      if (is_given) check_dose(all[i], name);
      if (const auto parts = infusions_.parts.find(*all[i].date); is_given && parts != infusions_.parts.end()) {
        tally_.warning(say<Said::kInfusionInParts>(name, parts->second));
      }
      if (i == 0) continue;
      check_gap(*all[i - 1].date, *all[i].date, rule_.interval_days, is_given, [&](std::int64_t gap) {
        return is_given ? say<Said::kInfusionCame>(name, gap, rule_.interval_days, rule_.tolerance_days)
                        : say<Said::kInfusionScheduled>(name, gap, rule_.interval_days, rule_.tolerance_days);
      });
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
    // Only what was scheduled before it.
    summary_ = say<Said::kInfusionsBeforeSurgery>(before.size(), cycles, dose(), rule_.drug, rule_.interval_days,
                                                  cancelled_text(infusions_, surgery_));
    check_run(before, scheduled({}, surgery_, cycles - std::min(cycles, before.size())));
    if (before.size() > cycles && surgery_) {  // without surgery, those that go on are before nothing
      tally_.deviation(say<Said::kTooManyInfusions>(before.size(), rule_.drug, cycles));
    }
    if (before.size() >= cycles) return;
    if (stopped()) return tally_.deviation(say<Said::kTherapyEndedAfter>(before.size(), cycles));
    if (performed()) {
      return tally_.deviation(surgery_ ? say<Said::kSurgeryCameAfter>(*surgery_, before.size(), cycles)
                                       : say<Said::kSurgeryOnUnknownDay>(before.size(), cycles));
    }
    if (before.empty()) {
      if (!infusions_.scheduled.empty() || infusions_.problems.empty()) tally_.pending(say<Said::kNoInfusionYet>());
      return;
    }
    await(before.size() + 1, *before.back().date + days{rule_.interval_days});
  }
  bool stopped() const { return record_.systemic_stop && record_.systemic_stop->date; }

  void after_surgery() {
    if (record_.surgery && record_.surgery->performed == false) {
      return tally_.pending(say<Said::kNotOperatedNoTherapy>());
    }
    if (!performed()) return tally_.pending(say<Said::kSurgeryNotYet>());
    if (!surgery_) return tally_.missing(say<Said::kSurgeryDateNotStated>());
    std::vector<Infusion> after;
    for (const Infusion& i : infusions_.given) {
      if (*i.date > *surgery_) after.push_back(i);
    }
    const Day due = *surgery_ + days{*rule_.start_after_surgery_days};
    const Prose cancelled = cancelled_text(infusions_);
    const auto given = [&](const Prose& tail) {
      return say<Said::kInfusionsAfterSurgery>(after.size(), dose(), rule_.drug, *surgery_, rule_.interval_days, tail);
    };
    summary_ = given(cancelled);
    check_run(after, scheduled(surgery_, {}, infusions_.scheduled.size()));
    if (!after.empty()) {
      const std::int32_t wanted = *rule_.start_after_surgery_days;
      check_gap(*surgery_, *after.front().date, wanted, true,
                [&](std::int64_t gap) { return say<Said::kAfterSurgeryBegan>(gap, wanted, rule_.tolerance_days); });
    }
    const Day next = after.empty() ? due : *after.back().date + days{rule_.interval_days};
    const Day end = (after.empty() ? due : *after.front().date) + days{*rule_.duration_days};
    beyond(end, after);
    if (next + days{rule_.tolerance_days} >= end) return;  // the whole time
    if (died_before(next)) {
      tally_.met();
      summary_ += say<Said::kDiedOn>(*died_);
      return;
    }
    // The cycle of one more would reach beyond the end: the time is kept to a cycle.
    const bool last_cycle = !after.empty() && next + days{rule_.interval_days} > end;
    const auto short_of_one = [&] { tally_.warning(say<Said::kLastCycleBeyondEnd>(after.size(), next, end)); };
    if (const auto& stop = record_.systemic_stop) {
      if (!stop->reason) return tally_.missing(say<Said::kStopWithoutReason>());
      if (!stop->date) return tally_.missing(say<Said::kStopWithoutDate>());
      const bool allowed = *stop->reason == StopReason::kProgression || *stop->reason == StopReason::kToxicity;
      if (!allowed && last_cycle) return short_of_one();
      // Ended after the next was due: what is missing is that one.
      if (!allowed && *stop->date > next + days{rule_.tolerance_days}) {
        return tally_.deviation(say<Said::kStoppedAfterDue>(after.size() + 1, rule_.drug, next, *stop->date));
      }
      if (!allowed) {
        return tally_.deviation(say<Said::kStoppedTooEarly>(*stop->date, end));
      }
      due_before(*stop->date, after.size() + 1, next);
      tally_.met();
      summary_ = given({});
      summary_ += *stop->reason == StopReason::kProgression
                      ? say<Said::kTherapyEndedProgression>(*stop->date, cancelled)
                      : say<Said::kTherapyEndedToxicity>(*stop->date, cancelled);
      return;
    }
    const auto today = now(context_);
    if (last_cycle && today && *today >= end) return short_of_one();
    await(after.size() + 1, next);
  }

  // Progression and toxicity excuse what comes after them. One infusion may have been withheld while it was decided.
  void due_before(Day stop, std::size_t number, Day due) {
    const days tolerance{rule_.tolerance_days};
    if (stop <= due + tolerance) return;
    Prose text = say<Said::kDueBeforeTheEnd>(number, rule_.drug, due, stop);
    if (stop <= due + days{rule_.interval_days} + tolerance) {
      tally_.warning(std::move(text));
    } else {
      tally_.deviation(std::move(text));
    }
  }
  // Those given after the time was over. One more than were needed is a warning.
  void beyond(Day end, const std::vector<Infusion>& after) {
    const auto first = std::find_if(after.begin(), after.end(),
                                    [&](const Infusion& i) { return *i.date > end + days{rule_.tolerance_days}; });
    const std::ptrdiff_t count = after.end() - first;
    if (count == 0) return;
    Prose text = say<Said::kInfusionsBeyondEnd>(static_cast<std::size_t>(count), rule_.drug, end, *after.back().date);
    if (count == 1) {
      tally_.warning(std::move(text));
    } else {
      tally_.deviation(std::move(text));
    }
  }

  const TherapyRule& rule_;
  const Context& context_;
  const Record& record_;
  DrugInfusions infusions_;
  std::optional<Day> surgery_, died_;
  Tally tally_;
  Prose summary_;
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
