// The clinical record as the rules see it: the model behind dosegate.v1.ClinicalRecord, which says what each field
// means. What the record does not state is absent, never zero and never "no". Units: Dose in Gy, MU, hours, mm, mg, %.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity/result.h"
#include "core/quantity/units.h"
#include "core/record/day.h"

namespace dosegate {

enum class R0Way { kSameSide = 1, kVascularResection, kBloodFlowOcclusion, kNotAchievable };
enum class ChildPugh { kA = 1, kB, kC };
enum class GammaNormalisation { kGlobal = 1, kLocal };
enum class StopReason { kCompleted = 1, kProgression, kToxicity, kOther };
enum class Analyte { kTotalBilirubin = 1, kAst, kAlt, kAlbumin, kInr, kAptt, kPlatelets };
enum class ImagingModality { kCt = 1, kMr, kPetCt, kUltrasound, kOther };
enum class ImagingPurpose { kBaseline = 1, kAfterCycles, kFollowUp };
enum class PortalVein { kVp0 = 1, kVp1, kVp2, kVp3, kVp4 };
enum class HepaticVein { kVv0 = 1, kVv1, kVv2, kVv3 };
enum class SurgicalMargin { kR0 = 1, kR1, kR2 };
enum class ClavienDindo { kI = 1, kII, kIIIa, kIIIb, kIVa, kIVb, kV };
enum class Recist { kCr = 1, kPr, kSd, kPd };

struct Resectability {
  std::optional<bool> extrahepatic_metastasis, remnant_liver_enough;
  std::optional<ChildPugh> child_pugh;
  std::optional<R0Way> r0_way;
};

struct Eligibility {
  std::optional<Day> date;
  std::optional<std::int32_t> age_years;
  std::optional<bool> hepatocellular, treatment_naive, measurable_by_recist;
  std::optional<std::int32_t> ecog;
  std::optional<Resectability> resectability;
};

struct Simulation {
  std::optional<Day> date;
  std::optional<TimeOfDay> time;
  std::optional<double> fasting_hours;
  std::optional<bool> gated;
};

struct PlannedFraction {
  std::optional<std::int32_t> number;
  std::optional<Day> date;
  std::optional<TimeOfDay> time;
  std::optional<Dose> dose;
};

struct DeliveredFraction {
  std::optional<std::int32_t> number;
  std::optional<Day> date;
  std::optional<TimeOfDay> time;
  std::optional<Dose> dose;
  std::optional<double> monitor_units;
  std::optional<bool> cbct_before;
  std::optional<double> fasting_hours;
  std::optional<bool> gated;
};

struct GammaResult {
  std::optional<Day> date;
  std::optional<double> pass_rate_percent, dose_difference_percent, distance_mm, low_dose_cut_percent;
  std::optional<GammaNormalisation> normalisation;
};

struct Infusion {
  std::optional<Day> date;
  std::string drug;  // empty: not stated
  std::optional<double> dose_mg;
  std::optional<bool> given;
};

struct TreatmentStop {
  std::optional<Day> date;
  std::optional<StopReason> reason;
};

struct LabResult {
  std::optional<Day> date;
  std::optional<Analyte> analyte;
  std::optional<double> value;
  std::string unit;  // empty: not stated
  std::optional<double> upper_limit_normal;
};

struct ImagingStudy {
  std::optional<Day> date;
  std::optional<ImagingModality> modality;
  std::optional<ImagingPurpose> purpose;
};

struct Staging {
  std::optional<Day> date;
  std::optional<PortalVein> vp;
  std::optional<HepaticVein> vv;
  std::optional<std::int32_t> mvi_grade;
};

struct Complication {
  std::optional<Day> date;
  std::string term;  // empty: not stated
  std::optional<ClavienDindo> grade;
};

struct Surgery {
  std::optional<bool> performed;
  std::optional<Day> date;
  std::optional<SurgicalMargin> margin;
  std::optional<double> viable_tumour_percent;
  std::vector<Complication> complications;
};

struct ResponseAssessment {
  std::optional<Day> date;
  std::optional<Recist> recist;
  std::optional<Resectability> resectability;
};

struct AdverseEvent {
  std::optional<Day> date;
  std::string term;  // empty: not stated
  std::optional<std::int32_t> grade;
};

// Lists are in the order of the document.
struct Record {
  std::optional<Eligibility> eligibility;
  std::optional<Simulation> simulation;
  std::vector<PlannedFraction> planned_fractions;
  std::vector<DeliveredFraction> delivered_fractions;
  std::vector<GammaResult> gamma_results;
  std::vector<Infusion> infusions;
  std::optional<TreatmentStop> systemic_stop;
  std::vector<LabResult> labs;
  std::vector<ImagingStudy> imaging;
  std::vector<Staging> staging;
  std::optional<Surgery> surgery;
  std::vector<ResponseAssessment> responses;
  std::vector<AdverseEvent> adverse_events;
};

// Loads dosegate.v1.ClinicalRecord, strictly: unknown fields, wrong types, days that no calendar has, negative or
// implausible numbers: an error with the JSON path. What is well-formed but contradicts itself (a fraction twice, a
// date order) is for the rules to find. Text over 4 MiB, a list over 10,000 entries: kLimitExceeded.
Result<Record> load_record(std::string_view json);

// The latest day on which the record says that something took place: a fraction, an infusion not marked as scheduled, a
// sample, images, an assessment, surgery. Schedules do not count, nor does surgery of which only the day is stated.
// None: nothing has a date.
std::optional<Day> latest_event(const Record& record);

}  // namespace dosegate
