// Items of the Contour Sequence -> contours.
#pragma once

#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "adapters/dicom/wire/attributes.h"

namespace dosegate::dicom {

struct StoredContour {
  Item item;
  Contour contour;                 // filled by read_contours; no points: the item has none
  double slab_thickness_mm = 0.0;  // (3006,0044); 0: not stated
  std::string problem;             // why the contour cannot be relied on, without a full stop; empty: sound
};

// Reads each item into its contour, moved by its Contour Offset Vector (3006,0045) where there is one: retired, but
// what older files place their contours with. Throws no ReadError: one contour's fault stays its own. May stop early,
// leaving contours empty, but not before those read have more than limits.contour_points points together. The same on
// any number of threads.
void read_contours(std::vector<StoredContour>& contours, const Limits& limits, unsigned threads);

}  // namespace dosegate::dicom
