#include "tests/property/report_cases.h"

#include <algorithm>

#include "tests/property/random.h"

namespace dosegate::property {
namespace {

struct Slots {
  double spacing = 0.0;
  std::vector<double> at;  // every slice of the set
};

Slots even_slots(Random& random, const Stage& stage, std::size_t count) {
  Slots slots;
  const double whole = 2.0 * stage.half_z * random.between(0.4, 0.95);
  slots.spacing = whole / static_cast<double>(count);
  const double play = stage.half_z - 0.5 * whole;
  const double first = stage.middle_z - 0.5 * whole + 0.5 * slots.spacing + random.between(-play, play);
  for (std::size_t i = 0; i < count; ++i) slots.at.push_back(first + static_cast<double>(i) * slots.spacing);
  return slots;
}

// Steps of 0.65 to 1.4, of which none is over 1.45 of the middle one.
Slots uneven_slots(Random& random, const Stage& stage, std::size_t count) {
  Slots slots = even_slots(random, stage, count);
  std::vector<double> steps;
  double middle = 0.0;
  do {
    steps.clear();
    for (std::size_t i = 0; i + 1 < count; ++i) steps.push_back(slots.spacing * random.between(0.65, 1.4));
    std::vector<double> sorted = steps;
    std::sort(sorted.begin(), sorted.end());
    middle = sorted[(sorted.size() - 1) / 2];
  } while (*std::max_element(steps.begin(), steps.end()) > 1.45 * middle);
  for (std::size_t i = 0; i < steps.size(); ++i) slots.at[i + 1] = slots.at[i] + steps[i];
  return slots;
}

// Pieces of evenly spaced planes: half-way inside, half the spacing at the ends.
std::vector<DrawnSlab> as_pieces(const std::vector<DrawnPlane>& planes, double spacing) {
  std::vector<DrawnSlab> slabs;
  for (const DrawnPlane& p : planes) slabs.push_back({p, p.z - 0.5 * spacing, p.z + 0.5 * spacing});
  return slabs;
}

bool is_clear(const std::vector<DrawnSlab>& slabs, const VoxelDoses& doses) {
  std::vector<DrawnPlane> planes;
  for (const DrawnSlab& s : slabs) {
    planes.push_back(s.plane);
    // A contour on one line is no contour, and its slice would count as not drawn.
    if (DvhReference(std::vector<DrawnSlab>{s}, doses, 1.0).total().value < Volume::mm3(1e-3)) return false;
  }
  const DvhReference reference(slabs, doses, 1.0);
  const Volume total = reference.total().value, outside = reference.outside().value;
  return are_plain(planes) && total >= Volume::mm3(1.0) && (outside == Volume() || outside / total > 1e-8);
}

std::vector<DrawnPlane> draw_clear(Random& random, const VoxelDoses& doses, const std::vector<double>& at,
                                   double spacing) {
  std::vector<DrawnPlane> planes;
  do {
    planes = draw_on(random, set_stage(random, doses), at);
  } while (!is_clear(as_pieces(planes, spacing), doses));
  return planes;
}

std::vector<double> without(const std::vector<double>& at, std::size_t first, std::size_t count) {
  std::vector<double> left = at;
  const auto from = left.begin() + static_cast<std::ptrdiff_t>(first);
  left.erase(from, from + static_cast<std::ptrdiff_t>(count));
  return left;
}

void draw_rois(Random& random, ReportCase& c) {
  DrawnRoi roi;
  roi.name = "Random";
  roi.drawn = static_cast<Drawn>(c.seed % kWaysToDraw);
  const Stage stage = set_stage(random, c.doses);
  const bool in_pieces = roi.drawn == Drawn::kInPieces;
  const bool has_other = in_pieces || random.below(3) == 0;
  Slots slots;
  std::vector<double> at;
  switch (roi.drawn) {
    case Drawn::kEvenly:
      slots = even_slots(random, stage, 2 + random.below(7));
      at = slots.at;
      break;
    case Drawn::kUnevenly:
      slots = uneven_slots(random, stage, 3 + random.below(5));
      at = slots.at;
      break;
    case Drawn::kInPieces: {
      slots = even_slots(random, stage, 6 + random.below(4));
      const std::size_t empty = 2 + random.below(slots.at.size() - 4);  // three planes or more are left
      at = without(slots.at, 1 + random.below(slots.at.size() - empty - 1), empty);
      break;
    }
    case Drawn::kStated:
    case Drawn::kMissing:
      slots = even_slots(random, stage, 6 + random.below(4));
      at = without(slots.at, 2 + random.below(slots.at.size() - 4), 1);
      break;
    case Drawn::kOnOne:
      slots = even_slots(random, stage, 3);
      at = {slots.at[random.below(3)]};
      if (!has_other) roi.slab_thickness = slots.spacing;
      break;
  }
  const std::vector<DrawnPlane> planes = draw_clear(random, c.doses, at, slots.spacing);
  const std::vector<DrawnSlab> apart = as_pieces(planes, slots.spacing);
  if (roi.drawn == Drawn::kEvenly || roi.drawn == Drawn::kUnevenly || roi.drawn == Drawn::kMissing) {
    roi.slabs = half_way(planes);
    if (roi.drawn == Drawn::kMissing) roi.otherwise = apart;
  } else {
    roi.slabs = apart;
  }
  c.rois.push_back(roi);
  if (!has_other) return;
  DrawnRoi other;
  other.name = "Other";
  other.drawn = roi.drawn == Drawn::kUnevenly ? Drawn::kUnevenly : Drawn::kEvenly;
  other.slabs = half_way(draw_clear(random, c.doses, slots.at, slots.spacing));
  c.rois.push_back(other);
}

bool is_clear(const DrawnRoi& roi, const VoxelDoses& doses) {
  return is_clear(roi.slabs, doses) && (roi.otherwise.empty() || is_clear(roi.otherwise, doses));
}

}  // namespace

double ReportCase::maximum_gy() const {
  return scale * static_cast<double>(*std::max_element(doses.gy.begin(), doses.gy.end()));
}

Case ReportCase::to_case() const {
  Case c;
  std::int32_t number = 0;
  for (const DrawnRoi& roi : rois) {
    std::vector<DrawnPlane> planes;
    for (const DrawnSlab& s : roi.slabs) planes.push_back(s.plane);
    Structure structure = structure_of(planes);
    structure.roi_number = ++number;
    structure.name = roi.name;
    structure.slab_thickness = roi.slab_thickness;
    c.course.structures()[number] = structure;
    if (roi.drawn == Drawn::kStated) c.options.separate_pieces.push_back(roi.name);
  }
  c.course.set_dose(grid_of(doses));
  if (outside_is_zero) c.options.outside_grid = OutsideGrid::kZero;
  // Stated, so that no prescription makes the dose doubtful.
  c.options.dose_meaning = scale != 1.0 ? DoseMeaning::kFraction : DoseMeaning::kCourse;
  if (scale != 1.0) {
    c.course.plan();
    FractionGroup group;
    group.number = 1;
    group.fractions_planned = static_cast<std::int32_t>(scale);
    c.course.plan().fraction_groups.push_back(group);
  }
  return c;
}

ReportCase random_report_case(std::uint32_t seed) {
  Random random(seed);
  ReportCase c;
  c.seed = seed;
  c.dose_kind = static_cast<DoseKind>((seed / kWaysToDraw) % 4);
  c.doses = random_doses(random, c.dose_kind);
  c.scale = random.below(3) == 0 ? 2.0 : 1.0;
  c.outside_is_zero = random.below(4) != 0;
  // A course that would fit as it is stored is refused, whatever is stated.
  c.prescribed_share = random.between(c.scale == 1.0 ? 0.3 : 0.75, 1.5);
  do {
    c.rois.clear();
    draw_rois(random, c);
  } while (!std::all_of(c.rois.begin(), c.rois.end(), [&](const DrawnRoi& roi) { return is_clear(roi, c.doses); }));
  return c;
}

}  // namespace dosegate::property
