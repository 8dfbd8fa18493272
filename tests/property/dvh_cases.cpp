#include "tests/property/dvh_cases.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "tests/property/random.h"

namespace dosegate::property {
namespace {

using Ring = std::vector<Eigen::Vector2d>;

using Area = DrawingArea;

Ring star(Random& random, const Area& a, double least, double most) {
  const std::size_t n = 3 + random.below(8);
  const double turn = random.between(0.0, 2.0 * std::numbers::pi);
  Ring ring;
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = turn + 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    const double r = random.between(least, most);
    ring.push_back(a.centre + r * Eigen::Vector2d(std::cos(angle), std::sin(angle)).cwiseProduct(a.radius));
  }
  if (random.coin()) std::reverse(ring.begin(), ring.end());
  return ring;
}

Eigen::Vector2d point_in(Random& random, const Area& a) {
  const double x = random.between(-1.0, 1.0), y = random.between(-1.0, 1.0);
  return a.centre + Eigen::Vector2d(x, y).cwiseProduct(a.radius);
}

// Points anywhere: the ring crosses itself.
Ring tangle(Random& random, const Area& a) {
  Ring ring;
  for (std::size_t n = 4 + random.below(4); n > 0; --n) ring.push_back(point_in(random, a));
  return ring;
}

// Sides on voxel centres or edges.
Ring lattice_box(Random& random, const Area& a) {
  const auto side = [&](int axis) {
    const double cell = std::round((a.centre[axis] - a.origin[axis]) / a.step[axis]);
    return std::pair{a.origin[axis] + a.step[axis] * (cell - 1.0 - static_cast<double>(random.below(2))),
                     a.origin[axis] + a.step[axis] * (cell + 1.0 + static_cast<double>(random.below(3)))};
  };
  const auto [x0, x1] = side(0);
  const auto [y0, y1] = side(1);
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

Ring keyhole(Random& random, const Area& a) {
  Ring ring = star(random, a, 0.6, 1.0);
  const Ring hole = star(random, a, 0.15, 0.5);
  ring.push_back(ring.front());
  ring.insert(ring.end(), hole.rbegin(), hole.rend());
  ring.push_back(hole.back());
  return ring;
}

// Out to a point and back, along the same line or a hair beside it; and a point twice.
void add_needle(Random& random, const Area& a, Ring& ring) {
  const std::size_t at = random.below(ring.size());
  const Eigen::Vector2d foot = ring[at], tip = point_in(random, a);
  const Eigen::Vector2d beside = random.coin() ? foot : Eigen::Vector2d(foot + Eigen::Vector2d(1e-4, -1e-4));
  ring.insert(ring.begin() + static_cast<std::ptrdiff_t>(at), {foot, tip, beside, beside});
}

void snap(const Area& a, std::vector<Ring>& rings) {
  for (auto& ring : rings) {
    for (auto& p : ring) {
      for (int axis = 0; axis < 2; ++axis) {
        p[axis] = a.origin[axis] + a.step[axis] * std::round((p[axis] - a.origin[axis]) / a.step[axis]);
      }
    }
  }
}

std::vector<Ring> draw(Random& random, const Area& a) {
  std::vector<Ring> rings;
  switch (random.below(6)) {
    case 0:
      rings = {star(random, a, 0.3, 1.0)};
      break;
    case 1:
      rings = {star(random, a, 0.6, 1.0), star(random, a, 0.2, 0.7)};
      if (random.coin()) rings.push_back(star(random, a, 0.05, 0.3));
      break;
    case 2:
      rings = {tangle(random, a)};
      break;
    case 3:
      rings = {lattice_box(random, a)};
      if (random.coin()) rings.push_back(star(random, a, 0.2, 0.8));
      break;
    case 4:
      rings = {keyhole(random, a)};
      break;
    default:
      rings = {star(random, a, 0.3, 1.0)};
      add_needle(random, a, rings.front());
      break;
  }
  if (random.below(5) == 0) snap(a, rings);
  return rings;
}

// To 1/1024 mm: sums and halves of such lengths are exact, so that a contour on a voxel's edge is exactly there.
double binary(double mm) { return std::round(mm * 1024.0) / 1024.0; }

VoxelDoses lattice(Random& random) {
  VoxelDoses doses;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double first = binary(random.between(-60.0, 60.0)), spacing = binary(random.between(2.0, 6.0));
    const std::size_t n = 3 + random.below(3);
    double uneven = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      doses.centre[axis].push_back(first + (axis == 2 ? uneven : static_cast<double>(i) * spacing));
      uneven += binary(spacing * random.between(0.7, 1.4));
    }
  }
  return doses;
}

