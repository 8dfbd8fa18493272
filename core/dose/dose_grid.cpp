#include "core/dose/dose_grid.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/dose/copied_doses.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::uint64_t kMaxVoxels = std::uint64_t{1} << 28;
constexpr std::uint64_t kWorthThreads = 1'000'000;  // voxels
// What is converted at a time, beside what it is converted from, then is more than caches hold.
constexpr std::uint64_t kBeyondCaches = 1'500'000;  // voxels
// Less is the rounding of sums: 1e-10 of cosines over 1 m; and of turned coordinates (frame/orientation.h), 5e-10 mm of
// a grid 1 km away, where it is farthest. It changes less than the doses' own precision.
constexpr double kNotMisplaced = 1e-7;  // mm
constexpr double kMostCosinesOff = 1e-3;

Error invalid(std::string path, std::string message) {
  return Error{ErrorCode::kInvalidData, std::move(path), std::move(message)};
}

bool is_positive(double v) { return std::isfinite(v) && v > 0.0; }

// Empty: two perpendicular unit vectors, as nearly as kMostCosinesOff.
std::string cosines_problem(const Eigen::Vector3d& row, const Eigen::Vector3d& column) {
  if (!row.allFinite() || !column.allFinite()) return "The direction cosines of the dose grid are not all finite.";
  const double row_off = std::abs(row.norm() - 1.0), column_off = std::abs(column.norm() - 1.0);
  const double dot = std::abs(row.dot(column));
  if (row_off <= kMostCosinesOff && column_off <= kMostCosinesOff && dot <= kMostCosinesOff) return {};
  return "The direction cosines of the dose grid are not two perpendicular unit vectors: their lengths are off 1 by " +
         beside(row_off, kMostCosinesOff, 4) + " (row) and " + beside(column_off, kMostCosinesOff, 4) +
         " (column), their product is off 0 by " + beside(dot, kMostCosinesOff, 4) + "; at most " +
         fixed(kMostCosinesOff, 3) +
         " each is the rounding of an export. Export the dose again with its orientation to six decimals.";
}

// How far voxels of a grid lie at most from where the frame has them, along each axis of the frame.
Eigen::Vector3d off_mm(const DoseDescription& d, const GridFrame& frame) {
  const auto [nearest, farthest] = std::minmax_element(d.plane_offsets_mm, d.plane_offsets_mm + d.planes);
  const double off_planes = std::max(std::abs(*nearest), std::abs(*farthest));
  const auto off = [&](std::size_t n, const Eigen::Vector3d& cosines) -> Eigen::Vector3d {
    return (frame.orientation.to_grid(cosines) - frame.unit(n)).cwiseAbs();
  };
  return (d.columns - 1.0) * d.column_spacing_mm * off(0, d.row_cosines) +
         (d.rows - 1.0) * d.row_spacing_mm * off(1, d.column_cosines) +
         off_planes * off(2, d.row_cosines.cross(d.column_cosines));
}

// Converts `count` stored values to Gy. Returns whether all are doses: not NaN, not negative, not over kLargestGy.
// Lanes, because a compiler may not reorder a maximum by itself.
template <typename Sample>
bool convert(const unsigned char* from, std::size_t count, double to_gy, float* to, std::ptrdiff_t stride,
             float& maximum) {
  constexpr std::size_t kLanes = 8;
  std::array<float, kLanes> most{};
  most.fill(maximum);
  std::array<unsigned, kLanes> bad{};
  const auto one = [&](std::size_t i, std::size_t lane) {
    Sample sample;
    std::memcpy(&sample, from + i * sizeof(sample), sizeof(sample));
    const double v = static_cast<double>(sample) * to_gy;
    const auto f = static_cast<float>(v);
    bad[lane] |= static_cast<unsigned>(!(v >= 0.0)) | static_cast<unsigned>(!(v <= kLargestGy));
    most[lane] = f > most[lane] ? f : most[lane];
    to[static_cast<std::ptrdiff_t>(i) * stride] = f;
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) one(i + lane, lane);
  }
  for (; i < count; ++i) one(i, 0);
  maximum = *std::max_element(most.begin(), most.end());
  return std::all_of(bad.begin(), bad.end(), [](unsigned b) { return b == 0; });
}

