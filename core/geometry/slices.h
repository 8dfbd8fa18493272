// The slices of a structure set, along one axis in one frame of reference: where images are known to lie, and
// where any structure is drawn. plane_layout.h says what follows from them for one structure.
#pragma once

#include <cstddef>
#include <vector>

#include "core/parallel/parallel.h"

namespace dosegate {

// No slice is thicker: planes further apart are not drawn on neighbouring slices, whatever else is known or not.
inline constexpr double kThickestSlice = 15.0;  // mm

// The value that half of the others do not exceed; of an even number the lower one. Precondition: not empty.
double lower_median(std::vector<double> values);

// First every source is said (add, state), then finish(), then questions. Positions and distances are mm along the
// axis; two that are no further apart than kSamePlane (planes.h) are one slice.
class SliceGrid {
 public:
  enum Side { kBelow = 0, kAbove = 1 };

  // The planes that one structure is drawn on, ascending.
  void add(const std::vector<double>& planes);
  // Where images lie, whether anything is drawn on them or not; in any order.
  void state(std::vector<double> slices);
  // After the last source, before any question. Throws Cancelled.
  void finish(Workers* workers = nullptr);

  // How many sources there are: each structure with a plane is one, and all images together are one.
  std::size_t sources() const { return sources_; }
  bool is_stated() const { return !stated_.empty(); }
  // How far apart neighbouring planes of the set usually are: the lower median of its sources' own lower medians,
  // without those over kThickestSlice. 0 where it is not known.
  double typical() const { return typical_; }
  // Whether a slice lies between a and b, more than kSamePlane away from both.
  bool has_between(double a, double b) const;
  // How many sources have a plane at this place.
  std::size_t sources_at(double at) const;
  // How far the next plane is on that side: the lower median of what the sources with a plane here say; 0 where none
  // says.
  double spacing_at(double at, Side side) const;
  // Whether images lie at a and at b, and none between.
  bool are_neighbouring_images(double a, double b) const;

  // The gaps of the grid in a row with the one from a to b that are as wide as it is, within a factor of 1.25. No more
  // than `enough` are looked for.
  struct Run {
    std::size_t length = 1;       // how many gaps, the one itself included
    bool reaches_an_end = false;  // the row begins or ends where the grid does; not known of one that is long enough
  };
  Run run_of_gaps(double a, double b, std::size_t enough) const;

 private:
  struct Slice {
    double at;
    std::size_t sources;
    double spacing[2];
  };
  struct Seen {
    double at, below, above;
  };

  const Slice* find(double at) const;
  void take(const std::vector<double>& planes);

  std::vector<Seen> seen_;
  std::vector<double> own_spacings_, stated_;
  std::vector<Slice> slices_;
  std::size_t sources_ = 0;
  double typical_ = 0.0;
};

}  // namespace dosegate
