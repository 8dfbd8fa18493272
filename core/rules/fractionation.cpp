// On the record: what was given and what is planned and still to come make up the prescription, whatever plans they
// belong to. Plan, beam doses and dose grid are compared in prescription.cpp.
#include "core/rules/fractionation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/context/tolerances.h"
#include "core/record/events.h"
#include "core/rules/on_record.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/schedule/course.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// Monitor units of a session against the plan's: rounding of the machine, and of what was repeated after an
// interruption.
constexpr double kMonitorUnits = 0.02;

struct Given {
  Dose dose;
  int sessions = 0;
  bool known = true;
};

class Fractions {
 public:
  Fractions(const Context& context, const Fractionation& scheme)
      : context_(context), scheme_(scheme), record_(*context.input().record) {
    for (const DeliveredFraction& f : record_.delivered_fractions) {
      if (took_place(f)) add(given_, f.number, f.dose);
    }
    for (const PlannedFraction& f : record_.planned_fractions) add(planned_, f.number, f.dose);
    if (given_.empty() && planned_.empty()) tally_.pending(say<Said::kNoFractionYet>());
  }

  Finding run(const FractionationRule& rule) {
    given_tolerance_ = 0.01 * rule.given_tolerance_percent;
    Finding f;
    switch (rule.quantity) {
      case FractionationRule::Quantity::kTotalDose:
        return total();
      case FractionationRule::Quantity::kFractions:
        return count();
      case FractionationRule::Quantity::kDosePerFraction:
        return each();
    }
    return f;
  }

 private:
  void add(std::map<std::int32_t, Given>& to, const std::optional<std::int32_t>& number,
           const std::optional<Dose>& dose) {
    if (!number) {
      tally_.missing(say<Said::kFractionWithoutNumber>());
      return;
    }
    Given& g = to[*number];
    ++g.sessions;
    if (dose) {
      g.dose = g.dose + *dose;
    } else {
      g.known = false;
      unknown_ = true;
      tally_.missing(say<Said::kFractionWithoutDose>(*number));
    }
  }
  Finding done(const Prose& summary) {
    return tally_.finding(summary, say<Said::kCorrectRecordOrReport>(), say<Said::kRecordFractions>());
  }

  Finding count() {
    const std::int32_t wanted = scheme_.fractions();
    if (!given_.empty() && given_.rbegin()->first > wanted) {
      tally_.deviation(say<Said::kFractionBeyondGiven>(given_.rbegin()->first, wanted));
    }
    if (!planned_.empty() && planned_.rbegin()->first > wanted) {
      tally_.deviation(say<Said::kFractionBeyondPlanned>(planned_.rbegin()->first, wanted));
    }
    if (!planned_.empty()) {
      std::map<std::int32_t, Given> all = planned_;
      all.insert(given_.begin(), given_.end());
      if (static_cast<std::int32_t>(all.size()) < wanted) {
        tally_.deviation(say<Said::kTooFewFractions>(all.size(), wanted));
      }
    }
    std::int32_t next = 1;
    for (const auto& [number, g] : given_) {
      for (; next < number && next <= wanted; ++next) {
        tally_.deviation(say<Said::kFractionLeftOut>(next, number));
      }
      next = number + 1;
    }
    never_given();
    plan_agrees();
    if (!given_.empty() || !planned_.empty()) tally_.met();
    Finding f = done(say<Said::kFractionsSoFar>(given_.size(), scheme_.fractions(), planned_.size()));
    f.value = f.lower = f.upper = static_cast<double>(given_.size());
    return f;
  }
  // Planned for a day gone by, not given, and for no other day: nobody will give it.
  void never_given() {
    const auto today = now(context_);
    std::vector<Argument> missed;
    for (const PlannedFraction& f : record_.planned_fractions) {
      if (!f.date || !f.number || given_.count(*f.number) > 0) continue;
      if (!today || *f.date >= *today) return;  // the course goes on
      missed.emplace_back(say<Said::kFractionOfDay>(*f.number, *f.date));
    }
    if (missed.empty()) return;
    Prose text = say<Said::kNeverGiven>(listing(std::move(missed)));
    const auto operated = operation_by(record_, today);
    if (operated && today && *operated <= *today) {
      text += say<Said::kSurgeryWasOn>(*operated);
      tally_.deviation(std::move(text));
    } else {
      tally_.missing(std::move(text));
    }
  }
  // The plan at hand against the record: one pair of the four that must agree.
  void plan_agrees() {
    const auto& plan = context_.input().plan;
    if (!plan || planned_.empty() || plan->fraction_groups.size() != 1 || !given_.empty()) return;
    const auto& in_plan = plan->fraction_groups.front().fractions_planned;
    if (in_plan && *in_plan != static_cast<std::int32_t>(planned_.size())) {
      tally_.deviation(say<Said::kPlanAndScheduleDiffer>(*in_plan, planned_.size()));
    }
  }