// The same for integers, which are never negative or NaN, along x. Samples below 2^31 convert as signed numbers, for
// which processors have an instruction.
template <typename Sample>
bool convert_integers(const unsigned char* from, std::size_t count, double to_gy, float* to, std::ptrdiff_t stride,
                      float& maximum) {
  const auto sample = [&](std::size_t i) {
    Sample s;
    std::memcpy(&s, from + i * sizeof(s), sizeof(s));
    return static_cast<std::uint32_t>(s);
  };
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all |= sample(i);
  if (stride != 1 || all > 0x7fffffff) return convert<Sample>(from, count, to_gy, to, stride, maximum);
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = static_cast<float>(static_cast<double>(static_cast<std::int32_t>(sample(i))) * to_gy);
  }
  std::array<float, 8> most{};
  std::size_t i = 0;
  for (; i + most.size() <= count; i += most.size()) {
    for (std::size_t lane = 0; lane < most.size(); ++lane) most[lane] = std::max(most[lane], to[i + lane]);
  }
  for (; i < count; ++i) most[0] = std::max(most[0], to[i]);
  maximum = std::max(maximum, *std::max_element(most.begin(), most.end()));
  return maximum <= static_cast<float>(kLargestGy);
}

struct Converter {
  bool (*run)(const unsigned char*, std::size_t, double, float*, std::ptrdiff_t, float&);
  std::size_t sample_size;
};
Converter converter_for(DoseValueType type) {
  switch (type) {
    case DoseValueType::kFloat64:
      return {convert<double>, sizeof(double)};
    case DoseValueType::kUint16:
      return {convert_integers<std::uint16_t>, sizeof(std::uint16_t)};
    case DoseValueType::kUint32:
      return {convert_integers<std::uint32_t>, sizeof(std::uint32_t)};
    case DoseValueType::kFloat32:
      break;
  }
  return {convert<float>, sizeof(float)};
}

// Number of the first value that is no dose.
std::optional<std::uint64_t> first_bad(DoseValueType type, const void* values, std::uint64_t count, double to_gy) {
  const Converter converter = converter_for(type);
  const auto* bytes = static_cast<const unsigned char*>(values);
  float value = 0.0F, maximum = 0.0F;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!converter.run(bytes + i * converter.sample_size, 1, to_gy, &value, 1, maximum)) return i;
  }
  return std::nullopt;
}

Error bad_value(std::uint64_t number) {
  return invalid("values", "Dose value number " + std::to_string(number + 1) +
                               " is negative, over 1000000 Gy or not a number. Export the dose again.");
}

struct Problem {
  Prose what, hint;
};

// Why a dose that is well formed cannot be taken as the physical dose of this plan.
Problem meaning_problem(const DoseDescription& d, DoseUse use) {
  if (!d.defect.empty()) return {d.defect, say<Said::kExportComplete>()};
  if (d.units == DoseUnits::kRelative) {
    return {say<Said::kDoseRelative>(), say<Said::kExportInGy>()};
  }
  if (d.type == DoseType::kEffective) {
    return {say<Said::kDoseEffective>(), say<Said::kExportPhysical>()};
  }
  if (d.type == DoseType::kError) {
    return {say<Said::kDoseDifference>(), say<Said::kExportPhysical>()};
  }
  if (use == DoseUse::kComparison) return {};
  if (d.summation == DoseSummation::kMultiPlan) {
    return {say<Said::kDoseOfSeveralPlans>(), say<Said::kExportOnePlan>()};
  }
  if (d.summation == DoseSummation::kOther) {
    return {say<Said::kDoseOfNoWholePlan>(), say<Said::kExportSumOfPlan>()};
  }
  return {};
}

}  // namespace

