// Laboratory values at enrolment: of each analyte the latest sample in the window before it.
#include "core/rules/lab.h"

#include <utility>

#include "core/record/lab_units.h"
#include "core/rules/on_record.h"
#include "core/rules/reading.h"
#include "core/rules/requirement_words.h"
#include "core/rules/tally.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using std::chrono::days;

// A value against the limit, or why it cannot be compared.
struct Compared {
  bool met = false;
  double value = 0.0;  // in the unit of the limit
  Prose text, problem;
};

Message words_of(Analyte analyte) {
  constexpr Said kWords[] = {Said::kTotalBilirubin, Said::kAst,      Said::kAlt, Said::kAlbumin, Said::kInr,
                             Said::kAptt,           Said::kPlatelets};
  return {kWords[static_cast<std::size_t>(analyte) - 1], {}};
}

// A value in its unit as people write it.
Number in_unit(Number value, std::string_view unit) {
  const std::string shown = with_lab_unit("", unit);
  value.unit = shown.substr(shown.starts_with(' ') ? 1 : 0);
  return value;
}

// A value in the wrong unit, or with a digit too many, is no value: neither may let a patient in.
Prose not_possible(const LabResult& lab, double value, bool by_normal) {
  const double one = value != 0.0 ? *lab.value / value : 1.0;  // the analyte's first unit in that of the sample
  const auto shown = [&](double v) { return in_unit(number(v, 3), lab.unit); };
  const auto is_in = [](double v, LabRange range) { return v >= range.least && v <= range.most; };
  const LabRange values = possible_values(*lab.analyte), normals = possible_normals(*lab.analyte);
  if (!is_in(value, values)) {
    return say<Said::kLabNotPossible>(words_of(*lab.analyte), *lab.date, shown(*lab.value), shown(values.least * one),
                                      shown(values.most * one));
  }
  if (by_normal && lab.upper_limit_normal.value_or(0.0) > 0.0 && !is_in(*lab.upper_limit_normal / one, normals)) {
    return say<Said::kNormalNotPossible>(words_of(*lab.analyte), *lab.date, shown(*lab.upper_limit_normal),
                                         shown(normals.least * one), shown(normals.most * one));
  }
  return {};
}

Compared compare(const LabRule& rule, const LabResult& lab) {
  Compared out;
  const Message name = words_of(*lab.analyte);
  if (!lab.value || lab.unit.empty()) {
    out.problem =
        lab.value ? say<Said::kLabWithoutUnit>(name, *lab.date) : say<Said::kLabWithoutValue>(name, *lab.date);
    return out;
  }
  const auto value = lab_value(*lab.analyte, *lab.value, lab.unit);
  if (!value) {
    out.problem = say<Said::kLabUnknownUnit>(name, *lab.date, lab.unit, listing(lab_units(*lab.analyte)));
    return out;
  }
  if (const Prose problem = not_possible(lab, *value, rule.unit.empty()); !problem.empty()) {
    out.problem = problem;
    return out;
  }
  Prose times_normal;
  double limit = rule.limit;  // in the unit of `measured`
  double measured = *lab.value;
  if (rule.unit.empty()) {
    if (!lab.upper_limit_normal || *lab.upper_limit_normal <= 0.0) {
      out.problem = say<Said::kLabWithoutNormal>(name, *lab.date);
      return out;
    }
    limit *= *lab.upper_limit_normal;
    out.value = measured / *lab.upper_limit_normal;
    times_normal =
        say<Said::kTimesNormal>(number(rule.limit, 3), in_unit(number(*lab.upper_limit_normal, 3), lab.unit));
  } else {
    limit = lab_value(*lab.analyte, rule.limit, rule.unit).value_or(rule.limit);
    measured = *value;
    out.value = measured * (rule.limit / limit);
  }
  // 1.5 x 1.2 in binary is a hair less than 1.8: what is equal as decimals is equal.
  constexpr double kHair = 1e-12;
  out.met = rule.at_least ? measured >= limit * (1.0 - kHair) : measured <= limit * (1.0 + kHair);
  // The limit as the sample is written, so that the two can be compared by the eye.
  const double as_written = measured != 0.0 ? limit * (*lab.value / measured) : limit;
  const Number shown = in_unit(beside_number(*lab.value, as_written, 3), lab.unit);
  const Argument wanted = times_normal.empty() ? Argument(in_unit(number(rule.limit, 3), rule.unit)) : times_normal;
  out.text = rule.at_least ? say<Said::kLabAtLeast>(name, *lab.date, shown, wanted)
                           : say<Said::kLabAtMost>(name, *lab.date, shown, wanted);
  return out;
}

}  // namespace

