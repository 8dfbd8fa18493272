// DE-1 to DE-3. What has to be done before, or in, every fraction, and at the simulation.
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

std::string name_of(const DeliveredFraction& f, std::size_t place) {
  const std::string which = f.number ? "fraction " + std::to_string(*f.number)
                                     : "the delivered fraction at place " + std::to_string(place + 1);
  return f.date ? which + " (" + spoken(*f.date) + ")" : which;
}

struct Words {
  std::string member, without, all, mend;
};
Words words_of(const DeliveryRule& rule) {
  switch (rule.check) {
    case Check::kFasting: {
      const std::string hours = fixed(*rule.least_hours, 2) + " h";
      return {"fastingHours", "fasted less than " + hours, "fasted " + hours + " or more",
              "Have the patient fast " + hours + " before each fraction; discuss whether the fractions named count."};
    }
    case Check::kConeBeamCt:
      return {"cbctBefore", "no cone-beam CT was taken", "a cone-beam CT was taken",
              "Take a cone-beam CT before each fraction; discuss whether the fractions named count."};
    case Check::kGating:
      return {"gated", "respiratory gating was not used", "respiratory gating was used",
              "Use respiratory gating throughout; discuss whether the fractions named count."};
  }
  return {};
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
  explicit Look(const DeliveryRule& rule) : rule_(rule), words_(words_of(rule)) {}

  void at(const std::string& name, const Event& event) {
    ++events_;
    if (rule_.check == Check::kFasting) {
      if (!event.fasting_hours) return unknown_.push_back(name);
      if (*event.fasting_hours < *rule_.least_hours) {
        return not_done_.push_back(name + ": " + beside(*event.fasting_hours, *rule_.least_hours, 2) + " h");
      }
      if (*event.fasting_hours > kLongFastHours) {
        long_.push_back(name + ": " + fixed(*event.fasting_hours, 2) + " h");
      }
    } else {
      if (!event.done) return unknown_.push_back(name);
      if (!*event.done) return not_done_.push_back(name);
    }
    tally_.met();
  }
  void old_simulation(Day simulated, Day first, std::int32_t window) {
    tally_.warning("The simulation on " + spoken(simulated) + " was " + day_count((first - simulated).count()) +
                   " before the first fraction on " + spoken(first) + "; at most " + day_count(window) + ".");
  }
  void without_simulation() { tally_.missing("The record holds no simulation."); }
  void to_come() { tally_.pending("No fraction has been given yet."); }

  Finding finding(std::size_t fractions) {
    if (!not_done_.empty()) {
      tally_.deviation("At " + std::to_string(not_done_.size()) + " of " + std::to_string(events_) + " times " +
                       words_.without + ": " + enumerated(not_done_) + ".");
    }
    if (!unknown_.empty()) {
      tally_.missing("The record does not state " + words_.member + " of " + enumerated(unknown_) + ".");
    }
    if (!long_.empty()) {
      tally_.warning("More than " + fixed(kLongFastHours, 2) + " h of fasting are recorded at " + enumerated(long_) +
                     "; fastingHours is in hours.");
    }
    const std::string each = " each of the " + std::to_string(fractions) + " fractions given so far ";
    const std::string when = fractions == 0        ? "At the simulation "
                             : rule_.at_simulation ? "At the simulation and before" + each
                                                   : "Before" + each;
    Finding f = tally_.finding(when + words_.all + ".", words_.mend, "Record " + words_.member + " of what is named.");
    // The simulation alone decides nothing about the fractions.
    if (fractions == 0 && f.status == FindingStatus::kPass) f.status = FindingStatus::kPending;
    return f;
  }

 private:
  const DeliveryRule& rule_;
  Words words_;
  Tally tally_;
  std::vector<std::string> not_done_, unknown_, long_;
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
      look.at("the simulation", {record.simulation->fasting_hours, record.simulation->gated});
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