Result<DoseGrid> DoseGrid::make(const DoseDescription& d, const Host& host, DoseUse use) {
  DoseGrid grid;
  grid.summation_ = d.summation;
  grid.frame_of_reference_uid_ = d.frame_of_reference_uid;
  Problem problem = meaning_problem(d, use);
  if (d.values == nullptr && !d.defect.empty()) {
    grid.problem_ = problem.what;
    grid.problem_hint_ = problem.hint;
    return grid;
  }
  if (d.columns < 1 || d.rows < 1 || d.planes < 1) return invalid("columns", "The dose grid has no voxels.");
  const std::uint64_t per_plane = std::uint64_t{d.columns} * d.rows;  // < 2^64: both are 32 bits
  if (per_plane > kMaxVoxels || per_plane * d.planes > kMaxVoxels) {
    return Error{ErrorCode::kLimitExceeded, "planes",
                 "The dose grid has more than 268435456 voxels. Export it with a coarser spacing."};
  }
  const std::uint64_t count = per_plane * d.planes;
  const bool has_values = use != DoseUse::kExpected;
  if (has_values && (d.values == nullptr || d.value_count != count)) {
    return invalid("value_count", "The dose grid holds " + std::to_string(d.value_count) + " values where columns x " +
                                      "rows x planes = " + std::to_string(count) + ".");
  }
  if (!is_positive(d.scaling)) return invalid("scaling", "Dose grid scaling is not a positive finite number.");
  if (!is_positive(d.row_spacing_mm)) return invalid("row_spacing_mm", "Row spacing is not positive and finite.");
  if (!is_positive(d.column_spacing_mm)) {
    return invalid("column_spacing_mm", "Column spacing is not positive and finite.");
  }
  if (!d.position_mm.allFinite() || d.position_mm.cwiseAbs().maxCoeff() > 1e6) {
    return invalid("position_mm", "The position of the dose grid is not finite, or over 1 km away.");
  }
  if (std::string wrong = cosines_problem(d.row_cosines, d.column_cosines); !wrong.empty()) {
    return invalid("row_cosines", std::move(wrong));
  }
  if (d.plane_offsets_mm == nullptr) return invalid("plane_offsets_mm", "The dose grid has no plane offsets.");
  for (std::uint32_t p = 0; p < d.planes; ++p) {
    if (!std::isfinite(d.plane_offsets_mm[p]) || std::abs(d.plane_offsets_mm[p]) > 1e6) {
      return invalid("plane_offsets_mm", "Plane offset " + std::to_string(p + 1) + " is not finite.");
    }
  }
  const bool descending = d.planes > 1 && d.plane_offsets_mm[1] < d.plane_offsets_mm[0];
  for (std::uint32_t p = 1; p < d.planes; ++p) {
    const double step = d.plane_offsets_mm[p] - d.plane_offsets_mm[p - 1];
    if (descending ? step >= 0 : step <= 0) {
      return invalid("plane_offsets_mm", "Plane offsets neither rise nor fall throughout: number " +
                                             std::to_string(p + 1) + " turns back.");
    }
  }

  const double to_gy = d.units == DoseUnits::kCgy ? d.scaling / 100.0 : d.scaling;
  // Judged over the whole grid: cosines near 1 say little, a turn of 1 mrad is 0.5 mm at 500 mm.
  std::optional<GridFrame> frame = patient_frame_of(d.row_cosines, d.column_cosines);
  if (frame) grid.off_mm_ = off_mm(d, *frame);
  if (!frame || !(grid.off_mm_.norm() <= kMostMisplaced)) {
    frame = own_frame_of(d.row_cosines, d.column_cosines);
    grid.off_mm_ = off_mm(d, *frame);
  }
  grid.orientation_ = frame->orientation;
  const std::array<GridFrame::Along, 3>& along = frame->along;
  const double off = grid.off_mm_.norm();
  if (problem.what.empty() && !(off <= kMostMisplaced)) {
    problem = {say<Said::kDoseSkewed>(number(off, 2, "mm")), say<Said::kExportMoreDecimals>()};
  }
  if (off <= kNotMisplaced) grid.off_mm_.setZero();
  if (problem.what.empty() && use != DoseUse::kComparison && (d.columns < 2 || d.rows < 2 || d.planes < 2)) {
    problem = {say<Said::kDoseSinglePlane>(), say<Said::kExportAsVolume>()};
  }
  if (!problem.what.empty()) {
    if (has_values) {
      if (const auto bad = first_bad(d.value_type, d.values, count, to_gy)) return bad_value(*bad);
    }
    grid.problem_ = problem.what;
    grid.problem_hint_ = problem.hint;
    return grid;
  }

  // Columns, rows, planes: each goes to its axis of the frame, reversed where it descends.
  const Eigen::Vector3d first = grid.orientation_.to_grid(d.position_mm);
  Layout& layout = grid.layout_;
  layout.counts = {d.columns, d.rows, d.planes};
  layout.plane_axis = along[2].axis;
  layout.to_gy = to_gy;
  for (std::size_t g = 0; g < 3; ++g) {
    std::vector<double>& coordinates = grid.axes_[static_cast<std::size_t>(number_of(along[g].axis))];
    coordinates.resize(layout.counts[g]);
    for (std::uint32_t n = 0; n < layout.counts[g]; ++n) {
      const double offset = g == 0 ? n * d.column_spacing_mm : g == 1 ? n * d.row_spacing_mm : d.plane_offsets_mm[n];
      coordinates[n] = first[number_of(along[g].axis)] + along[g].sign * offset;
    }
  }
  for (std::size_t g = 0; g < 3; ++g) {
    const auto axis = static_cast<std::size_t>(number_of(along[g].axis));
    std::ptrdiff_t stride = 1;
    for (std::size_t a = 0; a < axis; ++a) stride *= static_cast<std::ptrdiff_t>(grid.axes_[a].size());
    layout.step[g] = stride;
    std::vector<double>& coordinates = grid.axes_[axis];
    if (coordinates.front() > coordinates.back()) {
      std::reverse(coordinates.begin(), coordinates.end());
      layout.start += stride * (static_cast<std::ptrdiff_t>(layout.counts[g]) - 1);
      layout.step[g] = -stride;
    }
  }
  if (!has_values) return grid;
  auto values = std::make_shared_for_overwrite<float[]>(count);
  grid.plane_maximum_.assign(d.planes, 0.0F);
  if (const auto bad = grid.convert_planes(0, d.planes, d.value_type, d.values, values.get(), host)) {
    return bad_value(*bad);
  }
  grid.values_ = std::move(values);
  grid.count_ = count;
  grid.misplaced_ = grid.change_over(grid.off_mm_);
  return grid;
}

