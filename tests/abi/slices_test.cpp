// The slices of the set: what is stated, what other structures say, and that changing either is never missed.
#include <cmath>
#include <limits>
#include <vector>

#include "tests/abi/library.h"

using namespace dosegate::abi_test;

namespace {

using Planes = std::vector<double>;

// 20 x 20 mm on each plane.
dosegate_status set_box(dosegate_case* c, std::int32_t number, const char* name, const Planes& planes,
                        double slab_thickness = 0.0) {
  std::vector<double> points;
  std::vector<dosegate_contour> contours(planes.size());
  for (const double z : planes) points.insert(points.end(), {-10, -10, z, 10, -10, z, 10, 10, z, -10, 10, z});
  for (std::size_t i = 0; i < contours.size(); ++i) {
    contours[i].points_mm = points.data() + 12 * i;
    contours[i].point_count = 4;
    contours[i].geometric_type = DOSEGATE_CONTOUR_CLOSED_PLANAR;
  }
  dosegate_structure s{};
  s.struct_size = sizeof s;
  s.roi_number = number;
  s.name = name;
  s.frame_of_reference_uid = ABI_FRAME;
  s.contours = contours.data();
  s.contour_count = contours.size();
  s.slab_thickness_mm = slab_thickness;
  return api().case_set_structure(c, &s, nullptr);
}

dosegate_slices slices_of(const Planes& at, std::int32_t axis = 2) {
  dosegate_slices s{};
  s.struct_size = sizeof s;
  s.axis = axis;
  s.frame_of_reference_uid = ABI_FRAME;
  s.at_mm = at.data();
  s.count = at.size();
  return s;
}

Planes every(double step, double first, double last) {
  Planes at;
  for (double z = first; z <= last; z += step) at.push_back(z);
  return at;
}

std::string dvh_of(dosegate_case* c) {
  dosegate_document* raw = nullptr;
  REQUIRE(api().dvh(c, text(R"({"rois": ["Liver"], "metrics": ["Mean[Gy]"]})"), &raw, nullptr) == DOSEGATE_OK);
  const std::string json = string(api().document_json(raw));
  api().document_release(raw);
  return json;
}

// 0: not evaluable.
double volume_cc(dosegate_case* c) {
  const std::string json = dvh_of(c), member = "\"volumeCc\": ";
  const auto at = json.find(member);
  return at == std::string::npos ? 0.0 : std::stod(json.substr(at + member.size()));
}

const Planes kTwoPieces = {-60, -55, -50, -45, -20, -15, -10};

}  // namespace

TEST_CASE("wide gaps side by side are not evaluable alone, and pieces where slices are stated") {
  const CaseHandle c = make_case();
  for (const Planes& planes : {Planes{-20, -15, -10, 30, 70, 75, 80}, Planes{-20, -15, -10, 30, 80, 125, 130, 135},
                               Planes{0, 5, 10, 15, 55, 95}, Planes{0, 70}, kTwoPieces}) {
    REQUIRE(set_box(c.get(), 1, "Liver", planes) == DOSEGATE_OK);
    CHECK(volume_cc(c.get()) == 0.0);
    const Planes ct = every(5, -200, 200);
    dosegate_slices slices = slices_of(ct);
    REQUIRE(api().case_set_slices(c.get(), &slices, nullptr) == DOSEGATE_OK);
    CHECK(volume_cc(c.get()) == Approx(2.0 * static_cast<double>(planes.size())));
    CHECK(dvh_of(c.get()).find("separate pieces") != std::string::npos);
    slices.count = 0;
    REQUIRE(api().case_set_slices(c.get(), &slices, nullptr) == DOSEGATE_OK);
    CHECK(volume_cc(c.get()) == 0.0);
  }
}

