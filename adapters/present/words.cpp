#include "adapters/present/words.h"

#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "adapters/present/number.h"

namespace dosegate::present {
namespace {

using dosegate::v1::Finding;

// An interval narrower than this says nothing that two decimals do not.
constexpr double kWideInterval = 0.1;

std::optional<double> limit_of(const Finding& f) { return f.has_limit() ? std::optional(f.limit()) : std::nullopt; }

std::string coordinate(const char* axis, double mm, Text negative, Text positive, Language language) {
  std::string text = std::string(axis) + " " + fixed(mm, 1) + " mm";
  if (mm != 0.0) text += " (" + say(mm < 0.0 ? negative : positive, language) + ")";
  return text;
}

// 0 decimals where the number is whole: "45", "49.5".
std::string plain(double value) { return shortest(std::round(value * 1e6) / 1e6); }

}  // namespace

std::string_view symbol(dosegate::v1::Comparator comparator) {
  switch (comparator) {
    case dosegate::v1::LT:
      return "<";
    case dosegate::v1::LE:
      return "<=";
    case dosegate::v1::GT:
      return ">";
    case dosegate::v1::GE:
      return ">=";
    default:
      return "";
  }
}

std::string limit_text(const Finding& f) {
  if (!f.has_limit()) return "";
  const std::string_view comparison = symbol(f.comparator());  // none: the value that is expected
  return std::string(comparison.empty() ? "=" : comparison) + " " + with_unit(plain(f.limit()), f.unit());
}

std::string value_text(const Finding& f) {
  if (!f.has_value()) return "";
  if (f.unit().empty() && f.value() == std::floor(f.value())) return plain(f.value());
  return with_unit(against(f.value(), limit_of(f)), f.unit());
}

std::string interval_text(double value, std::optional<double> lower, std::optional<double> upper, Language language) {
  if (!lower || !upper) return "";
  if (*upper - *lower < kWideInterval && *lower <= value && value <= *upper) return "";
  return say(Text::kTo, language, {fixed(*lower), fixed(*upper)});
}

std::string interval_text(const Finding& f, Language language) {
  if (!f.has_value() || !f.has_lower() || !f.has_upper()) return "";
  // Where the interval is why there is no decision it is shown however narrow.
  if (f.status() == Finding::INDETERMINATE) {
    return say(Text::kTo, language, {against(f.lower(), limit_of(f)), against(f.upper(), limit_of(f))});
  }
  return interval_text(f.value(), f.lower(), f.upper(), language);
}

std::string margin_text(const Finding& f, Margin margin) {
  const bool is_excess = margin == Margin::kExcess;
  if (!is_excess && symbol(f.comparator()).empty()) return "";
  std::string text;
  std::set<std::string> units;
  const auto add = [&](double amount, const std::string& unit) {
    if (!std::isfinite(amount) || !units.insert(unit).second) return;
    if (!text.empty()) text += ", ";
    int decimals = kDecimals;  // an excess that rounds to nothing is still one
    while (amount != 0.0 && decimals < 6 && std::fabs(amount) < 0.5 * std::pow(10.0, -decimals)) ++decimals;
    text += with_unit(fixed(amount, decimals), unit);
  };
  if (f.has_value() && f.has_limit() && !f.unit().empty()) add(std::fabs(f.value() - f.limit()), f.unit());
  // The room of a volume in Gy is for the planner who has none; in a list of what passed it is noise.
  const bool is_volume = f.unit() == "%" || f.unit() == "cc";
  if (f.unit() == "cGy" || (margin == Margin::kRoomInBrief && is_volume)) units.insert("Gy");
  // Margins are room: negative is excess. One that contradicts the status is shown with its sign.
  const double sign = is_excess ? -1.0 : 1.0;
  if (f.has_margin_dose_gy()) add(sign * f.margin_dose_gy(), "Gy");
  if (f.has_margin_volume_cc()) add(sign * f.margin_volume_cc(), "cc");
  return text;
}

std::string location_text(const dosegate::v1::Location& at, Language language) {
  return coordinate("x", at.x_mm(), Text::kRight, Text::kLeft, language) + ", " +
         coordinate("y", at.y_mm(), Text::kAnterior, Text::kPosterior, language) + ", " +
         coordinate("z", at.z_mm(), Text::kInferior, Text::kSuperior, language);
}

std::string place_name(const dosegate::v1::Location& at, Language language) {
  using dosegate::v1::Location;
  switch (at.kind()) {
    case Location::HOTTEST_POINT:
      return say(Text::kHottestPoint, language);
    case Location::COLDEST_POINT:
      return say(Text::kColdestPoint, language);
    case Location::LARGEST_SHORTFALL:
      return say(Text::kLargestShortfall, language);
    case Location::FURTHEST_EXCESS:
      return say(Text::kFurthestBeyond, language);
    default:
      return say(Text::kPlace, language);
  }
}

std::string place_text(const Finding& f, Language language) {
  std::string text =
      say(Text::kLabelled, language, {place_name(f.location(), language), location_text(f.location(), language)});
  const bool is_value = f.unit() == "Gy" && f.has_value() && f.value() == f.location().dose_gy();
  if (f.location().has_dose_gy() && !is_value) text += ", " + with_unit(fixed(f.location().dose_gy()), "Gy");
  return text;
}

std::string structure_text(const Finding& f) {
  if (f.structure().empty() || f.roi().empty() || f.structure() == f.roi()) {
    return f.structure().empty() ? f.roi() : f.structure();
  }
  return f.structure() + " (" + f.roi() + ")";
}

std::string prescription_text(const dosegate::v1::Plan& plan, Language language) {
  constexpr double kStepsOfGy = 1000.0;  // nobody prescribes finer: 45 and 44.9999999999996 Gy are one
  std::set<double> doses;
  for (const auto& reference : plan.dose_references()) {
    if (reference.has_target_prescription_dose_gy() && reference.type() == "TARGET") {
      doses.insert(std::round(reference.target_prescription_dose_gy() * kStepsOfGy) / kStepsOfGy);
    }
  }
  std::string dose;
  for (const double gy : doses) {
    const std::string one = with_unit(plain(gy), "Gy");
    dose = dose.empty() ? one : say(Text::kAnd, language, {dose, one});
  }

  std::string numbers;
  std::size_t groups = 0;
  for (const auto& group : plan.fraction_groups()) {
    if (!group.has_fractions_planned()) continue;
    ++groups;
    numbers += (numbers.empty() ? "" : " + ") + std::to_string(group.fractions_planned());
  }
  const bool is_one = groups == 1 && numbers == "1";
  const std::string fractions =
      numbers.empty() ? "" : say(is_one ? Text::kFraction : Text::kFractions, language, {numbers});

  if (dose.empty() && fractions.empty()) return say(Text::kPrescriptionNotStated, language);
  if (dose.empty()) return say(Text::kDoseNotStated, language, {fractions});
  return fractions.empty() ? say(Text::kFractionsNotStated, language, {dose})
                           : say(Text::kDoseIn, language, {dose, fractions});
}

std::string prescription_text(const dosegate::v1::Prescription& p) {
  return with_unit(plain(p.total_dose_gy()), "Gy") + " in " +
         counted(static_cast<std::size_t>(p.fractions()), "fraction", "fractions") + " of " +
         with_unit(plain(p.dose_per_fraction_gy()), "Gy") + " to " + p.target_role();
}

std::string counted(std::size_t n, std::string_view singular, std::string_view plural) {
  return std::to_string(n).append(" ").append(n == 1 ? singular : plural);
}

std::string input_text(const std::string& role, Language language) {
  constexpr std::pair<std::string_view, Text> kRoles[] = {{"RTPLAN", Text::kInputPlan},
                                                          {"RTSTRUCT", Text::kInputStructureSet},
                                                          {"RTDOSE", Text::kInputDose},
                                                          {"RECORD", Text::kInputRecord},
                                                          {"MEASUREMENT", Text::kInputMeasurement}};
  for (const auto& [known, text] : kRoles) {
    if (role == known) return say(text, language);
  }
  return role;
}

std::string solids_text(dosegate::v1::BetweenSlices::Model model, Language language) {
  switch (model) {
    case dosegate::v1::BetweenSlices::SLAB:
      return say(Text::kSlabs, language);
    case dosegate::v1::BetweenSlices::INTERPOLATE:
      return say(Text::kInterpolated, language);
    default:
      return "";
  }
}

}  // namespace dosegate::present
