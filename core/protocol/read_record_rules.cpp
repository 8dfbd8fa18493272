#include "core/protocol/read_record_rules.h"

#include "core/record/lab_units.h"

namespace dosegate {
namespace {

constexpr Range kPercent{0.0, 100.0}, kDistanceMm{0.0, 100.0}, kHours{0.0, 240.0}, kDrugMg{0.0, 1e5},
    kLabLimit{0.0, 1e6};
constexpr std::int32_t kMostDays = 3660, kMostCycles = 1000, kMostMonths = 120, kMostGrade = 10;
constexpr std::size_t kMostEntries = 20;

std::int32_t whole(ObjectReader& o, std::string_view member, std::int32_t least, std::int32_t most) {
  const std::int32_t n = o.integer(member, least, Need::kRequired).value_or(least);
  if (n > most) o.fail(member, "is " + std::to_string(n) + "; at most " + std::to_string(most));
  return n;
}
std::optional<std::int32_t> optional_whole(ObjectReader& o, std::string_view member, std::int32_t least,
                                           std::int32_t most) {
  if (!o.has(member)) return {};
  return whole(o, member, least, most);
}
double number(ObjectReader& o, std::string_view member, Range range) {
  return o.number(member, range, Need::kRequired).value_or(0.0);
}

// An array of enum names, each once.
template <typename E>
std::vector<E> choices(ObjectReader& o, std::string_view member, EnumNames names) {
  std::vector<E> out;
  std::vector<std::string> known;
  for (const EnumName& n : names) known.emplace_back(n.name);
  for (const std::string& text : o.strings(member)) {
    const EnumName* found = nullptr;
    for (const EnumName& n : names) {
      if (n.name == text) found = &n;
    }
    if (found == nullptr) {
      o.fail(member, "found " + shown(text) + "; may be " + listed(known));
      continue;
    }
    const E value = static_cast<E>(found->number);
    if (std::find(out.begin(), out.end(), value) != out.end()) {
      o.fail(member, shown(text) + " is named twice");
    } else {
      out.push_back(value);
    }
  }
  return out;
}

}  // namespace

GammaRule read_gamma_rule(ObjectReader& o, const CheckRole&) {
  GammaRule rule;
  rule.pass_rate_above_percent = number(o, "passRateAbovePercent", kPercent);
  if (rule.pass_rate_above_percent >= 100.0) {
    o.fail("passRateAbovePercent", "no pass rate is above 100 %: the rule can never be met");
  }
  rule.dose_difference_percent = number(o, "doseDifferencePercent", kPercent);
  rule.distance_mm = number(o, "distanceMm", kDistanceMm);
  rule.low_dose_cut_percent = number(o, "lowDoseCutPercent", kPercent);
  rule.normalisation =
      o.enumeration("normalisation", "NORMALISATION_UNSPECIFIED", {{"GLOBAL", 1}, {"LOCAL", 2}}, Need::kRequired) == 2
          ? GammaNormalisation::kLocal
          : GammaNormalisation::kGlobal;
  o.finish();
  return rule;
}

DeliveryRule read_delivery_rule(ObjectReader& o, const CheckRole&) {
  DeliveryRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED",
                                  {{"FASTING", 1}, {"CONE_BEAM_CT", 2}, {"RESPIRATORY_GATING", 3}}, Need::kRequired);
  if (check != 0) rule.check = static_cast<DeliveryRule::Check>(check);
  rule.least_hours = o.number("leastHours", kHours);
  rule.at_simulation = o.boolean("atSimulation");
  rule.simulation_window_days = optional_whole(o, "simulationWindowDays", 0, kMostDays);
  if (check == 1 && !rule.least_hours) o.fail("leastHours", "state the hours of fasting");
  if (rule.least_hours == 0.0) o.fail("leastHours", "is 0: every patient has fasted so long");
  if (rule.simulation_window_days && !rule.at_simulation) {
    o.fail("simulationWindowDays", "is of a rule that looks at the simulation: state atSimulation");
  }
  if (check > 1 && rule.least_hours) o.fail("leastHours", "is of FASTING only");
  if (check == 2 && rule.at_simulation) o.fail("atSimulation", "the record holds no cone-beam CT of the simulation");
  o.finish();
  return rule;
}

