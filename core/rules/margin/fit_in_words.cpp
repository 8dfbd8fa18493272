#include "core/rules/margin/fit_in_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/protocol/protocol.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

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

}  // namespace

std::string read_drawn_role(ObjectReader& o, std::string_view member, const CheckRole& check) {
  std::string id = o.string(member, Need::kRequired);
  const Role* role = check(o, member, id);
  if (role != nullptr && role->derived) {
    o.fail(member, shown(id) + " is derived; a margin is verified between structures as they are drawn");
  }
  return id;
}

std::string mm_text(Length length) { return fixed(length.in_mm(), 1) + " mm"; }
std::string cc_text(Volume volume) { return fixed(volume.in_cc(), kMarginDecimals) + " cc"; }

std::string place_text(const Place& p) { return mm_text(p.off) + " " + side(p.direction) + ", " + at(p.at_mm); }

std::string tolerance_text(Length tolerance, const MarginTask& task) {
  std::string text = "tolerance " + mm_text(tolerance) + " and, along their axis, the up to " +
                     mm_text(task.by_slices) + " that the slices hide";
  if (task.by_pixels.in_mm() > 0.0) {
    text += ", and the " + mm_text(task.by_pixels) + " that outlines along the pixels of an image hide";
  }
  return text;
}

double percent_of(Volume part, Volume whole) { return whole.in_cc() > 0.0 ? 100.0 * (part / whole) : 0.0; }

const MarginFit* margin_answer(const MarginTask& task, const MarginStore::Answer& kept, const std::string& what,
                               Finding& f) {
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

void set_missing_share(const MarginFit& fit, Finding& f) {
  f.value = percent_of(fit.missing, fit.expected);
  const double error = percent_of(fit.missing_error, fit.expected);
  f.lower = std::max(0.0, *f.value - error);
  f.upper = *f.value + error;
  f.unit = "%";
  f.location_kind = LocationKind::kLargestShortfall;
}

void set_missing_volume(const MarginFit& fit, Finding& f) {
  if (f.status != FindingStatus::kDeviation) return;
  f.margin_volume = -1.0 * fit.missing;
  f.margin_volume_lower = -1.0 * (fit.missing + fit.missing_error);
  f.margin_volume_upper = std::min(Volume(), fit.missing_error - fit.missing);
}

}  // namespace dosegate
