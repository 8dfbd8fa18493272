#include "core/context/prescribed.h"

#include <algorithm>

#include "core/context/fraction_groups.h"
#include "core/context/target_references.h"
#include "core/context/tolerances.h"
#include "core/protocol/structure_name.h"
#include "core/protocol/target_name.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

std::string gy(Dose dose) { return fixed(dose.in_gy(), 3) + " Gy"; }
Message label(const Structure& s) { return say<Said::kRoiLabel>(s.name, s.roi_number); }

std::string option(const std::string& role, Dose dose) {
  return "--prescription " + role + "=" + fixed(dose.in_gy(), 3) + "Gy";
}

// "45 Gy ('boost')" of each dose that is stated, once.
Listing listed(const std::vector<const TargetReference*>& references) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> texts;
  std::vector<Argument> doses;
  for (const TargetReference* r : references) {
    std::string text = gy(r->dose);
    const std::string& type = r->stated->structure_type;
    std::string what = r->roi != nullptr && r->by_number ? english(label(*r->roi)) : std::string();
    if (what.empty() && !r->stated->description.empty()) what = quoted(r->stated->description);
    if (!type.empty()) what += (what.empty() ? "" : ", ") + type;
    if (!what.empty()) text += " (" + what + ")";
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) continue;
    texts.push_back(text);
    const Number dose = number(r->dose.in_gy(), 3, "Gy");
    doses.push_back(what.empty() ? Argument(dose) : Argument(say<Said::kDoseCalled>(dose, what)));
    if (doses.size() > kMost) break;
  }
  Listing out;
  if (doses.size() > kMost) {
    out.join = Join::kComma;
    doses.erase(doses.begin() + kMost, doses.end());
    doses.emplace_back("...");
  }
  out.items = std::move(doses);
  return out;
}

bool agree(const std::vector<const TargetReference*>& references) {
  return std::all_of(references.begin(), references.end(),
                     [&](const TargetReference* r) { return same_prescription(r->dose, references.front()->dose); });
}

// "dose reference 2 (SITE)"
Message described(const TargetReference& r) {
  const std::string& type = r.stated->structure_type;
  return type.empty() ? say<Said::kDoseReference>(r.stated->number)
                      : say<Said::kDoseReferenceOfType>(r.stated->number, type);
}

void ask(const std::string& role, const std::vector<const TargetReference*>& references, Prescribed& out) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> options;
  for (const TargetReference* r : references) {
    const std::string text = option(role, r->dose);
    if (std::find(options.begin(), options.end(), text) == options.end()) options.push_back(text);
    if (options.size() == kMost) break;
  }
  std::string all;
  for (std::size_t i = 0; i < options.size(); ++i) all += (i == 0 ? "" : " or ") + options[i];
  out.hint = say<Said::kSayPrescription>(role, all.empty() ? "--prescription " + role + "=DOSE" : all);
}

// True: this level has decided, for a dose or against one.
// `how` says of the reference chosen how it is known to be the role's.
template <typename How>
bool decide(const std::string& role, const std::vector<const TargetReference*>& level, const How& how,
            Prescribed& out) {
  if (level.empty()) return false;
  if (agree(level)) {
    out.dose = level.front()->dose;
    out.how = how(described(*level.front()));
    return true;
  }
  out.problem = say<Said::kSeveralPrescriptions>(listed(level), role);
  ask(role, level, out);
  return true;
}

// Whether the beam doses bear the choice out, or what they add up to where there is none.
void compare_with_beams(const Subject& c, Prescribed& out) {
  const std::optional<Dose> beams = c.plan ? course_of_beam_doses(*c.plan) : std::nullopt;
  if (!beams) return;
  if (out.dose && std::abs(*beams / *out.dose - 1.0) <= kBeamDoseTolerance) {
    out.how = say<Said::kHowBeamsAgree>(std::move(out.how), number(beams->in_gy(), 3, "Gy"),
                                        number(100.0 * kBeamDoseTolerance, 1, "%"));
  } else if (!out.problem.empty()) {
    out.problem += say<Said::kBeamsTimesFractions>(number(beams->in_gy(), 3, "Gy"));
  }
}

// What else the plan says of the same role.
void add_doubts(const std::string& role, const std::vector<const TargetReference*>& others, Prescribed& out) {
  for (const TargetReference* r : others) {
    if (!out.dose || same_prescription(r->dose, *out.dose)) continue;
    out.doubts.push_back(say<Said::kReferenceStatesToo>(r->stated->number, r->stated->description,
                                                        number(r->dose.in_gy(), 3, "Gy"), role));
  }
}