TherapyRule read_therapy_rule(ObjectReader& o, const CheckRole&) {
  TherapyRule rule;
  rule.drug = o.string("drug", Need::kRequired);
  rule.dose_mg = number(o, "doseMg", kDrugMg);
  rule.interval_days = whole(o, "intervalDays", 1, kMostDays);
  rule.tolerance_days = whole(o, "toleranceDays", 0, kMostDays);
  rule.cycles_before_surgery = optional_whole(o, "cyclesBeforeSurgery", 1, kMostCycles);
  rule.start_after_surgery_days = optional_whole(o, "startAfterSurgeryDays", 0, kMostDays);
  rule.duration_days = optional_whole(o, "durationDays", 1, kMostDays);
  const bool adjuvant = rule.start_after_surgery_days || rule.duration_days;
  if (rule.cycles_before_surgery.has_value() == adjuvant) {
    o.fail("", "state either cyclesBeforeSurgery, or startAfterSurgeryDays and durationDays");
  } else if (adjuvant && !(rule.start_after_surgery_days && rule.duration_days)) {
    o.fail("", "the therapy after surgery needs both startAfterSurgeryDays and durationDays");
  }
  if (2 * rule.tolerance_days >= rule.interval_days) {
    o.fail("toleranceDays", "is half an interval or more: one infusion could stand for two");
  }
  o.finish();
  return rule;
}

ImagingRule read_imaging_rule(ObjectReader& o, const CheckRole&) {
  ImagingRule rule;
  rule.drug = o.string("drug", Need::kRequired);
  rule.cycles_before_surgery = whole(o, "cyclesBeforeSurgery", 1, kMostCycles);
  rule.first_months = whole(o, "firstMonthsAfterSurgery", 1, kMostMonths);
  rule.every_months = whole(o, "everyMonths", 1, kMostMonths);
  rule.tolerance_days = whole(o, "toleranceDays", 0, 14 * rule.every_months);
  rule.baseline_window_days = optional_whole(o, "baselineWindowDays", 0, kMostDays);
  o.finish();
  return rule;
}

EligibilityRule read_eligibility_rule(ObjectReader& o, const CheckRole&) {
  using Criterion = EligibilityRule::Criterion;
  EligibilityRule rule;
  const int criterion = o.enumeration("criterion", "CRITERION_UNSPECIFIED",
                                      {{"AGE", 1},
                                       {"ECOG", 2},
                                       {"HEPATOCELLULAR", 3},
                                       {"TREATMENT_NAIVE", 4},
                                       {"MEASURABLE_BY_RECIST", 5},
                                       {"NO_EXTRAHEPATIC_METASTASIS", 6},
                                       {"VASCULAR_INVASION", 7},
                                       {"REMNANT_LIVER_ENOUGH", 8},
                                       {"CHILD_PUGH", 9},
                                       {"R0_ACHIEVABLE", 10}},
                                      Need::kRequired);
  if (criterion != 0) rule.criterion = static_cast<Criterion>(criterion);
  rule.least = o.integer("least", 0);
  rule.most = o.integer("most", 0);
  const bool counts = rule.criterion == Criterion::kAge || rule.criterion == Criterion::kEcog;
  if (counts && !rule.least && !rule.most) o.fail("", "state least, most or both");
  if (!counts && (rule.least || rule.most)) o.fail("", "least and most are of AGE and ECOG only");
  if (rule.least && rule.most && *rule.most < *rule.least) o.fail("most", "is less than least: nobody is eligible");
  rule.window_days = optional_whole(o, "windowDays", 0, kMostDays);
  rule.classes = choices<ChildPugh>(o, "classes", {{"A", 1}, {"B", 2}, {"C", 3}});
  if ((rule.criterion == Criterion::kChildPugh) == rule.classes.empty()) {
    o.fail("classes", rule.classes.empty() ? "name the classes that are eligible" : "are of CHILD_PUGH only");
  }
  o.finish();
  return rule;
}