void fill(Random& random, DoseKind kind, VoxelDoses& doses) {
  const auto& c = doses.centre;
  const auto somewhere = [&](std::size_t axis) { return random.between(c[axis].front(), c[axis].back()); };
  struct Peak {
    Eigen::Vector3d at;
    double gy, width;
  };
  std::vector<Peak> peaks;
  for (int i = 0; i < 2; ++i) {
    const double x = somewhere(0), y = somewhere(1), z = somewhere(2);
    const double gy = random.between(10.0, 50.0);
    peaks.push_back({{x, y, z}, gy, random.between(4.0, 15.0)});
  }
  const double slope = random.between(-1.0, 1.0);
  const std::size_t step_axis = random.below(3), step_at = 1 + random.below(c[step_axis].size() - 1);
  for (std::size_t k = 0; k < c[2].size(); ++k) {
    for (std::size_t j = 0; j < c[1].size(); ++j) {
      for (std::size_t i = 0; i < c[0].size(); ++i) {
        const Eigen::Vector3d at(c[0][i], c[1][j], c[2][k]);
        double gy = 15.0 + slope * (at.x() - c[0].front()) * 0.5;
        for (const auto& p : peaks) gy += p.gy * std::exp(-(at - p.at).squaredNorm() / (2.0 * p.width * p.width));
        if (kind == DoseKind::kRough) gy = random.between(0.0, 70.0);
        if (kind == DoseKind::kPlateau) gy = std::clamp(gy, 20.0, 30.0);
        if (kind == DoseKind::kStep) gy = std::array{i, j, k}[step_axis] < step_at ? 12.5 : 50.0;
        doses.gy.push_back(static_cast<float>(std::max(0.0, gy)));
      }
    }
  }
}

std::vector<DrawnPlane> draw_planes(Random& random, const VoxelDoses& doses) {
  const Stage stage = set_stage(random, doses);
  // Spacings stay within 1.5 of the least of them, or the model would see a missing slice, and below what it takes for
  // slices of one structure.
  constexpr double kWidest = 24.0;  // mm
  const double spacing = std::min(stage.half_z, kWidest / 0.44);
  std::vector<double> at = {0.0};
  for (std::size_t more = 1 + random.below(2); more > 0; --more) {
    at.push_back(at.back() + spacing * random.between(0.3, 0.44));
  }
  const double thickness = 1.5 * at.back();  // with half a spacing on either end
  const double play = std::max(0.0, stage.half_z - 0.5 * thickness);
  const double shift = stage.middle_z - 0.5 * at.back() + random.between(-play, play);
  for (double& z : at) z += shift;
  return draw_on(random, stage, at);
}

// Whether the rings mean what the reference takes them for: three different points each, not on one line, no ring
// twice.
bool is_plain(const std::vector<Ring>& rings) {
  std::vector<Ring> seen;
  for (Ring ring : rings) {
    const auto before = [](const auto& p, const auto& q) { return p.x() != q.x() ? p.x() < q.x() : p.y() < q.y(); };
    std::sort(ring.begin(), ring.end(), before);
    ring.erase(std::unique(ring.begin(), ring.end()), ring.end());
    const auto off_line = [&](const auto& p) {
      const Eigen::Vector2d along = ring.back() - ring.front(), to = p - ring.front();
      return along.x() * to.y() != along.y() * to.x();
    };
    if (std::none_of(ring.begin(), ring.end(), off_line)) return false;
    if (ring.size() < 3 || std::find(seen.begin(), seen.end(), ring) != seen.end()) return false;
    seen.push_back(ring);
  }
  return true;
}

}  // namespace

