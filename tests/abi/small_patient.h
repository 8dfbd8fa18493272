// A small patient whose content can be told twice: once change by change, once to a fresh case.
#pragma once

#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "tests/abi/library.h"

namespace dosegate::abi_test {

// A stack of 12-cornered ovals, 5 mm apart along z, or along y for one drawn on coronal slices.
struct Oval {
  std::string name;
  double x = 0.0, y = 0.0, z = 0.0;  // its middle, mm
  double across = 20.0;              // half width, mm
  int slices = 6;
  bool coronal = false;
  unsigned empty = 0;  // a bit for each slice on which nothing is drawn

  void set(dosegate_case* c, std::int32_t roi_number, const std::string& structure_set = "") const {
    constexpr int kCorners = 12;
    std::vector<double> points;
    std::vector<dosegate_contour> contours;
    for (int s = 0; s < slices; ++s) {
      if ((empty >> s & 1U) != 0) continue;
      contours.emplace_back();
      const double along = 5.0 * (s - 0.5 * (slices - 1));
      const double radius = across * (1.0 - 0.05 * (s % 3));
      for (int k = 0; k < kCorners; ++k) {
        const double angle = 2.0 * std::numbers::pi * k / kCorners;
        const double u = radius * std::cos(angle), v = 0.8 * radius * std::sin(angle);
        const double point[3] = {x + u, y + (coronal ? along : v), z + (coronal ? v : along)};
        points.insert(points.end(), point, point + 3);
      }
    }
    for (std::size_t s = 0; s < contours.size(); ++s) {
      contours[s].points_mm = points.data() + 3 * kCorners * s;
      contours[s].point_count = kCorners;
      contours[s].geometric_type = DOSEGATE_CONTOUR_CLOSED_PLANAR;
    }
    dosegate_structure structure{};
    structure.struct_size = sizeof structure;
    structure.roi_number = roi_number;
    structure.structure_set = structure_set.c_str();
    structure.name = name.c_str();
    structure.interpreted_type = "ORGAN";
    structure.frame_of_reference_uid = ABI_FRAME;
    structure.contours = contours.data();
    structure.contour_count = contours.size();
    Failure error;
    const dosegate_status status = api().case_set_structure(c, &structure, error.out());
    INFO(error.path() << ": " << error.message());
    REQUIRE(status == DOSEGATE_OK);
  }
};

enum class Planes { kUpwards, kDownwards, kCoronal };

// By which name a case holds a dose, and what it says it belongs to.
struct Label {
  std::string name;
  std::vector<std::string> plans;
  std::string structure_set;
};

// A dose of about 46 Gy in the middle, with ripples that `seed` shifts; as the host holds it.
struct Dose {
  Planes planes = Planes::kUpwards;
  double spacing = 5.0;
  std::string defect;  // not empty: no values
  std::uint32_t columns = 0, rows = 0, plane_count = 0;
  std::vector<float> values;
  std::vector<double> offsets;

  Dose(Planes way, double mm, unsigned seed) : planes(way), spacing(mm) {
    const auto nodes = [&](double half) { return static_cast<std::uint32_t>(2.0 * half / spacing) + 1; };
    columns = nodes(70.0);
    rows = nodes(way == Planes::kCoronal ? 50.0 : 60.0);
    plane_count = nodes(way == Planes::kCoronal ? 60.0 : 50.0);
    for (std::uint32_t p = 0; p < plane_count; ++p)
      offsets.push_back((way == Planes::kDownwards ? -1 : 1) * spacing * p);
    for (std::uint32_t p = 0; p < plane_count; ++p) fill_plane(p, seed);
  }
  std::size_t plane_size() const { return std::size_t{columns} * rows; }
  // Plane `p` of the dose that the seed makes.
  void fill_plane(std::uint32_t p, unsigned seed) {
    values.resize(plane_size() * plane_count);
    for (std::uint32_t r = 0; r < rows; ++r) {
      for (std::uint32_t k = 0; k < columns; ++k) {
        const double x = -70.0 + spacing * k, along_rows = spacing * r, q = offsets[p];
        const double y = planes == Planes::kCoronal ? 60.0 - q : -60.0 + along_rows;
        const double z =
            planes == Planes::kCoronal ? -50.0 + along_rows : (planes == Planes::kDownwards ? 50.0 : -50.0) + q;
        const double fall = std::exp(-(x * x + y * y + z * z) / (2.0 * 45.0 * 45.0));
        const double ripple = 1.0 + 0.1 * std::sin(0.11 * x + seed) * std::cos(0.07 * y - 0.13 * z + 2.0 * seed);
        values[plane_size() * p + std::size_t{columns} * r + k] = static_cast<float>(46.0 * fall * ripple);
      }
    }
  }
  // All but the label.
  dosegate_dose described() const {
    dosegate_dose d = SmallDose().d;
    d.values = values.data();
    d.value_count = values.size();
    d.columns = columns;
    d.rows = rows;
    d.planes = plane_count;
    d.position_mm[0] = -70.0;
    d.position_mm[1] = planes == Planes::kCoronal ? 60.0 : -60.0;
    d.position_mm[2] = planes == Planes::kDownwards ? 50.0 : -50.0;
    if (planes == Planes::kCoronal) {  // rows along z: the normal is -y
      d.column_cosines[1] = 0.0;
      d.column_cosines[2] = 1.0;
    }
    d.row_spacing_mm = d.column_spacing_mm = spacing;
    d.plane_offsets_mm = offsets.data();
    if (!defect.empty()) d.defect = defect.c_str();
    return d;
  }
  dosegate_status set(dosegate_case* c, const Label& label = {}) const {
    dosegate_dose d = described();
    std::vector<const char*> plans;
    for (const std::string& plan : label.plans) plans.push_back(plan.c_str());
    d.name_in_case = label.name.c_str();
    d.plans = plans.data();
    d.plan_count = plans.size();
    d.structure_set = label.structure_set.c_str();
    return api().case_set_dose(c, &d, nullptr);
  }
  // As a host does that has no values yet.
  dosegate_status expect(dosegate_case* c, const dosegate_protocol* protocol) const {
    dosegate_dose d = described();
    d.values = nullptr;
    d.value_count = 0;
    return api().case_expect_dose(c, protocol, &d, nullptr);
  }
  // What the host has in planes [first, first + count).
  dosegate_dose_planes described(std::uint32_t first, std::uint32_t count) const {
    dosegate_dose_planes p{};
    p.struct_size = sizeof p;
    p.value_type = DOSEGATE_VALUES_FLOAT32;
    p.values = values.data() + plane_size() * first;
    p.value_count = plane_size() * count;
    p.first_plane = first;
    p.plane_count = count;
    return p;
  }
  dosegate_status set_planes(dosegate_case* c, std::uint32_t first, std::uint32_t count,
                             const std::string& name = "") const {
    dosegate_dose_planes p = described(first, count);
    p.name_in_case = name.c_str();
    return api().case_set_dose_planes(c, &p, nullptr);
  }
};

// A plan under a name in the case, drawn for a structure set; empty: not stated.
inline std::string named(const std::string& plan, const std::string& name, const std::string& structure_set = "") {
  return R"({"nameInCase": ")" + name + R"(", "structureSet": ")" + structure_set + "\"," + plan.substr(1);
}