Dose DoseGrid::change_over(const Eigen::Vector3d& mm) const {
  if (mm.isZero(0.0)) return {};
  double gy = 0.0;
  std::size_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::vector<double>& at = axes_[axis];
    double steepest = 0.0;  // Gy/mm; trilinear dose is nowhere steeper along an axis than between two voxels
    for (std::size_t line = 0; line < count_; line += stride * at.size()) {
      for (std::size_t i = 0; i + 1 < at.size(); ++i) {
        const float* here = values_.get() + line + i * stride;
        float rise = 0.0F;
        for (std::size_t n = 0; n < stride; ++n) rise = std::max(rise, std::abs(here[n + stride] - here[n]));
        steepest = std::max(steepest, static_cast<double>(rise) / (at[i + 1] - at[i]));
      }
    }
    gy += steepest * mm[static_cast<Eigen::Index>(axis)];
    stride *= at.size();
  }
  return Dose::gy(gy);
}

std::optional<std::uint64_t> DoseGrid::convert_planes(std::uint32_t first, std::uint32_t count, DoseValueType type,
                                                      const void* values, float* to, const Host& host) {
  const Converter converter = converter_for(type);
  const auto* bytes = static_cast<const unsigned char*>(values);
  const std::uint32_t columns = layout_.counts[0], rows = layout_.counts[1];
  const std::size_t row_bytes = converter.sample_size * columns;
  const bool is_copy = type == DoseValueType::kFloat32 && layout_.to_gy == 1.0 && layout_.step[0] == 1;
  const bool streams = std::uint64_t{columns} * rows * count >= kBeyondCaches;
  const bool rows_follow = layout_.step[1] == static_cast<std::ptrdiff_t>(columns);
  const auto convert_plane = [&](std::uint32_t p) -> std::optional<std::uint64_t> {
    float& maximum = plane_maximum_[first + p];
    maximum = 0.0F;
    if (is_copy && rows_follow) {
      float* at = to + layout_.start + static_cast<std::ptrdiff_t>(first + p) * layout_.step[2];
      const std::size_t values_of_plane = std::size_t{columns} * rows;
      if (copy_doses(bytes + p * values_of_plane * sizeof(float), values_of_plane, streams, at, maximum)) return {};
    }
    for (std::uint32_t r = 0; r < rows; ++r) {
      const std::uint64_t row = std::uint64_t{p} * rows + r;
      float* at = to + layout_.start + static_cast<std::ptrdiff_t>(first + p) * layout_.step[2] +
                  static_cast<std::ptrdiff_t>(r) * layout_.step[1];
      if (is_copy && copy_doses(bytes + row * row_bytes, columns, false, at, maximum)) continue;
      if (converter.run(bytes + row * row_bytes, columns, layout_.to_gy, at, layout_.step[0], maximum)) continue;
      return row * columns + *first_bad(type, bytes + row * row_bytes, columns, layout_.to_gy);
    }
    return std::nullopt;
  };
  Host lent = host;
  lent.should_cancel = nullptr;
  if (std::uint64_t{columns} * rows * count < kWorthThreads) lent.threads = 1;
  std::vector<std::optional<std::uint64_t>> bad(count);
  parallel_for(lent, count, [&](std::size_t p) { bad[p] = convert_plane(static_cast<std::uint32_t>(p)); });
  for (const auto& number : bad) {
    if (number) return number;
  }
  maximum_ = Dose::gy(static_cast<double>(*std::max_element(plane_maximum_.begin(), plane_maximum_.end())));
  return std::nullopt;
}