Stage set_stage(Random& random, const VoxelDoses& doses) {
  std::array<double, 3> middle{}, half{};  // of the grid, its outer half voxels included
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& c = doses.centre[axis];
    const double lo = c[0] - 0.5 * (c[1] - c[0]), hi = c.back() + 0.5 * (c.back() - c[c.size() - 2]);
    middle[axis] = 0.5 * (lo + hi);
    half[axis] = 0.5 * (hi - lo) * (random.below(12) == 0 ? 1.3 : 0.99);
  }
  Stage stage;
  Area& a = stage.area;
  for (int axis = 0; axis < 2; ++axis) {
    const auto n = static_cast<std::size_t>(axis);
    a.radius[axis] = half[n] * random.between(0.3, 0.9);
    const double play = half[n] - a.radius[axis];
    a.centre[axis] = middle[n] + random.between(-play, play);
    a.origin[axis] = doses.centre[n].front();
    a.step[axis] = 0.5 * (doses.centre[n][1] - doses.centre[n][0]);
  }
  stage.middle_z = middle[2], stage.half_z = half[2];
  return stage;
}

std::vector<DrawnPlane> draw_on(Random& random, const Stage& stage, const std::vector<double>& at) {
  std::vector<DrawnPlane> planes;
  for (const double z : at) {
    const bool same = !planes.empty() && random.below(3) == 0;
    DrawnPlane plane{z, same ? planes.back().rings : draw(random, stage.area)};
    planes.push_back(std::move(plane));
  }
  return planes;
}

bool are_plain(const std::vector<DrawnPlane>& planes) {
  return std::all_of(planes.begin(), planes.end(), [](const auto& p) { return is_plain(p.rings); });
}

VoxelDoses random_doses(Random& random, DoseKind kind) {
  VoxelDoses doses = lattice(random);
  fill(random, kind, doses);
  return doses;
}

namespace {

// Also of some volume, and beyond the grid by none or by more than the 1e-9 that dvh/cells takes for rounding.
bool is_clear(const DvhCase& c) {
  if (!are_plain(c.planes)) return false;
  const DvhReference reference = c.reference();
  const Volume total = reference.total().value, outside = reference.outside().value;
  return total >= Volume::mm3(1.0) && (outside == Volume::mm3(0.0) || outside / total > 1e-8);
}

}  // namespace

Structure structure_of(const std::vector<DrawnPlane>& planes) {
  Structure s;
  s.roi_number = 1;
  s.name = "Random";
  s.frame_of_reference_uid = "1.2.3";
  for (const auto& plane : planes) {
    for (const auto& ring : plane.rings) {
      Contour c;
      for (const auto& p : ring) c.points.emplace_back(p.x(), p.y(), plane.z);
      s.contours.push_back(std::move(c));
    }
  }
  return s;
}

DoseGrid grid_of(const VoxelDoses& doses) {
  const auto& c = doses.centre;
  std::vector<double> offsets;
  for (const double z : c[2]) offsets.push_back(z - c[2].front());
  DoseDescription d;
  d.value_type = DoseValueType::kFloat32;
  d.values = doses.gy.data();
  d.value_count = doses.gy.size();
  d.columns = static_cast<std::uint32_t>(c[0].size());
  d.rows = static_cast<std::uint32_t>(c[1].size());
  d.planes = static_cast<std::uint32_t>(c[2].size());
  d.position_mm = {c[0].front(), c[1].front(), c[2].front()};
  d.column_spacing_mm = c[0][1] - c[0][0];
  d.row_spacing_mm = c[1][1] - c[1][0];
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  auto grid = DoseGrid::make(d);
  if (!grid) throw std::logic_error(grid.error().message);
  return *std::move(grid);
}

DvhCase random_case(std::uint32_t seed, DoseKind kind) {
  Random random(seed);
  DvhCase c;
  c.seed = seed;
  c.doses = random_doses(random, kind);
  c.scale = random.one_of(std::vector<double>{1.0, 1.0, 0.5, 2.0});
  do {
    c.planes = draw_planes(random, c.doses);
  } while (!is_clear(c));
  return c;
}

}  // namespace dosegate::property
