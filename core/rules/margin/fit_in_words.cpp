#include "core/rules/margin/fit_in_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/protocol/protocol.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// The side of the patient that a direction points to most (LPS).
Message side(const Eigen::Vector3d& d) {
  static constexpr std::array<std::array<Said, 2>, 3> kSides = {{{Said::kSideRight, Said::kSideLeft},
                                                                 {Said::kSideAnterior, Said::kSidePosterior},
                                                                 {Said::kSideCaudal, Said::kSideCranial}}};
  int axis = 0;
  d.cwiseAbs().maxCoeff(&axis);
  return {kSides[static_cast<std::size_t>(axis)][d[axis] > 0.0 ? 1 : 0], {}};
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

Number mm_of(Length length) { return number(length.in_mm(), 1, "mm"); }
Number cc_of(Volume volume) { return number(volume.in_cc(), kMarginDecimals, "cc"); }
Number share_of(double percent) { return number(percent, kMarginDecimals, "%"); }

Message place_text(const Place& p) {
  return say<Said::kOffAt>(mm_of(p.off), side(p.direction), number(p.at_mm.x(), 1), number(p.at_mm.y(), 1),
                           number(p.at_mm.z(), 1));
}

Message tolerance_text(Length tolerance, const MarginTask& task) {
  if (task.by_pixels.in_mm() > 0.0) {
    return say<Said::kToleranceOfPixels>(mm_of(tolerance), mm_of(task.by_slices), mm_of(task.by_pixels));
  }
  return say<Said::kToleranceOfSlices>(mm_of(tolerance), mm_of(task.by_slices));
}

double percent_of(Volume part, Volume whole) { return whole.in_cc() > 0.0 ? 100.0 * (part / whole) : 0.0; }

const MarginFit* margin_answer(const MarginTask& task, const MarginStore::Answer& kept, Message cannot, Finding& f) {
  f.status = FindingStatus::kNotEvaluable;
  if (!task.problem.empty()) {
    f.message = std::move(cannot);
    f.message += task.problem;
    f.hint = task.hint;
    return nullptr;
  }
  if (kept == nullptr || !*kept) {
    f.message = std::move(cannot);
    f.message += kept != nullptr ? Prose(kept->error().message) : Prose(say<Said::kWasNotComputed>());
    f.hint = say<Said::kCheckContours>();
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