  Finding total() {
    Dose given, planned;
    for (const auto& [number, g] : given_) given = given + g.dose;
    for (const auto& [number, g] : planned_) {
      if (given_.count(number) == 0) planned = planned + g.dose;
    }
    const double sum = (given + planned).in_gy(), wanted = scheme_.total().in_gy();
    // Of what is planned to the last digit; of what was given as machines record it.
    const double tolerance = kTotalToleranceGy + given_tolerance_ * std::min(given.in_gy(), wanted);
    const bool whole = !planned_.empty() || static_cast<std::int32_t>(given_.size()) >= scheme_.fractions();
    const auto gy = [](double value) { return number(value, 3, "Gy"); };
    const Message text = planned.in_gy() > 0.0 ? say<Said::kDoseGivenAndPlanned>(gy(given.in_gy()), gy(planned.in_gy()))
                                               : say<Said::kDoseGiven>(gy(given.in_gy()));
    if (sum > wanted + tolerance || (whole && !unknown_ && sum < wanted - tolerance)) {
      tally_.deviation(say<Said::kTotalDiffers>(text, gy(sum), gy(wanted), number(tolerance, 3)));
    } else if (!given_.empty() || !planned_.empty()) {
      tally_.met();
    }
    Finding f = done(say<Said::kTotalMet>(text, gy(wanted)));
    f.value = f.lower = f.upper = given.in_gy();
    f.limit = wanted;
    f.unit = "Gy";
    return f;
  }

  Finding each() {
    const auto look = [&](const std::map<std::int32_t, Given>& list, bool given) {
      for (const auto& [number, g] : list) {
        const auto wanted = dose_of(scheme_, number);
        if (!wanted || !g.known) continue;  // its number, and what is not stated, are said elsewhere
        const double gy = g.dose.in_gy(), due = wanted->in_gy();
        const Number is{gy, 3, "Gy"}, should_be{due, 3, "Gy"};
        if (std::abs(gy - due) <= kFractionToleranceGy + (given ? given_tolerance_ * due : 0.0)) {
          tally_.met();
          if (g.sessions > 1) tally_.warning(say<Said::kFractionInParts>(number, g.sessions));
        } else if (given && gy < due) {
          tally_.deviation(say<Said::kFractionPartial>(number, Number{gy, 3, ""}, should_be));
        } else if (given && g.sessions > 1) {
          tally_.deviation(say<Said::kFractionRepeated>(number, g.sessions, is, should_be));
        } else {
          tally_.deviation(given ? say<Said::kFractionWrongGiven>(number, is, should_be)
                                 : say<Said::kFractionWrongPlanned>(number, is, should_be));
        }
      }
    };
    look(given_, true);
    look(planned_, false);
    monitor_units();
    if (scheme_.phases.size() != 1) return done(say<Said::kEveryFractionHas>(say<Said::kDoseOfItsPhase>()));
    return done(say<Said::kEveryFractionHas>(number(scheme_.phases.front().per_fraction.in_gy(), 3, "Gy")));
  }
  void monitor_units() {
    const auto& plan = context_.input().plan;
    if (!plan || plan->fraction_groups.size() != 1) return;  // of several, which are given together is not known
    double meterset = 0.0;
    for (const auto& group : plan->fraction_groups) {
      for (const auto& reference : group.beams) {
        if (!reference.treats) continue;
        if (!reference.beam_meterset) return;
        meterset += *reference.beam_meterset;
      }
    }
    if (meterset <= 0.0) return;
    std::vector<Argument> off;
    for (const DeliveredFraction& f : record_.delivered_fractions) {
      const auto whole = f.number && took_place(f) && given_.at(*f.number).sessions == 1;
      if (!whole || !f.monitor_units || std::abs(*f.monitor_units - meterset) <= kMonitorUnits * meterset) continue;
      off.emplace_back(say<Said::kFractionWithUnits>(*f.number, number(*f.monitor_units, 1)));
    }
    if (off.empty()) return;
    tally_.warning(say<Said::kOtherMonitorUnits>(number(meterset, 1), listing(std::move(off))));
  }

