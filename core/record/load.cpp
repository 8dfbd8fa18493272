#include <algorithm>

#include "core/json/reader.h"
#include "core/record/read_day.h"
#include "core/record/record.h"

namespace dosegate {
namespace {

constexpr std::size_t kSizeLimit = std::size_t{4} << 20;
constexpr std::size_t kListLimit = 10'000;
// Bounds of plausibility: beyond them a number is a mistake of unit or a damaged file.
constexpr Range kFractionDoseGy{0.0, 100.0}, kMonitorUnits{0.0, 1e6}, kHours{0.0, 1000.0}, kPercent{0.0, 100.0},
    kDistanceMm{0.0, 100.0}, kDrugMg{0.0, 1e5}, kLabValue{0.0, 1e6};
constexpr std::int32_t kMostAge = 130, kMostEcog = 5, kMostGrade = 5, kMostMviGrade = 4, kMostFractionNumber = 1000;

std::optional<std::int32_t> count(ObjectReader& r, std::string_view name, std::int32_t least, std::int32_t most) {
  const auto value = r.integer(name, least);
  if (value && *value > most) {
    r.fail(name, "is " + std::to_string(*value) + "; at most " + std::to_string(most) + " is possible");
  }
  return value;
}

std::optional<Dose> dose(ObjectReader& r) {
  const auto gy = r.number("doseGy", kFractionDoseGy);
  return gy ? std::optional<Dose>(Dose::gy(*gy)) : std::nullopt;
}

std::optional<bool> truth(ObjectReader& r, std::string_view name) {
  return r.has(name) ? std::optional<bool>(r.boolean(name)) : std::nullopt;
}

template <typename E>
std::optional<E> choice(ObjectReader& r, std::string_view name, std::string_view zero, EnumNames names) {
  // A number is taken for a grade by whoever writes "vp": 4, and for the schema's own number by whoever reads it.
  const int value = r.enumeration(name, zero, names, Need::kOptional, ByNumber::kRefused);
  return value == 0 ? std::nullopt : std::optional<E>(static_cast<E>(value));
}

Resectability read_resectability(ObjectReader& r) {
  Resectability out;
  out.extrahepatic_metastasis = truth(r, "extrahepaticMetastasis");
  out.remnant_liver_enough = truth(r, "remnantLiverEnough");
  out.child_pugh = choice<ChildPugh>(r, "childPugh", "CHILD_PUGH_UNSPECIFIED", {{"A", 1}, {"B", 2}, {"C", 3}});
  out.r0_way =
      choice<R0Way>(r, "r0Way", "R0_WAY_UNSPECIFIED",
                    {{"SAME_SIDE", 1}, {"VASCULAR_RESECTION", 2}, {"BLOOD_FLOW_OCCLUSION", 3}, {"NOT_ACHIEVABLE", 4}});
  return out;
}

// A message member read by `read`, finished; none where it is absent.
template <typename Read>
auto part(ObjectReader& parent, std::string_view name, Read&& read)
    -> std::optional<decltype(read(std::declval<ObjectReader&>()))> {
  auto r = parent.object(name);
  if (!r) return {};
  auto out = read(*r);
  r->finish();
  return out;
}

Eligibility read_eligibility(ObjectReader& r) {
  Eligibility out;
  out.date = read_day(r, "date");
  out.age_years = count(r, "ageYears", 0, kMostAge);
  out.hepatocellular = truth(r, "hepatocellular");
  out.treatment_naive = truth(r, "treatmentNaive");
  out.measurable_by_recist = truth(r, "measurableByRecist");
  out.ecog = count(r, "ecog", 0, kMostEcog);
  out.resectability = part(r, "resectability", read_resectability);
  return out;
}

Simulation read_simulation(ObjectReader& r) {
  Simulation out;
  out.date = read_day(r, "date");
  out.time = read_time(r, "time");
  out.fasting_hours = r.number("fastingHours", kHours);
  out.gated = truth(r, "gated");
  return out;
}

PlannedFraction read_planned(ObjectReader& r) {
  PlannedFraction out;
  out.number = count(r, "number", 1, kMostFractionNumber);
  out.date = read_day(r, "date");
  out.time = read_time(r, "time");
  out.dose = dose(r);
  return out;
}

DeliveredFraction read_delivered(ObjectReader& r) {
  DeliveredFraction out;
  out.number = count(r, "number", 1, kMostFractionNumber);
  out.date = read_day(r, "date");
  out.time = read_time(r, "time");
  out.dose = dose(r);
  out.monitor_units = r.number("monitorUnits", kMonitorUnits);
  out.cbct_before = truth(r, "cbctBefore");
  out.fasting_hours = r.number("fastingHours", kHours);
  out.gated = truth(r, "gated");
  return out;
}

GammaResult read_gamma(ObjectReader& r) {
  GammaResult out;
  out.date = read_day(r, "date");
  out.pass_rate_percent = r.number("passRatePercent", kPercent);
  out.dose_difference_percent = r.number("doseDifferencePercent", kPercent);
  out.distance_mm = r.number("distanceMm", kDistanceMm);
  out.low_dose_cut_percent = r.number("lowDoseCutPercent", kPercent);
  out.normalisation =
      choice<GammaNormalisation>(r, "normalisation", "NORMALISATION_UNSPECIFIED", {{"GLOBAL", 1}, {"LOCAL", 2}});
  return out;
}

Infusion read_infusion(ObjectReader& r) {
  Infusion out;
  out.date = read_day(r, "date");
  out.drug = r.string("drug");
  out.dose_mg = r.number("doseMg", kDrugMg);
  out.given = truth(r, "given");
  return out;
}

TreatmentStop read_stop(ObjectReader& r) {
  TreatmentStop out;
  out.date = read_day(r, "date");
  out.reason = choice<StopReason>(r, "reason", "REASON_UNSPECIFIED",
                                  {{"COMPLETED", 1}, {"PROGRESSION", 2}, {"TOXICITY", 3}, {"OTHER", 4}});
  return out;
}

LabResult read_lab(ObjectReader& r) {
  LabResult out;
  out.date = read_day(r, "date");
  out.analyte = choice<Analyte>(
      r, "analyte", "ANALYTE_UNSPECIFIED",
      {{"TOTAL_BILIRUBIN", 1}, {"AST", 2}, {"ALT", 3}, {"ALBUMIN", 4}, {"INR", 5}, {"APTT", 6}, {"PLATELETS", 7}});
  out.value = r.number("value", kLabValue);
  out.unit = r.string("unit");
  out.upper_limit_normal = r.number("upperLimitNormal", kLabValue);
  return out;
}

ImagingStudy read_imaging(ObjectReader& r) {
  ImagingStudy out;
  out.date = read_day(r, "date");
  out.modality = choice<ImagingModality>(r, "modality", "MODALITY_UNSPECIFIED",
                                         {{"CT", 1}, {"MR", 2}, {"PET_CT", 3}, {"ULTRASOUND", 4}, {"OTHER", 5}});
  out.purpose = choice<ImagingPurpose>(r, "purpose", "PURPOSE_UNSPECIFIED",
                                       {{"BASELINE", 1}, {"AFTER_CYCLES", 2}, {"FOLLOW_UP", 3}});
  return out;
}

Staging read_staging(ObjectReader& r) {
  Staging out;
  out.date = read_day(r, "date");
  out.vp = choice<PortalVein>(r, "vp", "PORTAL_VEIN_UNSPECIFIED",
                              {{"VP0", 1}, {"VP1", 2}, {"VP2", 3}, {"VP3", 4}, {"VP4", 5}});
  out.vv = choice<HepaticVein>(r, "vv", "HEPATIC_VEIN_UNSPECIFIED", {{"VV0", 1}, {"VV1", 2}, {"VV2", 3}, {"VV3", 4}});
  out.mvi_grade = count(r, "mviGrade", 1, kMostMviGrade);
  return out;
}

Complication read_complication(ObjectReader& r) {
  Complication out;
  out.date = read_day(r, "date");
  out.term = r.string("term");
  out.grade = choice<ClavienDindo>(r, "grade", "GRADE_UNSPECIFIED",
                                   {{"GRADE_I", 1},
                                    {"GRADE_II", 2},
                                    {"GRADE_IIIA", 3},
                                    {"GRADE_IIIB", 4},
                                    {"GRADE_IVA", 5},
                                    {"GRADE_IVB", 6},
                                    {"GRADE_V", 7}});
  return out;
}

ResponseAssessment read_response(ObjectReader& r) {
  ResponseAssessment out;
  out.date = read_day(r, "date");
  out.recist = choice<Recist>(r, "recist", "RECIST_UNSPECIFIED", {{"CR", 1}, {"PR", 2}, {"SD", 3}, {"PD", 4}});
  out.resectability = part(r, "resectability", read_resectability);
  return out;
}

AdverseEvent read_adverse_event(ObjectReader& r) {
  AdverseEvent out;
  out.date = read_day(r, "date");
  out.term = r.string("term");
  out.grade = count(r, "grade", 1, kMostGrade);
  return out;
}

class Reader {
 public:
  explicit Reader(ObjectReader& top) : top_(top) {}
  bool is_too_long() const { return !too_long_.empty(); }
  Error too_long() const { return Error{ErrorCode::kLimitExceeded, too_long_, "holds more than 10000 entries."}; }