LabRule read_lab_rule(ObjectReader& o, const CheckRole&) {
  LabRule rule;
  rule.analytes = choices<Analyte>(
      o, "analytes",
      {{"TOTAL_BILIRUBIN", 1}, {"AST", 2}, {"ALT", 3}, {"ALBUMIN", 4}, {"INR", 5}, {"APTT", 6}, {"PLATELETS", 7}});
  if (rule.analytes.empty()) o.fail("analytes", "name what is measured");
  rule.any = o.enumeration("combination", "COMBINATION_UNSPECIFIED", {{"EVERY", 1}, {"ANY", 2}}) == 2;
  const int comparator = o.enumeration("comparator", "COMPARATOR_UNSPECIFIED", {{"LE", 2}, {"GE", 4}}, Need::kRequired);
  rule.at_least = comparator == 4;
  rule.limit = number(o, "limit", kLabLimit);
  rule.unit = o.string("unit");
  rule.window_days = whole(o, "windowDays", 0, kMostDays);
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

GradingRule read_grading_rule(ObjectReader& o, const CheckRole&) {
  GradingRule rule;
  if (o.count("table") > kMostEntries) {
    o.fail("table", "has more than " + std::to_string(kMostEntries) + " rows");
  } else {
    o.each_object("table", [&](ObjectReader& row) {
      GradingRule::Row r;
      r.grade = whole(row, "grade", 1, kMostGrade);
      r.vp = choices<PortalVein>(row, "vp", {{"VP0", 1}, {"VP1", 2}, {"VP2", 3}, {"VP3", 4}, {"VP4", 5}});
      r.vv = choices<HepaticVein>(row, "vv", {{"VV0", 1}, {"VV1", 2}, {"VV2", 3}, {"VV3", 4}});
      r.both = row.boolean("both");
      if (r.vp.empty() && r.vv.empty()) row.fail("", "names no vein");
      if (r.both && (r.vp.empty() || r.vv.empty())) row.fail("both", "needs vp and vv");
      rule.table.push_back(std::move(r));
    });
  }
  o.finish();
  return rule;
}

ResponseRule read_response_rule(ObjectReader& o, const CheckRole&) {
  ResponseRule rule;
  const int check =
      o.enumeration("check", "CHECK_UNSPECIFIED",
                    {{"ASSESSED", 1}, {"RECIST", 2}, {"VASCULAR_INVASION", 3}, {"PATHOLOGY", 4}, {"EVENTS_GRADED", 5}},
                    Need::kRequired);
  if (check != 0) rule.check = static_cast<ResponseRule::Check>(check);
  rule.drug = o.string("drug");
  rule.due_day = optional_whole(o, "dueDay", 0, kMostDays);
  rule.tolerance_days = optional_whole(o, "toleranceDays", 0, kMostDays);
  rule.major_below_percent = o.number("majorBelowPercent", kPercent);
  const bool when = !rule.drug.empty() && rule.due_day && rule.tolerance_days;
  const bool any_when = !rule.drug.empty() || rule.due_day || rule.tolerance_days;
  if (check == 1 && !when) o.fail("", "ASSESSED needs drug, dueDay and toleranceDays");
  if (check > 1 && any_when) o.fail("", "drug, dueDay and toleranceDays are of ASSESSED only");
  if (check == 4 && !rule.major_below_percent) o.fail("majorBelowPercent", "state the limit of a major response");
  if (check != 4 && rule.major_below_percent) o.fail("majorBelowPercent", "is of PATHOLOGY only");
  o.finish();
  return rule;
}

}  // namespace dosegate
