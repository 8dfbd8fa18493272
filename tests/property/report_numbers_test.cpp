// Every number of a report, and every sentence that holds one, against the slow reference: random structures, doses and
// limits through the whole chain to JSON. A numeric field, or a form of sentence, that no check here knows fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "core/checker.h"
#include "core/json/value.h"
#include "tests/property/dvh_cases.h"
#include "tests/property/random.h"

namespace dosegate::property {
namespace {

// 500 of which a build under sanitizers tries a tenth.
constexpr std::uint32_t kReports = DOSEGATE_RANDOM_CASES >= 10'000 ? 500 : 50;
constexpr double kStated = 1e-6;  // what report.proto says of a number without bounds

// What is asked: a metric, its level as dose or volume, and its unit in Gy or cc.
struct Asked {
  DoseMetricRule rule;
  Dose level;     // of V and CV
  Volume volume;  // of D and DC: the hottest volume
  double unit = 1.0;
  bool is_dose = true;
};

bool is_upper(Comparator c) { return c == Comparator::kLess || c == Comparator::kLessOrEqual; }
bool is_strict(Comparator c) { return c == Comparator::kLess || c == Comparator::kGreater; }
bool from_above(const Asked& a) {
  return is_upper(a.rule.limit->comparator) == (a.rule.metric.kind != MetricKind::kCV);
}

class Numbers {
 public:
  Numbers(const DvhCase& c, const DvhReference& reference) : case_(c), reference_(reference), random_(c.seed + 77) {}

  std::vector<Asked> ask() {
    std::vector<Asked> all;
    for (const MetricKind kind : {MetricKind::kV, MetricKind::kCV, MetricKind::kD, MetricKind::kDC, MetricKind::kMin,
                                  MetricKind::kMax, MetricKind::kMean}) {
      all.push_back(with_limit(metric(kind)));
    }
    return all;
  }
  Dose prescribed() const { return reference_.maximum().value; }

  // Walks the report. Whatever is wrong is noted.
  void look(const JsonValue& report, const std::vector<Asked>& asked) {
    walk(report, "", {});
    const auto* findings = member(report, "findings");
    REQUIRE(findings != nullptr);
    REQUIRE(findings->elements.size() == asked.size());
    for (std::size_t n = 0; n < asked.size(); ++n) look_at(findings->elements[n], asked[n]);
    for (const JsonValue& s : member(report, "structures")->elements) {
      if (!number(s, "volumeCc")) continue;
      near(*number(s, "volumeCc"), reference_.total().value.in_cc(), "volumeCc");
    }
    const JsonValue& dose = *member(report, "dose");
    const float most = *std::max_element(case_.doses.gy.begin(), case_.doses.gy.end());
    near(*number(dose, "maximumGy"), case_.scale * static_cast<double>(most), "maximumGy");
    require(number(dose, "scaleFactor") == case_.scale, "scaleFactor");
    const JsonValue& prescription = *member(report, "prescription");
    require(!number(prescription, "totalDoseGy"), "the plan prescribes nothing");
    if (const auto fractions = number(prescription, "fractions")) require(*fractions == case_.scale, "fractions");
    for (const JsonValue& note : member(report, "notes")->elements) look_at_note(note.text);
  }

  std::vector<std::string> wrong;
  double worst_room = 0.0;  // Gy, of the value of a V metric's room
  int numbers = 0, rooms = 0, sentences = 0;

 private:
  static const JsonValue* member(const JsonValue& v, const std::string& name) {
    for (const auto& m : v.members) {
      if (m.name == name) return &m.value;
    }
    return nullptr;
  }
  static std::optional<double> number(const JsonValue& v, const std::string& name) {
    const JsonValue* m = member(v, name);
    if (m == nullptr) return {};
    return std::strtod(m->text.c_str(), nullptr);
  }
  static std::string text(const JsonValue& v, const std::string& name) {
    const JsonValue* m = member(v, name);
    return m == nullptr ? "" : m->text;
  }

  void require(bool holds, const std::string& what) {
    ++numbers;
    if (!holds) wrong.push_back(what);
  }
  void near(double value, double truth, const std::string& what) {
    require(std::abs(value - truth) <= kStated * std::abs(truth),
            what + " " + shown(value) + " against " + shown(truth));
  }
  static std::string shown(double v) {
    std::ostringstream s;
    s.precision(12);
    s << v;
    return s.str();
  }

