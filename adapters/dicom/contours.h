// Items of the Contour Sequence -> contours.
#pragma once

#include <string>
#include <vector>

#include "adapters/dicom/attributes.h"
#include "adapters/dicom/reader.h"

namespace dosegate::dicom {

struct StoredContour {
  Item item;
  Contour contour;      // filled by read_contours; no points: the item has none
  std::string problem;  // why the contour cannot be relied on, without a full stop; empty: sound
};

// Reads each item into its contour. Throws no ReadError: one contour's fault stays its own. May stop early, leaving
// contours empty, but not before those read have more than limits.contour_points points together. The same on any
// number of threads.
void read_contours(std::vector<StoredContour>& contours, const Limits& limits, unsigned threads);

}  // namespace dosegate::dicom
