// Beams of the plan: how they are delivered, how many, and whether what is stated of them holds together.
#include "core/rules/beams.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

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

Message name_of(const Beam& beam) {
  return beam.name.empty() ? say<Said::kBeam>(beam.number) : say<Said::kBeamNamed>(beam.number, beam.name);
}

Message words_of(Technique technique) {
  switch (technique) {
    case Technique::kUnknown:
      break;
    case Technique::kStatic:
      return say<Said::kTechniqueStatic>();
    case Technique::kStepAndShoot:
      return say<Said::kTechniqueStepAndShoot>();
    case Technique::kSlidingWindow:
      return say<Said::kTechniqueSlidingWindow>();
    case Technique::kArc:
      return say<Said::kTechniqueArc>();
    case Technique::kConformalArc:
      return say<Said::kTechniqueConformalArc>();
    case Technique::kModulatedArc:
      return say<Said::kTechniqueModulatedArc>();
  }
  return say<Said::kUnknown>();
}

bool is_one_isocentre(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
  return x * x + y * y + z * z < kIsocentreMm * kIsocentreMm;
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
  struct Alike {
    Technique technique = Technique::kUnknown;
    std::vector<std::string> numbers;
  };
  std::map<std::string_view, Alike> by_technique;  // in the order of their names
  const auto allows = [&](Technique technique) {
    return std::find(rule.techniques.begin(), rule.techniques.end(), technique) != rule.techniques.end();
  };
  for (const Beam* beam : beams) {
    if (!beam->radiation_type.empty() && beam->radiation_type != "PHOTON") {
      tally.missing(say<Said::kBeamNotPhotons>(name_of(*beam), beam->radiation_type));
      continue;
    }
    const Delivery delivery = delivery_of(*beam);
    const Technique technique = delivery.technique;
    if (technique == Technique::kUnknown) {
      tally.missing(say<Said::kBeamWithoutControlPoints>(name_of(*beam)));
      continue;
    }
    Alike& alike = by_technique[name_of(technique)];
    alike.technique = technique;
    alike.numbers.push_back(std::to_string(beam->number));
    if (allows(technique)) {
      tally.met();
      const bool turns = technique == Technique::kConformalArc || technique == Technique::kModulatedArc;
      if (delivery.is_nearly_one_aperture() && !allows(turns ? Technique::kArc : Technique::kStatic)) {
        const bool by_meterset = delivery.one_aperture >= kNearlyAll;
        tally.warning(by_meterset ? say<Said::kBeamOneAperture>(name_of(*beam), words_of(technique),
                                                                number(100.0 * delivery.one_aperture, 1, "%"))
                                  : say<Said::kBeamFewLeavesMove>(name_of(*beam), words_of(technique),
                                                                  number(100.0 * *delivery.moving_leaves, 1, "%")));
      }
    } else {
      tally.deviation(say<Said::kBeamNotModulated>(name_of(*beam), words_of(technique)));
    }
  }
  Listing parts;
  parts.join = Join::kSemicolon;
  for (const auto& [name, alike] : by_technique) {
    parts.items.emplace_back(
        say<Said::kBeamsOfTechnique>(words_of(alike.technique), alike.numbers.size(), listing(alike.numbers)));
  }
  return tally.finding(say<Said::kBeamsByTechnique>(std::move(parts)), say<Said::kBeamsModulate>(),
                       say<Said::kBeamsExportControlPoints>());
}

Finding count(const BeamsRule& rule, const std::vector<const Beam*>& beams, std::size_t others) {
  const auto n = static_cast<std::int32_t>(beams.size());
  const bool low = rule.least && n < *rule.least, high = rule.most && n > *rule.most;
  Prose usual;
  if (rule.least && rule.most) {
    usual = say<Said::kBeamsUsualRange>(*rule.least, *rule.most);
  } else if (rule.least) {
    usual = say<Said::kBeamsUsualLeast>(*rule.least);
  } else if (rule.most) {
    usual = say<Said::kAtMost>(*rule.most);
  }
  const Prose besides = others > 0 ? say<Said::kBeamsNotForTreatment>(others) : Prose();
  Finding f = finding(low || high ? FindingStatus::kWarning : FindingStatus::kPass,
                      say<Said::kBeamsCount>(n, besides, std::move(usual)));
  if (low || high) f.hint = say<Said::kBeamsCheckCount>();
  f.value = f.lower = f.upper = n;
  return f;
}

class Consistency {
 public:
  Consistency(const Plan& plan, Workers* workers) : plan_(plan), cancel_point_(workers) {
    for (const Beam& beam : plan.beams) by_number_.emplace(beam.number, &beam);
  }