  // Each number stands in a field of this list; what is checked of it stands in this file.
  void walk(const JsonValue& v, const std::string& path, const std::string& name) {
    static const std::set<std::string> kKnown = {".prescription.totalDoseGy",
                                                 ".prescription.fractions",
                                                 ".dose.maximumGy",
                                                 ".dose.scaleFactor",
                                                 ".structures.roiNumber",
                                                 ".structures.volumeCc",
                                                 ".findings.value",
                                                 ".findings.lower",
                                                 ".findings.upper",
                                                 ".findings.limit",
                                                 ".findings.marginDoseGy",
                                                 ".findings.marginDoseLowerGy",
                                                 ".findings.marginDoseUpperGy",
                                                 ".findings.marginVolumeCc",
                                                 ".findings.marginVolumeLowerCc",
                                                 ".findings.marginVolumeUpperCc",
                                                 ".findings.location.xMm",
                                                 ".findings.location.yMm",
                                                 ".findings.location.zMm",
                                                 ".findings.location.doseGy"};
    if (v.kind == JsonValue::Kind::kNumber) require(kKnown.count(path) == 1, "a number that no check knows: " + path);
    for (const auto& e : v.elements) walk(e, path, name);
    for (const auto& m : v.members) walk(m.value, path + "." + m.name, m.name);
  }

  Asked metric(MetricKind kind) {
    Asked a;
    Metric& m = a.rule.metric;
    a.rule.structure = "Random";
    m.kind = kind;
    m.text = "metric";
    const Dose least = reference_.minimum().value, most = reference_.maximum().value;
    const Volume total = reference_.total().value;
    if (kind == MetricKind::kV || kind == MetricKind::kCV) {
      a.level = random_.below(4) == 0 ? Dose::gy(case_.scale * static_cast<double>(random_.one_of(case_.doses.gy)))
                                      : least + random_.between(-0.1, 1.1) * (most - least);
      if (a.level.in_gy() <= 0.0) a.level = Dose::gy(1.0);
      m.dose_level = a.level;
      a.rule.strictly_above = kind == MetricKind::kV && random_.below(3) == 0;
      a.is_dose = false;
      const bool cc = random_.coin();
      m.unit = cc ? MetricUnit::kCc : MetricUnit::kPercentOfVolume;
      a.unit = cc ? 1.0 : 0.01 * total.in_cc();
      return a;
    }
    if (kind == MetricKind::kD || kind == MetricKind::kDC) {
      a.volume = random_.between(0.01, 0.99) * total;
      m.volume_level = kind == MetricKind::kD ? a.volume : total - a.volume;
    }
    switch (random_.below(3)) {
      case 0:
        m.unit = MetricUnit::kGy;
        break;
      case 1:
        m.unit = MetricUnit::kCgy;
        a.unit = 0.01;
        break;
      default:
        m.unit = MetricUnit::kPercentOfPrescription;
        a.unit = 0.01 * prescribed().in_gy();
    }
    return a;
  }

  Asked with_limit(Asked a) {
    Limit limit;
    limit.comparator = static_cast<Comparator>(random_.below(4));
    if (a.is_dose) {
      limit.value = random_.between(0.0, 1.1) * reference_.maximum().value.in_gy() / a.unit;
    } else {
      const double whole = reference_.total().value.in_cc() / a.unit;
      const std::size_t end = random_.below(8);  // now and then nothing, or everything
      limit.value = end == 0   ? 0.0
                    : end == 1 ? (a.rule.metric.unit == MetricUnit::kCc ? whole : 100.0)
                               : random_.between(0.0, 1.0) * whole;
    }
    a.rule.limit = limit;
    return a;
  }

  Measured<Dose> hottest(Volume v) const { return reference_.dose_of_hottest(v); }
  Measured<Volume> above(Dose level, bool counts) const {
    return reference_.volume_above(level, counts ? AtTheLevel::kCounts : AtTheLevel::kDoesNotCount);
  }

