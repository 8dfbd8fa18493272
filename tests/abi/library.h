// What the Catch2 tests of the ABI share: the built library, owned handles, the box patient's dose.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/dosegate.hpp"
#include "tests/abi/abi_case.h"

namespace dosegate::abi_test {

inline const std::string kManifestPath = std::string(DOSEGATE_BIN) + "/manifest.json";

inline const Library& library() {
  static const Library loaded = Library::load(kManifestPath);
  return loaded;
}
inline const dosegate_api& api() { return library().api(); }

inline dosegate_text text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string string(dosegate_text t) { return std::string(t.data, t.size); }

// An error object, released with it. out() is what calls want.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure() { api().error_release(error_); }
  dosegate_error** out() {
    api().error_release(error_);
    error_ = nullptr;
    return &error_;
  }
  const dosegate_error* get() const { return error_; }
  std::string path() const { return string(api().error_path(error_)); }
  std::string message() const { return string(api().error_message(error_)); }

 private:
  dosegate_error* error_ = nullptr;
};

using CaseHandle = std::unique_ptr<dosegate_case, void (*)(dosegate_case*)>;
using ProtocolHandle = std::unique_ptr<dosegate_protocol, void (*)(dosegate_protocol*)>;
using ReportHandle = std::unique_ptr<dosegate_report, void (*)(dosegate_report*)>;

inline CaseHandle make_case(const dosegate_host* host = nullptr) {
  dosegate_case* raw = nullptr;
  REQUIRE(api().case_create(host, &raw, nullptr) == DOSEGATE_OK);
  return CaseHandle(raw, api().case_release);
}
// The passing box patient; its cord at y = 20 fails OR-6.
inline CaseHandle make_full_case(const dosegate_host* host = nullptr, double cord_y = 90.0) {
  CaseHandle c = make_case(host);
  Failure error;
  const dosegate_status status = abi_fill_case(&api(), c.get(), cord_y, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  return c;
}
// NULL: the default.
inline ProtocolHandle builtin(const char* id = nullptr) {
  dosegate_protocol* raw = nullptr;
  REQUIRE(api().protocol_builtin(id, &raw, nullptr) == DOSEGATE_OK);
  return ProtocolHandle(raw, api().protocol_release);
}

// Fails the test where the library refuses it.
inline ProtocolHandle loaded(const std::string& json) {
  dosegate_protocol* raw = nullptr;
  Failure error;
  const dosegate_status status = api().protocol_load(text(json), &raw, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  return ProtocolHandle(raw, api().protocol_release);
}
// The report of a check that must succeed.
inline std::string report_of(dosegate_case* c, const dosegate_protocol* protocol) {
  dosegate_report* raw = nullptr;
  Failure error;
  const dosegate_status status = api().check(c, protocol, &raw, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  const ReportHandle report(raw, api().report_release);
  return string(api().report_json(report.get()));
}

// A small dose and a small structure to spoil.
struct SmallDose {
  std::vector<float> values = std::vector<float>(8, 1.0F);
  std::vector<double> offsets = {0.0, 5.0};
  dosegate_dose d{};
  SmallDose() {
    d.struct_size = sizeof d;
    d.value_type = DOSEGATE_VALUES_FLOAT32;
    d.values = values.data();
    d.value_count = values.size();
    d.scaling = 1.0;
    d.units = DOSEGATE_UNITS_GY;
    d.dose_type = DOSEGATE_DOSE_PHYSICAL;
    d.summation = DOSEGATE_SUMMATION_PLAN;
    d.columns = d.rows = d.planes = 2;
    d.row_cosines[0] = d.column_cosines[1] = 1.0;
    d.row_spacing_mm = d.column_spacing_mm = 5.0;
    d.plane_offsets_mm = offsets.data();
    d.frame_of_reference_uid = ABI_FRAME;
  }
};
struct SmallStructure {
  std::vector<double> points = {0, 0, 0, 10, 0, 0, 10, 10, 0};
  dosegate_contour contour{};
  dosegate_structure s{};
  SmallStructure() {
    contour.points_mm = points.data();
    contour.point_count = 3;
    contour.geometric_type = DOSEGATE_CONTOUR_CLOSED_PLANAR;
    s.struct_size = sizeof s;
    s.roi_number = 1;
    s.name = "Stomach";
    s.frame_of_reference_uid = ABI_FRAME;
    s.contours = &contour;
    s.contour_count = 1;
  }
};

}  // namespace dosegate::abi_test
