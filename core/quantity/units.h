// Quantities as types: a mix-up of Gy and cGy, cc and %, or of what a percentage is of, does not
// compile. Each is one double; arithmetic stays within a quantity.
#pragma once

#include <compare>

namespace dosegate {

namespace detail {
// CRTP base: comparison, sum, difference, scaling by a number, ratio.
template <typename Q>
class Quantity {
 public:
  friend constexpr auto operator<=>(Q a, Q b) { return a.raw_ <=> b.raw_; }
  friend constexpr bool operator==(Q a, Q b) { return a.raw_ == b.raw_; }
  friend constexpr Q operator+(Q a, Q b) { return make(a.raw_ + b.raw_); }
  friend constexpr Q operator-(Q a, Q b) { return make(a.raw_ - b.raw_); }
  friend constexpr Q operator*(double k, Q a) { return make(k * a.raw_); }
  friend constexpr double operator/(Q a, Q b) { return a.raw_ / b.raw_; }

 protected:
  constexpr Quantity() = default;
  static constexpr Q make(double raw) {
    Q q;
    q.raw_ = raw;
    return q;
  }
  double raw_ = 0.0;
};
}  // namespace detail

// Absorbed dose. Stored in Gy.
class Dose : public detail::Quantity<Dose> {
 public:
  constexpr Dose() = default;
  static constexpr Dose gy(double v) { return make(v); }
  static constexpr Dose cgy(double v) { return make(v / 100.0); }
  constexpr double in_gy() const { return raw_; }
  constexpr double in_cgy() const { return raw_ * 100.0; }
};

// Stored in cm^3 (cc).
class Volume : public detail::Quantity<Volume> {
 public:
  constexpr Volume() = default;
  static constexpr Volume cc(double v) { return make(v); }
  static constexpr Volume mm3(double v) { return make(v / 1000.0); }
  constexpr double in_cc() const { return raw_; }
  constexpr double in_mm3() const { return raw_ * 1000.0; }
};

// Stored in mm.
class Length : public detail::Quantity<Length> {
 public:
  constexpr Length() = default;
  static constexpr Length mm(double v) { return make(v); }
  static constexpr Length cm(double v) { return make(v * 10.0); }
  constexpr double in_mm() const { return raw_; }
};

// Stored in degrees.
class Angle : public detail::Quantity<Angle> {
 public:
  constexpr Angle() = default;
  static constexpr Angle degrees(double v) { return make(v); }
  static constexpr Angle radians(double v) { return make(v * 180.0 / 3.14159265358979323846); }
  constexpr double in_degrees() const { return raw_; }
};

// A percentage names what it is of.
struct OfPrescription;
struct OfStructureVolume;

template <typename Of>
class Percent : public detail::Quantity<Percent<Of>> {
  using Base = detail::Quantity<Percent<Of>>;

 public:
  constexpr Percent() = default;
  static constexpr Percent percent(double v) { return Base::make(v); }
  constexpr double in_percent() const { return this->raw_; }
  constexpr double as_fraction() const { return this->raw_ / 100.0; }
};
using PercentOfPrescription = Percent<OfPrescription>;
using PercentOfVolume = Percent<OfStructureVolume>;

// Multiplied before divided: 110 % of 45 Gy is 49.5 Gy to the last bit, as 49.5 is read.
constexpr Dose of(PercentOfPrescription p, Dose prescription) {
  return Dose::gy(p.in_percent() * prescription.in_gy() / 100.0);
}
constexpr Volume of(PercentOfVolume p, Volume total) { return Volume::cc(p.in_percent() * total.in_cc() / 100.0); }

static_assert(sizeof(Dose) == sizeof(double) && sizeof(PercentOfVolume) == sizeof(double));

}  // namespace dosegate