  // In Gy or cc.
  Measured<double> truth(const Asked& a) const {
    switch (a.rule.metric.kind) {
      case MetricKind::kMin:
        return gy(reference_.minimum());
      case MetricKind::kMax:
        return gy(reference_.maximum());
      case MetricKind::kMean:
        return gy(reference_.mean());
      case MetricKind::kD:
      case MetricKind::kDC:
        return gy(hottest(a.volume));
      default:
        break;
    }
    const Measured<Volume> v = above(a.level, !a.rule.strictly_above);
    const double error = v.error.in_cc() + kStated * reference_.total().value.in_cc();
    if (a.rule.metric.kind == MetricKind::kV) return {v.value.in_cc(), error};
    return {(reference_.total().value - v.value).in_cc(), error};
  }
  static Measured<double> gy(Measured<Dose> d) { return {d.value.in_gy(), d.error.in_gy()}; }

  void encloses(double lower, double value, double upper, Measured<double> t, const std::string& what) {
    const std::string said = what + ": " + shown(value) + " in [" + shown(lower) + ", " + shown(upper) + "], truth " +
                             shown(t.value) + " +- " + shown(t.error);
    require(lower <= value && value <= upper && lower <= t.value + t.error && t.value - t.error <= upper, said);
  }

  void look_at(const JsonValue& f, const Asked& a) {
    const std::string status = text(f, "status");
    const std::string what = text(f, "message");
    if (status == "NOT_EVALUABLE") {  // a ring that encloses nothing leaves one plane: not evaluable, and no number
      require(!number(f, "value") && !number(f, "marginDoseGy") && member(f, "location") == nullptr, what);
      return;
    }
    const double limit = a.rule.limit->value * a.unit;
    require(*number(f, "limit") == a.rule.limit->value, what + " limit");
    const Measured<double> t = truth(a);
    encloses(a.unit * *number(f, "lower"), a.unit * *number(f, "value"), a.unit * *number(f, "upper"), t, what);
    look_at_room(f, a, t, limit, what);
    look_at_place(f, a, what);
    look_at_sentence(f, a, what);
    // A reference that is off by as much decides nothing.
    if (std::abs(t.value - limit) <= t.error) return;
    const bool is_met = is_upper(a.rule.limit->comparator) ? t.value < limit : t.value > limit;
    if (status == "PASS" || status == "WARNING") require(is_met, what + " is not met");
    if (status == "DEVIATION") require(!is_met, what + " is not broken");
  }

  void look_at_room(const JsonValue& f, const Asked& a, Measured<double> t, double limit, const std::string& what) {
    const std::string status = text(f, "status");
    const auto dose = number(f, "marginDoseGy"), volume = number(f, "marginVolumeCc");
    for (const char* name : {"marginDoseGy", "marginDoseLowerGy", "marginDoseUpperGy", "marginVolumeCc",
                             "marginVolumeLowerCc", "marginVolumeUpperCc"}) {
      const auto room = number(f, name);
      if (!room) continue;
      if (status == "PASS" || status == "WARNING")
        require(*room >= 0.0, what + ": met, but " + name + " " + shown(*room));
      if (status == "DEVIATION") require(*room <= 0.0, what + ": broken, but " + name + " " + shown(*room));
    }
    const double side = is_upper(a.rule.limit->comparator) ? 1.0 : -1.0;
    const auto room_in = [&](const char* of, Measured<double> room) {
      const std::string margin = std::string("margin") + of, unit = margin == "marginDose" ? "Gy" : "Cc";
      encloses(*number(f, margin + "Lower" + unit), *number(f, margin + unit), *number(f, margin + "Upper" + unit),
               room, what + " " + margin);
      ++rooms;
    };
    if (a.is_dose) {
      require(dose.has_value(), what + " has no room in dose");
      room_in("Dose", {side * (limit - t.value), t.error + kStated * reference_.maximum().value.in_gy()});
      if (volume) look_at_excess(a, Dose::gy(limit), side, room_in);
      return;
    }
    require(volume.has_value(), what + " has no room in volume");
    room_in("Volume", {side * (limit - t.value), t.error});
    const double width = dose ? *number(f, "marginDoseUpperGy") - *number(f, "marginDoseLowerGy") : 0.0;
    look_at_dose_of_limit(a, limit, dose, width, room_in, what);
  }

  template <typename RoomIn>
  void look_at_excess(const Asked& a, Dose limit, double side, const RoomIn& room_in) {
    const Comparator c = a.rule.limit->comparator;
    const Measured<Volume> v = above(limit, c == Comparator::kLess || c == Comparator::kGreaterOrEqual);
    Volume left_out = a.volume;
    if (a.rule.metric.kind == MetricKind::kMax) left_out = Volume();
    if (a.rule.metric.kind == MetricKind::kMin) left_out = reference_.total().value;
    room_in("Volume",
            {side * (left_out - v.value).in_cc(), v.error.in_cc() + kStated * reference_.total().value.in_cc()});
  }

