#include "tests/property/report_look.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <sstream>

namespace dosegate::property {
namespace {

// What core/dvh says of how narrow an interval is made (Tolerance): with a limit inside, and where nothing is decided.
constexpr double kOfVolume = 1e-4, kGy = 0.005;
constexpr double kOfVolumeReported = 1e-3, kGyReported = 0.05;

Measured<double> gy(Measured<Dose> d) { return {d.value.in_gy(), d.error.in_gy()}; }

// What a plateau near the level leaves open within the precision of doses.
double plateau_cc(const DvhReference& r, Dose level) {
  const Dose precision = 2.0 * kStated * r.maximum().value;
  return (r.volume_above(level - precision).value - r.volume_above(level + precision, AtTheLevel::kDoesNotCount).value)
      .in_cc();
}

Measured<double> computed(const Asked& a, const DvhReference& reference) {
  switch (a.rule.metric.kind) {
    case MetricKind::kMin:
      return gy(reference.minimum());
    case MetricKind::kMax:
      return gy(reference.maximum());
    case MetricKind::kMean:
      return gy(reference.mean());
    case MetricKind::kD:
    case MetricKind::kDC:
      return gy(reference.dose_of_hottest(a.volume));
    default:
      break;
  }
  const Measured<Volume> v =
      reference.volume_above(a.level, a.rule.strictly_above ? AtTheLevel::kDoesNotCount : AtTheLevel::kCounts);
  const double error = v.error.in_cc() + kStated * reference.total().value.in_cc();
  if (a.rule.metric.kind == MetricKind::kV) return {v.value.in_cc(), error};
  return {(reference.total().value - v.value).in_cc(), error};
}

}  // namespace

Measured<double> Look::truth(const Asked& a, const DvhReference& reference) {
  const auto [found, is_new] = truths_.try_emplace({&a, &reference});
  if (is_new) found->second = computed(a, reference);
  return found->second;
}

std::optional<Measured<double>> Look::truth_otherwise(Asked a, const Known& known) const {
  if (!known.otherwise) return {};
  const Volume total = known.reference.total().value, other = known.otherwise->total().value;
  const MetricKind kind = a.rule.metric.kind;
  if (kind == MetricKind::kDC) a.volume = other - (total - a.volume);  // the coldest volume is what was asked
  if (kind == MetricKind::kD || kind == MetricKind::kDC) {
    const bool is_there = a.volume > Volume() && a.volume < other;
    if (!is_there) return {};
  }
  Measured<double> t = computed(a, *known.otherwise);
  if (a.rule.metric.unit != MetricUnit::kPercentOfVolume) return t;
  const double to_per_cent_of_its_own = total / other;
  return Measured<double>{to_per_cent_of_its_own * t.value, to_per_cent_of_its_own * t.error};
}

const JsonValue* Look::member(const JsonValue& v, const std::string& name) {
  for (const auto& m : v.members) {
    if (m.name == name) return &m.value;
  }
  return nullptr;
}
std::optional<double> Look::number(const JsonValue& v, const std::string& name) {
  const JsonValue* m = member(v, name);
  if (m == nullptr) return {};
  return std::strtod(m->text.c_str(), nullptr);
}
std::string Look::text(const JsonValue& v, const std::string& name) {
  const JsonValue* m = member(v, name);
  return m == nullptr ? "" : m->text;
}
std::string Look::shown(double v) {
  std::ostringstream s;
  s.precision(12);
  s << v;
  return s.str();
}

void Look::require(bool holds, const std::string& what) {
  ++counts.numbers;
  if (!holds) wrong.push_back(what);
}
void Look::near(double value, double truth, const std::string& what) {
  require(std::abs(value - truth) <= kStated * std::abs(truth), what + " " + shown(value) + " against " + shown(truth));
}
void Look::encloses(double lower, double value, double upper, Measured<double> t, const std::string& what) {
  require(lower <= value && value <= upper && lower <= t.value + t.error && t.value - t.error <= upper,
          what + ": " + shown(value) + " in [" + shown(lower) + ", " + shown(upper) + "], truth " + shown(t.value) +
              " +- " + shown(t.error));
}

void Look::at(const JsonValue& report, const std::vector<std::vector<Asked>>& asked) {
  walk(report, "");
  const JsonValue* findings = member(report, "findings");
  std::size_t n = 0;
  for (std::size_t roi = 0; roi < asked.size(); ++roi) {
    for (const Asked& a : asked[roi]) {
      require(findings != nullptr && n < findings->elements.size(), "a finding is missing");
      if (findings == nullptr || n >= findings->elements.size()) return;
      look_at(findings->elements[n++], a, known_[roi]);
    }
  }
  for (; n < findings->elements.size(); ++n) {
    look_at_scale(findings->elements[n]);
  }
  const JsonValue* structures = member(report, "structures");
  require(structures != nullptr && structures->elements.size() == known_.size(), "structures");
  for (std::size_t i = 0; structures != nullptr && i < structures->elements.size(); ++i) {
    const auto volume = number(structures->elements[i], "volumeCc");
    require(volume.has_value(), "a structure without volume: " + text(structures->elements[i], "problem"));
    if (volume) near(*volume, known_[i].reference.total().value.in_cc(), "volumeCc");
    require(number(structures->elements[i], "roiNumber") == static_cast<double>(i + 1), "roiNumber");
  }
  const JsonValue& dose = *member(report, "dose");
  near(*number(dose, "maximumGy"), case_.maximum_gy(), "maximumGy");
  require(number(dose, "scaleFactor") == case_.scale, "scaleFactor");
  const JsonValue& prescription = *member(report, "prescription");
  require(!number(prescription, "totalDoseGy"), "the plan prescribes nothing");
  if (const auto fractions = number(prescription, "fractions")) require(*fractions == case_.scale, "fractions");
  if (const JsonValue* notes = member(report, "notes")) {
    for (const JsonValue& note : notes->elements) look_at_note(note.text);
  }
}

// Each number stands in a field of this list; what is checked of it stands in these files.
void Look::walk(const JsonValue& v, const std::string& path) {
  static const std::set<std::string> kKnown = {".prescription.fractions",
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
  for (const auto& e : v.elements) walk(e, path);
  // Sentences as data: the text beside them is made of them, and its numbers are looked at (report_look_text.cpp).
  for (const auto& m : v.members) {
    if (!m.name.ends_with("Sentences")) walk(m.value, path + "." + m.name);
  }
}

void Look::look_at(const JsonValue& f, const Asked& a, const Known& known) {
  const std::string status = text(f, "status"), what = text(f, "message");
  const bool is_outside = known.reference.outside().value > Volume();
  require((status == "NOT_EVALUABLE") == (is_outside && !case_.outside_is_zero), "NOT_EVALUABLE or not: " + what);
  if (status == "NOT_EVALUABLE") return look_at_refusal(f, known);
  const auto lower = number(f, "lower"), value = number(f, "value"), upper = number(f, "upper");
  require(lower && value && upper, what + " has no interval");
  if (!lower || !value || !upper) return;
  const Measured<double> t = truth(a, known.reference);
  encloses(a.unit * *lower, a.unit * *value, a.unit * *upper, t, what);
  look_at_width(f, a, known, what);
  look_at_sentence(f, a, known);
  if (!a.rule.limit) {
    require(!number(f, "limit") && !number(f, "marginDoseGy") && !number(f, "marginVolumeCc"), what);
    return;
  }
  require(number(f, "limit") == a.rule.limit->value, what + " limit");
  const bool hangs = what.find(" It hangs on slices") != std::string::npos;
  if (hangs) {
    ++counts.doubts;
    require(status == "INDETERMINATE" && known.otherwise.has_value(), what + ": " + status);
    if (!known.otherwise) return;
    encloses(a.unit * *lower, a.unit * *value, a.unit * *upper, {a.unit * *value, 0.0}, what);
    if (const auto other = truth_otherwise(a, known)) {
      require(a.unit * *lower <= other->value + other->error && other->value - other->error <= a.unit * *upper,
              what + ": the other way round it is " + shown(other->value));
    }
  }
  look_at_room(f, a, known, what);
  look_at_place(f, a, known, what);
  look_at_decision(status, a, known, what);
}

// A reference that is off by as much as the limit is away decides nothing.
void Look::look_at_decision(const std::string& status, const Asked& a, const Known& known, const std::string& what) {
  for (const std::optional<Measured<double>>& t :
       {std::optional<Measured<double>>(truth(a, known.reference)), truth_otherwise(a, known)}) {
    if (!t || std::abs(t->value - a.limit()) <= t->error) continue;
    const bool met = a.is_upper() ? t->value < a.limit() : t->value > a.limit();
    if (status == "PASS" || status == "WARNING") require(met, what + " is not met");
    if (status == "DEVIATION") require(!met, what + " is not broken");
  }
}

// How narrow core/dvh makes it: to where nothing is left to decide; with the limit inside, and without one, narrower
// than its tolerance, but for what plateaus leave open.
void Look::look_at_width(const JsonValue& f, const Asked& a, const Known& known, const std::string& what) {
  const bool open = text(f, "status") == "INDETERMINATE";
  if (open) ++counts.undecided;
  if (what.find(" It hangs on slices") != std::string::npos || (a.rule.limit && !open)) return;
  const DvhReference& r = known.reference;
  const double width = a.unit * (*number(f, "upper") - *number(f, "lower"));
  const double precision = 4.0 * kStated * case_.maximum_gy();  // of doses: a part of the largest
  if (!a.is_dose) {
    const double of_total = open ? kOfVolume : kOfVolumeReported;
    const double most = (of_total + 4.0 * kStated) * r.total().value.in_cc() + plateau_cc(r, a.level);
    require(width <= most, what + ": " + shown(width) + " cc wide, " + shown(most) + " at most");
    return;
  }
  const bool exact = a.rule.metric.kind != MetricKind::kD && a.rule.metric.kind != MetricKind::kDC;
  const double most = (exact ? 0.0 : open ? kGy : kGyReported) + precision;
  require(width <= most, what + ": " + shown(width) + " Gy wide, " + shown(most) + " at most");
}

void Look::look_at_refusal(const JsonValue& f, const Known& known) {
  ++counts.not_evaluable;
  const std::string said = text(f, "message"), name = known.roi.name;
  for (const char* field : {"value", "lower", "upper", "marginDoseGy", "marginDoseLowerGy", "marginDoseUpperGy",
                            "marginVolumeCc", "marginVolumeLowerCc", "marginVolumeUpperCc"}) {
    require(!number(f, field), said + " has " + field);
  }
  require(member(f, "location") == nullptr, said + " has a place");
  require(text(f, "hint").find("--outside-grid zero") != std::string::npos, said + " " + text(f, "hint"));
  const std::string head = name + ": metric cannot be evaluated. ", cc = " cc (",
                    end = " %) of '" + name + "' lie outside the dose grid.";
  const std::size_t at_cc = said.find(cc), at_end = said.find(end);
  require(said.find(head) == 0 && at_cc != std::string::npos && at_end == said.size() - end.size(),
          "a sentence of unknown form: " + said);
  if (at_cc == std::string::npos || at_end == std::string::npos) return;
  const double outside = known.reference.outside().value.in_cc();
  printed(said.substr(head.size(), at_cc - head.size()), outside, said);
  const double percent = std::strtod(said.c_str() + at_cc + cc.size(), nullptr);
  require(std::abs(percent - 100.0 * outside / known.reference.total().value.in_cc()) <= 0.0500001, said);
}

}  // namespace dosegate::property
