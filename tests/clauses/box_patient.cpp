#include "tests/clauses/box_patient.h"

#include <stdexcept>

#include "core/geometry/test_shapes.h"

namespace dosegate::clause_test {
namespace {

// mm. Faces of the boxes lie on nodes of the dose grid.
constexpr double kNodeY = 2.5, kNodeZ = 5.0, kGap = 5.0;
constexpr double kHalfHeight = 50.0, kSlice = 5.0;
constexpr double kGtvHalf = 15.0, kPtvHalf = 25.0;

double shift_of(const std::string& organ) { return organ.ends_with("_L") ? kNodeY : 0.0; }

}  // namespace

double BoxPatient::volume_cc(const std::string& organ) const {
  for (const BoxOrgan& o : organs) {
    if (o.name == organ) return kLength * 2.0 * kHalfHeight * o.thickness_mm / 1000.0;
  }
  throw std::runtime_error("the box patient has no " + organ);
}

Case BoxPatient::make() const {
  Case c;
  c.course.plan() = plan;
  c.options.scope = Scope::kPlan;
  const auto add = [&](const std::string& name, const test::Points2& ring, double half_height) {
    const auto number = static_cast<std::int32_t>(c.course.structures().size() + 1);
    c.course.structures()[number] = test::prism(name, {ring}, test::planes(-half_height, half_height, kSlice), number);
  };
  const auto square = [](double half, double centre) {
    return test::box_ring(-half, centre - half, half, centre + half);
  };
  const auto profile_of = [&](const std::string& name) {
    const auto found = dose.find(name);
    return found == dose.end() ? uniform(1.0) : found->second;
  };

  struct Band {
    double end;  // of y; the nodes before it have this dose
    Profile dose;
    double shift;
  };
  std::vector<Band> bands;
  add("GTV", square(kGtvHalf, 0.0), kGtvHalf);
  add("PTV", square(kPtvHalf, 0.0), kPtvHalf);
  bands.push_back({kPtvHalf + 0.5 * kGap, profile_of("PTV"), 0.0});
  double y = kPtvHalf + kGap;
  for (const BoxOrgan& organ : organs) {
    const double shift = shift_of(organ.name);
    add(organ.name, test::box_ring(shift - 0.5 * kLength, y, shift + 0.5 * kLength, y + organ.thickness_mm),
        kHalfHeight);
    y += organ.thickness_mm + kGap;
    bands.push_back({y - 0.5 * kGap, profile_of(organ.name), shift});
  }

  test::GridSpec grid;
  grid.first = {-60, -kPtvHalf - 2.0 * kNodeY, -60};
  grid.spacing = {kNode, kNodeY, kNodeZ};
  grid.size = {97, static_cast<int>((y - grid.first.y()) / kNodeY) + 2, 25};
  c.course.set_dose(test::sample(grid, [&](const Eigen::Vector3d& p) {
    for (const Band& band : bands) {
      if (p.y() < band.end) return band.dose(p.x() - band.shift);
    }
    return 0.0;
  }));
  return c;
}

}  // namespace dosegate::clause_test
