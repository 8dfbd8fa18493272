#include "adapters/html/dose_field.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "dosegate/dosegate.h"

namespace dosegate::html {
namespace {

using Vector = std::array<double, 3>;

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

template <typename T>
double value_at(const std::byte* bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof value, sizeof value);
  return static_cast<double>(value);
}

std::size_t size_of(std::int32_t type) {
  switch (type) {
    case DOSEGATE_VALUES_FLOAT64:
      return 8;
    case DOSEGATE_VALUES_UINT16:
      return 2;
    default:
      return 4;
  }
}

// The cell of `position` among n values, and how far into it; none outside.
struct Cell {
  std::size_t index = 0;
  double part = 0.0;
};
std::optional<Cell> cell_of(double position, std::size_t n) {
  if (!(position >= 0.0) || !(position <= static_cast<double>(n - 1))) return std::nullopt;
  const auto index = std::min(static_cast<std::size_t>(position), n - 2);
  return Cell{index, position - static_cast<double>(index)};
}

// Among offsets that rise or fall.
std::optional<Cell> cell_of(double offset, const std::vector<double>& offsets) {
  if (offsets.size() < 2) return std::nullopt;
  const bool rises = offsets.back() > offsets.front();
  const auto before = [&](double a, double b) { return rises ? a < b : a > b; };
  const auto next = std::upper_bound(offsets.begin(), offsets.end(), offset, before);
  if (next == offsets.begin()) return std::nullopt;
  if (next == offsets.end() && offset != offsets.back()) return std::nullopt;
  const auto index = std::min(static_cast<std::size_t>(next - offsets.begin()) - 1, offsets.size() - 2);
  return Cell{index, (offset - offsets[index]) / (offsets[index + 1] - offsets[index])};
}

}  // namespace

std::optional<DoseField> DoseField::make(const dicom::Dose& dose, double factor) {
  if (!dose.defect.empty() || dose.values.empty() || dose.units == DOSEGATE_UNITS_RELATIVE) return std::nullopt;
  const std::uint64_t count = std::uint64_t{dose.planes} * dose.rows * dose.columns;
  const bool whole = dose.rows >= 2 && dose.columns >= 2 && dose.plane_offsets_mm.size() == dose.planes &&
                     dose.values.size() >= count * size_of(dose.value_type) && dose.row_spacing_mm > 0.0 &&
                     dose.column_spacing_mm > 0.0;
  if (!whole) return std::nullopt;
  return DoseField(dose, dose.scaling * factor * (dose.units == DOSEGATE_UNITS_CGY ? 0.01 : 1.0));
}

double DoseField::stored(std::size_t index) const {
  const std::byte* bytes = dose_->values.data();
  switch (dose_->value_type) {
    case DOSEGATE_VALUES_FLOAT32:
      return value_at<float>(bytes, index);
    case DOSEGATE_VALUES_FLOAT64:
      return value_at<double>(bytes, index);
    case DOSEGATE_VALUES_UINT16:
      return value_at<std::uint16_t>(bytes, index);
    default:
      return value_at<std::uint32_t>(bytes, index);
  }
}

double DoseField::maximum() const {
  const std::size_t count = std::size_t{dose_->planes} * dose_->rows * dose_->columns;
  double most = 0.0;
  for (std::size_t n = 0; n < count; ++n) most = std::max(most, stored(n));
  return most * gy_;
}

std::optional<double> DoseField::at(double x, double y, double z) const {
  const dicom::Dose& d = *dose_;
  const Vector from = {x - d.position_mm[0], y - d.position_mm[1], z - d.position_mm[2]};
  const auto c = cell_of(dot(from, d.row_cosines) / d.column_spacing_mm, d.columns);
  const auto r = cell_of(dot(from, d.column_cosines) / d.row_spacing_mm, d.rows);
  const auto p = cell_of(dot(from, cross(d.row_cosines, d.column_cosines)), d.plane_offsets_mm);
  if (!c || !r || !p) return std::nullopt;
  double sum = 0.0;
  for (std::size_t k = 0; k < 8; ++k) {
    const std::size_t dc = k & 1U, dr = (k >> 1U) & 1U, dp = k >> 2U;
    const double weight =
        (dc == 1 ? c->part : 1 - c->part) * (dr == 1 ? r->part : 1 - r->part) * (dp == 1 ? p->part : 1 - p->part);
    if (weight > 0.0) sum += weight * stored(((p->index + dp) * d.rows + r->index + dr) * d.columns + c->index + dc);
  }
  return sum * gy_;
}

}  // namespace dosegate::html
