#include "core/gamma/comparable.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/text/text.h"

namespace dosegate::gamma {
namespace {

struct Problem {
  std::string what, hint;
};

std::optional<Problem> unusable(const DoseGrid& grid, const char* which) {
  if (grid.problem().empty()) return std::nullopt;
  return Problem{"The " + std::string(which) + " dose cannot be used: " + english(grid.problem()),
                 english(grid.problem_hint())};
}

// Points of a grid are looked for along the axes of the other one, and ROIs along those of the reference's. Axes that
// differ by their decimals alone are the same: what that moves is added to how far doses may be off.
std::optional<Problem> turned(const DoseGrid& reference, const DoseGrid& evaluated, std::span<const GammaRoi> rois,
                              Dose& shift) {
  const Orientation &own = reference.orientation(), &other = evaluated.orientation();
  Eigen::Vector3d reach;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::vector<double>& at = reference.axes()[a];
    reach[static_cast<Eigen::Index>(a)] = std::max(std::abs(at.front()), std::abs(at.back()));
  }
  const Eigen::Vector3d apart = most_apart(own, other, reach);
  if (!(apart.norm() <= kMostMisplaced)) {
    return Problem{"The grids of the two doses lie turned against each other, by " +
                       amount(angle_between(own, other).in_degrees(), 2) + " degrees: their axes are not parallel.",
                   "Export both doses on grids of one orientation (Image Orientation Patient)."};
  }
  shift = evaluated.change_over(apart);
  for (const GammaRoi& roi : rois) {
    if (roi.stack.frame == own) continue;
    return Problem{"ROI " + quoted(roi.name) +
                       " is drawn on planes that lie turned against the grid of the reference dose, by " +
                       amount(angle_to_grid(roi.stack, own).in_degrees(), 2) + " degrees.",
                   "Draw the structure along the axes of that grid, or export the dose on a grid along its slices."};
  }
  return std::nullopt;
}

std::optional<Problem> frames_apart(const std::string& here, const std::string& there) {
  if (here.empty() || there.empty() || here == there) return std::nullopt;
  return Problem{"The reference dose lies in the frame of reference " + here + ", the evaluated dose in " + there + ".",
                 "Export both doses in one frame of reference; a registration is not applied here."};
}

std::optional<Problem> nothing_to_normalise(const GammaReference& reference, const GammaCriteria& criteria) {
  const bool of_maximum =
      criteria.normalise == GammaNormalise::kMaximum || criteria.normalise == GammaNormalise::kLocal;
  if (!of_maximum || largest(reference) > Dose{}) return std::nullopt;
  return Problem{"The maximum of the reference dose is 0 Gy: there is nothing that percentages could be of.",
                 "Give the dose to normalise to, or a reference that holds dose."};
}

}  // namespace

Dose largest(const GammaReference& reference) {
  if (reference.grid != nullptr) return reference.grid->maximum();
  const std::vector<float>& gy = reference.points->gy;
  return gy.empty() ? Dose{} : Dose::gy(static_cast<double>(*std::max_element(gy.begin(), gy.end())));
}

Comparable comparable(const GammaReference& reference, const DoseGrid& evaluated, const GammaCriteria& criteria,
                      std::span<const GammaRoi> rois) {
  Comparable out;
  const std::string& here =
      reference.grid != nullptr ? reference.grid->frame_of_reference_uid() : reference.points->frame_of_reference_uid;
  const std::string& there = evaluated.frame_of_reference_uid();
  std::optional<Problem> problem;
  if (reference.grid != nullptr) problem = unusable(*reference.grid, "reference");
  if (!problem) problem = unusable(evaluated, "evaluated");
  if (!problem) problem = frames_apart(here, there);
  if (!problem && reference.grid != nullptr) problem = turned(*reference.grid, evaluated, rois, out.shift);
  if (!problem) {
    if (here.empty() && there.empty()) {
      out.notes.emplace_back(say<Said::kNoFramesStated>());
    } else if (here.empty()) {
      out.notes.emplace_back(say<Said::kNoFrameOfReference>());
    } else if (there.empty()) {
      out.notes.emplace_back(say<Said::kNoFrameOfEvaluated>());
    }
    if (reference.grid != nullptr && reference.grid->summation() != evaluated.summation()) {
      out.notes.emplace_back(say<Said::kSummationsDiffer>());
    }
    problem = nothing_to_normalise(reference, criteria);
  }
  if (problem) {
    out.problem = std::move(problem->what);
    out.hint = std::move(problem->hint);
  }
  return out;
}

}  // namespace dosegate::gamma