  Finding run(const std::vector<const Beam*>& beams) {
    for (const auto& group : plan_.fraction_groups) {
      std::map<std::int32_t, int> times;
      for (const ReferencedBeam& reference : group.beams) {
        metersets(reference);
        if (++times[reference.beam_number] != 2) continue;
        tally_.missing(say<Said::kBeamTwiceInGroup>(group.number, say<Said::kBeam>(reference.beam_number)));
      }
    }
    const bool unknown = groups_name_no_beam(plan_);
    if (unknown) {
      tally_.missing(plan_.fraction_groups.empty() ? say<Said::kNoFractionGroupForBeams>()
                                                   : say<Said::kFractionGroupsNameNoBeam>());
    }
    one_beam_a_number(beams);
    for (const Beam* beam : beams) {
      if (!unknown && referenced_.count(beam->number) == 0) {
        tally_.deviation(say<Said::kBeamInNoGroup>(name_of(*beam)));
      }
      weights(*beam);
      if (!beam->machine.empty()) machines_.insert(beam->machine);
      for (const double mv : beam->energies) energies_.insert(fixed(mv, 2));
      for (const auto& at : beam->isocentres_mm) isocentre(at);
    }
    if (machines_.size() > 1) tally_.warning(say<Said::kBeamsSeveralMachines>(listed(machines_)));
    if (isocentres_.size() > 1) tally_.warning(say<Said::kBeamsSeveralIsocentres>(isocentres_.size()));
    std::set<std::string> positions(plan_.patient_positions.begin(), plan_.patient_positions.end());
    if (positions.size() > 1) tally_.warning(say<Said::kSeveralPositions>(listed(positions)));
    return tally_.finding(summary(positions), say<Said::kBeamsCorrect>(), say<Said::kBeamsExportGroups>());
  }

 private:
  static Listing listed(const std::set<std::string>& texts) {
    return listing(std::vector<std::string>(texts.begin(), texts.end()));
  }

  // A set-up beam of a treatment beam's number counts: which of them a fraction group means is not known.
  void one_beam_a_number(const std::vector<const Beam*>& treating) {
    std::set<std::int32_t> numbers, seen;
    for (const Beam* beam : treating) numbers.insert(beam->number);
    for (const Beam& beam : plan_.beams) {
      if (numbers.count(beam.number) == 0 || seen.insert(beam.number).second) continue;
      tally_.deviation(say<Said::kTwoBeamsOfNumber>(beam.number));
    }
  }
  void metersets(const ReferencedBeam& reference) {
    referenced_.insert(reference.beam_number);
    const auto found = by_number_.find(reference.beam_number);
    if (found == by_number_.end()) {
      tally_.deviation(say<Said::kGroupHasUnknownBeam>(reference.beam_number));
      return;
    }
    const Beam* beam = found->second;
    if (!reference.treats) return;
    if (!reference.beam_meterset) {
      tally_.missing(say<Said::kMetersetNotStated>(name_of(*beam)));
    } else if (*reference.beam_meterset <= 0.0) {
      tally_.deviation(say<Said::kMetersetIsZero>(name_of(*beam)));
    } else {
      total_ += *reference.beam_meterset;
      tally_.met();
    }
  }
  void weights(const Beam& beam) {
    if (beam.points.empty() || !beam.final_weight) return;
    const auto& last = beam.points.back().meterset_weight;
    if (last && std::abs(*last - *beam.final_weight) > kWeightTolerance * std::max(1.0, *beam.final_weight)) {
      tally_.deviation(say<Said::kFinalWeightDiffers>(name_of(beam), number(*last, 4), number(*beam.final_weight, 4)));
    }
  }
  void isocentre(const std::array<double, 3>& at) {
    cancel_point_.step(1 + isocentres_.size() / 16);
    const bool is_known = std::any_of(isocentres_.begin(), isocentres_.end(),
                                      [&](const auto& known) { return is_one_isocentre(at, known); });
    if (!is_known) isocentres_.push_back(at);
  }
  Message summary(const std::set<std::string>& positions) const {
    const Message groups =
        plan_.fraction_groups.size() > 1 ? say<Said::kBeamsInAllGroups>() : say<Said::kBeamsAFraction>();
    Prose machines, energies, isocentre, lies;
    if (!machines_.empty()) machines = say<Said::kBeamsMachine>(listed(machines_));
    if (!energies_.empty()) energies = say<Said::kBeamsEnergies>(listed(energies_));
    if (isocentres_.size() == 1) isocentre = say<Said::kBeamsOneIsocentre>();
    if (!positions.empty()) lies = say<Said::kBeamsPositions>(listed(positions));
    return say<Said::kBeamsSummary>(number(total_, 1), groups, machines, energies, isocentre, lies);
  }

  const Plan& plan_;
  CancelPoint cancel_point_;
  std::unordered_map<std::int32_t, const Beam*> by_number_;  // the first of each number
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
  if (!plan) return finding(FindingStatus::kNotEvaluable, say<Said::kNoPlan>(), say<Said::kAddPlan>());
  const std::vector<const Beam*> beams = treatment_beams(*plan);
  if (beams.empty()) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kNoTreatmentBeam>(), say<Said::kExportWithBeams>());
  }
  switch (check) {
    case BeamsRule::Check::kTechnique:
      return judge_techniques(*this, beams);
    case BeamsRule::Check::kCount:
      return count(*this, beams, plan->beams.size() - beams.size());
    case BeamsRule::Check::kConsistency:
      return Consistency(*plan, context.workers()).run(beams);
  }
  return finding(FindingStatus::kNotEvaluable, say<Said::kUnknownCheck>());
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
