#include <algorithm>
#include <array>
#include <cmath>

#include "core/report/text.h"
#include "core/rules/margin_task.h"
#include "core/rules/rules.h"

namespace dosegate {
namespace {

constexpr double kNoVolume = 1e-6;  // cc
constexpr int kDecimals = 2;

std::string mm(Length length) { return fixed(length.in_mm(), 1) + " mm"; }
std::string cc(Volume volume) { return fixed(volume.in_cc(), kDecimals) + " cc"; }

// The side of the patient that a direction points to most (LPS).
std::string side(const Eigen::Vector3d& d) {
  static constexpr std::array<std::array<const char*, 2>, 3> kSides = {
      {{"right", "left"}, {"anterior", "posterior"}, {"caudal", "cranial"}}};
  int axis = 0;
  d.cwiseAbs().maxCoeff(&axis);
  return kSides[static_cast<std::size_t>(axis)][d[axis] > 0.0 ? 1 : 0];
}

std::string at(const Eigen::Vector3d& p) {
  return "at (" + fixed(p.x(), 1) + ", " + fixed(p.y(), 1) + ", " + fixed(p.z(), 1) + ") mm";
}

std::string place(const Place& p) { return mm(p.off) + " " + side(p.direction) + ", " + at(p.at_mm); }

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// "tolerance 1 mm and, along their axis, the up to 3 mm that the slices hide"
std::string tolerance_text(Length tolerance, const MarginTask& task) {
  std::string text = "tolerance " + mm(tolerance) + " and, along their axis, the up to " + mm(task.by_slices) +
                     " that the slices hide";
  if (task.by_pixels.in_mm() > 0.0) {
    text += ", and the " + mm(task.by_pixels) + " that outlines along the pixels of an image hide";
  }
  return text;
}

double percent(Volume part, Volume whole) { return whole.in_cc() > 0.0 ? 100.0 * (part / whole) : 0.0; }

// What both kinds share: the answer, or the finding that says why there is none.
const MarginFit* answer(const MarginTask& task, const MarginStore::Answer& kept, const std::string& what, Finding& f) {
  f.status = FindingStatus::kNotEvaluable;
  if (!task.problem.empty()) {
    f.message = what + " cannot be verified. " + task.problem;
    f.hint = task.hint;
    return nullptr;
  }
  if (kept == nullptr || !*kept) {
    f.message = what + " cannot be verified. " + (kept != nullptr ? kept->error().message : "It was not computed.");
    f.hint = "Check the contours in the planning system.";
    return nullptr;
  }
  return &**kept;
}

void set_value(const MarginFit& fit, Finding& f) {
  f.value = percent(fit.missing, fit.expected);
  const double error = percent(fit.missing_error, fit.expected);
  f.lower = std::max(0.0, *f.value - error);
  f.upper = *f.value + error;
  f.unit = "%";
  f.location_kind = LocationKind::kLargestShortfall;
}

// What is missing of a margin that is broken. Of one that is met it says nothing: its limit is a length.
void set_missing_volume(const MarginFit& fit, Finding& f) {
  if (f.status != FindingStatus::kDeviation) return;
  f.margin_volume = -1.0 * fit.missing;
  f.margin_volume_lower = -1.0 * (fit.missing + fit.missing_error);
  f.margin_volume_upper = std::min(Volume(), fit.missing_error - fit.missing);
}

}  // namespace

Finding evaluate(const MarginRule& rule, const Context& context) {
  Finding f;
  f.structure = rule.to;
  if (const RoleState& to = context.role(rule.to); to.match.roi) f.roi = to.match.roi->name;
  const MarginTask task = margin_task(rule, context);
  const MarginFit* fit = answer(task, context.margin(&rule), "The margin from " + rule.from + " to " + rule.to, f);
  if (fit == nullptr) return f;
  set_value(*fit, f);

  const std::string expected = rule.to + ": of " + rule.from + " plus its margin, " + cc(fit->expected) + ", ";
  f.status = FindingStatus::kPass;
  if (fit->missing.in_cc() <= kNoVolume) {
    f.message = expected + "nothing is missing.";
  } else {
    f.message = expected + cc(fit->missing) + " (" + fixed(*f.value, kDecimals) + " %) is missing";
    if (fit->shortfall) {
      f.message += ", at worst " + place(*fit->shortfall);
      f.location_mm = fit->shortfall->at_mm;
    }
    f.message += "; " + tolerance_text(rule.tolerance, task) + ".";
  }
  const std::optional<Beyond>& open = fit->beyond_unexplained;
  const bool too_much = rule.allowed_uncovered && *f.upper > rule.allowed_uncovered->in_percent();
  if (open && open->excess.in_mm() > 0.0) {
    f.status = FindingStatus::kDeviation;
    f.location_mm = open->place.at_mm;
    f.message += " Too little, whatever the slices hide: " + place(open->place) + ".";
    f.hint = "Draw " + rule.to + " again from " + rule.from + " with the protocol's margin, first at the place named.";
  } else if (open) {
    f.status = FindingStatus::kIndeterminate;
    f.location_mm = open->place.at_mm;
    f.message += " The tolerance lies inside the numerical uncertainty of " + fixed(kShortfallResolution, 2) + " mm.";
    f.hint = "Draw " + rule.to + " a little larger at the place named.";
  } else if (fit->beyond) {
    const Volume cropped = fit->missing - fit->unexplained;
    f.status = FindingStatus::kWarning;
    f.location_mm = fit->beyond->place.at_mm;
    f.message += " What is missing beyond tolerance was cropped: " + cc(cropped) + " (" +
                 fixed(percent(cropped, fit->expected), kDecimals) + " % of the expected volume)";
    if (!rule.cropped_by.empty()) f.message += " inside " + joined(rule.cropped_by);
    if (!rule.within.empty()) f.message += (rule.cropped_by.empty() ? "" : " or") + (" outside " + joined(rule.within));
    f.message += ".";
    f.hint = "Confirm that the cropping is anatomical.";
  }
  if (f.status == FindingStatus::kWarning && too_much) {
    f.status = FindingStatus::kDeviation;
    f.message += " More than the " + fixed(rule.allowed_uncovered->in_percent(), kDecimals) + " % that may be missing.";
    f.hint = "Draw " + rule.to + " again from " + rule.from + " with the protocol's margin.";
  }
  if (!task.not_considered.empty() && fit->beyond) {
    f.message += " Not usable, so not taken for a reason to crop: " + joined(task.not_considered) + ".";
  }
  if (fit->excess.in_cc() > kNoVolume) {
    f.message += " Beyond the margin: " + cc(fit->excess) + ", ";
    f.message += fit->furthest_excess
                     ? "by at most " + place(*fit->furthest_excess) + "."
                     : "along no axis of the patient by more than " + mm(kSlightExcess) + " and what the slices hide.";
    if (rule.excess_limit && fit->furthest_excess && fit->furthest_excess->off > *rule.excess_limit + task.by_pixels) {
      if (f.status == FindingStatus::kPass) {
        f.status = FindingStatus::kWarning;
        f.location_mm = fit->furthest_excess->at_mm;
        f.location_kind = LocationKind::kFurthestExcess;
        f.hint = "Check whether " + rule.to + " is meant to be so large.";
      }
      f.message += " That is more than " + mm(*rule.excess_limit) + ".";
    }
  }
  set_missing_volume(*fit, f);
  return f;
}

Finding evaluate(const ContainmentRule& rule, const Context& context) {
  Finding f;
  f.structure = rule.inner;
  if (const RoleState& inner = context.role(rule.inner); inner.match.roi) f.roi = inner.match.roi->name;
  const MarginTask task = margin_task(rule, context);
  const MarginFit* fit = answer(task, context.margin(&rule), "Whether " + rule.inner + " lies inside " + rule.outer, f);
  if (fit == nullptr) return f;
  set_value(*fit, f);
  f.status = FindingStatus::kPass;
  if (fit->missing.in_cc() <= kNoVolume || !fit->shortfall) {
    f.message = rule.inner + " lies inside " + rule.outer + ".";
    return f;
  }
  f.location_mm = fit->shortfall->at_mm;
  f.message = cc(fit->missing) + " (" + fixed(*f.value, kDecimals) + " %) of " + rule.inner + " lies outside " +
              rule.outer + ", at worst " + place(*fit->shortfall) + "; " + tolerance_text(rule.tolerance, task) + ".";
  if (!fit->beyond_unexplained) return f;
  f.status = fit->beyond_unexplained->excess.in_mm() > 0.0 ? FindingStatus::kDeviation : FindingStatus::kIndeterminate;
  f.hint = "Draw " + rule.outer + " so that it contains " + rule.inner + ".";
  set_missing_volume(*fit, f);
  return f;
}

}  // namespace dosegate
