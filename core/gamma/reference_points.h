// The points of a reference, by their numbers: dose, place in the patient and in the evaluated field, volume.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/gamma/field.h"
#include "core/gamma/gamma.h"
#include "core/gamma/search.h"

namespace dosegate::gamma {

// Immutable. A view of reference, evaluated dose and field, which outlive it.
class ReferencePoints {
 public:
  ReferencePoints(const GammaReference& reference, const DoseGrid& evaluated, const Field& field);

  std::size_t size() const { return count_; }
  const float* doses() const { return doses_; }  // Gy, size() of them
  Eigen::Vector3d at_mm(std::size_t n) const;    // in the patient
  // Whether a point stands for a volume: of a grid with more than one voxel along each axis.
  bool have_volume() const;
  // Half-way to the neighbours, at the ends as far outwards as inwards. Precondition: have_volume().
  double volume_mm3(std::size_t n) const;

  // Of a grid: how many coordinates there are along an axis, where each is in units of the distance criterion, and the
  // field's cell that holds it; none: it lies outside. Points have none.
  bool are_grid() const { return reference_.grid != nullptr; }
  std::size_t coordinates(std::size_t axis) const { return scaled_[axis].size(); }
  double scaled(std::size_t axis, std::size_t i) const { return scaled_[axis][i]; }
  std::optional<std::uint32_t> cell(std::size_t axis, std::size_t i) const {
    return cell_[axis][i] == kOutside ? std::nullopt : std::optional(cell_[axis][i]);
  }

  // Of the points of a row, up to number `end`, those in [inside_begin, inside_end) lie in the evaluated dose. A single
  // point is a row.
  struct Row {
    std::size_t end, inside_begin, inside_end;
  };

  // Finds points in the evaluated field, one after the other. One thread's; the ReferencePoints outlive it.
  class Cursor {
   public:
    // Points from number `first` on will be asked for.
    Cursor(const ReferencePoints& points, std::size_t first);
    // None: it lies outside the evaluated dose. Precondition: n is not less than `first` and what was asked for before.
    std::optional<Place> place_of(std::size_t n);
    // The row of a point, from it on. The same precondition.
    Row row_of(std::size_t n);

   private:
    void move_to(std::size_t n);

    const ReferencePoints& points_;
    std::size_t number_;
    std::array<std::size_t, 3> id_{};  // of a grid: column, row, plane
  };

 private:
  std::optional<Place> place_in_grid(const std::array<std::size_t, 3>& id) const;
  std::optional<Place> place_in_patient(const Eigen::Vector3d& at_mm) const;

  const GammaReference reference_;
  const DoseGrid& evaluated_;
  const Field& field_;
  const float* doses_;
  std::size_t count_;
  // Of a grid's coordinates: the cell, and where in units of the distance criterion.
  static constexpr std::uint32_t kOutside = std::numeric_limits<std::uint32_t>::max();
  std::array<std::vector<std::uint32_t>, 3> cell_;
  std::array<std::vector<double>, 3> scaled_, width_mm_;
  std::size_t inside_begin_ = 0, inside_end_ = 0;  // of the coordinates along x
};

}  // namespace dosegate::gamma
