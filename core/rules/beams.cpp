// PL-1, PL-2. Beams of the plan: how they are delivered, how many, and whether what is stated of them holds together.
#include "core/rules/beams.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/context/fraction_groups.h"
#include "core/plan/technique.h"
#include "core/rules/on_record.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr double kWeightTolerance = 1e-3;  // of the final cumulative meterset weight: decimal strings
constexpr double kIsocentreMm = 0.5;       // closer than that is one isocentre

std::string name_of(const Beam& beam) {
  return "beam " + std::to_string(beam.number) + (beam.name.empty() ? "" : " " + quoted(beam.name));
}

std::vector<const Beam*> treatment_beams(const Plan& plan) {
  std::vector<const Beam*> out;
  for (const Beam& beam : plan.beams) {
    if (treats(beam)) out.push_back(&beam);
  }
  return out;
}

Finding judge_techniques(const BeamsRule& rule, const std::vector<const Beam*>& beams) {
  Tally tally;
  std::map<std::string, std::vector<std::string>> by_technique;
  const auto allows = [&](Technique technique) {
    return std::find(rule.techniques.begin(), rule.techniques.end(), technique) != rule.techniques.end();
  };
  for (const Beam* beam : beams) {
    if (!beam->radiation_type.empty() && beam->radiation_type != "PHOTON") {
      tally.missing(capital(name_of(*beam)) + " is of " + beam->radiation_type +
                    "; techniques are told of photon beams only.");
      continue;
    }
    const Delivery delivery = delivery_of(*beam);
    const Technique technique = delivery.technique;
    if (technique == Technique::kUnknown) {
      tally.missing(capital(name_of(*beam)) +
                    ": its control points do not state cumulative meterset, gantry angle and aperture.");
      continue;
    }
    by_technique[std::string(name_of(technique))].push_back(std::to_string(beam->number));
    if (allows(technique)) {
      tally.met();
      const bool turns = technique == Technique::kConformalArc || technique == Technique::kModulatedArc;
      if (delivery.is_nearly_one_aperture() && !allows(turns ? Technique::kArc : Technique::kStatic)) {
        const bool by_meterset = delivery.one_aperture >= kNearlyAll;
        tally.warning(capital(name_of(*beam)) + " is " + std::string(name_of(technique)) + " in name: " +
                      (by_meterset
                           ? fixed(100.0 * delivery.one_aperture, 1) + " % of its meterset go through one aperture."
                           : fixed(100.0 * *delivery.moving_leaves, 1) + " % of its open leaf pairs move."));
      }
    } else {
      tally.deviation(capital(name_of(*beam)) + " is " + std::string(name_of(technique)) +
                      ", not modulated as is asked for.");
    }
  }
  std::string summary;
  for (const auto& [technique, numbers] : by_technique) {
    summary += (summary.empty() ? "" : "; ") + capital(technique) + ": " + (numbers.size() > 1 ? "beams " : "beam ") +
               enumerated(numbers);
  }
  return tally.finding(
      summary + ".", "Plan every beam with intensity modulation.",
      "Export the plan with its control points: cumulative meterset weight, gantry angle, positions of "
      "leaves and jaws.");
}

Finding count(const BeamsRule& rule, const std::vector<const Beam*>& beams, std::size_t others) {
  const auto n = static_cast<std::int32_t>(beams.size());
  const bool low = rule.least && n < *rule.least, high = rule.most && n > *rule.most;
  std::string usual;
  if (rule.least) usual = std::to_string(*rule.least);
  if (rule.most) usual += (usual.empty() ? "at most " : " to ") + std::to_string(*rule.most);
  std::string text = std::to_string(n) + (n == 1 ? " treatment beam" : " treatment beams");
  if (others > 0) text += ", " + std::to_string(others) + " not for treatment";
  Finding f = finding(low || high ? FindingStatus::kWarning : FindingStatus::kPass, text + "; usual: " + usual + ".");
  if (low || high) f.hint = "Check whether the number of beams is meant.";
  f.value = f.lower = f.upper = n;
  return f;
}