Result<DoseGrid> DoseGrid::with_planes(std::uint32_t first, std::uint32_t count, DoseValueType type, const void* values,
                                       std::uint64_t value_count, const Host& host) const {
  const auto [columns, rows, planes] = layout_.counts;
  if (count < 1 || first >= planes || count > planes - first) {
    return invalid("first_plane",
                   "Planes " + std::to_string(first) + " to " + std::to_string(std::uint64_t{first} + count) +
                       " (excluded) are not all among the " + std::to_string(planes) + " of the dose grid.");
  }
  const std::uint64_t expected = std::uint64_t{columns} * rows * count;
  if (values == nullptr || value_count != expected) {
    return invalid("value_count", "There are " + std::to_string(value_count) + " values where columns x rows x " +
                                      std::to_string(count) + " planes = " + std::to_string(expected) + ".");
  }
  DoseGrid grid = *this;
  auto copy = std::make_shared_for_overwrite<float[]>(count_);
  std::copy_n(values_.get(), count_, copy.get());
  if (const auto bad = grid.convert_planes(first, count, type, values, copy.get(), host)) return bad_value(*bad);
  grid.values_ = std::move(copy);
  grid.misplaced_ = grid.change_over(grid.off_mm_);
  return grid;
}

std::pair<std::size_t, std::size_t> DoseGrid::z_range(std::uint32_t first, std::uint32_t count) const {
  const std::size_t planes = layout_.counts[2], begin = first, end = std::size_t{first} + count;
  if (layout_.plane_axis != Axis::kZ) return {0, axes_[2].size()};
  return layout_.step[2] > 0 ? std::pair{begin, end} : std::pair{planes - end, planes - begin};
}

}  // namespace dosegate