  template <typename RoomIn>
  void look_at_dose_of_limit(const Asked& a, double limit, std::optional<double> said, double width,
                             const RoomIn& room_in, const std::string& what) {
    const double total = reference_.total().value.in_cc();
    const double allowed = a.rule.metric.kind == MetricKind::kCV ? total - limit : limit;
    const bool strict = is_strict(a.rule.limit->comparator), down = from_above(a);
    const double sign = down ? 1.0 : -1.0;
    // Rounding of the total decides nothing here.
    const bool none = allowed <= kStated * total, all = allowed >= total * (1.0 - kStated);
    if (none || all) {
      if (none ? strict == down : strict != down) return;  // never met, or always
      if (!said) return;
      const Measured<Dose> end = none ? reference_.maximum() : reference_.minimum();
      room_in("Dose", {sign * (a.level - end.value).in_gy(), kStated * reference_.maximum().value.in_gy()});
      return;
    }
    require(said.has_value(), what + " has no room in dose");
    if (!said) return;
    const double value = *said;
    const Measured<Dose> d = hottest(Volume::cc(allowed));
    const double room = sign * (a.level - d.value).in_gy();
    const double error = d.error.in_gy() + kStated * reference_.maximum().value.in_gy();
    room_in("Dose", {room, error});
    require(std::abs(value - room) <= std::max({0.05, 0.1 * std::abs(room), width}) + error,
            what + ": room " + shown(value) + " Gy, truly " + shown(room));
    worst_room = std::max(worst_room, std::abs(value - room) - error);
  }

  void look_at_place(const JsonValue& f, const Asked& a, const std::string& what) {
    const JsonValue* place = member(f, "location");
    const MetricKind kind = a.rule.metric.kind;
    const bool hottest = kind == MetricKind::kMax || (from_above(a) && kind != MetricKind::kMin);
    if (place == nullptr && text(f, "status") == "DEVIATION" && !number(f, "marginDoseGy")) {
      require(text(f, "hint").find("No dose of Random meets this limit") == 0, what + ": " + text(f, "hint"));
      return;
    }
    if (place == nullptr) {
      require(!hottest && reference_.outside().value > Volume(), what + " has no place");
      return;
    }
    require(text(*place, "kind") == (hottest ? "HOTTEST_POINT" : "COLDEST_POINT"), what + ": " + text(*place, "kind"));
    const Eigen::Vector3d p(*number(*place, "xMm"), *number(*place, "yMm"), *number(*place, "zMm"));
    require(is_inside(p), what + ": its place is outside the structure");
    const double most = reference_.maximum().value.in_gy(), said = *number(*place, "doseGy");
    const double there = reference_.dose_at(p).in_gy();
    const double extreme = (hottest ? reference_.maximum() : reference_.minimum()).value.in_gy();
    require(std::abs(said - there) <= kStated * most,
            what + ": dose at its place " + shown(said) + ", " + shown(there));
    require(std::abs(said - extreme) <= kStated * most, what + ": " + shown(said) + " is not " + shown(extreme));
    if (text(f, "status") != "DEVIATION") return;
    // A change there helps: the dose is on the wrong side.
    const double limit = a.is_dose ? a.rule.limit->value * a.unit : a.level.in_gy();
    require(from_above(a) ? said >= limit - kStated * most : said <= limit + kStated * most,
            what + ": the dose at its place is on the right side");
    const std::string hint = text(f, "hint");
    require((hint.find("Lower") == 0) == from_above(a) && (hint.find("Raise") == 0) != from_above(a),
            what + ": " + hint);
    require((what.find("too little") != std::string::npos) ? !from_above(a) : true, what);
  }

