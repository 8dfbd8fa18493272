// How far each plane of a structure reaches, and which of its planes belong together: the one place where slices and
// gaps are judged. Both models of what lies between slices (stack.h, interpolate.h) follow it.
//
// A structure has a spacing: its own where it is drawn regularly (three equal steps at least, and half of all: the
// middle one), also when that skips slices of the set, as contours every 3 mm on a CT of 1 mm do; else that of the set
// (slices.h); else what (3006,0044) Contour Slab Thickness says. No spacing is wider than 15 mm. Of each gap between
// two neighbouring planes:
//
//   up to 1.5 spacings      joined; each plane reaches half-way.
//   no slice lies between   in the whole set, images included:
//     as wide as those       joined: the slices are spaced unevenly there, as of a CT of two parts. Three such gaps in
//     a beside it              row are needed (two at an end of the set, where several structures or images say so),
//     and
//                            where nothing but the structure itself says so, 2.5 spacings are the most.
//     up to 2.5 spacings     a slice is missing. Joined, with doubt.
//     more                   several are missing: not evaluable.
//   slices lie between      on which others are drawn, or images lie:
//     up to 2.5 spacings     one is empty: forgotten, or a true gap. Joined, with doubt. Without doubt where the
//     structure
//                            is evenly drawn on planes of its own.
//     three such gaps        in a row, equal, up to 15 mm: drawn on every n-th slice there. Joined, with doubt.
//     more                   the pieces are separate solids; that is noted. With doubt where the structure is drawn on
//                            few slices all over.
//
// At the end of a piece a plane reaches as far as towards its neighbour in the piece, half of that gap; the only plane
// of a piece, and one beside a gap in doubt, half of the spacing that the set has there.
//
// A verdict never hangs on a doubt: `otherwise` is the same structure with every doubtful gap the other way round, and
// core/rules/doubt.h compares what both give. Where the user states that the pieces are separate (CaseOptions
// .separate_pieces), every gap over 1.5 spacings parts them, without doubt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geometry/slices.h"

namespace dosegate {

// From lo to hi along the axis, mm. Where one's hi is the next one's lo, both belong to one solid.
struct Reach {
  double lo = 0.0, hi = 0.0;

  friend bool operator==(const Reach&, const Reach&) = default;
};

struct PlaneLayout {
  std::vector<Reach> planes;     // of each plane; empty: `problem` says why
  std::vector<Reach> otherwise;  // empty: there is no doubt
  std::string doubt;             // "between -5.0 mm and 5.0 mm", all places that are in doubt
  std::string problem, hint;
  std::vector<std::string> notes;

  friend bool operator==(const PlaneLayout&, const PlaneLayout&) = default;
};

struct LayoutQuestion {
  std::string name;        // of the structure
  std::vector<double> at;  // its planes, mm, ascending, kSamePlane apart; one at least
  std::optional<double> slab_thickness;
  bool pieces_are_separate = false;
};

PlaneLayout lay_out(const LayoutQuestion& question, const SliceGrid& grid);

}  // namespace dosegate
