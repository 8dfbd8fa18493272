#include "core/context/layouts.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "core/text/text.h"

namespace dosegate {
namespace {

using Series = std::tuple<std::string, Orientation, Axis>;  // frame of reference, and what its slices are normal to

// Slices of a frame that is turned about their own normal are those of the patient: to 0.01 mm at 1 m.
constexpr double kSameNormal = 1e-5;

Series series_of(const Structure& structure, const DrawnPlanes& planes) {
  const Eigen::Vector3d of_patient = Orientation().direction(planes.axis);
  const bool along_patient = (planes.frame.direction(planes.axis) - of_patient).norm() <= kSameNormal;
  return {structure.frame_of_reference_uid, along_patient ? Orientation() : planes.frame, planes.axis};
}

// Why a structure has no planes, and what to do.
void explain(const Structure& structure, const Error& error, const Orientation& grid, Workers* workers,
             PlaneLayout& layout) {
  layout.problem = error.message;
  if (!structure.defect.empty()) {
    layout.hint = say<Said::kMendAndExport>();
    return;
  }
  layout.hint = say<Said::kDrawCompletely>();
  const std::optional<Tilt> tilt = find_tilt(structure, grid, workers);
  if (!tilt) return;
  const Number angle = amount_number(tilt->angle.in_degrees(), 2, "°"),
               mm = amount_number(tilt->uneven.in_mm(), 1, "mm");
  layout.problem = grid.is_patient() ? say<Said::kTiltedToPatient>(structure.name, angle, mm)
                                     : say<Said::kTiltedToGrid>(structure.name, angle, mm);
  layout.hint = say<Said::kDrawAlongGrid>();
}

}  // namespace

Layouts::Layouts(const Subject& c, const Orientation& grid, DvhStore& store, Workers* workers) {
  std::map<Series, SliceGrid> grids;
  for (const auto& [series, slices] : c.slices) {
    grids[{series.frame_of_reference_uid, Orientation(), series.axis}].state(slices);
  }
  for (const auto& [number, structure] : c.structures) {
    Entry& entry = all_[number];
    entry.planes = store.planes(structure, grid, workers);
    if (*entry.planes) grids[series_of(structure, **entry.planes)].add((*entry.planes)->positions());
  }
  for (auto& [series, slices] : grids) slices.finish(workers);
  CancelPoint cancel_point(workers);
  std::unordered_set<std::string_view> separate;
  for (const std::string& name : c.options.separate_pieces) {
    cancel_point.step();
    separate.insert(name);
  }
  for (const auto& [number, structure] : c.structures) {
    Entry& entry = all_[number];
    if (*entry.planes) {
      const bool is_separate = separate.count(structure.name) > 0;
      entry.layout = lay_out({structure.name, (*entry.planes)->positions(), structure.slab_thickness, is_separate},
                             grids[series_of(structure, **entry.planes)], workers);
    } else {
      explain(structure, entry.planes->error(), grid, workers, entry.layout);
    }
    store.lay_out(number, entry.layout);
  }
}

Result<SlabStack> Layouts::stack(const Structure& structure, Doubt doubt, Workers* workers) const {
  const Entry& entry = all_.at(structure.roi_number);
  const PlaneLayout& layout = entry.layout;
  if (!layout.problem.empty()) return Error{ErrorCode::kNotEvaluable, "", english(layout.problem)};
  const bool other_way = doubt == Doubt::kOtherwise && !layout.otherwise.empty();
  return make_stack(structure, **entry.planes, other_way ? layout.otherwise : layout.planes, layout.notes, workers);
}

std::vector<std::string> unknown_pieces(const Subject& c, Workers* workers) {
  std::vector<std::string> unknown;
  if (c.options.separate_pieces.empty()) return unknown;
  CancelPoint cancel_point(workers);
  std::unordered_set<std::string_view> known;
  for (const auto& [number, structure] : c.structures) known.insert(structure.name);
  for (const std::string& name : c.options.separate_pieces) {
    cancel_point.step();
    if (known.count(name) == 0) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace dosegate