using Ovals = std::map<std::int32_t, Oval>;

// All that a case holds. GTV inside Liver: the protocol's Liver-GTV is computed from both.
struct Content {
  std::string plan = kAbiPlan;
  std::string plan_name, plan_set;  // its name in the case, and the structure set that it names
  std::string options = "{}";
  Ovals structures = {{1, {"GTV", 0, 0, 0, 12, 4}},        {3, {"PTV", 0, 0, 0, 18, 6}},
                      {4, {"Liver", 10, 0, 0, 40, 12}},    {5, {"Stomach", -45, -10, 10, 14, 5}},
                      {6, {"Magen", -40, 20, -10, 10, 5}}, {ABI_CORD_ROI, {"SpinalCord", 0, 42, 0, 6, 14}}};
  std::string set_name;  // of the structures
  Dose dose{Planes::kUpwards, 10.0, 1};
  Label label;                 // of the dose
  std::vector<double> images;  // axial ones, where they are stated; empty: they are not
  std::string record;          // the clinical record; empty: there is none
  // Beside these, by name in the case.
  std::map<std::string, std::string> more_plans;
  std::map<std::string, Ovals> more_sets;
  std::map<std::string, Dose> more_doses;

  dosegate_status set_images(dosegate_case* c) const {
    dosegate_slices slices{};
    slices.struct_size = sizeof slices;
    slices.axis = 2;
    slices.frame_of_reference_uid = ABI_FRAME;
    slices.at_mm = images.data();
    slices.count = images.size();
    return api().case_set_slices(c, &slices, nullptr);
  }
  void fill(dosegate_case* c) const {
    set_plan(c);
    REQUIRE(api().case_set_options(c, text(options), nullptr) == DOSEGATE_OK);
    for (const auto& [number, oval] : structures) oval.set(c, number, set_name);
    if (!images.empty()) REQUIRE(set_images(c) == DOSEGATE_OK);
    if (!record.empty()) REQUIRE(api().case_set_record(c, text(record), nullptr) == DOSEGATE_OK);
    if (dose.plane_count > 0) REQUIRE(dose.set(c, label) == DOSEGATE_OK);
    for (const auto& [name, more] : more_plans) {
      REQUIRE(api().case_set_plan(c, text(named(more, name)), nullptr) == DOSEGATE_OK);
    }
    for (const auto& [name, ovals] : more_sets) {
      for (const auto& [number, oval] : ovals) oval.set(c, number, name);
    }
    for (const auto& [name, more] : more_doses) REQUIRE(more.set(c, {name, {}, {}}) == DOSEGATE_OK);
  }
  void set_plan(dosegate_case* c) const {
    const std::string json = named(plan, plan_name, plan_set);
    REQUIRE(api().case_set_plan(c, text(json), nullptr) == DOSEGATE_OK);
  }
};

inline const char* const kEveryMetric =
    R"({"metrics": ["D95%[Gy]", "D1cc[Gy]", "V20Gy[%]", "V30Gy[cc]", "Mean[Gy]", "Max[Gy]", "Min[Gy]"], "curve": true})";

// Report and DVH report, or why there is none, one after the other.
inline std::string answers_of(dosegate_case* c, const dosegate_protocol* protocol) {
  dosegate_document* raw = nullptr;
  Failure error;
  const std::string report = report_of(c, protocol);
  const dosegate_status status = api().dvh(c, text(kEveryMetric), &raw, error.out());
  if (status == DOSEGATE_NOT_FOUND) return report + error.path() + ": " + error.message();  // several structure sets
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  const std::string dvh = string(api().document_json(raw));
  api().document_release(raw);
  return report + dvh;
}
inline std::string fresh_answers(const Content& content, const dosegate_protocol* protocol) {
  const CaseHandle c = make_case();
  content.fill(c.get());
  return answers_of(c.get(), protocol);
}

// A host with so many threads and nothing else.
inline dosegate_host host_of(std::uint32_t threads) {
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = threads;
  return host;
}

}  // namespace dosegate::abi_test
