// Contours against the images that they name.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;

namespace {

ImageSpec image_at(int n, double z) { return {numbered(n), std::to_string(z)}; }

// Of the first ROI, of whose two contours, at 0 and 3 mm, each names images of these numbers; of a structure set and
// images in either order.
std::string defect_of(const DcmDataset& structures, const std::vector<ImageSpec>& images) {
  DcmDataset copy(structures);
  std::vector<Bytes> files = {encode(copy)};
  for (const ImageSpec& image : images) files.push_back(encode(*make_image(image)));
  const std::string defect = read_good(files).structures.at(0).defect;
  std::reverse(files.begin(), files.end());
  CHECK(read_good(files).structures.at(0).defect == defect);
  return defect;
}

// Contours at 0 and 3 mm name images 0 and 1.
Data naming() {
  Data structures = make_structures();
  refer(*structures, 0, 0, numbered(0));
  refer(*structures, 0, 1, numbered(1));
  return structures;
}

DcmItem& contour(DcmDataset& structures, signed long n) {
  return item(item(structures, DCM_ROIContourSequence, 0), DCM_ContourSequence, n);
}

bool is_contradicted(const std::string& defect) { return defect.find("Export both again") != std::string::npos; }

}  // namespace

TEST_CASE("A contour that does not lie on the image it names is not known to lie in the patient", "[dicom]") {
  const Data structures = naming();
  const auto moved = [&](double mm) { return defect_of(*structures, {image_at(0, mm), image_at(1, mm + 3.0)}); };
  for (const double mm : {-30.0, -15.1, 15.1, 40.0}) {
    INFO(mm);
    const std::string defect = moved(mm);
    CHECK(is_contradicted(defect));
    CHECK(defect.find("'PTV'") != std::string::npos);
    CHECK(defect.find(numbered(0)) != std::string::npos);
  }
  // As far as the next image, a contour between two may name either.
  for (const double mm : {-2.9, -1.5, -0.04, 0.0, 1.5, 2.9}) CHECK(moved(mm) == "");
}

TEST_CASE("A contour that lies on the next image instead of the one it names contradicts it", "[dicom]") {
  const Data structures = naming();
  for (const double mm : {-3.0, -2.97, 3.0, 3.04}) {
    INFO(mm);
    const std::string defect = defect_of(*structures, {image_at(0, mm), image_at(1, mm + 3.0), image_at(2, mm + 6.0)});
    CHECK(is_contradicted(defect));
    CHECK(defect.find("it lies on the next image") != std::string::npos);
  }
}

TEST_CASE("Images that lie far apart, or the only one, leave a contour no more room than planes have", "[dicom]") {
  const Data structures = naming();
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, -60.0), image_at(1, 20.0)})));
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, 16.0)})));
  CHECK(defect_of(*structures, {image_at(0, 14.0)}) == "");
  // What is grown beyond the last image names the last.
  CHECK(defect_of(*structures, {image_at(0, 0.0), image_at(1, 0.0), image_at(2, -3.0)}) == "");
}

TEST_CASE("An image of another frame, of none, or with a UID that is none says nothing of a contour", "[dicom]") {
  const Data structures = naming();
  ImageSpec other = image_at(0, 30.0);
  other.frame = "1.2.3.4";
  CHECK(defect_of(*structures, {other}) == "");
  ImageSpec far = image_at(0, 1e30);
  far.z = "1e30";
  CHECK(defect_of(*structures, {far}) == "");
  Data long_name = make_structures();
  refer(*long_name, 0, 0, "1." + std::string(70, '2'));
  ImageSpec named = image_at(0, 30.0);
  named.uid = "1." + std::string(70, '2');
  CHECK(defect_of(*long_name, {named}) == "");
}

