// The slices of a structure set, along one axis in one frame of reference: where images are known to lie, and
// where any structure is drawn. plane_layout.h says what follows from them for one structure.
#pragma once

#include <cstddef>
#include <vector>

namespace dosegate {

// No slice is thicker: planes further apart are not drawn on neighbouring slices, whatever else is known or not.
inline constexpr double kThickestSlice = 15.0;  // mm

// The value that half of the others do not exceed; of an even number the lower one. Precondition: not empty.
double lower_median(std::vector<double> values);

class SliceGrid {
 public:
  enum Side { kBelow = 0, kAbove = 1 };

  // The planes that one structure is drawn on, ascending.
  void add(const std::vector<double>& planes);
  // Where images lie, whether anything is drawn on them or not; in any order.
  void state(std::vector<double> slices);
  // After the last of them, before any question.
  void finish();

  // Sources: structures, and the images as one.
  std::size_t sources() const { return sources_; }
  bool is_stated() const { return !stated_.empty(); }
  // How far apart neighbouring planes of the set usually are, mm: the middle of its sources' own. 0: not known.
  double typical() const { return typical_; }
  // Whether a slice lies between, kSamePlane away from both.
  bool has_between(double a, double b) const;
  // How many sources have a plane here.
  std::size_t sources_at(double at) const;
  // How far the next plane is on that side, mm: the middle of what the sources here say; 0: none does.
  double spacing_at(double at, Side side) const;
  // Images lie at both and none between.
  bool are_neighbouring_images(double a, double b) const;

  // The gaps of the grid beside the one from a to b, which are as wide.
  struct Run {
    std::size_t length = 1;       // with the gap itself
    bool reaches_an_end = false;  // of the grid
  };
  Run run_of_gaps(double a, double b) const;

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