class Consistency {
 public:
  explicit Consistency(const Plan& plan) : plan_(plan) {}

  Finding run(const std::vector<const Beam*>& beams) {
    for (const auto& group : plan_.fraction_groups) {
      for (const ReferencedBeam& reference : group.beams) metersets(reference);
    }
    const bool unknown = groups_name_no_beam(plan_);
    if (unknown) {
      tally_.missing(
          plan_.fraction_groups.empty()
              ? "The plan has no fraction group (300A,0070): which beams are treated, and how often, is not "
                "known."
              : "The plan's fraction groups (300A,0070) name no beam: which beams are treated is not known.");
    }
    std::set<std::int32_t> numbers;
    for (const Beam* beam : beams) {
      if (!numbers.insert(beam->number).second) {
        tally_.deviation("Two beams have the number " + std::to_string(beam->number) + ".");
      }
      if (!unknown && referenced_.count(beam->number) == 0) {
        tally_.deviation(capital(name_of(*beam)) + " is in no fraction group: it would not be treated.");
      }
      weights(*beam);
      if (!beam->machine.empty()) machines_.insert(beam->machine);
      for (const double mv : beam->energies) energies_.insert(fixed(mv, 2));
      for (const auto& at : beam->isocentres_mm) isocentre(at);
    }
    if (machines_.size() > 1) tally_.warning("The beams are on several machines: " + listed(machines_) + ".");
    if (isocentres_.size() > 1) tally_.warning("The beams have " + std::to_string(isocentres_.size()) + " isocentres.");
    std::set<std::string> positions(plan_.patient_positions.begin(), plan_.patient_positions.end());
    if (positions.size() > 1) tally_.warning("The patient lies in several positions: " + listed(positions) + ".");
    return tally_.finding(summary(positions), "Correct the beams named in the plan.",
                          "Export the plan with its fraction groups and the meterset of each beam.");
  }

 private:
  static std::string listed(const std::set<std::string>& texts) { return enumerated({texts.begin(), texts.end()}); }

  void metersets(const ReferencedBeam& reference) {
    referenced_.insert(reference.beam_number);
    const auto beam = std::find_if(plan_.beams.begin(), plan_.beams.end(),
                                   [&](const Beam& b) { return b.number == reference.beam_number; });
    if (beam == plan_.beams.end()) {
      tally_.deviation("A fraction group has beam " + std::to_string(reference.beam_number) +
                       ", which the plan does not have.");
      return;
    }
    if (!treats(*beam)) return;
    if (!reference.beam_meterset) {
      tally_.missing("The meterset of " + name_of(*beam) + " is not stated.");
    } else if (*reference.beam_meterset <= 0.0) {
      tally_.deviation("The meterset of " + name_of(*beam) + " is 0.");
    } else {
      total_ += *reference.beam_meterset;
      tally_.met();
    }
  }
  void weights(const Beam& beam) {
    if (beam.points.empty() || !beam.final_weight) return;
    const auto& last = beam.points.back().meterset_weight;
    if (last && std::abs(*last - *beam.final_weight) > kWeightTolerance * std::max(1.0, *beam.final_weight)) {
      tally_.deviation(capital(name_of(beam)) + ": its last control point has the cumulative meterset weight " +
                       fixed(*last, 4) + ", its final one is " + fixed(*beam.final_weight, 4) + ".");
    }
  }
  void isocentre(const std::array<double, 3>& at) {
    for (const auto& known : isocentres_) {
      if (std::hypot(at[0] - known[0], at[1] - known[1], at[2] - known[2]) < kIsocentreMm) return;
    }
    isocentres_.push_back(at);
  }
  std::string summary(const std::set<std::string>& positions) const {
    std::string text =
        fixed(total_, 1) + " MU" + (plan_.fraction_groups.size() > 1 ? " in all fraction groups" : " a fraction");
    if (!machines_.empty()) text += ", machine " + listed(machines_);
    if (!energies_.empty()) text += ", " + listed(energies_) + " MV";
    if (isocentres_.size() == 1) text += ", one isocentre";
    if (!positions.empty()) text += ", " + listed(positions);
    return text + ".";
  }

