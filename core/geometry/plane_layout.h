// How far each plane of a structure reaches, and which of its planes belong together: the one place where slices and
// gaps are judged. Both models of what lies between slices (stack.h, interpolate.h) follow it.
//
// A structure has a spacing. Its own, the middle one, where it is drawn regularly: three equal steps of 15 mm at most,
// and half of all; also where that skips slices of the set, as contours every 3 mm on a CT of 1 mm do: without doubt
// where most of the set is drawn so, or on planes of its own; where the set is drawn more finely, the slices left out
// are filled, with doubt. Else that of the set (slices.h); else what (3006,0044) Contour Slab Thickness says; else, up
// to 15 mm, that of the structure alone. A gap between two neighbouring planes of up to 1.5 spacings joins them: each
// plane reaches half-way.
//
// A wider gap between which no slice lies in the whole set, images included:
// - As wide as the gaps of the set beside it, up to 15 mm: joined. The slices are spaced unevenly there, as of a CT of
//   two parts. It takes three such gaps in a row (two at an end of the set, where several structures or images say so);
//   where nothing but the structure says so, 2.5 spacings are the most.
// - Up to 2.5 spacings: a slice is missing. Joined, with doubt.
// - Wider: several are missing. Not evaluable.
//
// A wider gap between which slices lie, where others are drawn, or images are:
// - Up to 2.5 spacings: one is empty, forgotten or a true gap. Joined, with doubt; without it where the structure is
//   evenly drawn on planes of its own.
// - One of three in a row, equal, up to 15 mm: drawn on every n-th slice there. Joined, with doubt.
// - Wider: the pieces are separate solids, which is noted. With doubt where the structure is drawn on few slices
//   everywhere.
//
// At the end of a piece a plane reaches as far as towards its neighbour in the piece, half of that gap; the only plane
// of a piece, and one beside a gap in doubt, half of the spacing that the set has there.
//
// A verdict never hangs on a doubt: `otherwise` is the same structure with every doubtful gap the other way round, and
// core/doubts/doubt.h compares what both give. Where the user states that the pieces are separate (CaseOptions
// .separate_pieces), every gap over 1.5 spacings parts them, without doubt, unless the set is spaced so there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geometry/slices.h"
#include "core/text/message.h"

namespace dosegate {

// How far one plane reaches: from lo to hi along the stack's axis, mm. Where one's hi is the next one's lo, both belong
// to one solid.
struct PlaneReach {
  double lo = 0.0, hi = 0.0;

  friend bool operator==(const PlaneReach&, const PlaneReach&) = default;
};

struct PlaneLayout {
  std::vector<PlaneReach> planes;     // one for each plane; empty where `problem` says why there are none
  std::vector<PlaneReach> otherwise;  // the same with every doubtful gap the other way round; empty without doubt
  Prose doubt;                        // "between -5 mm and 5 mm": all places that are in doubt
  Prose problem, hint;                // why the structure cannot be evaluated, and what to do about it
  std::vector<Prose> notes;           // what a user should know: slices filled in, separate pieces

  friend bool operator==(const PlaneLayout&, const PlaneLayout&) = default;
};

struct LayoutQuestion {
  std::string name;                      // of the structure
  std::vector<double> at;                // its planes, mm, ascending, kSamePlane apart; one at least
  std::optional<double> slab_thickness;  // (3006,0044), mm
  bool pieces_are_separate = false;      // as the user states
};

// `grid` is finished, and the structure's planes are among those that were added to it. Throws Cancelled.
PlaneLayout lay_out(const LayoutQuestion& question, const SliceGrid& grid, Workers* workers = nullptr);

}  // namespace dosegate