  template <typename T, typename Read>
  void list(ObjectReader& r, std::string_view name, std::vector<T>& out, Read&& read) {
    if (r.count(name) > kListLimit) {
      too_long_ = r.path_of(name);
      return;
    }
    r.each_object(name, [&](ObjectReader& element) { out.push_back(read(element)); });
  }

  Record read() {
    Record record;
    record.eligibility = part(top_, "eligibility", read_eligibility);
    record.simulation = part(top_, "simulation", read_simulation);
    list(top_, "plannedFractions", record.planned_fractions, read_planned);
    list(top_, "deliveredFractions", record.delivered_fractions, read_delivered);
    list(top_, "gammaResults", record.gamma_results, read_gamma);
    list(top_, "infusions", record.infusions, read_infusion);
    record.systemic_stop = part(top_, "systemicStop", read_stop);
    list(top_, "labs", record.labs, read_lab);
    list(top_, "imaging", record.imaging, read_imaging);
    list(top_, "staging", record.staging, read_staging);
    record.surgery = part(top_, "surgery", [&](ObjectReader& r) {
      Surgery out;
      out.performed = truth(r, "performed");
      out.date = read_day(r, "date");
      out.margin = choice<SurgicalMargin>(r, "margin", "MARGIN_UNSPECIFIED", {{"R0", 1}, {"R1", 2}, {"R2", 3}});
      out.viable_tumour_percent = r.number("viableTumourPercent", kPercent);
      list(r, "complications", out.complications, read_complication);
      return out;
    });
    list(top_, "responses", record.responses, read_response);
    list(top_, "adverseEvents", record.adverse_events, read_adverse_event);
    return record;
  }

