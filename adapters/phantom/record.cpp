#include "adapters/phantom/record.h"

#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "adapters/phantom/model.h"
#include "adapters/phantom/study.h"
#include "dosegate/v1/record.pb.h"

namespace dosegate::phantom {
namespace {

using std::chrono::days;
using Day = std::chrono::sys_days;
using Record = v1::ClinicalRecord;
using Image = v1::ImagingStudy;
using Lab = v1::LabResult;

constexpr Day day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(of_month);
}
std::string iso(Day at) {
  const std::chrono::year_month_day date(at);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

constexpr days kCycle{21};
constexpr int kCyclesBefore = 3, kCyclesAfter = 18;
constexpr Day kBaseline = day(2023, 12, 28), kEnrolment = day(2023, 12, 29), kSimulation = day(2024, 1, 2),
              kMeasured = day(2024, 1, 5), kFirstInfusion = day(2024, 1, 7), kFirstFraction = day(2024, 1, 8),
              kAssessment = day(2024, 3, 10), kSurgery = day(2024, 3, 19), kAfterSurgery = day(2024, 4, 2);

void add_lab(Record& r, Lab::Analyte analyte, double value, const char* unit, double upper_limit_normal) {
  Lab& l = *r.add_labs();
  l.set_date(iso(kBaseline));
  l.set_analyte(analyte);
  l.set_value(value);
  l.set_unit(unit);
  l.set_upper_limit_normal(upper_limit_normal);
}

void set_resectable(v1::Resectability& r) {
  r.set_extrahepatic_metastasis(false);
  r.set_remnant_liver_enough(true);
  r.set_child_pugh(v1::Resectability::A);
  r.set_r0_way(v1::Resectability::SAME_SIDE);
}

void add_images(Record& r, Day at, Image::Purpose purpose) {
  Image& i = *r.add_imaging();
  i.set_date(iso(at));
  i.set_modality(Image::MR);
  i.set_purpose(purpose);
}

void add_staging(Record& r, Day at, v1::Staging::PortalVein vp, int grade) {
  v1::Staging& s = *r.add_staging();
  s.set_date(iso(at));
  s.set_vp(vp);
  s.set_vv(v1::Staging::VV0);
  s.set_mvi_grade(grade);
}

void add_infusion(Record& r, Day at, bool given) {
  v1::Infusion& i = *r.add_infusions();
  i.set_date(iso(at));
  i.set_drug("tislelizumab");
  i.set_dose_mg(200);
  i.set_given(given);
}

Day next_weekday(Day at) { return at + (std::chrono::weekday(at) == std::chrono::Friday ? days{3} : days{1}); }

void add_planned(Record& r) {
  Day at = kFirstFraction;
  for (int number = 1; number <= kFractions; ++number, at = next_weekday(at)) {
    v1::PlannedFraction& f = *r.add_planned_fractions();
    f.set_number(number);
    f.set_date(iso(at));
    f.set_time("10:00");
    f.set_dose_gy(kPrescribedGy / kFractions);
  }
}

void add_delivered(Record& r) {
  for (const v1::PlannedFraction& planned : r.planned_fractions()) {
    v1::DeliveredFraction& f = *r.add_delivered_fractions();
    f.set_number(planned.number());
    f.set_date(planned.date());
    f.set_time(planned.time());
    f.set_dose_gy(planned.dose_gy());
    f.set_monitor_units(kMonitorUnitsPerGy * planned.dose_gy());
    f.set_cbct_before(true);
    f.set_fasting_hours(5);
    f.set_gated(true);
  }
}

// As it stands when the plan is approved: nothing is given yet.
Record planned_course() {
  Record r;
  v1::Eligibility& e = *r.mutable_eligibility();
  e.set_date(iso(kEnrolment));
  e.set_age_years(58);
  e.set_hepatocellular(true);
  e.set_treatment_naive(true);
  e.set_measurable_by_recist(true);
  e.set_ecog(0);
  set_resectable(*e.mutable_resectability());
  add_lab(r, Lab::TOTAL_BILIRUBIN, 12, "umol/L", 20);
  add_lab(r, Lab::AST, 30, "U/L", 40);
  add_lab(r, Lab::ALT, 30, "U/L", 40);
  add_lab(r, Lab::ALBUMIN, 40, "g/L", 52);
  add_lab(r, Lab::INR, 1, "1", 1.2);
  add_lab(r, Lab::APTT, 30, "s", 37);
  add_lab(r, Lab::PLATELETS, 180, "10*9/L", 350);
  add_staging(r, kBaseline, v1::Staging::VP3, 3);
  add_images(r, kBaseline, Image::BASELINE);

  v1::Simulation& s = *r.mutable_simulation();
  s.set_date(iso(kSimulation));
  s.set_time("12:00");
  s.set_fasting_hours(5);
  s.set_gated(true);
  v1::GammaResult& g = *r.add_gamma_results();
  g.set_date(iso(kMeasured));
  g.set_pass_rate_percent(98.5);
  g.set_dose_difference_percent(3);
  g.set_distance_mm(3);
  g.set_low_dose_cut_percent(10);
  g.set_normalisation(v1::GammaResult::GLOBAL);
  add_planned(r);
  for (int i = 0; i < kCyclesBefore; ++i) add_infusion(r, kFirstInfusion + i * kCycle, false);
  return r;
}

Record whole_course() {
  Record r = planned_course();
  add_delivered(r);
  for (v1::Infusion& i : *r.mutable_infusions()) i.set_given(true);
  for (int i = 0; i < kCyclesAfter; ++i) add_infusion(r, kAfterSurgery + i * kCycle, true);
  r.mutable_systemic_stop()->set_date(iso(kAfterSurgery + (kCyclesAfter - 1) * kCycle));
  r.mutable_systemic_stop()->set_reason(v1::TreatmentStop::COMPLETED);

  add_staging(r, kAssessment, v1::Staging::VP2, 2);
  add_images(r, kAssessment, Image::AFTER_CYCLES);
  v1::ResponseAssessment& response = *r.add_responses();
  response.set_date(iso(kAssessment));
  response.set_recist(v1::ResponseAssessment::PR);
  set_resectable(*response.mutable_resectability());

  v1::Surgery& s = *r.mutable_surgery();
  s.set_performed(true);
  s.set_date(iso(kSurgery));
  s.set_margin(v1::Surgery::R0);
  s.set_viable_tumour_percent(5);
  v1::Surgery::Complication& c = *s.add_complications();
  c.set_date("2024-03-21");
  c.set_term("Ascites");
  c.set_grade(v1::Surgery::Complication::GRADE_I);
  for (const Day at :
       {day(2024, 4, 19), day(2024, 6, 19), day(2024, 8, 19), day(2024, 10, 19), day(2024, 12, 19), day(2025, 2, 19)}) {
    add_images(r, at, Image::FOLLOW_UP);
  }
  v1::AdverseEvent& a = *r.add_adverse_events();
  a.set_date("2024-01-30");
  a.set_term("Alanine aminotransferase increased");
  a.set_grade(1);
  return r;
}

// Fraction `number` is planned, and given where it has been, on that day.
void put_fraction(Record& r, int number, Day at) {
  r.mutable_planned_fractions(number - 1)->set_date(iso(at));
  if (r.delivered_fractions_size() >= number) r.mutable_delivered_fractions(number - 1)->set_date(iso(at));
}
v1::DeliveredFraction& fraction(Record& r, int number) { return *r.mutable_delivered_fractions(number - 1); }

// The therapy after surgery ends after its seventh infusion.
void end_therapy(Record& r, v1::TreatmentStop::Reason reason) {
  constexpr int kGiven = 7;
  r.mutable_infusions()->DeleteSubrange(kCyclesBefore + kGiven, kCyclesAfter - kGiven);
  r.mutable_systemic_stop()->set_date(iso(kAfterSurgery + kGiven * kCycle));
  r.mutable_systemic_stop()->set_reason(reason);
}

using Change = void (*)(Record&);
const std::map<std::string_view, Change>& changes() {
  static const std::map<std::string_view, Change> kChanges = {
      {"planned-course", [](Record& r) { r = planned_course(); }},
      {"short-course",
       [](Record& r) {
         r.mutable_planned_fractions()->RemoveLast();
         r.mutable_delivered_fractions()->RemoveLast();
       }},
      {"uneven-fractions",
       [](Record& r) {
         fraction(r, 4).set_dose_gy(2.9);
         fraction(r, 5).set_dose_gy(3.1);
       }},
      {"saturday-fraction", [](Record& r) { put_fraction(r, 5, day(2024, 1, 13)); }},
      {"long-schedule",
       [](Record& r) {
         r = planned_course();
         Day at = day(2024, 2, 5);
         for (int number = 11; number <= kFractions; ++number, at = next_weekday(at)) put_fraction(r, number, at);
         r.mutable_infusions(1)->set_date("2024-02-11");  // so that RX-6 is kept
         r.mutable_infusions(2)->set_date("2024-03-03");
       }},
      {"missed-fraction",
       [](Record& r) {
         Day at = day(2024, 1, 12);
         for (int number = 4; number <= kFractions; ++number, at = next_weekday(at)) put_fraction(r, number, at);
       }},
      {"late-start", [](Record& r) { r.mutable_infusions(0)->set_date("2024-01-04"); }},
      {"low-gamma", [](Record& r) { r.mutable_gamma_results(0)->set_pass_rate_percent(94.5); }},
      {"other-gamma", [](Record& r) { r.mutable_gamma_results(0)->set_distance_mm(2); }},
      {"not-fasted", [](Record& r) { fraction(r, 7).set_fasting_hours(2.5); }},
      {"fasting-unknown", [](Record& r) { fraction(r, 9).clear_fasting_hours(); }},
      {"no-cbct", [](Record& r) { fraction(r, 1).set_cbct_before(false); }},
      {"not-gated", [](Record& r) { fraction(r, 12).set_gated(false); }},
      {"age-71", [](Record& r) { r.mutable_eligibility()->set_age_years(71); }},
      {"high-bilirubin", [](Record& r) { r.mutable_labs(0)->set_value(31); }},
      {"child-pugh-c",
       [](Record& r) { r.mutable_eligibility()->mutable_resectability()->set_child_pugh(v1::Resectability::C); }},
      {"vein-not-staged", [](Record& r) { r.mutable_staging(1)->clear_vv(); }},
      {"wrong-grade", [](Record& r) { r.mutable_staging(0)->set_mvi_grade(2); }},
      {"late-infusion",
       [](Record& r) {
         r.mutable_infusions(1)->set_date("2024-02-01");
         r.mutable_infusions(2)->set_date("2024-02-22");
       }},
      {"late-assessment", [](Record& r) { r.mutable_responses(0)->set_date("2024-03-18"); }},
      {"therapy-broken-off", [](Record& r) { end_therapy(r, v1::TreatmentStop::OTHER); }},
      {"stopped-for-toxicity",
       [](Record& r) {
         end_therapy(r, v1::TreatmentStop::TOXICITY);
         v1::AdverseEvent& a = *r.add_adverse_events();
         a.set_date(r.systemic_stop().date());
         a.set_term("Hepatitis");
         a.set_grade(3);
       }},
      {"missed-imaging",
       [](Record& r) {
         for (int i = 0; i < r.imaging_size(); ++i) {
           if (r.imaging(i).date() == "2024-10-19") return r.mutable_imaging()->DeleteSubrange(i, 1);
         }
       }},
      {"no-recist", [](Record& r) { r.add_responses()->set_date("2024-06-19"); }},
      {"no-pathology", [](Record& r) { r.mutable_surgery()->clear_viable_tumour_percent(); }},
      {"ungraded-event", [](Record& r) { r.mutable_adverse_events(0)->clear_grade(); }},
  };
  return kChanges;
}

}  // namespace

std::string record_json(std::string_view case_name) {
  Record record = whole_course();
  const auto change = changes().find(case_name);
  if (change != changes().end()) change->second(record);
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(record, &json, options);
  if (!status.ok()) throw std::runtime_error("the clinical record: " + std::string(status.message()));
  return json;
}

}  // namespace dosegate::phantom