  const Plan& plan_;
  Tally tally_;
  double total_ = 0.0;
  std::set<std::int32_t> referenced_;
  std::set<std::string> machines_, energies_;
  std::vector<std::array<double, 3>> isocentres_;
};

}  // namespace

BeamsRule BeamsRule::read(ObjectReader& o, const CheckRole&) {
  using Check = BeamsRule::Check;
  static const std::map<std::string, Technique> kTechniques = {{"STATIC", Technique::kStatic},
                                                               {"STEP_AND_SHOOT", Technique::kStepAndShoot},
                                                               {"SLIDING_WINDOW", Technique::kSlidingWindow},
                                                               {"ARC", Technique::kArc},
                                                               {"CONFORMAL_ARC", Technique::kConformalArc},
                                                               {"MODULATED_ARC", Technique::kModulatedArc}};
  BeamsRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED", {{"TECHNIQUE", 1}, {"COUNT", 2}, {"CONSISTENCY", 3}},
                                  Need::kRequired);
  if (check != 0) rule.check = static_cast<Check>(check);
  for (const std::string& name : o.strings("techniques")) {
    const auto found = kTechniques.find(name);
    std::vector<std::string> known;
    for (const auto& [text, technique] : kTechniques) known.push_back(text);
    if (found == kTechniques.end()) {
      o.fail("techniques", "found " + shown(name) + "; may be " + listed(known));
    } else if (std::find(rule.techniques.begin(), rule.techniques.end(), found->second) != rule.techniques.end()) {
      o.fail("techniques", shown(name) + " is named twice");
    } else {
      rule.techniques.push_back(found->second);
    }
  }
  rule.least = o.integer("least", 0);
  rule.most = o.integer("most", 0);
  if ((check == 1) == rule.techniques.empty()) {
    o.fail("techniques", check == 1 ? "name the techniques that are asked for" : "are of TECHNIQUE only");
  }
  const bool bounds = rule.least || rule.most;
  if (check == 2 && !bounds) o.fail("", "state least, most or both");
  if (check != 2 && bounds) o.fail("", "least and most are of COUNT only");
  if (rule.least && rule.most && *rule.most < *rule.least) o.fail("most", "is less than least");
  o.finish();
  return rule;
}

RuleNeeds BeamsRule::needs() const {
  RuleNeeds out;
  out.plan = true;
  return out;
}

Finding BeamsRule::evaluate(const Context& context) const {
  const auto& plan = context.input().plan;
  if (!plan) return finding(FindingStatus::kNotEvaluable, "There is no plan.", "Add the RT Plan.");
  const std::vector<const Beam*> beams = treatment_beams(*plan);
  if (beams.empty()) {
    return finding(FindingStatus::kNotEvaluable, "The plan has no treatment beam.", "Export the plan with its beams.");
  }
  switch (check) {
    case BeamsRule::Check::kTechnique:
      return judge_techniques(*this, beams);
    case BeamsRule::Check::kCount:
      return count(*this, beams, plan->beams.size() - beams.size());
    case BeamsRule::Check::kConsistency:
      return Consistency(*plan).run(beams);
  }
  return finding(FindingStatus::kNotEvaluable, "Unknown check.");
}

Requirement BeamsRule::requirement(const Protocol&) const {
  switch (check) {
    case Check::kTechnique: {
      std::vector<std::string> names;
      for (const Technique technique : techniques) names.emplace_back(name_of(technique));
      return {"", "every beam is delivered as " + either(names)};
    }
    case Check::kCount:
      return {"", "usually " + bounds_text(least, most) + " treatment beams"};
    case Check::kConsistency:
      return {"", "metersets, weights and fraction groups hold together"};
  }
  return {};
}

}  // namespace dosegate
