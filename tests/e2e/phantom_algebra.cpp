#include "tests/e2e/phantom_algebra.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace dosegate::e2e {
namespace {

using phantom::Box;
using phantom::Ovoid;
using phantom::Profile;

constexpr double kHalfPlane = 0.5 * phantom::kPlaneSpacing;
constexpr double kPi = 3.14159265358979323846;
constexpr double kMm3PerCc = 1000.0;

// Calls back with every linear piece of the dose inside [from, to]: its length and the dose at its two ends.
void for_each_piece(const Profile& dose, double from, double to,
                    const std::function<void(double, double, double)>& piece) {
  std::vector<double> ends = {from, to};
  for (const auto& knot : dose) {
    if (knot.at_mm > from && knot.at_mm < to) ends.push_back(knot.at_mm);
  }
  std::sort(ends.begin(), ends.end());
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    piece(ends[i + 1] - ends[i], phantom::value_at(dose, ends[i]), phantom::value_at(dose, ends[i + 1]));
  }
}

// Extent of a box: its planes and half a spacing beyond them.
double height(const Box& b) { return b.z_last - b.z_first + 2 * kHalfPlane; }

// Dose along x: one slice, its cross-section the rectangle in y and z.
Slice along_x(const Box& b, double sign = 1.0) { return {b.x_min, b.x_max, sign * (b.y_max - b.y_min) * height(b)}; }

// Dose along z: a slab for each plane, its cross-section the polygon inscribed in the ellipse.
std::vector<Slice> along_z(const Ovoid& o) {
  const double polygon = 0.5 * o.sides * std::sin(2 * kPi / o.sides) * o.a * o.b;
  const double middle = 0.5 * (o.z_first + o.z_last), half = 0.5 * (o.z_last - o.z_first) + kHalfPlane;
  std::vector<Slice> out;
  for (double z = o.z_first; z <= o.z_last; z += phantom::kPlaneSpacing) {
    const double u = (z - middle) / half;
    const double shrink = o.shape == Ovoid::Shape::kCylinder ? 1.0 : 1.0 - u * u;
    out.push_back({z - kHalfPlane, z + kHalfPlane, polygon * shrink});
  }
  return out;
}

double number_in(const std::string& text, std::size_t from) {
  double value = 0.0;
  const auto result = std::from_chars(text.data() + from, text.data() + text.size(), value);
  if (result.ec != std::errc()) throw std::invalid_argument(text);
  return value;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

double Solid::volume_cc() const {
  double sum = 0;
  for (const auto& s : slices_) sum += s.area * (s.to - s.from);
  return sum / kMm3PerCc;
}

double Solid::volume_at_least_cc(double gy) const {
  double sum = 0;
  for (const auto& s : slices_) {
    for_each_piece(dose_, s.from, s.to, [&](double length, double a, double b) {
      const double low = std::min(a, b), high = std::max(a, b);
      if (low >= gy) {
        sum += s.area * length;
      } else if (high > gy) {
        sum += s.area * length * (high - gy) / (high - low);
      }
    });
  }
  return sum / kMm3PerCc;
}

double Solid::mean_gy() const {
  double sum = 0;
  for (const auto& s : slices_) {
    for_each_piece(dose_, s.from, s.to,
                   [&](double length, double a, double b) { sum += s.area * length * 0.5 * (a + b); });
  }
  return sum / kMm3PerCc / volume_cc();
}

double Solid::max_gy() const {
  double most = 0;
  for (const auto& s : slices_) {
    for_each_piece(dose_, s.from, s.to, [&](double, double a, double b) { most = std::max({most, a, b}); });
  }
  return most;
}

double Solid::min_gy() const {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& s : slices_) {
    for_each_piece(dose_, s.from, s.to, [&](double, double a, double b) { least = std::min({least, a, b}); });
  }
  return least;
}

double Solid::dose_of_hottest_gy(double cc) const {
  double low = min_gy(), high = max_gy();
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (volume_at_least_cc(middle) >= cc ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Solid solid(const std::string& name, const std::string& case_name) {
  const phantom::DoseModel d = phantom::dose_model(case_name);
  const Slice right = along_x(phantom::kLiverRightLobe), left = along_x(phantom::kLiverLeftLobe);
  if (name == "Liver") return {{right, left}, d.target_x};
  // The GTV lies wholly inside the left lobe.
  if (name == "Liver-GTV") return {{right, left, along_x(phantom::kGtv, -1.0)}, d.target_x};
  if (name == "GTV") return {{along_x(phantom::kGtv)}, d.target_x};
  if (name == "CTV") return {{along_x(case_name == "short-ctv" ? phantom::kShortCtv : phantom::kCtv)}, d.target_x};
  if (name == "PTV") return {{along_x(case_name == "short-ptv" ? phantom::kShortPtv : phantom::kPtv)}, d.target_x};
  if (name == "Colon") return {{along_x(phantom::kColon)}, d.colon_x};
  if (name == "Stomach") return {along_z(phantom::kStomach), d.stomach_z};
  if (name == "Duodenum") return {along_z(phantom::kDuodenum), d.duodenum_z};
  if (name == "SpinalCord") return {along_z(phantom::kSpinalCord), d.cord_z};
  if (name == "Kidney_L") return {along_z(phantom::kKidneyLeft), d.kidney_left_z};
  if (name == "Kidney_R") return {along_z(phantom::kKidneyRight), d.kidney_right_z};
  throw std::out_of_range(name);
}

double closed_form(const std::string& metric, const Solid& solid) {
  if (metric == "Mean[Gy]") return solid.mean_gy();
  if (metric == "Max[Gy]") return solid.max_gy();
  if (metric == "Min[Gy]") return solid.min_gy();
  const double argument = number_in(metric, 1);
  if (metric.front() == 'V') {
    const bool percent_dose = metric.find('%') < metric.find('[');
    const double cc = solid.volume_at_least_cc(percent_dose ? argument * phantom::kPrescribedGy / 100 : argument);
    return ends_with(metric, "[%]") ? 100 * cc / solid.volume_cc() : cc;
  }
  if (metric.front() == 'D' && ends_with(metric, "[Gy]")) {
    const bool percent_volume = metric.find('%') < metric.find('[');
    return solid.dose_of_hottest_gy(percent_volume ? argument / 100 * solid.volume_cc() : argument);
  }
  throw std::invalid_argument(metric);
}

}  // namespace dosegate::e2e
