// Where the images lie that structures were drawn on: of CT, MR and PET slices beside the RT objects, and of the lists
// of images in the structure set. No pixel is read.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/file.h"
#include "adapters/dicom/reader.h"
#include "adapters/dicom/wire/encoding.h"

namespace dosegate::dicom {

inline constexpr double kFurthestMm = 1e5;  // from the origin of a frame of reference: no patient is there

// Of the beginning of an object's data set, up to group 0020. None: it is no image of one slice, or what places it
// cannot be read; then it says nothing. `complete`: the bytes hold the whole object; else `needs_more` may be set.
std::optional<ImageSlice> peek_slice(Bytes data_set, const Encoding& encoding, bool complete, bool& needs_more);

// Row cosines times column cosines: of length 1 where these are unit vectors at right angles.
std::array<double, 3> normal_of(const ImageSlice& image);
// The patient axis, 0 to 2, that an image is normal to; -1: none.
int normal_axis(const ImageSlice& image);

// CT, MR, PET Image Storage.
bool is_slice_class(const std::string& sop_class_uid);

// The slices of the images that a structure set was drawn on. Images of another frame of reference than any ROI's,
// those that the structure set does not list (when it lists any), and tilted ones are left out. Where no image is
// there, the structure set's own lists: the images that contours refer to lie where the contours do, and those listed
// between two of them, evenly between, as far as the list runs along the axis and the steps agree.
std::vector<Slices> slices_of(const Object& structure_set, const std::vector<Structure>& structures,
                              const std::vector<ImageSlice>& images);

// A contour lies on the image that it names (PS3.3 C.8.8.6), or between it and the next. One that lies on the next
// image instead, or farther off along the image's normal than the next lies (15 mm at most, or where there is none),
// contradicts it: the contours or the images were moved, and where the structure is in the patient is not known. Gives
// such a structure a defect. Of several images, or several places of one, a contour that lies at one is right. Images
// that are not there or of another frame of reference say nothing; a contour that an image cuts lies on it.
void compare_with_named_images(std::vector<Structure>& structures, const std::vector<ImageSlice>& images);

}  // namespace dosegate::dicom
