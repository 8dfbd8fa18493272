#include "tests/clauses/sound_record.h"

#include <cstdlib>
#include <iostream>

namespace dosegate::clause_test {
namespace {

using std::chrono::days;

constexpr int kFractions = 15, kCycles = 3, kAdjuvantCycles = 18;
constexpr days kWeek{7}, kCycle{21};

Resectability resectable() {
  Resectability r;
  r.extrahepatic_metastasis = false;
  r.remnant_liver_enough = true;
  r.child_pugh = ChildPugh::kA;
  r.r0_way = R0Way::kSameSide;
  return r;
}

LabResult lab(Analyte analyte, double value, const char* unit, std::optional<double> upper_limit_normal) {
  LabResult l;
  l.date = day("2026-11-16");
  l.analyte = analyte;
  l.value = value;
  l.unit = unit;
  l.upper_limit_normal = upper_limit_normal;
  return l;
}

Infusion infusion(Day date) {
  Infusion i;
  i.date = date;
  i.drug = "tislelizumab";
  i.dose_mg = 200.0;
  i.given = true;
  return i;
}

ImagingStudy images(Day date, ImagingPurpose purpose) { return {date, ImagingModality::kMr, purpose}; }

void add_fractions(Record& record) {
  Day date = day("2026-11-23");
  for (int number = 1; number <= kFractions; ++number) {
    const std::chrono::weekday weekday = weekday_of(date);
    PlannedFraction planned;
    planned.number = number;
    planned.date = date;
    planned.dose = Dose::gy(3.0);
    record.planned_fractions.push_back(planned);
    DeliveredFraction delivered;
    delivered.number = number;
    delivered.date = date;
    delivered.time = TimeOfDay{std::chrono::hours{10}};
    delivered.dose = Dose::gy(3.0);
    delivered.monitor_units = 300.0;
    delivered.cbct_before = true;
    delivered.fasting_hours = 5.0;
    delivered.gated = true;
    record.delivered_fractions.push_back(delivered);
    date += weekday == std::chrono::Friday ? days{3} : days{1};
  }
}

}  // namespace

Day day(const char* text) {
  const Result<Day> parsed = parse_day(text);
  if (!parsed) {
    std::cerr << text << ": " << parsed.error().message << "\n";
    std::exit(3);
  }
  return *parsed;
}

Day sound_day() { return day("2028-03-01"); }

Record sound_record() {
  Record r;
  Eligibility e;
  e.date = day("2026-11-17");
  e.age_years = 58;
  e.hepatocellular = e.treatment_naive = e.measurable_by_recist = true;
  e.ecog = 0;
  e.resectability = resectable();
  r.eligibility = e;
  r.labs = {lab(Analyte::kTotalBilirubin, 12.0, "umol/L", 20.0),
            lab(Analyte::kAst, 30.0, "U/L", 40.0),
            lab(Analyte::kAlt, 30.0, "U/L", 40.0),
            lab(Analyte::kAlbumin, 40.0, "g/L", 52.0),
            lab(Analyte::kInr, 1.0, "1", 1.2),
            lab(Analyte::kAptt, 30.0, "s", 37.0),
            lab(Analyte::kPlatelets, 180.0, "10*9/L", 350.0)};

  Simulation s;
  s.date = day("2026-11-18");
  s.time = TimeOfDay{std::chrono::hours{9}};
  s.fasting_hours = 5.0;
  s.gated = true;
  r.simulation = s;
  add_fractions(r);
  GammaResult gamma;
  gamma.date = day("2026-11-20");
  gamma.pass_rate_percent = 98.5;
  gamma.dose_difference_percent = 3.0;
  gamma.distance_mm = 3.0;
  gamma.low_dose_cut_percent = 10.0;
  gamma.normalisation = GammaNormalisation::kGlobal;
  r.gamma_results = {gamma};

  const Day first = day("2026-11-22"), surgery = day("2027-01-31");
  const Day assessed = first + 9 * kWeek;
  for (int i = 0; i < kCycles; ++i) r.infusions.push_back(infusion(first + i * kCycle));
  for (int i = 0; i < kAdjuvantCycles; ++i) r.infusions.push_back(infusion(surgery + 2 * kWeek + i * kCycle));
  r.systemic_stop = TreatmentStop{surgery + 2 * kWeek + (kAdjuvantCycles - 1) * kCycle, StopReason::kCompleted};

  Staging before;
  before.date = day("2026-11-17");
  before.vp = PortalVein::kVp3;
  before.vv = HepaticVein::kVv0;
  before.mvi_grade = 3;
  Staging after = before;
  after.date = assessed;
  after.vp = PortalVein::kVp2;
  after.mvi_grade = 2;
  r.staging = {before, after};
  r.responses = {{assessed, Recist::kPr, resectable()}};
  r.imaging = {images(day("2026-11-17"), ImagingPurpose::kBaseline), images(assessed, ImagingPurpose::kAfterCycles)};
  // One month after surgery, then every two months.
  for (const char* date :
       {"2027-02-28", "2027-04-28", "2027-06-28", "2027-08-28", "2027-10-28", "2027-12-28", "2028-02-28"}) {
    r.imaging.push_back(images(day(date), ImagingPurpose::kFollowUp));
  }

  Surgery operation;
  operation.performed = true;
  operation.date = surgery;
  operation.margin = SurgicalMargin::kR0;
  operation.viable_tumour_percent = 5.0;
  operation.complications = {{day("2027-02-02"), "Ascites", ClavienDindo::kI}};
  r.surgery = operation;
  r.adverse_events = {{day("2026-12-15"), "Alanine aminotransferase increased", 1}};
  return r;
}

}  // namespace dosegate::clause_test
