// A host in C++17. usage: check manifest.json PLAN.json
// Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "dosegate/dosegate.hpp"

namespace {

constexpr const char* kFrame = "1.2.826.0.1.3680043.8.498.1";

std::int32_t should_cancel(void* user) noexcept {  // a button of yours; callbacks do not throw
  return *static_cast<const std::atomic<bool>*>(user) ? 1 : 0;
}

// An ROI of the planning system: here a box, a rectangle every 10 mm.
void set_box(dosegate::Case& c, std::int32_t number, const char* name, double x, double y0, double y1, double z0) {
  std::vector<std::vector<double>> points;
  std::vector<dosegate_contour> contours;
  for (double z = z0 + 5; z < -z0; z += 10) {
    points.push_back({-x, y0, z, x, y0, z, x, y1, z, -x, y1, z});
    contours.push_back({points.back().data(), 4, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0});
  }
  dosegate_structure s{};
  s.roi_number = number;
  s.name = name;
  s.frame_of_reference_uid = kFrame;
  s.contours = contours.data();
  s.contour_count = contours.size();
  c.set_structure(s);  // copied: points and contours may go now
}

void set_dose(dosegate::Case& c) {
  constexpr int kColumns = 41, kRows = 41, kPlanes = 33;
  std::vector<float> values;  // columns fastest, then rows, then planes
  std::vector<double> offsets;
  for (int p = 0; p < kPlanes; ++p) {
    offsets.push_back(5.0 * p);
    for (int r = 0; r < kRows; ++r) {
      for (int k = 0; k < kColumns; ++k) {
        values.push_back(std::abs(k - 20) <= 8 && std::abs(r - 20) <= 8 && std::abs(p - 16) <= 8 ? 45.0F : 5.0F);
      }
    }
  }
  dosegate_dose d{};
  d.value_type = DOSEGATE_VALUES_FLOAT32;
  d.values = values.data();
  d.value_count = values.size();
  d.scaling = 1;
  d.units = DOSEGATE_UNITS_GY;
  d.dose_type = DOSEGATE_DOSE_PHYSICAL;
  d.summation = DOSEGATE_SUMMATION_PLAN;
  d.columns = kColumns;
  d.rows = kRows;
  d.planes = kPlanes;
  d.position_mm[0] = d.position_mm[1] = -100;  // of the first voxel's centre
  d.position_mm[2] = -80;
  d.row_cosines[0] = d.column_cosines[1] = 1;
  d.row_spacing_mm = d.column_spacing_mm = 5;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = kFrame;
  c.set_dose(d);
}

}  // namespace

int main(int argc, char** argv) try {
  std::ifstream file(argc == 3 ? argv[2] : "", std::ios::binary);
  if (!file) {
    std::cerr << "usage: check manifest.json PLAN.json\n";
    return 3;
  }
  const std::string plan{std::istreambuf_iterator<char>(file), {}};
  std::atomic<bool> stop = false;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = 4;
  host.user = &stop;
  host.should_cancel = should_cancel;

  const dosegate::Library library = dosegate::Library::load(argv[1]);  // hash, architecture, ABI; then dlopen
  dosegate::Case c = library.make_case(&host);
  c.set_plan(plan);
  c.set_options(R"({"scope": "PLAN_ONLY"})");
  set_box(c, 3, "PTV", 20, -20, 20, -30);
  set_box(c, 9, "SpinalCord", 5, 30, 40, -60);
  set_dose(c);
  const dosegate::Report report = c.check(library.builtin_protocol());
  std::cout << report.json();
  return report.verdict() - DOSEGATE_VERDICT_PASS;  // a report that is there has a verdict
} catch (const dosegate::PluginError& error) {
  std::cerr << error.path << ": " << error.message << "\n";
  return 3;  // no verdict is no pass
}