TEST_CASE("Of an image that is there more than once each place counts", "[dicom]") {
  const Data structures = naming();
  const std::vector<ImageSpec> away = {image_at(0, 30.0), image_at(1, 33.0)};
  REQUIRE(is_contradicted(defect_of(*structures, away)));
  const auto with = [&](const ImageSpec& more) {
    std::vector<ImageSpec> all = away;
    all.push_back(more);
    return defect_of(*structures, all);
  };
  CHECK(is_contradicted(with(image_at(0, 30.000001))));
  CHECK(is_contradicted(with(image_at(0, 36.0))));
  ImageSpec elsewhere = image_at(0, 0.0);
  elsewhere.frame = "1.2.3.4";
  CHECK(is_contradicted(with(elsewhere)));
  ImageSpec again = image_at(0, 30.0);
  again.series = "1.2.3.51";
  CHECK(is_contradicted(with(again)));
  // One of them lies where the first contour does, and for the second it is the same.
  std::vector<ImageSpec> all = away;
  all.push_back(image_at(0, 0.0));
  all.push_back(image_at(1, 3.0));
  CHECK(defect_of(*structures, all) == "");
}

TEST_CASE("A contour that names an image twice, or several, lies on one of them", "[dicom]") {
  Data structures = naming();
  refer(*structures, 0, 0, numbered(0));
  refer(*structures, 0, 1, numbered(2));
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, 30.0)})));
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, 0.0), image_at(1, 33.0), image_at(2, 36.0)})));
  CHECK(defect_of(*structures, {image_at(0, 0.0), image_at(1, 33.0), image_at(2, 3.0)}) == "");
  CHECK(defect_of(*structures, {image_at(0, 0.0), image_at(1, 33.0)}) == "");  // the other is not there
}

TEST_CASE("However a contour's decimals fall, one that lies off its image is seen", "[dicom]") {
  Data structures = naming();
  // In binary 300.1 - 300 is more than 0.1.
  put(contour(*structures, 0), DCM_ContourData, "0\\0\\300.1\\10\\0\\300\\10\\10.5\\300.1\\0\\10\\300");
  put(contour(*structures, 1), DCM_ContourData, "0\\0\\303.1\\10\\0\\303\\10\\10\\303.1\\0\\10\\303");
  CHECK(defect_of(*structures, {image_at(0, 300.0), image_at(1, 303.0)}) == "");
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, 330.0), image_at(1, 333.0)})));
}

TEST_CASE("Along a tilted image's own normal a contour is as far from it as along any", "[dicom]") {
  Data structures = naming();
  const auto tilted = [](int n, double z) {
    ImageSpec image = image_at(n, z);
    image.orientation = "1\\0\\0\\0\\0.9998\\0.02";  // by 1.1 degrees, 2 mm over the 100 mm to where the contour lies
    return image;
  };
  CHECK(defect_of(*structures, {tilted(0, -2.1), tilted(1, 0.9), tilted(2, 3.9)}) == "");
  CHECK(is_contradicted(defect_of(*structures, {tilted(0, 38.0), tilted(1, 41.0)})));
}

TEST_CASE("A contour drawn oblique lies on an image that cuts it, and on no other", "[dicom]") {
  Data structures = naming();
  put(contour(*structures, 0), DCM_ContourData, "0\\0\\-20\\10\\0\\-20\\10\\0\\20\\0\\0\\20");
  CHECK(defect_of(*structures, {image_at(0, 0.0)}) == "");
  CHECK(defect_of(*structures, {image_at(0, 18.0)}) == "");
  CHECK(is_contradicted(defect_of(*structures, {image_at(0, 40.0)})));
}

TEST_CASE("A point, and a line, have no plane to lie on", "[dicom]") {
  for (const std::string type : {"POINT", "OPEN_PLANAR", "OPEN_NONPLANAR"}) {
    INFO(type);
    Data structures = naming();
    add_contour(item(*structures, DCM_ROIContourSequence, 0), type, "0\\0\\90", "1");
    refer(*structures, 0, 2, numbered(1));
    CHECK(defect_of(*structures, {image_at(0, 0.0), image_at(1, 3.0)}) == "");
  }
}