  // In the slab of a plane, inside its rings by even-odd or on one of them.
  bool is_inside(const Eigen::Vector3d& p) const {
    constexpr double kOn = 1e-6;  // mm
    const auto& planes = case_.planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
      const double below = i > 0 ? planes[i].z - planes[i - 1].z : planes[1].z - planes[0].z;
      const double over = i + 1 < planes.size() ? planes[i + 1].z - planes[i].z : below;
      if (p.z() < planes[i].z - 0.5 * below - kOn || p.z() > planes[i].z + 0.5 * over + kOn) continue;
      bool inside = false;
      for (const auto& ring : planes[i].rings) {
        for (std::size_t n = 0; n < ring.size(); ++n) {
          const Eigen::Vector2d a = ring[n], b = ring[(n + 1) % ring.size()], q = p.head<2>(), ab = b - a;
          const double along = std::clamp((q - a).dot(ab) / std::max(ab.squaredNorm(), 1e-300), 0.0, 1.0);
          if ((a + along * ab - q).norm() <= kOn) return true;
          if ((a.y() > q.y()) != (b.y() > q.y()) && q.x() < a.x() + (q.y() - a.y()) / (b.y() - a.y()) * ab.x()) {
            inside = !inside;
          }
        }
      }
      if (inside) return true;
    }
    return false;
  }

  // A number as it is printed, and what it stands for: rounded to the decimals shown.
  void printed(const std::string& shown_text, double value, const std::string& what) {
    const std::size_t point = shown_text.find('.');
    const double unit =
        std::pow(10.0, point == std::string::npos ? 0.0 : -static_cast<double>(shown_text.size() - point - 1));
    const double p = std::strtod(shown_text.c_str(), nullptr);
    // Zeros at the end are dropped: never more than two decimals are meant by fewer.
    require(std::abs(p - value) <= 0.5000001 * std::min(unit, 0.01),
            what + ": prints " + shown_text + ", is " + shown(value));
  }
  static bool holds(double value, Comparator c, double limit) {
    return c == Comparator::kLess          ? value < limit
           : c == Comparator::kLessOrEqual ? value <= limit
           : c == Comparator::kGreater     ? value > limit
                                           : value >= limit;
  }

  void look_at_sentence(const JsonValue& f, const Asked& a, const std::string& message) {
    static const std::string kN = "(-?[0-9.]+)", kUnit = "(?: (?:Gy|cGy|cc|%))?";
    static const std::regex kForm(
        "Random: metric is " + kN + kUnit + ", limit (?:<|<=|>|>=) " + kN + kUnit + "(?::(?: " + kN +
        " Gy (?:too much|too little),?)?(?: " + kN + " cc \\(" + kN +
        " %\\) of the structure (?:too much )?on the wrong side)?)?(?:: met, but near the limit)?"
        "(?:: the limit lies inside the numerical uncertainty, " +
        kN + " to " + kN + kUnit + ")?\\.(?: " + kN + " cc \\(" + kN +
        " %\\) of 'Random' lie outside the dose grid and count as 0 Gy, as the site stated\\.)?");
    std::smatch m;
    ++sentences;
    if (!std::regex_match(message, m, kForm)) {
      require(false, "a sentence of unknown form: " + message);
      return;
    }
    const auto part = [&](int n, double value) {
      if (m[n].matched) printed(m[n].str(), value, message);
    };
    const double value = *number(f, "value");
    part(1, value);
    const std::string status = text(f, "status");
    const double said = std::strtod(m[1].str().c_str(), nullptr), limit = std::strtod(m[2].str().c_str(), nullptr);
    require(std::abs(limit - a.rule.limit->value) <= 5.1e-7, message + ": limit");
    if (status != "INDETERMINATE" && std::abs(limit - said) > 1e-6) {
      require(holds(said, a.rule.limit->comparator, limit) == (status != "DEVIATION"),
              message + ": contradicts " + status);
    }
    const double total = reference_.total().value.in_cc();
    if (m[3].matched) part(3, -*number(f, "marginDoseGy"));
    if (m[4].matched) part(4, -*number(f, "marginVolumeCc"));
    if (m[5].matched) part(5, -100.0 * *number(f, "marginVolumeCc") / total);
    if (m[6].matched) {
      require(std::strtod(m[6].str().c_str(), nullptr) <= *number(f, "lower") + 1e-12, message);
      require(std::strtod(m[7].str().c_str(), nullptr) >= *number(f, "upper") - 1e-12, message);
    }
    const double outside = reference_.outside().value.in_cc();
    require(m[8].matched == (outside > 0.0), message + ": outside the grid " + shown(outside) + " cc");
    part(8, outside);
    if (m[9].matched) {
      require(std::abs(std::strtod(m[9].str().c_str(), nullptr) - 100.0 * outside / total) <= 0.0500001, message);
    }
  }

