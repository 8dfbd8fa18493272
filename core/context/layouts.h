// How the drawn structures of a case lie among its slices: those of all its structures in one frame of reference and on
// planes of one direction, and the images that are stated for it, which lie along the patient's axes.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/case/subject.h"
#include "core/geometry/plane_layout.h"
#include "core/geometry/stack.h"
#include "core/kept/store.h"

namespace dosegate {

// Which way round gaps in doubt are taken: plane_layout.h.
enum class Doubt { kAsReported, kOtherwise };

class Layouts {
 public:
  // Tells the store of all of them. `c` must outlive this. `grid`: the frame of the dose that they are evaluated on.
  Layouts(const Subject& c, const Orientation& grid, DvhStore& store, Workers* workers);

  // Precondition, here and below: a structure of the case. A structure without planes has the problem of find_planes().
  const PlaneLayout& of(std::int32_t roi_number) const { return all_.at(roi_number).layout; }
  bool is_in_doubt(std::int32_t roi_number) const { return !of(roi_number).otherwise.empty(); }
  Result<SlabStack> stack(const Structure& structure, Doubt doubt, Workers* workers = nullptr) const;

 private:
  struct Entry {
    std::shared_ptr<const Result<DrawnPlanes>> planes;
    PlaneLayout layout;
  };
  std::map<std::int32_t, Entry> all_;
};

// Of the names in separate_pieces: those that no structure of the case has.
std::vector<std::string> unknown_pieces(const Subject& c);

}  // namespace dosegate