 private:
  ObjectReader& top_;
  std::string too_long_;
};

}  // namespace

std::optional<Day> read_day(ObjectReader& reader, std::string_view name) {
  if (!reader.has(name)) return {};
  const Result<Day> day = parse_day(reader.string(name));
  if (day) return *day;
  reader.fail(name, day.error().message);
  return {};
}

std::vector<Day> read_days(ObjectReader& reader, std::string_view name) {
  std::vector<Day> days;
  const std::vector<std::string> texts = reader.strings(name);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Result<Day> day = parse_day(texts[i]);
    if (day) {
      days.push_back(*day);
    } else {
      reader.fail(name, "entry " + std::to_string(i) + " " + day.error().message);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

std::optional<TimeOfDay> read_time(ObjectReader& reader, std::string_view name) {
  if (!reader.has(name)) return {};
  const Result<TimeOfDay> time = parse_time(reader.string(name));
  if (time) return *time;
  reader.fail(name, time.error().message);
  return {};
}

Result<Record> load_record(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the clinical record");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader top(*document, "$", errors);
  Reader reader(top);
  Record record = reader.read();
  top.finish();
  if (reader.is_too_long()) return reader.too_long();
  if (!errors.empty()) return errors.front();
  return record;
}

std::optional<Day> latest_event(const Record& record) {
  std::optional<Day> latest;
  const auto see = [&](const std::optional<Day>& day) {
    if (day && (!latest || *day > *latest)) latest = *day;
  };
  if (record.eligibility) see(record.eligibility->date);
  if (record.simulation) see(record.simulation->date);
  for (const auto& f : record.delivered_fractions) see(f.date);
  for (const auto& g : record.gamma_results) see(g.date);
  for (const auto& i : record.infusions) {
    if (i.given.value_or(true)) see(i.date);
  }
  if (record.systemic_stop) see(record.systemic_stop->date);
  for (const auto& l : record.labs) see(l.date);
  for (const auto& i : record.imaging) see(i.date);
  for (const auto& s : record.staging) see(s.date);
  if (const auto& s = record.surgery; s && s->performed.value_or(true)) {
    // Of which only the day is stated, it may be planned.
    if (s->performed || s->margin || s->viable_tumour_percent || !s->complications.empty()) see(s->date);
    for (const auto& c : s->complications) see(c.date);
  }
  for (const auto& r : record.responses) see(r.date);
  for (const auto& a : record.adverse_events) see(a.date);
  return latest;
}

}  // namespace dosegate
