// Sentences of a report, and the numbers in them.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "tests/property/report_look.h"

namespace dosegate::property {
namespace {

bool holds(double value, Comparator c, double limit) {
  return c == Comparator::kLess          ? value < limit
         : c == Comparator::kLessOrEqual ? value <= limit
         : c == Comparator::kGreater     ? value > limit
                                         : value >= limit;
}

const std::string kN = "(-?[0-9.]+)", kUnit = "(?: (?:Gy|cGy|cc|%))?";
// After the structure's name.
const std::string kMeasured = ": metric is " + kN + kUnit;
const std::string kLimited =
    ", limit (?:<|<=|>|>=) " + kN + kUnit + "(?::(?: " + kN + " Gy (too much|too little),?)?(?: " + kN + " cc \\(" +
    kN +
    " %\\) of the structure (?:more than allowed )?on the wrong side)?)?(?:: met, but near the limit)?"
    "(?:: the limit lies inside the numerical uncertainty, " +
    kN + " to " + kN + kUnit + ")?";
const std::string kOutside = "(?: " + kN + " cc \\(" + kN +
                             " %\\) of '(?:Random|Other)' lie outside the dose grid and count as 0 Gy, as the site "
                             "stated\\.)?";

}  // namespace

// A number as it is printed, and what it stands for: rounded to the decimals shown.
void Look::printed(const std::string& shown_text, Measured<double> value, const std::string& what) {
  const std::size_t point = shown_text.find('.');
  const double unit =
      std::pow(10.0, point == std::string::npos ? 0.0 : -static_cast<double>(shown_text.size() - point - 1));
  const double p = std::strtod(shown_text.c_str(), nullptr);
  // Zeros at the end are dropped: never more than two decimals are meant by fewer.
  require(std::abs(p - value.value) <= 0.5000001 * std::min(unit, 0.01) + value.error,
          what + ": prints " + shown_text + ", is " + shown(value.value));
}
void Look::printed(const std::string& shown_text, double value, const std::string& what) {
  printed(shown_text, Measured<double>{value, 0.0}, what);
}

void Look::look_at_sentence(const JsonValue& f, const Asked& a, const Known& known) {
  static const std::regex kWithLimit("(?:Random|Other)" + kMeasured + kLimited + "\\." + kOutside);
  static const std::regex kWithout("(?:Random|Other)" + kMeasured + "\\." + kOutside);
  static const std::regex kDoubt(
      "(.*?) It (?:is met either way, but )?hangs on slices that are not drawn, of 'Random' between (.*)");
  std::string message = text(f, "message");
  ++counts.sentences;
  require(message.find(known.roi.name) == 0, message + ": of " + known.roi.name);
  std::smatch m;
  std::string doubt;
  if (std::regex_match(message, m, kDoubt)) {
    doubt = m[2].str();
    message = m[1].str();
  }
  const double outside = known.reference.outside().value.in_cc(), total = known.reference.total().value.in_cc();
  const auto outside_in = [&](const std::smatch& match, std::size_t n) {
    require(match[n].matched == (outside > 0.0), message + ": outside the grid " + shown(outside) + " cc");
    if (match[n].matched) printed(match[n].str(), outside, message);
    if (!match[n + 1].matched) return;
    const double percent = std::strtod(match[n + 1].str().c_str(), nullptr);
    require(std::abs(percent - 100.0 * outside / total) <= 0.0500001, message);
  };
  if (!std::regex_match(message, m, a.rule.limit ? kWithLimit : kWithout)) {
    require(false, "a sentence of unknown form: " + message);
    return;
  }
  printed(m[1].str(), *number(f, "value"), message);
  if (!a.rule.limit) return outside_in(m, 2);
  const std::string status = text(f, "status");
  const double said = std::strtod(m[1].str().c_str(), nullptr), limit = std::strtod(m[2].str().c_str(), nullptr);
  require(std::abs(limit - a.rule.limit->value) <= 5.1e-7, message + ": limit");
  if (status != "INDETERMINATE" && std::abs(limit - said) > 1e-6) {
    require(holds(said, a.rule.limit->comparator, limit) == (status != "DEVIATION"),
            message + ": contradicts " + status);
  }
  const auto room = [&](std::size_t n, const char* field, double factor) {
    if (!m[n].matched) return;
    require(number(f, field).has_value(), message + ": no " + field);
    if (number(f, field)) printed(m[n].str(), factor * *number(f, field), message);
  };
  room(3, "marginDoseGy", -1.0);
  if (m[4].matched) require((m[4].str() == "too much") == a.bounds_from_above(), message);
  room(5, "marginVolumeCc", -1.0);
  room(6, "marginVolumeCc", -100.0 / total);
  if (m[7].matched && doubt.empty()) {
    require(std::strtod(m[7].str().c_str(), nullptr) <= *number(f, "lower") + 1e-12, message);
    require(std::strtod(m[8].str().c_str(), nullptr) >= *number(f, "upper") - 1e-12, message);
  }
  outside_in(m, 9);
  if (!doubt.empty()) look_at_doubt(doubt, f, a, known);
}

// "A mm and B mm: as they were taken ...: Random: metric is V": what is not drawn, and the value the other way round.
void Look::look_at_doubt(const std::string& said, const JsonValue& f, const Asked& a, const Known& known) {
  static const std::regex kForm(
      kN + " mm and " + kN +
      " mm(?:: as they were taken the rule is (?:met|broken|not decided), the other way round \\(filled, or left "
      "out\\) "
      "it is (?:met|broken|not decided): |; the other way round \\(filled, or left out\\): )Random(?:" +
      kMeasured + ", limit| has).*");
  std::smatch m;
  if (!std::regex_match(said, m, kForm) || !known.otherwise) {
    require(false, "a doubt of unknown form: " + said);
    return;
  }
  std::size_t gap = 0;  // the slab below the widest gap
  const auto& slabs = known.roi.slabs;
  const auto width = [&](std::size_t n) { return slabs[n + 1].plane.z - slabs[n].plane.z; };
  for (std::size_t n = 0; n + 1 < slabs.size(); ++n) gap = width(n) > width(gap) ? n : gap;
  require(std::abs(std::strtod(m[1].str().c_str(), nullptr) - slabs[gap].plane.z) <= 0.0500001, said);
  require(std::abs(std::strtod(m[2].str().c_str(), nullptr) - slabs[gap + 1].plane.z) <= 0.0500001, said);
  const auto truth = truth_otherwise(a, known);
  require(m[3].matched == truth.has_value(), said + ": there is, or is not, as much as the metric asks for");
  if (!m[3].matched || !truth) return;
  // It was decided like any other: its value lies in the interval that the finding has for both.
  const double value = std::strtod(m[3].str().c_str(), nullptr);
  require(*number(f, "lower") - 0.0051 <= value && value <= *number(f, "upper") + 0.0051, said);
}

// The engine's own: the site stated how the dose is to be read, and the grid is far from the prescription.
void Look::look_at_scale(const JsonValue& f) {
  static const std::regex kForm("(?:The dose grid's maximum of " + kN + "|The dose of at least " + kN +
                                " Gy that 95 % of the target get) (?:Gy )?contradicts the prescribed " + kN +
                                " Gy\\. It was read as the site stated: .*");
  const std::string message = text(f, "message");
  std::smatch m;
  if (text(f, "ruleId") != "dosegate.scale" || !std::regex_match(message, m, kForm)) {
    require(false, "a finding of the engine's own: " + text(f, "ruleId") + " " + message);
    return;
  }
  const DvhReference& target = known_.front().reference;
  const double most = case_.maximum_gy();
  printed(m[3].str(), case_.prescribed_share * most, message);
  if (m[1].matched) printed(m[1].str(), most, message);
  if (m[2].matched) {
    const Measured<Dose> d95 = target.dose_of_hottest(0.95 * target.total().value);
    require(std::strtod(m[2].str().c_str(), nullptr) <= d95.value.in_gy() + d95.error.in_gy() + 0.0051,
            message + ": D95 is " + shown(d95.value.in_gy()));
  }
}

// What of a structure lies in the outer half voxel.
void Look::look_at_rim(const std::string& name, const std::string& cc, const std::string& note) {
  const Known& known = known_[known_.size() > 1 && name == known_[1].roi.name ? 1 : 0];
  // What lies beyond the outermost centres: outside of a grid of two voxels whose outer faces are there.
  VoxelDoses inner;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double first = case_.doses.centre[axis].front(), length = case_.doses.centre[axis].back() - first;
    inner.centre[axis] = {first + 0.25 * length, first + 0.75 * length};
  }
  inner.gy.assign(8, 1.0F);
  const Volume beyond = DvhReference(known.roi.slabs, inner, 1.0).outside().value;
  printed(cc, (beyond - known.reference.outside().value).in_cc(), note);
}

