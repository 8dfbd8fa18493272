#include "tests/clauses/sound_patient.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "core/geometry/test_shapes.h"
#include "tests/clauses/sound_record.h"

namespace dosegate::clause_test {
namespace {

using test::axial;
using test::box_ring;
using test::planes;
using test::Points2;
using test::prism;

// mm. The organs' faces lie on nodes of the dose grid.
constexpr double kPitch = 15.0, kThickness = 10.0;  // of the organs in y
constexpr double kHalfHeight = 12.0;                // of the organs in z
constexpr double kSlice = 3.0;
constexpr double kTargetY = 150.0, kTargetsFromY = 115.0;
constexpr double kGtvHalf = 10.0, kGtvHalfHeight = 9.0;
constexpr double kCtvMargin = 10.0, kPtvMargin = 5.0, kPtvMarginZ = 10.0;

const std::vector<std::string> kOrgans = {"Liver",      "Stomach",  "Duodenum", "Colon",
                                          "SpinalCord", "Kidney_L", "Kidney_R"};

// The square of half side `half` around the targets' axis, with everything within r of it.
Points2 rounded_square(double half, double r) {
  constexpr int kSteps = 16;  // of a quarter circle
  Points2 ring;
  const double sx[] = {1, -1, -1, 1}, sy[] = {1, 1, -1, -1};
  for (int corner = 0; corner < 4; ++corner) {
    for (int i = 0; i <= kSteps; ++i) {
      const double a = 0.5 * std::numbers::pi * (corner + static_cast<double>(i) / kSteps);
      ring.emplace_back(sx[corner] * half + r * std::cos(a), kTargetY + sy[corner] * half + r * std::sin(a));
    }
  }
  return ring;
}

// How far the GTV's section at its nearest z is grown at z: a ball's section.
double ctv_radius(double z) {
  const double beyond = std::max(0.0, std::abs(z) - kGtvHalfHeight);
  return std::sqrt(std::max(0.0, kCtvMargin * kCtvMargin - beyond * beyond));
}

// The CTV's section, grown by the ellipsoid's: the largest over all z of the CTV.
double ptv_radius(double z) {
  constexpr int kSteps = 4000;
  const double reach = kGtvHalfHeight + kCtvMargin;
  double largest = -1.0;
  for (int i = 0; i <= kSteps; ++i) {
    const double from = reach * (2.0 * i / kSteps - 1.0);
    const double t = (z - from) / kPtvMarginZ;
    if (std::abs(t) > 1.0) continue;
    largest = std::max(largest, ctv_radius(from) + kPtvMargin * std::sqrt(1.0 - t * t));
  }
  return largest;
}

Structure named(const std::string& name, std::int32_t number) {
  Structure s;
  s.roi_number = number;
  s.name = name;
  s.frame_of_reference_uid = "1.2.3";
  return s;
}

// The left kidney lies further to the left (x grows to the patient's left), by so many mm: by nodes of the grid.
double shift_of(const std::string& organ) { return organ == "Kidney_L" ? 4.0 * kNode : 0.0; }

double band(std::size_t organ) { return kPitch * static_cast<double>(organ); }

}  // namespace

Profile share_at(double gy, double percent) {
  const double cut = percent - 0.5 * kLength;
  // The node before the crossing.
  const double node = (std::ceil(cut / kNode) - 1.0) * kNode;
  return [=](double x) {
    if (x <= node) return gy + (cut - node);
    return x <= node + kNode + 1e-9 ? gy - (node + kNode - cut) : 0.0;
  };
}

Profile peak(double gy) {
  return [=](double x) { return x <= -0.5 * kLength ? gy : 0.0; };
}
Profile uniform(double gy) {
  return [=](double) { return gy; };
}
Profile slope(double gy, double at, double per_mm) {
  return [=](double x) { return std::max(0.0, gy + (at - x) * per_mm); };
}

SoundPatient::SoundPatient() {
  for (const std::string& organ : kOrgans) dose[organ] = uniform(2.0);
  dose["PTV"] = uniform(45.0);
}

Plan plan_of(double total_gy, int fractions) {
  Plan plan;
  DoseReference reference;
  reference.number = 1;
  reference.type = "TARGET";
  reference.target_prescription_dose = Dose::gy(total_gy);
  plan.dose_references.push_back(reference);
  FractionGroup group;
  group.number = 1;
  group.fractions_planned = fractions;
  constexpr int kBeams = 3;
  for (int number = 1; number <= kBeams; ++number) {
    group.beams.push_back({number, Dose::gy(total_gy / fractions / kBeams), 100.0});
    Beam beam;
    beam.number = number;
    beam.delivery_type = "TREATMENT";
    beam.final_weight = 1.0;
    const double gantry = 60.0 * number;
    beam.points = {{0.0, gantry, 1}, {0.5, gantry, 2}, {1.0, gantry, 3}};  // a sliding window
    plan.beams.push_back(beam);
  }
  plan.fraction_groups.push_back(group);
  return plan;
}

Case SoundPatient::make() const {
  Case c;
  c.course.plan() = plan_of(45, 15);
  c.record = sound_record();
  c.options.as_of = sound_day();
  const auto add = [&](Structure s) {
    const auto number = static_cast<std::int32_t>(c.course.structures().size() + 1);
    s.roi_number = number;
    c.course.structures()[number] = std::move(s);
  };
  Structure gtv = named("GTV", 0), ctv = named("CTV", 0), ptv = named("PTV", 0);
  const Points2 gtv_ring = box_ring(-kGtvHalf, kTargetY - kGtvHalf, kGtvHalf, kTargetY + kGtvHalf);
  for (const double z : planes(-30, 30, kSlice)) {
    if (std::abs(z) < kGtvHalfHeight) gtv.contours.push_back(axial(gtv_ring, z));
    if (const double r = ctv_radius(z); r > 0.0) ctv.contours.push_back(axial(rounded_square(kGtvHalf, r), z));
    if (const double r = ptv_radius(z); r > 0.0) ptv.contours.push_back(axial(rounded_square(kGtvHalf, r), z));
  }
  const double half = 0.5 * kLength;
  for (std::size_t i = 0; i < kOrgans.size(); ++i) {
    const double shift = shift_of(kOrgans[i]);
    const Points2 ring = box_ring(shift - half, band(i), shift + half, band(i) + kThickness);
    Structure organ = prism(kOrgans[i], {ring}, planes(-kHalfHeight, kHalfHeight, kSlice));
    if (kOrgans[i] == "Liver") {
      organ.contours.insert(organ.contours.end(), gtv.contours.begin(), gtv.contours.end());
    }
    add(std::move(organ));
  }
  add(std::move(gtv));
  add(std::move(ctv));
  add(std::move(ptv));

  test::GridSpec grid;
  grid.first = {-60, -10, -40};
  grid.spacing = {kNode, 2.5, 2.5};
  grid.size = {97, 81, 33};
  // The dose depends on x within an organ's band, and is the same in every plane.
  std::vector<double> values;
  for (int row = 0; row < grid.size[1]; ++row) {
    const double y = grid.first.y() + row * grid.spacing.y();
    const auto band_at = static_cast<std::size_t>(std::max(0.0, (y + 0.5 * (kPitch - kThickness)) / kPitch));
    const std::string name = y >= kTargetsFromY ? "PTV" : band_at < kOrgans.size() ? kOrgans[band_at] : "";
    const Profile along_x = name.empty() ? uniform(0.0) : dose.at(name);
    for (int column = 0; column < grid.size[0]; ++column) {
      values.push_back(along_x(grid.first.x() + column * grid.spacing.x() - shift_of(name)));
    }
  }
  const std::vector<double> plane = values;
  for (int k = 1; k < grid.size[2]; ++k) values.insert(values.end(), plane.begin(), plane.end());
  c.course.set_dose(test::grid_of(grid, values));
  return c;
}

double percent_below_x(const Structure& structure, double x) {
  double below = 0.0, all = 0.0;
  // Of a convex ring: the part below x, by cutting each edge.
  const auto area = [](const Points2& ring) {
    double twice = 0.0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto &a = ring[i], &b = ring[(i + 1) % ring.size()];
      twice += a.x() * b.y() - b.x() * a.y();
    }
    return 0.5 * std::abs(twice);
  };
  for (const Contour& contour : structure.contours) {
    Points2 ring, cut;
    for (const auto& p : contour.points) ring.emplace_back(p.x(), p.y());
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto &a = ring[i], &b = ring[(i + 1) % ring.size()];
      if (a.x() <= x) cut.push_back(a);
      if ((a.x() <= x) != (b.x() <= x)) cut.push_back(a + (x - a.x()) / (b.x() - a.x()) * (b - a));
    }
    all += area(ring);
    below += area(cut);
  }
  return 100.0 * below / all;
}

Structure& structure_named(Case& c, const std::string& name) {
  for (auto& [number, structure] : c.course.structures()) {
    if (structure.name == name) return structure;
  }
  throw std::runtime_error("the sound patient has no " + name);
}
const Structure& structure_named(const Case& c, const std::string& name) {
  return structure_named(const_cast<Case&>(c), name);
}

}  // namespace dosegate::clause_test
