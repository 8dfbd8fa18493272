#include "core/rules/structure_volume.h"

#include <array>

#include "core/context/context.h"
#include "core/report/report.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using Effect = ProtocolChange::Effect;

// Of the volume: polygons are summed exactly but for rounding (core/dvh/README.md).
constexpr double kRounding = 1e-6;
// More than a whole patient.
constexpr double kMostUsualCc = 1e5;

std::string limits_text(const StructureVolumeRule& rule) {
  if (rule.least && rule.most) return plain(rule.least->in_cc()) + " to " + plain(rule.most->in_cc(), "cc");
  return rule.least ? "at least " + plain(rule.least->in_cc(), "cc") : "at most " + plain(rule.most->in_cc(), "cc");
}

Prose limits_said(const StructureVolumeRule& rule) {
  if (rule.least && rule.most) {
    return say<Said::kVolumesRange>(exact_number(rule.least->in_cc()), exact_number(rule.most->in_cc(), "cc"));
  }
  return rule.least ? say<Said::kAtLeast>(exact_number(rule.least->in_cc(), "cc"))
                    : say<Said::kAtMost>(exact_number(rule.most->in_cc(), "cc"));
}

// A limit that moves up or down, or comes and goes. `upper`: less is stricter.
Effect effect_of(const std::optional<Volume>& before, const std::optional<Volume>& after, bool upper) {
  if (before == after) return Effect::kNone;
  if (!before || !after) return after ? Effect::kStricter : Effect::kLooser;
  return (*after < *before) == upper ? Effect::kStricter : Effect::kLooser;
}

}  // namespace

StructureVolumeRule StructureVolumeRule::read(ObjectReader& o, const CheckRole& check) {
  constexpr Range kCc{0.0, 1e6};
  StructureVolumeRule rule;
  rule.structure = read_role(o, "structure", check);
  const auto limit = [&](std::string_view member) -> std::optional<Volume> {
    const auto cc = o.number(member, kCc);
    if (cc == 0.0) o.fail(member, "must be more than 0 cc");
    return cc ? std::optional(Volume::cc(*cc)) : std::nullopt;
  };
  const bool written = o.has("leastCc") || o.has("mostCc");
  rule.least = limit("leastCc");
  rule.most = limit("mostCc");
  if (!written) o.fail("", "state leastCc, mostCc or both");
  if (rule.least && rule.most && *rule.most < *rule.least) o.fail("mostCc", "is less than leastCc");
  o.finish();
  return rule;
}

RuleNeeds StructureVolumeRule::needs() const {
  RuleNeeds out;
  out.roles = {structure};
  return out;
}

Finding StructureVolumeRule::evaluate(const Context& context) const {
  const RoleState& state = context.role(structure);
  Finding f;
  f.structure = structure;
  if (state.match.roi && !state.role->derived) f.roi = state.match.roi->name;
  if (!state.volume) {
    f.status = FindingStatus::kNotEvaluable;
    f.message = say<Said::kOfRole>(structure, state.problem);
    f.hint = state.hint;
    return f;
  }
  const double cc = state.volume->in_cc();
  f.value = cc;
  f.lower = cc * (1.0 - kRounding);
  f.upper = cc * (1.0 + kRounding);
  f.unit = "cc";
  const bool too_small = least && *f.upper < least->in_cc(), too_large = most && *f.lower > most->in_cc();
  const bool open_below = least && *f.lower < least->in_cc(), open_above = most && *f.upper > most->in_cc();
  // The limit that is broken or in doubt; else the nearer one.
  const bool nearer_below = least && (!most || cc - least->in_cc() < most->in_cc() - cc);
  const bool below = open_below || (nearer_below && !open_above);
  f.comparator = below ? Comparator::kGreaterOrEqual : Comparator::kLessOrEqual;
  f.limit = (below ? least : most)->in_cc();
  const Prose nothing = state.empty_text.empty() ? Prose() : say<Said::kNothingOfIt>(state.empty_text);
  const Number volume = beside_number(cc, *f.limit, 2, "cc");
  if (too_small) {
    f.status = FindingStatus::kDeviation;
    f.message = say<Said::kVolumeTooSmall>(structure, nothing, volume, limits_said(*this),
                                           amount_number(least->in_cc() - cc, 2, "cc"));
    f.hint = say<Said::kCheckSlicesMissing>(structure);
  } else if (too_large) {
    f.status = FindingStatus::kDeviation;
    f.message = say<Said::kVolumeTooLarge>(structure, nothing, volume, limits_said(*this),
                                           amount_number(cc - most->in_cc(), 2, "cc"));
    f.hint = say<Said::kCheckNothingElse>(structure);
  } else if (open_below || open_above) {
    f.status = FindingStatus::kIndeterminate;
    f.message = say<Said::kVolumeUndecided>(structure, nothing, volume, limits_said(*this));
    f.hint = say<Said::kVolumeIsLimit>();
  } else {
    f.status = FindingStatus::kPass;
    f.message = say<Said::kVolumeMet>(structure, nothing, volume, limits_said(*this));
  }
  return f;
}

void StructureVolumeRule::lint(const LintedRule& at, RuleLint& out) const {
  using Severity = LintEntry::Severity;
  const std::string path = at.path + "." + std::string(kMember);
  if (least && most && *least == *most) {
    out.numbers.push_back(
        {Severity::kWarning, path + ".mostCc",
         at.rule.id + " allows one volume only, " + plain(least->in_cc(), "cc") + ": no structure that is drawn has it",
         "Write the range that the source states."});
  }
  for (const auto& [member, limit] : {std::pair("leastCc", &least), std::pair("mostCc", &most)}) {
    if (!*limit || (*limit)->in_cc() <= kMostUsualCc) continue;
    out.numbers.push_back({Severity::kWarning, path + "." + member,
                           at.rule.id + ": " + plain((*limit)->in_cc(), "cc") +
                               " is more than a whole patient; are cubic millimetres meant?",
                           "Write " + plain((*limit)->in_cc() / 1000.0) + " if they are."});
  }
}

Requirement StructureVolumeRule::requirement(const Protocol&) const {
  return {structure, "volume " + limits_text(*this)};
}

std::string StructureVolumeRule::in_short() const { return structure + " volume " + limits_text(*this); }

std::optional<std::vector<ProtocolChange>> StructureVolumeRule::changes(const ChangedRule& rule) const {
  const auto& was = *rule.before.as<StructureVolumeRule>();
  if (was.structure == structure && was.least == least && was.most == most) return std::vector<ProtocolChange>{};
  const Effect lower = effect_of(was.least, least, false), upper = effect_of(was.most, most, true);
  Effect effect = lower == Effect::kNone ? upper : lower;
  if ((lower != upper && lower != Effect::kNone && upper != Effect::kNone) || was.structure != structure) {
    effect = Effect::kDepends;
  }
  if (!rule.decides) effect = Effect::kNone;
  ProtocolChange change;
  change.part = ProtocolChange::Part::kRule;
  change.id = rule.after.id;
  change.member = std::string(kMember) + (was.structure != structure ? ".structure"
                                          : was.least != least       ? ".leastCc"
                                                                     : ".mostCc");
  change.before = was.in_short();
  change.after = in_short();
  change.effect = effect;
  change.text = rule.after.id + ": " + change.before + " becomes " + change.after +
                (rule.decides ? "" : " (advisory)") + effect_tail(effect);
  return std::vector<ProtocolChange>{std::move(change)};
}

}  // namespace dosegate