void Look::look_at_note(const std::string& note) {
  static const std::regex kRims(
      "In the outer half voxel of the dose grid lie (.*); there the dose of the outermost "
      "voxels was used\\.");
  static const std::regex kRim(kN + " cc of (Random|Other)(?: and )?");
  static const std::regex kFilled("'(Random)': a missing slice was filled from its neighbours, at " + kN + " mm\\.");
  static const std::regex kParted(
      "'(Random)': nothing is drawn between " + kN + " mm and " + kN +
      " mm, (on slices that the set has|as is stated); it was taken as 2 separate pieces\\. "
      "If it is one, draw the slices between\\.");
  static const std::regex kUneven("'(Random|Other)': its slices are unevenly spaced, " + kN + " mm to " + kN +
                                  " mm; each reaches half-way to its neighbours\\.");
  static const std::regex kSingle("'(Random)' is drawn on a single plane; it was taken to be as thick as its slice, " +
                                  kN + " mm\\.");
  static const std::regex kNothing(
      "'(Random|Other)': (?:a contour of one or two points encloses nothing and was|[0-9]+ contours of one or two "
      "points enclose nothing and were) left out\\.");
  ++counts.sentences;
  std::smatch m;
  if (std::regex_match(note, kNothing)) return;
  const auto known_by = [&](const std::string& name) -> const Known& {
    return known_[known_.size() > 1 && name == known_[1].roi.name ? 1 : 0];
  };
  const auto near_mm = [&](std::size_t n, double at, double within) {
    require(std::abs(std::strtod(m[n].str().c_str(), nullptr) - at) <= within + 1e-7, note + " " + shown(at));
  };
  if (std::regex_match(note, m, kRims)) {
    const std::string parts = m[1].str();
    std::size_t matched = 0;
    for (std::sregex_iterator each(parts.begin(), parts.end(), kRim), end; each != end; ++each) {
      matched += static_cast<std::size_t>(each->length());
      look_at_rim((*each)[2].str(), (*each)[1].str(), note);
    }
    require(matched == parts.size(), "a note of unknown form: " + note);
    return;
  }
  const auto& slabs = known_.front().roi.slabs;
  std::size_t gap = 0;
  double least = 1e9, most = 0.0;
  const auto step = [](const std::vector<DrawnSlab>& s, std::size_t n) { return s[n + 1].plane.z - s[n].plane.z; };
  for (std::size_t n = 0; n + 1 < slabs.size(); ++n) gap = step(slabs, n) > step(slabs, gap) ? n : gap;
  if (std::regex_match(note, m, kFilled)) {
    require(known_.front().roi.drawn == Drawn::kMissing, note);
    near_mm(2, 0.5 * (slabs[gap].plane.z + slabs[gap + 1].plane.z), 0.05);
  } else if (std::regex_match(note, m, kParted)) {
    const bool stated = m[4].str() == "as is stated";
    require(known_.front().roi.drawn == (stated ? Drawn::kStated : Drawn::kInPieces), note);
    near_mm(2, slabs[gap].plane.z, 0.05);
    near_mm(3, slabs[gap + 1].plane.z, 0.05);
  } else if (std::regex_match(note, m, kSingle)) {
    require(known_.front().roi.drawn == Drawn::kOnOne, note);
    near_mm(2, slabs.front().hi - slabs.front().lo, 0.005);
  } else if (std::regex_match(note, m, kUneven)) {
    const auto& of = known_by(m[1].str()).roi.slabs;
    for (std::size_t n = 0; n + 1 < of.size(); ++n) {
      least = std::min(least, step(of, n));
      most = std::max(most, step(of, n));
    }
    near_mm(2, least, 0.05);
    near_mm(3, most, 0.05);
  } else {
    require(false, "a note of unknown form: " + note);
  }
}

}  // namespace dosegate::property
