// Where the images lie that structures were drawn on.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;

namespace {

// The list of images in the structure set.
void list_images(DcmDataset& structures, const std::vector<std::string>& uids) {
  DcmItem& frame = add_item(structures, DCM_ReferencedFrameOfReferenceSequence);
  put(frame, DCM_FrameOfReferenceUID, kFrame);
  DcmItem& series = add_item(add_item(frame, DCM_RTReferencedStudySequence), DCM_RTReferencedSeriesSequence);
  for (const std::string& uid : uids)
    put(add_item(series, DCM_ContourImageSequence), DCM_ReferencedSOPInstanceUID, uid);
}

std::vector<Slices> slices(const std::vector<Bytes>& files) { return read_good(files).slices; }

}  // namespace

TEST_CASE("The images beside a structure set say where its slices lie", "[dicom]") {
  const auto syntax = GENERATE(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit,
                               EXS_DeflatedLittleEndianExplicit);
  std::vector<Bytes> files = {encode(*make_structures())};
  for (const int n : {3, 1, 2, 0}) {
    files.push_back(encode(*make_image({numbered(n), std::to_string(-3.0 + 1.5 * n)}), syntax));
  }
  const std::vector<Slices> found = slices(files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].frame_of_reference_uid == kFrame);
  CHECK(found[0].axis == 2);
  CHECK(found[0].at_mm == std::vector<double>{-3, -1.5, 0, 1.5});
}

TEST_CASE("An image that says twice where it lies says nothing", "[dicom]") {
  std::vector<Bytes> files = {encode(*make_structures()), encode(*make_image({numbered(0), "0"})),
                              encode(*make_image({numbered(1), "3"}))};
  REQUIRE(slices(files).at(0).at_mm == std::vector<double>{0, 3});
  // Its orientation becomes a second position, and behind it the frame of reference a third one.
  Bytes& image = files.back();
  for (const char* tag : {"\x20\0\x37\0", "\x20\0\x52\0"}) {
    const std::string from(tag, 4), position("\x20\0\x32\0", 4);
    const auto at = std::search(image.begin(), image.end(), from.begin(), from.end(),
                                [](std::byte b, char c) { return b == static_cast<std::byte>(c); });
    REQUIRE(at != image.end());
    std::transform(position.begin(), position.end(), at, [](char c) { return static_cast<std::byte>(c); });
  }
  CHECK(slices(files).at(0).at_mm == std::vector<double>{0});
}

TEST_CASE("Images that a structure set was not drawn on say nothing of its slices", "[dicom]") {
  const Data structures = make_structures();
  list_images(*structures, {numbered(0), numbered(1)});
  const auto with = [&](const ImageSpec& odd) {
    return slices({encode(*structures), encode(*make_image({numbered(0), "0"})),
                   encode(*make_image({numbered(1), "3"})), encode(*make_image(odd))});
  };
  const std::vector<double> own = {0, 3};
  for (const ImageSpec& odd : {ImageSpec{numbered(2), "1.5"},                         // not listed
                               ImageSpec{numbered(1), "", "1.2.3.50", kFrame},        // without a place
                               ImageSpec{numbered(1), "1.5", "1.2.3.50", "1.2.3.4"},  // of another frame
                               ImageSpec{numbered(1), "1.5", "1.2.3.50", kFrame, "1\\0\\0\\0\\0.996\\0.087"},  // tilted
                               ImageSpec{numbered(1), "1.5", "1.2.3.50", kFrame, "1\\0\\0", "0", "0"}}) {
    const std::vector<Slices> found = with(odd);
    REQUIRE(found.size() == 1);
    CHECK(found[0].at_mm == own);
  }
  // Two series and no list: which it was is not known.
  CHECK(slices({encode(*make_structures()), encode(*make_image({numbered(0), "0"})),
                encode(*make_image({numbered(1), "3", "1.2.3.51"}))})
            .empty());
}

TEST_CASE("Without images, those listed lie where contours refer to them, and evenly between", "[dicom]") {
  const Data structures = make_structures();
  refer(*structures, 0, 0, numbered(10));
  refer(*structures, 0, 1, numbered(12));
  std::vector<std::string> list;
  SECTION("in order") {
    for (int n = 8; n < 15; ++n) list.push_back(numbered(n));
  }
  SECTION("in the reverse order") {
    for (int n = 14; n >= 8; --n) list.push_back(numbered(n));
  }
  list_images(*structures, list);
  const std::vector<Slices> found = slices({encode(*structures)});
  REQUIRE(found.size() == 1);
  CHECK(found[0].at_mm == std::vector<double>{0, 1.5, 3});
}

TEST_CASE("A list that does not run along the axis says nothing of what lies between", "[dicom]") {
  const Data structures = make_structures();
  add_contour(item(*structures, DCM_ROIContourSequence, 0), "CLOSED_PLANAR", "0\\0\\9\\10\\0\\9\\10\\10\\9", "3");
  refer(*structures, 0, 0, numbered(1));
  refer(*structures, 0, 1, numbered(3));
  refer(*structures, 0, 2, numbered(2));
  list_images(*structures, {numbered(1), numbered(2), numbered(3), numbered(4)});
  CHECK(slices({encode(*structures)}).empty());
}

// As soon as it can be told that it is an image; what ends before may be anything.
TEST_CASE("No image, cut anywhere, stops the reading of what lies beside it", "[dicom]") {
  const Bytes whole = encode(*make_image({numbered(1), "3"}));
  const Bytes structures = encode(*make_structures());
  const std::string sop_class("1.2.840.10008.5.1.4.1.1.2\0", 26);  // in the meta group
  const auto found = std::search(whole.begin(), whole.end(), sop_class.begin(), sop_class.end(),
                                 [](std::byte b, char c) { return b == static_cast<std::byte>(c); });
  const auto told = static_cast<std::size_t>(found - whole.begin()) + sop_class.size();
  TempFolder folder;
  folder.write("RS.dcm", structures);
  folder.write("CT.dcm", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(told - 1)));
  const ReadResult unknown = read_case({folder.path()}, anything());
  REQUIRE(std::holds_alternative<ReadError>(unknown));
  CHECK(std::get<ReadError>(unknown).file() == "CT.dcm");
  for (std::size_t size = told; size < whole.size(); size += 7) {
    folder.write("CT.dcm", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    const ReadResult result = read_case({folder.path()}, anything());
    REQUIRE(std::holds_alternative<RtCase>(result));
    CHECK(std::get<RtCase>(result).structures.size() == 2);
  }
}
