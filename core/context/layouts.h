// How the drawn structures of a case lie among its slices: the planes of all structures in one frame of reference and
// of one direction, and the images that are stated for it, which lie along the patient's axes.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/case/subject.h"
#include "core/geometry/plane_layout.h"
#include "core/geometry/stack.h"
#include "core/kept/store.h"

namespace dosegate {

// Which way round gaps in doubt are taken (geometry/plane_layout.h).
enum class Doubt { kAsReported, kOtherwise };

// Immutable once made.
class Layouts {
 public:
  // Lays out all structures of the case and tells the store of it. `c` must outlive this. `grid` is the frame of the
  // dose that they are evaluated on. Throws Cancelled.
  Layouts(const Subject& c, const Orientation& grid, DvhStore& store, Workers* workers);

  // Precondition, here and below: the structure is one of the case's. One without planes has the problem of
  // find_planes().
  const PlaneLayout& of(std::int32_t roi_number) const { return all_.at(roi_number).layout; }
  bool is_in_doubt(std::int32_t roi_number) const { return !of(roi_number).otherwise.empty(); }
  // The structure as slabs. Errors: those of find_planes() and make_stack(), and the layout's problem.
  Result<SlabStack> stack(const Structure& structure, Doubt doubt, Workers* workers = nullptr) const;

 private:
  struct Entry {
    std::shared_ptr<const Result<DrawnPlanes>> planes;
    PlaneLayout layout;
  };
  std::map<std::int32_t, Entry> all_;
};

// The names in CaseOptions.separate_pieces that no structure of the case has. Throws Cancelled.
std::vector<std::string> unknown_pieces(const Subject& c, Workers* workers);

}  // namespace dosegate