LabRule LabRule::read(ObjectReader& o, const CheckRole&) {
  constexpr Range kLabLimit{0.0, 1e6};
  LabRule rule;
  rule.analytes = read_choices<Analyte>(
      o, "analytes",
      {{"TOTAL_BILIRUBIN", 1}, {"AST", 2}, {"ALT", 3}, {"ALBUMIN", 4}, {"INR", 5}, {"APTT", 6}, {"PLATELETS", 7}});
  if (rule.analytes.empty()) o.fail("analytes", "name what is measured");
  rule.any = o.enumeration("combination", "COMBINATION_UNSPECIFIED", {{"EVERY", 1}, {"ANY", 2}}) == 2;
  const int comparator = o.enumeration("comparator", "COMPARATOR_UNSPECIFIED", {{"LE", 2}, {"GE", 4}}, Need::kRequired);
  rule.at_least = comparator == 4;
  rule.limit = read_number(o, "limit", kLabLimit);
  rule.unit = o.string("unit");
  rule.window_days = read_whole(o, "windowDays", 0, kMostDays);
  if (!rule.unit.empty()) {
    for (const Analyte analyte : rule.analytes) {
      if (!lab_value(analyte, rule.limit, rule.unit)) {
        o.fail("unit", shown(rule.unit) + " is no unit of " + std::string(name_of(analyte)) + "; may be " +
                           listed(lab_units(analyte)));
      }
    }
  } else if (rule.at_least) {
    o.fail("unit", "a least value needs its unit; without one the limit is a multiple of the upper limit of normal");
  }
  o.finish();
  return rule;
}

RuleNeeds LabRule::needs() const {
  RuleNeeds out;
  out.topics = {Topic::kEnrolment};
  return out;
}

Finding LabRule::evaluate(const Context& context) const {
  if (auto none = no_record(context)) return *none;
  const Record& record = *context.input().record;
  const Message supply = say<Said::kRecordSample>();
  if (!record.eligibility || !record.eligibility->date) {
    return finding(FindingStatus::kNotEvaluable, say<Said::kEnrolmentDayNotStated>(), say<Said::kAddItToRecord>());
  }
  const Day enrolled = *record.eligibility->date, from = enrolled - days{window_days};
  std::vector<Compared> values;
  std::vector<Prose> problems;
  for (const Analyte analyte : analytes) {
    std::vector<const LabResult*> latest;
    for (const LabResult& lab : record.labs) {
      if (lab.analyte != analyte) continue;
      if (!lab.date) {
        problems.emplace_back(say<Said::kSampleWithoutDate>(words_of(analyte)));
        continue;
      }
      if (*lab.date > enrolled || *lab.date < from) continue;
      if (!latest.empty() && *latest.front()->date > *lab.date) continue;
      if (!latest.empty() && *latest.front()->date < *lab.date) latest.clear();
      latest.push_back(&lab);
    }
    if (latest.empty()) {
      problems.emplace_back(say<Said::kNoSample>(words_of(analyte), from, enrolled));
      continue;
    }
    // Samples of one day: if they differ in what they decide, neither is taken.
    Compared first = compare(*this, *latest.front());
    for (const LabResult* lab : latest) {
      const Compared other = compare(*this, *lab);
      if (!other.problem.empty()) first.problem = other.problem;
      if (first.problem.empty() && other.met != first.met) {
        first.problem = say<Said::kSamplesContradict>(*lab->date, first.text, other.text);
      }
    }
    if (!first.problem.empty()) {
      problems.push_back(first.problem);
    } else {
      values.push_back(first);
    }
  }
  const Compared* shown = nullptr;  // the one that decides: the worst of every, the best of any
  const auto worse = [&](const Compared& a, const Compared& b) {
    return at_least ? a.value < b.value : a.value > b.value;
  };
  for (const Compared& v : values) {
    if (shown == nullptr || (any ? worse(*shown, v) : worse(v, *shown))) shown = &v;
  }
  const bool decided = shown != nullptr && (any ? shown->met || problems.empty() : !shown->met || problems.empty());
  if (!decided) {
    Prose all;
    for (const Prose& p : problems) all += p;
    return finding(FindingStatus::kNotEvaluable, all, supply);
  }
  Listing text;
  text.join = Join::kSemicolon;
  for (const Compared& v : values) text.items.emplace_back(v.text);
  Finding f = finding(shown->met ? FindingStatus::kPass : FindingStatus::kDeviation, say<Said::kLabValues>(text));
  if (!shown->met) f.hint = say<Said::kNotEligibleByValue>();
  f.value = f.lower = f.upper = shown->value;
  f.limit = limit;
  f.comparator = at_least ? Comparator::kGreaterOrEqual : Comparator::kLessOrEqual;
  const bool ratio = with_lab_unit("", unit).empty();
  f.unit = unit.empty() ? "x ULN" : ratio ? "" : unit;
  return f;
}

Requirement LabRule::requirement(const Protocol&) const {
  std::vector<std::string> names;
  for (const Analyte analyte : analytes) names.emplace_back(name_of(analyte));
  const std::string value = unit.empty() ? plain(limit) + " x ULN" : with_lab_unit(plain(limit), unit);
  return {"", (any ? either(names) : enumerated(names)) + (at_least ? " at least " : " at most ") + value +
                  window_text(window_days, "enrolment")};
}

}  // namespace dosegate