// Levels 2 and 3.
bool decide_by_name(const Role& role, const TargetReferences& references, Prescribed& out) {
  const Structure* roi = references.roi_of(role.id);
  const auto by_number = references.to(roi, true), by_name = references.to(roi, false),
             by_role = references.described_as(role);
  const Prose found = roi != nullptr ? Prose(label(*roi)) : Prose();
  const auto refers = [&](Message reference) { return say<Said::kHowRefersTo>(std::move(reference), found); };
  const auto is_named = [&](Message reference) { return say<Said::kHowDescribedAs>(std::move(reference), found); };
  const auto is_described = [&](Message reference) {
    return say<Said::kHowDescribedAsName>(std::move(reference), by_role.front()->stated->description);
  };
  if (decide(role.id, by_number, refers, out)) {
    for (const TargetReference* r : by_number) {
      const Structure* other = references.described(*r);
      if (other == nullptr || other == roi || !out.dose) continue;
      out.doubts.push_back(say<Said::kReferenceNamedOther>(r->stated->number, found, r->stated->description));
    }
    add_doubts(role.id, by_name, out);
    add_doubts(role.id, by_role, out);
  } else if (decide(role.id, by_name, is_named, out)) {
    for (const TargetReference* r : by_name) {
      if (!r->unknown_number || !out.dose) continue;
      out.doubts.push_back(
          say<Said::kReferenceUnknownRoi>(r->stated->number, *r->stated->roi_number, r->stated->description));
    }
    add_doubts(role.id, by_role, out);
  } else {
    decide(role.id, by_role, is_described, out);
  }
  return out.dose || !out.problem.empty();
}

// Level 1, after the plan's own word: the site may say what the plan does not, and not the contrary of it.
bool decide_by_site(const Role& role, const std::string& target, const Subject& c, const TargetReferences& references,
                    Prescribed& out) {
  auto stated = c.options.prescriptions.find(role.id);
  if (stated == c.options.prescriptions.end() && role.id == target) stated = c.options.prescriptions.find("");
  if (stated == c.options.prescriptions.end()) return false;
  const Dose dose = stated->second;
  const auto to_roi = references.to(references.roi_of(role.id), true);
  const bool contradicts = !to_roi.empty() && std::none_of(to_roi.begin(), to_roi.end(), [&](const TargetReference* r) {
    return same_prescription(r->dose, dose);
  });
  if (contradicts) {
    out = {};
    out.problem = say<Said::kSiteContradictsPlan>(number(dose.in_gy(), 3, "Gy"), role.id, listed(to_roi));
    out.hint = say<Said::kLeavePrescriptionOut>();
    return true;
  }
  out = {};
  out.dose = dose;
  out.how = say<Said::kHowStatedBySite>();
  const auto same = references.where([&](const TargetReference& r) { return same_prescription(r.dose, dose); });
  if (!same.empty()) {
    out.how = say<Said::kHowStatedBySiteAs>(described(*same.front()));
  } else if (c.plan) {
    out.doubts.push_back(say<Said::kSiteNotInPlan>(number(dose.in_gy(), 3, "Gy"), role.id));
  }
  return true;
}

// Described as a target of another kind, or as a part of one.
void doubt_descriptions(const std::string& role, const std::vector<const TargetReference*>& chosen, Prescribed& out) {
  const TargetKind own = target_kind_of(role, "");
  for (const TargetReference* r : chosen) {
    const std::string& text = r->stated->description;
    const TargetKind kind = target_kind_of(text, "");
    const std::string folded = fold_name(text);
    const bool is_part = folded.find("boost") != std::string::npos || folded.find("node") != std::string::npos;
    if (!is_part && (kind == TargetKind::kNone || own == TargetKind::kNone || kind == own)) continue;
    out.doubts.push_back(say<Said::kMayBeAnotherTarget>(r->stated->number, text, role));
  }
}

Prescribed none(Prose problem, Prose hint) { return {{}, {}, std::move(problem), std::move(hint), {}}; }

// Levels 1 to 3: what is said of the role itself.
Prescribed decide_by_word(const Role& role, const std::string& target, const Subject& c,
                          const TargetReferences& references) {
  Prescribed out;
  if (!decide_by_site(role, target, c, references, out)) decide_by_name(role, references, out);
  return out;
}

}  // namespace