  const Context& context_;
  const Fractionation& scheme_;
  const Record& record_;
  std::map<std::int32_t, Given> given_, planned_;
  double given_tolerance_ = 0.0;  // a part of what was due
  bool unknown_ = false;          // of a fraction no dose is stated
  Tally tally_;
};

}  // namespace

FractionationRule FractionationRule::read(ObjectReader& o, const CheckRole&) {
  // Ten times what machines leave open; more would hide a part of a fraction that was not given.
  constexpr Range kGivenTolerancePercent{0.0, 5.0};
  FractionationRule rule;
  const int quantity = o.enumeration("quantity", "QUANTITY_UNSPECIFIED",
                                     {{"TOTAL_DOSE", 1}, {"FRACTIONS", 2}, {"DOSE_PER_FRACTION", 3}}, Need::kRequired);
  if (quantity != 0) rule.quantity = static_cast<FractionationRule::Quantity>(quantity);
  if (const auto percent = o.number("givenTolerancePercent", kGivenTolerancePercent)) {
    rule.given_tolerance_percent = *percent;
    if (rule.quantity == FractionationRule::Quantity::kFractions) {
      o.fail("givenTolerancePercent", "is of TOTAL_DOSE and DOSE_PER_FRACTION only");
    }
  }
  o.finish();
  return rule;
}

RuleNeeds FractionationRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kFractions};
  out.fractionation = true;
  out.plan_beside = true;
  out.dates = true;
  return out;
}

Finding FractionationRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  const auto& scheme = context.protocol().fractionation;
  if (!scheme) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kNoFractionation>(), say<Said::kAddItToProtocol>());
  }
  return Fractions(context, *scheme).run(*this);
}

Requirement FractionationRule::requirement(const Protocol& protocol) const {
  if (!protocol.fractionation) return {};
  const Fractionation& f = *protocol.fractionation;
  switch (quantity) {
    case Quantity::kTotalDose:
      return {"", "fractions given and planned make up " + plain(f.total().in_gy(), "Gy")};
    case Quantity::kFractions:
      return {"", counted(f.fractions(), "fraction", "fractions") + " given and planned, none left out"};
    case Quantity::kDosePerFraction: {
      std::vector<std::string> doses;
      for (const Phase& phase : f.phases) {
        const std::string dose = plain(phase.per_fraction.in_gy(), "Gy");
        doses.push_back(f.phases.size() == 1 ? dose : dose + " in " + (phase.name.empty() ? "a phase" : phase.name));
      }
      return {"", "each fraction of " + enumerated(doses)};
    }
  }
  return {};
}

}  // namespace dosegate