TEST_CASE("editing another structure changes what is known of the slices, and what was kept follows") {
  const CaseHandle c = make_case();
  REQUIRE(set_box(c.get(), 1, "Liver", kTwoPieces) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == 0.0);
  REQUIRE(set_box(c.get(), 2, "External", every(5, -100, 100)) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == Approx(14));
  REQUIRE(set_box(c.get(), 2, "External", every(5, -100, -45)) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == 0.0);
  REQUIRE(set_box(c.get(), 2, "External", every(5, -100, 100)) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == Approx(14));
  REQUIRE(api().case_remove_structure(c.get(), nullptr, 2, nullptr) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == 0.0);
  // A structure on one slice is as thick as the set says.
  REQUIRE(set_box(c.get(), 1, "Liver", {-20}) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == 0.0);
  for (const double step : {5.0, 2.5, 4.0}) {
    REQUIRE(set_box(c.get(), 2, "External", every(step, -100, 100)) == DOSEGATE_OK);
    CHECK(volume_cc(c.get()) == Approx(0.4 * step));
  }
}

TEST_CASE("slices of another frame of reference or axis say nothing") {
  const CaseHandle c = make_case();
  REQUIRE(set_box(c.get(), 1, "Liver", kTwoPieces) == DOSEGATE_OK);
  const Planes ct = every(5, -200, 200);
  dosegate_slices slices = slices_of(ct, 1);
  REQUIRE(api().case_set_slices(c.get(), &slices, nullptr) == DOSEGATE_OK);
  slices = slices_of(ct);
  slices.frame_of_reference_uid = "9.9";
  REQUIRE(api().case_set_slices(c.get(), &slices, nullptr) == DOSEGATE_OK);
  slices.frame_of_reference_uid = nullptr;
  REQUIRE(api().case_set_slices(c.get(), &slices, nullptr) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == 0.0);
}

TEST_CASE("a slab thickness makes a single plane a solid") {
  const CaseHandle c = make_case();
  REQUIRE(set_box(c.get(), 1, "Liver", {10}, 3.0) == DOSEGATE_OK);
  CHECK(volume_cc(c.get()) == Approx(1.2));
  for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(), 1e9}) {
    CHECK(set_box(c.get(), 1, "Liver", {10}, bad) == DOSEGATE_INVALID_DATA);
  }
}

TEST_CASE("slices that cannot be used are refused by name") {
  const CaseHandle c = make_case();
  Failure error;
  const Planes ct = every(5, 0, 20);
  const auto refused = [&](const dosegate_slices& s, dosegate_status status, const char* path) {
    CHECK(api().case_set_slices(c.get(), &s, error.out()) == status);
    CHECK(error.path() == path);
    CHECK_FALSE(error.message().empty());
  };
  dosegate_slices s = slices_of(ct);
  s.axis = 3;
  refused(s, DOSEGATE_INVALID_ARGUMENT, "slices.axis");
  s = slices_of(ct);
  s.at_mm = nullptr;
  refused(s, DOSEGATE_INVALID_ARGUMENT, "slices.at_mm");
  s = slices_of(ct);
  s.count = 100'001;
  refused(s, DOSEGATE_LIMIT_EXCEEDED, "slices.count");
  s = slices_of(ct);
  s.struct_size = 8;
  refused(s, DOSEGATE_INVALID_ARGUMENT, "slices.struct_size");
  s = slices_of(ct);
  s.frame_of_reference_uid = "\xff";
  refused(s, DOSEGATE_INVALID_DATA, "slices.frame_of_reference_uid");
  for (const double bad : {std::numeric_limits<double>::infinity(), std::nan(""), 1e6}) {
    const Planes spoilt = {0, 5, bad};
    refused(slices_of(spoilt), DOSEGATE_INVALID_DATA, "slices.at_mm[2]");
  }
  CHECK(api().case_set_slices(c.get(), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  s = slices_of(ct);
  for (int n = 0; n < 256; ++n) {
    const std::string frame = "1.2." + std::to_string(n);
    s.frame_of_reference_uid = frame.c_str();
    REQUIRE(api().case_set_slices(c.get(), &s, nullptr) == DOSEGATE_OK);
  }
  s.frame_of_reference_uid = "7";
  refused(s, DOSEGATE_LIMIT_EXCEEDED, "slices");
}
