// Images after the cycles before surgery, some months after surgery, then at intervals. Months are the calendar's;
// where a month has no such day, its last day.
#include "core/rules/imaging.h"

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

Day months_after(Day day, int months) {
  const std::chrono::year_month_day date(day);
  const auto month = date.year() / date.month() + std::chrono::months(months);
  const std::chrono::year_month_day same = month / date.day();
  return Day(same.ok() ? same : std::chrono::year_month_day(month / std::chrono::last));
}

class Imaging {
 public:
  Imaging(const ImagingRule& rule, const Context& context)
      : rule_(rule),
        context_(context),
        record_(*context.input().record),
        infusions_(infusions_of(record_, rule.drug, now(context))) {}

  Finding run() {
    for (std::size_t i = 0; i < record_.imaging.size(); ++i) {
      const ImagingStudy& study = record_.imaging[i];
      if (!study.date) tally_.missing(say<Said::kImagingWithoutDate>(i + 1));
      if (!study.purpose) tally_.missing(say<Said::kImagingWithoutPurpose>(i + 1));
    }
    baseline_images();
    after_cycles();
    after_surgery();
    return tally_.finding(say<Said::kImagesMade>(tally_.count_met()), say<Said::kMakeImages>(),
                          say<Said::kRecordImages>());
  }

 private:
  std::optional<Day> surgery() const { return operation_by(record_, now(context_)); }
  // The last of the cycles; where surgery came before it, the last before surgery. SY-1 is about those that are
  // missing.
  std::optional<Day> last_cycle() const {
    const auto last = infusion_day(infusions_, static_cast<std::size_t>(rule_.cycles_before_surgery));
    const auto operated = surgery();
    if (!operated || (last && *last <= *operated)) return last;
    std::optional<Day> before;
    for (const Infusion& i : infusions_.given) {
      if (*i.date <= *operated) before = i.date;
    }
    return before;
  }
  // A study of this purpose on [first, last].
  bool made(ImagingPurpose purpose, Day first, Day last) const {
    for (const ImagingStudy& s : record_.imaging) {
      if (s.purpose == purpose && s.date && *s.date >= first && *s.date <= last) return true;
    }
    return false;
  }
  bool past(Day day) const {
    const auto today = now(context_);
    return !today || *today > day;
  }

  // Older ones do not show the tumour that treatment found.
  void baseline_images() {
    if (!rule_.baseline_window_days) return;
    const auto treated = first_treatment(record_, drugs_of(context_.protocol()), now(context_));
    std::optional<Day> latest;
    for (const ImagingStudy& s : record_.imaging) {
      if (s.purpose != ImagingPurpose::kBaseline || !s.date || (treated && *s.date > treated->date)) continue;
      if (!latest || *s.date > *latest) latest = s.date;
    }
    if (!latest || !treated || *latest >= treated->date - days{*rule_.baseline_window_days}) return;
    tally_.warning(say<Said::kBaselineImagesOld>(*latest, (treated->date - *latest).count(), treated->text,
                                                 *rule_.baseline_window_days));
  }

  void after_cycles() {
    const auto last = last_cycle();
    if (!last || is_before(context_, *last)) {
      return tally_.pending(say<Said::kCyclesNotComplete>(rule_.cycles_before_surgery));
    }
    const auto operated = surgery();
    const Day limit = operated.value_or(Day::max());
    if (made(ImagingPurpose::kAfterCycles, *last, limit)) return tally_.met();
    if (operated) {
      return tally_.deviation(say<Said::kNoImagesAfterCycles>(*last, *operated));
    }
    tally_.pending(say<Said::kImagesAfterCyclesToCome>(*last));
  }

  void after_surgery() {
    if (record_.surgery && record_.surgery->performed == false) return;
    const auto operated = surgery();
    if (!operated) {
      if (record_.surgery && record_.surgery->date) return tally_.pending(say<Said::kSurgeryNotYet>());
      if (record_.surgery) tally_.missing(say<Said::kSurgeryDateNotStated>());
      return;
    }
    const days tolerance{rule_.tolerance_days};
    const auto died = day_of_death(record_);
    constexpr int kMost = 240;  // 20 years at every month
    for (int n = 0; n < kMost; ++n) {
      const Day due = months_after(*operated, rule_.first_months + n * rule_.every_months);
      if (made(ImagingPurpose::kFollowUp, due - tolerance, due + tolerance)) {
        tally_.met();
        continue;
      }
      if (died && *died <= due + tolerance) return tally_.pending(say<Said::kDiedOn>(*died));
      if (!past(due + tolerance)) return tally_.pending(say<Said::kNextImagesDue>(due));
      tally_.deviation(
          say<Said::kNoImagesAbout>(due, rule_.tolerance_days, rule_.first_months + n * rule_.every_months));
      if (!now(context_)) return;  // without a day of the check there is no end
    }
  }

  const ImagingRule& rule_;
  const Context& context_;
  const Record& record_;
  DrugInfusions infusions_;
  Tally tally_;
};

}  // namespace

ImagingRule ImagingRule::read(ObjectReader& o, const CheckRole&) {
  constexpr std::int32_t kMostMonths = 120;
  ImagingRule rule;
  rule.drug = o.string("drug", Need::kRequired);
  rule.cycles_before_surgery = read_whole(o, "cyclesBeforeSurgery", 1, kMostCycles);
  rule.first_months = read_whole(o, "firstMonthsAfterSurgery", 1, kMostMonths);
  rule.every_months = read_whole(o, "everyMonths", 1, kMostMonths);
  rule.tolerance_days = read_whole(o, "toleranceDays", 0, 14 * rule.every_months);
  rule.baseline_window_days = read_optional_whole(o, "baselineWindowDays", 0, kMostDays);
  o.finish();
  return rule;
}

RuleNeeds ImagingRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kImaging, Topic::kSurgery};
  out.drugs = {drug};
  return out;
}

Finding ImagingRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  return Imaging(*this, context).run();
}

Requirement ImagingRule::requirement(const Protocol&) const {
  return {"", "images after " + counted(cycles_before_surgery, "cycle", "cycles") + " of " + drug + ", " +
                  counted(first_months, "month", "months") + " after surgery, then every " +
                  counted(every_months, "month", "months") + give_or_take(tolerance_days) +
                  (baseline_window_days
                       ? "; baseline at most " + day_count(*baseline_window_days) + " before the first treatment"
                       : "")};
}

}  // namespace dosegate
