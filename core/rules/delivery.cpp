// What has to be done before, or in, every fraction, and at the simulation.
#include "core/rules/delivery.h"

#include "core/record/events.h"
#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using Check = DeliveryRule::Check;

Message name_of(const DeliveredFraction& f, std::size_t place) {
  Message which = f.number ? say<Said::kDeliveredNumber>(*f.number) : say<Said::kDeliveredAtPlace>(place + 1);
  return f.date ? say<Said::kDeliveredOn>(std::move(which), *f.date) : which;
}

Number hours(double value) { return number(value, 2, "h"); }

const char* member_of(Check check) {
  switch (check) {
    case Check::kFasting:
      return "fastingHours";
    case Check::kConeBeamCt:
      return "cbctBefore";
    case Check::kGating:
      break;
  }
  return "gated";
}

Message not_done(const DeliveryRule& rule, std::size_t all, std::vector<Argument> events) {
  const std::size_t n = events.size();
  switch (rule.check) {
    case Check::kFasting:
      return say<Said::kNotFasted>(n, all, hours(*rule.least_hours), listing(std::move(events)));
    case Check::kConeBeamCt:
      return say<Said::kNoConeBeam>(n, all, listing(std::move(events)));
    case Check::kGating:
      break;
  }
  return say<Said::kNotGated>(n, all, listing(std::move(events)));
}

Message done(const DeliveryRule& rule) {
  switch (rule.check) {
    case Check::kFasting:
      return say<Said::kFasted>(hours(*rule.least_hours));
    case Check::kConeBeamCt:
      return say<Said::kConeBeamTaken>();
    case Check::kGating:
      break;
  }
  return say<Said::kGatingUsed>();
}

Message mend(const DeliveryRule& rule) {
  switch (rule.check) {
    case Check::kFasting:
      return say<Said::kMendFasting>(hours(*rule.least_hours));
    case Check::kConeBeamCt:
      return say<Said::kMendConeBeam>();
    case Check::kGating:
      break;
  }
  return say<Said::kMendGating>();
}

// One event: done, not done, or not known.
struct Event {
  std::optional<double> fasting_hours;
  std::optional<bool> done;
};

// Longer is hardly meant in hours.
constexpr double kLongFastHours = 24.0;

class Look {
 public:
  explicit Look(const DeliveryRule& rule) : rule_(rule) {}

  void at(const Message& name, const Event& event) {
    ++events_;
    if (rule_.check == Check::kFasting) {
      if (!event.fasting_hours) return unknown_.push_back(name);
      if (*event.fasting_hours < *rule_.least_hours) {
        return not_done_.push_back(
            say<Said::kEventHours>(name, beside_number(*event.fasting_hours, *rule_.least_hours, 2, "h")));
      }
      if (*event.fasting_hours > kLongFastHours) {
        long_.emplace_back(say<Said::kEventHours>(name, hours(*event.fasting_hours)));
      }
    } else {
      if (!event.done) return unknown_.push_back(name);
      if (!*event.done) return not_done_.push_back(name);
    }
    tally_.met();
  }
  void old_simulation(Day simulated, Day first, std::int32_t window) {
    tally_.warning(say<Said::kOldSimulation>(simulated, (first - simulated).count(), first, window));
  }
  void without_simulation() { tally_.missing(say<Said::kNoSimulation>()); }
  void to_come() { tally_.pending(say<Said::kNoFractionGivenYet>()); }

  Finding finding(std::size_t fractions) {
    const char* member = member_of(rule_.check);
    if (!not_done_.empty()) tally_.deviation(not_done(rule_, events_, not_done_));
    if (!unknown_.empty()) tally_.missing(say<Said::kFieldNotStatedOf>(member, listing(unknown_)));
    if (!long_.empty()) tally_.warning(say<Said::kLongFast>(hours(kLongFastHours), listing(long_)));
    const Message summary = fractions == 0        ? say<Said::kAtSimulation>(done(rule_))
                            : rule_.at_simulation ? say<Said::kAtSimulationAndBefore>(fractions, done(rule_))
                                                  : say<Said::kBeforeEach>(fractions, done(rule_));
    Finding f = tally_.finding(summary, mend(rule_), say<Said::kRecordFieldOfNamed>(member));
    // The simulation alone decides nothing about the fractions.
    if (fractions == 0 && f.status == FindingStatus::kPass) f.status = FindingStatus::kPending;
    return f;
  }

 private:
  const DeliveryRule& rule_;
  Tally tally_;
  std::vector<Argument> not_done_, unknown_, long_;
  std::size_t events_ = 0;
};

}  // namespace

DeliveryRule DeliveryRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kHours{0.0, 240.0};
  DeliveryRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED",
                                  {{"FASTING", 1}, {"CONE_BEAM_CT", 2}, {"RESPIRATORY_GATING", 3}}, Need::kRequired);
  if (check != 0) rule.check = static_cast<DeliveryRule::Check>(check);
  rule.least_hours = o.number("leastHours", kHours);
  rule.at_simulation = o.boolean("atSimulation");
  rule.simulation_window_days = read_optional_whole(o, "simulationWindowDays", 0, kMostDays);
  if (check == 1 && !rule.least_hours) o.fail("leastHours", "state the hours of fasting");
  if (rule.least_hours == 0.0) o.fail("leastHours", "is 0: every patient has fasted so long");
  if (rule.simulation_window_days && !rule.at_simulation) {
    o.fail("simulationWindowDays", "is of a rule that looks at the simulation: state atSimulation");
  }
  if (check > 1 && rule.least_hours) o.fail("leastHours", "is of FASTING only");
  if (check == 2 && rule.at_simulation) o.fail("atSimulation", "the record holds no cone-beam CT of the simulation");
  o.finish();
  return rule;
}

RuleNeeds DeliveryRule::needs() const {
  RuleNeeds out;
  if (at_simulation) out.topics = {Topic::kSimulation};
  return out;
}

Finding DeliveryRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  const Record& record = *context.input().record;
  Look look(*this);
  if (at_simulation) {
    if (record.simulation) {
      look.at(say<Said::kTheSimulation>(), {record.simulation->fasting_hours, record.simulation->gated});
      const auto first = first_fraction(record, now(context));
      const auto& simulated = record.simulation->date;
      const auto& window = simulation_window_days;
      if (first && simulated && window && *simulated < *first - std::chrono::days{*window}) {
        look.old_simulation(*simulated, *first, *window);
      }
    } else {
      look.without_simulation();
    }
  }
  std::size_t given = 0;
  for (std::size_t i = 0; i < record.delivered_fractions.size(); ++i) {
    const DeliveredFraction& f = record.delivered_fractions[i];
    if (!took_place(f)) continue;
    ++given;
    look.at(name_of(f, i), {f.fasting_hours, check == Check::kConeBeamCt ? f.cbct_before : f.gated});
  }
  if (given == 0) look.to_come();
  return look.finding(given);
}

Requirement DeliveryRule::requirement(const Protocol&) const {
  const std::string when = "every fraction" + std::string(at_simulation ? " and the simulation" : "");
  switch (check) {
    case Check::kFasting:
      return {"", "fasted " + plain(*least_hours, "h") + " or more before " + when};
    case Check::kConeBeamCt:
      return {"", "a cone-beam CT before " + when};
    case Check::kGating:
      return {"", "respiratory gating in " + when};
  }
  return {};
}

}  // namespace dosegate
