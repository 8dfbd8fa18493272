// Gamma between a reference dose, given at points, and an evaluated dose, given as a grid: for each reference point the
// least of sqrt((dose difference / dose criterion)^2 + (distance / distance criterion)^2) over the whole interpolated
// evaluated dose. README.md in this folder says what is proven of it, and how.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dose/dose_grid.h"
#include "core/gamma/criteria.h"
#include "core/geometry/stack.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"

namespace dosegate {

// No gamma is further than this from the true one where both grids lie exactly along the patient axes, but for the
// single precision of the doses, which its bounds say.
inline constexpr double kGammaTolerance = 0.001;

// A measurement: doses at single points in patient (or phantom) coordinates, mm.
struct DosePoints {
  std::vector<Eigen::Vector3d> at_mm;
  std::vector<float> gy;
  std::string frame_of_reference_uid;  // empty: not stated
};

// What is compared: either of the two.
struct GammaReference {
  const DoseGrid* grid = nullptr;
  const DosePoints* points = nullptr;

  std::size_t size() const { return grid != nullptr ? grid->values().size() : points->gy.size(); }
};

// What was measured of a plan, as a case has it: either of the two.
struct Measurement {
  std::optional<DoseGrid> grid;
  std::optional<DosePoints> points;

  GammaReference reference() const { return {grid ? &*grid : nullptr, points ? &*points : nullptr}; }
};

struct GammaRoi {
  std::string name;
  std::int32_t roi_number = 0;
  SlabStack stack;
};

// A number in [lower, upper]; the value is the best estimate.
template <typename T>
struct Between {
  T value{}, lower{}, upper{};
};

// Of all points, or of those in one ROI. Every reference point is in exactly one of the four counts.
struct GammaStatistics {
  std::uint64_t compared = 0;
  std::uint64_t not_in_roi = 0, below_cutoff = 0, outside = 0;  // left out; looked at in this order

  Between<std::uint64_t> passing;                 // gamma of at most 1
  std::optional<Between<Volume>> failing_volume;  // none: the reference has no volume (a plane, points)
  // Not of pass_fail_only.
  Between<double> mean;     // its value is up to kGammaTolerance over the true one
  Between<double> maximum;  // of the point with the largest
  Eigen::Vector3d maximum_at_mm = Eigen::Vector3d::Zero();
  std::vector<std::uint64_t> histogram;  // [0, 0.05), [0.05, 0.1) ... to 2, then the rest
};
inline constexpr double kGammaBin = 0.05;
inline constexpr std::size_t kGammaBins = 41;

struct GammaResultOfRoi {
  std::string name;
  std::int32_t roi_number = 0;
  GammaStatistics statistics;
};

struct GammaAnswer {
  std::string problem, hint;  // not empty: there is no answer, and why
  GammaStatistics all;        // of the points in any of the ROIs; without ROIs of all
  std::vector<GammaResultOfRoi> rois;
  Dose reference_maximum, evaluated_maximum;
  Dose normalisation;                   // the dose that percentages are of; kLocal: of the cut
  std::optional<Dose> dose_difference;  // the criterion; none: local
  Dose cutoff;
  std::vector<Prose> notes;
  // By point of the reference (DoseGrid::values()'s order), NaN where it was left out. Only where asked for.
  std::vector<float> map;
};

enum class GammaMap { kNone, kFilled };

// Errors: those of check_criteria(), kCancelled. What makes the two doses incomparable (frames of reference, no
// overlap, a maximum of 0, nothing above the cut) is a problem of the answer. Deterministic, whatever the host's
// threads.
Result<GammaAnswer> compute_gamma(const GammaReference& reference, const DoseGrid& evaluated,
                                  const GammaCriteria& criteria, std::span<const GammaRoi> rois, const Host& host = {},
                                  GammaMap map = GammaMap::kNone);

// Canonical dosegate.v1.GammaReport.
std::string to_json(const GammaAnswer& answer, const GammaCriteria& criteria);

}  // namespace dosegate