  void look_at_note(const std::string& note) {
    static const std::regex kRim(
        "'Random': ([0-9.]+) cc lie in the outer half voxel of the dose grid, where the dose of the outermost voxels "
        "was "
        "used\\.");
    std::smatch m;
    ++sentences;
    if (note.find("contour(s) of one or two points enclose nothing") != std::string::npos) return;
    if (!std::regex_match(note, m, kRim)) {
      require(false, "a note of unknown form: " + note);
      return;
    }
    // What lies beyond the outermost centres: outside of a grid of two voxels whose outer faces are there.
    VoxelDoses inner;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double first = case_.doses.centre[axis].front(), length = case_.doses.centre[axis].back() - first;
      inner.centre[axis] = {first + 0.25 * length, first + 0.75 * length};
    }
    inner.gy.assign(8, 1.0F);
    const Volume beyond = DvhReference(case_.planes, inner, 1.0).outside().value;
    printed(m[1].str(), (beyond - reference_.outside().value).in_cc(), note);
  }

  const DvhCase& case_;
  const DvhReference& reference_;
  Random random_;
};

Protocol protocol_asking(const std::vector<Asked>& asked, Dose prescribed, int fractions) {
  Protocol protocol;
  protocol.id = "numbers";
  protocol.prescription = {prescribed, fractions, (1.0 / fractions) * prescribed, "Random"};
  Role role;
  role.id = "Random";
  protocol.roles = {role};
  for (const Asked& a : asked) {
    Rule rule;
    rule.id = std::to_string(protocol.rules.size());
    rule.kind = a.rule;
    protocol.rules.push_back(rule);
  }
  return protocol;
}

}  // namespace

TEST_CASE("No number of a report lies outside what the report claims of it, and no sentence says another",
          "[numbers]") {
  std::uint32_t first = 0, end = kReports;
  if (const char* seed = std::getenv("DOSEGATE_NUMBERS_SEED")) {
    first = static_cast<std::uint32_t>(std::atol(seed));
    end = first + 1;  // one of two planes
  }
  int numbers = 0, rooms = 0, sentences = 0, wrong = 0;
  double worst_room = 0.0;
  std::ostringstream told;
  for (std::uint32_t seed = first; seed < end; ++seed) {
    DvhCase c = random_case(seed, static_cast<DoseKind>(seed % 4));
    // Of uneven planes a case makes its slices by the whole set, the reference by half-way alone: not the same model.
    if (c.planes.size() > 2) {
      ++end;
      continue;
    }
    c.scale = seed % 3 == 0 ? 2.0 : 1.0;  // of a course of two fractions
    const DvhReference reference = c.reference();
    Numbers look(c, reference);
    const std::vector<Asked> asked = look.ask();
    Case plan;
    plan.structures[1] = c.structure();
    plan.dose = c.grid();
    plan.options.outside_grid = OutsideGrid::kZero;
    if (c.scale != 1.0) {
      plan.options.dose_meaning = DoseMeaning::kFraction;
      plan.plan.emplace();
      FractionGroup group;
      group.number = 1;
      group.fractions_planned = 2;
      plan.plan->fraction_groups.push_back(group);
    }
    const Dose most = c.scale * plan.dose->maximum();
    const auto report = check(plan, protocol_asking(asked, look.prescribed(), static_cast<int>(c.scale)));
    REQUIRE(report);
    if (reference.outside().value > 0.9 * reference.total().value || most > 2.0 * look.prescribed()) continue;
    const auto json = parse_json(to_json(*report), std::size_t{1} << 24, "the report");
    REQUIRE(json);
    look.look(*json, asked);
    worst_room = std::max(worst_room, look.worst_room);
    numbers += look.numbers, rooms += look.rooms, sentences += look.sentences;
    for (const std::string& what : look.wrong) {
      if (++wrong <= 12) told << "DOSEGATE_NUMBERS_SEED=" << seed << ": " << what << "\n";
    }
  }
  WARN(numbers << " numbers, " << rooms << " rooms, " << sentences << " sentences, " << wrong
               << " wrong; the room of a V metric is at most " << worst_room << " Gy off");
  if (wrong > 0) WARN(told.str());
  CHECK(wrong == 0);
  if (std::getenv("DOSEGATE_NUMBERS_SEED") != nullptr) return;
  CHECK(numbers > 50 * static_cast<int>(kReports));
  CHECK(rooms > 9 * static_cast<int>(kReports));
}

}  // namespace dosegate::property
