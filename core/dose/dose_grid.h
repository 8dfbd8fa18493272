// A dose grid on a rectilinear lattice along the axes of its frame: the patient's, or its own where it lies turned.
//
// Direction cosines come as rounded decimals. A grid is taken as parallel to the patient's axes when no voxel of it
// lies farther than 0.01 mm from where its cosines put it (kMostMisplaced): six decimals move one by about 1 um; one
// turned by 1.4 mrad has voxels 0.7 mm off at 500 mm. Any other is laid out along its own axes, the orthonormal ones
// nearest to its cosines, by the same measure: where a voxel would be farther off than that, the cosines are refused.
// What the displacement changes is never left out: misplaced() says by how much a dose may differ for it, and every
// interval is made wider by that.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/frame/orientation.h"
#include "core/parallel/parallel.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"
#include "core/text/message.h"

namespace dosegate {

// How far a voxel may lie from where the direction cosines put it, or from where another frame has it: as far as
// contours with two decimals are known.
inline constexpr double kMostMisplaced = 0.01;  // mm

enum class DoseValueType { kFloat32 = 1, kFloat64 = 2, kUint16 = 3, kUint32 = 4 };
enum class DoseUnits { kGy = 1, kCgy = 2, kRelative = 3 };
enum class DoseType { kPhysical = 1, kEffective = 2, kError = 3 };
enum class DoseSummation { kPlan = 1, kFraction = 2, kFractionSession = 3, kBeams = 4, kMultiPlan = 5, kOther = 6 };

// A dose as a host describes it, by the attributes of RT Dose (see dosegate_dose in dosegate.h). A view.
struct DoseDescription {
  DoseValueType value_type = DoseValueType::kFloat32;
  const void* values = nullptr;
  std::uint64_t value_count = 0;
  double scaling = 1.0;
  DoseUnits units = DoseUnits::kGy;
  DoseType type = DoseType::kPhysical;
  DoseSummation summation = DoseSummation::kPlan;
  std::uint32_t columns = 0, rows = 0, planes = 0;
  Eigen::Vector3d position_mm = Eigen::Vector3d::Zero();
  Eigen::Vector3d row_cosines = Eigen::Vector3d::UnitX();
  Eigen::Vector3d column_cosines = Eigen::Vector3d::UnitY();
  double row_spacing_mm = 0.0, column_spacing_mm = 0.0;
  const double* plane_offsets_mm = nullptr;
  std::string frame_of_reference_uid;
  std::string defect;
};

// What a grid is made for. Metrics of a structure need a volume, and the dose of one whole plan; one dose may be
// compared with another (gamma) point by point, a single plane or line of voxels too, and of whatever it is the sum.
// Of a dose that is expected only the shape is known: values and value_count are not looked at, and it has none.
enum class DoseUse { kMetrics, kComparison, kExpected };

// Values are stored x fastest, then y, then z, along ascending coordinates of the grid's frame, in Gy as tagged (not
// yet scaled to a course), each rounded to single precision: 6e-8 of itself, 3 uGy at 50 Gy. Immutable;
// copies share the values.
class DoseGrid {
 public:
  // kInvalidData: a dose that is NaN, negative or over 10^6 Gy; spacing or scaling not positive and finite; cosines not
  // orthonormal; offsets not strictly monotone; value_count that does not fit. kLimitExceeded: over 2^28
  // voxels. Cosines that are too far from right angles (as above), RELATIVE units, a defect and the like are not errors
  // here: problem() says why such a dose cannot be evaluated, and values may then be absent. Planes are converted on
  // the host's threads.
  static Result<DoseGrid> make(const DoseDescription& description, const Host& host = {},
                               DoseUse use = DoseUse::kMetrics);

  // The same grid with new values in planes [first, first + count), as stored in the description it was made of: same
  // scaling and units. Errors as make(), for value_count too. Precondition: problem() is empty.
  Result<DoseGrid> with_planes(std::uint32_t first, std::uint32_t count, DoseValueType type, const void* values,
                               std::uint64_t value_count, const Host& host = {}) const;
  // Those planes along z of the frame: [begin, end) of axes()[2]. All of z when the planes are not normal to it.
  std::pair<std::size_t, std::size_t> z_range(std::uint32_t first, std::uint32_t count) const;

  // Empty when metrics can be computed from the grid, else the reason as a sentence.
  const Prose& problem() const { return problem_; }
  const Prose& problem_hint() const { return problem_hint_; }

  // The frame that it is laid out in. The patient's, too, where problem() says that nothing is known of its directions.
  const Orientation& orientation() const { return orientation_; }
  // Ascending voxel-centre coordinates along x, y, z of the frame. One coordinate on an axis: a single plane.
  const std::array<std::vector<double>, 3>& axes() const { return axes_; }
  std::uint32_t size(Axis axis) const {
    return static_cast<std::uint32_t>(axes_[static_cast<std::size_t>(number_of(axis))].size());
  }
  // None of one that is expected, and where problem() says that there need be none.
  std::span<const float> values() const { return {values_.get(), count_}; }
  std::size_t index(std::size_t i, std::size_t j, std::size_t k) const {
    return (k * axes_[1].size() + j) * axes_[0].size() + i;
  }
  // Where the value [plane][row][column] of the description that it was made of is in values().
  std::size_t stored_at(std::uint32_t column, std::uint32_t row, std::uint32_t plane) const {
    return static_cast<std::size_t>(layout_.start + static_cast<std::ptrdiff_t>(column) * layout_.step[0] +
                                    static_cast<std::ptrdiff_t>(row) * layout_.step[1] +
                                    static_cast<std::ptrdiff_t>(plane) * layout_.step[2]);
  }
  // Columns, rows, planes of the description.
  const std::array<std::uint32_t, 3>& stored_counts() const { return layout_.counts; }
  Dose maximum() const { return maximum_; }
  // By how much the dose at a point may differ from the one that the cosines as given would put there: the largest
  // slope along each axis of the frame times how far voxels lie off along it. 0 for the cosines 0, 1 and -1.
  Dose misplaced() const { return misplaced_; }
  // By how much the dose at a point may differ from that at one so far away along each axis of the frame, mm.
  Dose change_over(const Eigen::Vector3d& mm) const;

  DoseSummation summation() const { return summation_; }
  const std::string& frame_of_reference_uid() const { return frame_of_reference_uid_; }

 private:
  Orientation orientation_;
  std::array<std::vector<double>, 3> axes_;
  // Where value [p][r][c] of the description is: start + c step[0] + r step[1] + p step[2].
  struct Layout {
    std::array<std::uint32_t, 3> counts{};  // columns, rows, planes
    std::array<std::ptrdiff_t, 3> step{};
    std::ptrdiff_t start = 0;
    Axis plane_axis = Axis::kZ;  // of the frame, that the planes follow
    double to_gy = 1.0;
  };
  // Converts whole planes into `to`; the number of the first bad value, if any.
  std::optional<std::uint64_t> convert_planes(std::uint32_t first, std::uint32_t count, DoseValueType type,
                                              const void* values, float* to, const Host& host);

  Layout layout_;
  Eigen::Vector3d off_mm_ = Eigen::Vector3d::Zero();  // by which voxels lie off at most, along the axes of the frame
  Dose misplaced_;
  std::vector<float> plane_maximum_;  // by plane of the description
  std::shared_ptr<const float[]> values_;
  std::size_t count_ = 0;
  Dose maximum_;
  DoseSummation summation_ = DoseSummation::kPlan;
  std::string frame_of_reference_uid_;
  Prose problem_, problem_hint_;
};

}  // namespace dosegate