Prescribed prescribed_to(const std::string& role_id, const Subject& c, const Protocol& protocol,
                         const std::vector<RoleMatch>& matches, Workers* workers) {
  const Role* role = protocol.find_role(role_id);
  if (role == nullptr || !c.plan) return {};
  return decide_by_word(*role, protocol.prescription.target_role, c, TargetReferences(c, protocol, matches, workers));
}

Prescribed prescribed_to_target(const Subject& c, const Protocol& protocol, const std::vector<RoleMatch>& matches,
                                Workers* workers) {
  const std::string& target = protocol.prescription.target_role;
  if (!c.plan) return none(say<Said::kNoRtPlan>(), say<Said::kGivePlanOfDose>());
  const TargetReferences references(c, protocol, matches, workers);
  const Role* role = protocol.find_role(target);
  Prescribed out = role != nullptr ? decide_by_word(*role, target, c, references) : Prescribed{};
  if (!out.dose && out.problem.empty()) {
    if (references.all().empty()) {
      const bool zero = std::any_of(c.plan->dose_references.begin(), c.plan->dose_references.end(), [](const auto& r) {
        return r.target_prescription_dose && (r.type.empty() || r.type == "TARGET");
      });
      return none(zero ? say<Said::kPrescriptionNotPositive>() : say<Said::kNoPrescription>(),
                  say<Said::kStatePrescription>(target));
    }
    const auto nowhere = [](const TargetReference& r) { return r.roi == nullptr && !r.unknown_number; };
    const auto volumes = references.where([&](const TargetReference& r) { return nowhere(r) && !r.is_point; });
    const auto points = references.where([&](const TargetReference& r) { return nowhere(r) && r.is_point; });
    const auto elsewhere = references.where([&](const TargetReference& r) { return !nowhere(r); });
    const auto names_none = [](Message reference) { return say<Said::kHowNamesNoRoi>(std::move(reference)); };
    const auto is_of_point = [](Message reference) { return say<Said::kHowOfPoint>(std::move(reference)); };
    const bool by_volume = decide(target, volumes, names_none, out);
    if (by_volume && out.dose) doubt_descriptions(target, volumes, out);
    if (!by_volume && (!elsewhere.empty() || !decide(target, points, is_of_point, out))) {
      const bool unknown = std::any_of(elsewhere.begin(), elsewhere.end(), [](auto* r) { return r->unknown_number; });
      out = none(unknown ? say<Said::kNothingToTargetNumber>(listed(elsewhere), target)
                         : say<Said::kNothingToTarget>(listed(elsewhere), target),
                 {});
      ask(target, elsewhere, out);
      for (const TargetReference* r : elsewhere) {
        if (r->roi == nullptr || target_kind_of(r->roi->name, r->roi->interpreted_type) == TargetKind::kNone) continue;
        out.hint += say<Said::kIfIsRole>(label(*r->roi), target, map_option(target, r->roi->name));
        break;
      }
    }
  }
  compare_with_beams(c, out);
  return out;
}

std::vector<PrescribedElsewhere> prescribed_elsewhere(const Subject& c, const Protocol& protocol,
                                                      const std::vector<RoleMatch>& matches, Workers* workers) {
  const TargetReferences references(c, protocol, matches, workers);
  const Structure* target = references.roi_of(protocol.prescription.target_role);
  std::vector<PrescribedElsewhere> out;
  for (const TargetReference& r : references.all()) {
    if (r.roi != nullptr && r.roi != target) out.push_back({r.roi->roi_number, r.roi->name, r.dose});
  }
  return out;
}

std::vector<Dose> prescribed_to_no_roi(const Subject& c, const Protocol& protocol,
                                       const std::vector<RoleMatch>& matches, Workers* workers) {
  std::vector<Dose> out;
  const TargetReferences references(c, protocol, matches, workers);
  for (const TargetReference& r : references.all()) {
    if (r.roi == nullptr && !r.is_point) out.push_back(r.dose);
  }
  return out;
}

std::optional<Dose> largest_prescribed(const Subject& c) {
  std::optional<Dose> most;
  const auto take = [&](Dose dose) {
    if (!most || dose > *most) most = dose;
  };
  for (const auto& [role, dose] : c.options.prescriptions) take(dose);
  if (c.plan) {
    for (const DoseReference& r : c.plan->dose_references) {
      if (is_target(r)) take(*r.target_prescription_dose);
    }
  }
  return most;
}

}  // namespace dosegate
