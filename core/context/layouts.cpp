#include "core/context/layouts.h"

#include <algorithm>
#include <utility>

namespace dosegate {
Layouts::Layouts(const Subject& c, DvhStore& store, Workers* workers) {
  std::map<SliceSeries, SliceGrid> grids;
  for (const auto& [series, slices] : c.slices) grids[series].state(slices);
  for (const auto& [number, structure] : c.structures) {
    Entry& entry = all_[number];
    entry.planes = store.planes(structure, workers);
    if (*entry.planes) {
      grids[{structure.frame_of_reference_uid, (*entry.planes)->axis}].add((*entry.planes)->positions());
    }
  }
  for (auto& [series, grid] : grids) grid.finish();
  const auto& separate = c.options.separate_pieces;
  for (const auto& [number, structure] : c.structures) {
    Entry& entry = all_[number];
    if (*entry.planes) {
      const bool is_separate = std::find(separate.begin(), separate.end(), structure.name) != separate.end();
      entry.layout = lay_out({structure.name, (*entry.planes)->positions(), structure.slab_thickness, is_separate},
                             grids[{structure.frame_of_reference_uid, (*entry.planes)->axis}]);
    } else {
      entry.layout.problem = entry.planes->error().message;
      entry.layout.hint = say<Said::kDrawCompletely>();
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

std::vector<std::string> unknown_pieces(const Subject& c) {
  std::vector<std::string> unknown;
  for (const std::string& name : c.options.separate_pieces) {
    const bool is_known = std::any_of(c.structures.begin(), c.structures.end(),
                                      [&](const auto& entry) { return entry.second.name == name; });
    if (!is_known) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace dosegate
