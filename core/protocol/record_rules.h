// Kinds of rule on the clinical record; dosegate.v1.Rule says what each field means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/quantity/units.h"
#include "core/record/record.h"

namespace dosegate {

// A measurement of the plan by these criteria has a pass rate above the limit.
struct GammaRule {
  double pass_rate_above_percent = 0.0;
  double dose_difference_percent = 0.0, distance_mm = 0.0, low_dose_cut_percent = 0.0;
  GammaNormalisation normalisation = GammaNormalisation::kGlobal;
};

// Something is done before, or in, every fraction.
struct DeliveryRule {
  enum class Check { kFasting = 1, kConeBeamCt, kGating };
  Check check = Check::kFasting;
  std::optional<double> least_hours;                   // of fasting
  bool at_simulation = false;                          // and at the simulation
  std::optional<std::int32_t> simulation_window_days;  // before the first fraction; older is a WARNING
};

// Infusions of a drug at intervals; a date may be `tolerance_days` off.
struct TherapyRule {
  std::string drug;
  double dose_mg = 0.0;
  std::int32_t interval_days = 0, tolerance_days = 0;
  std::optional<std::int32_t> cycles_before_surgery;                    // either this
  std::optional<std::int32_t> start_after_surgery_days, duration_days;  // or these: of the adjuvant therapy
};

// Images after the cycles before surgery, and after surgery so many calendar months later, then at intervals.
struct ImagingRule {
  std::string drug;  // of the cycles
  std::int32_t cycles_before_surgery = 0;
  std::int32_t first_months = 0, every_months = 0, tolerance_days = 0;
  std::optional<std::int32_t> baseline_window_days;  // before the first treatment; older is a WARNING
};

// One criterion of eligibility. Bounds: of age and ECOG; classes: of Child-Pugh.
struct EligibilityRule {
  enum class Criterion {
    kAge = 1,
    kEcog,
    kHepatocellular,
    kTreatmentNaive,
    kMeasurable,
    kNoExtrahepaticMetastasis,
    kVascularInvasion,
    kRemnantLiver,
    kChildPugh,
    kR0Achievable
  };
  Criterion criterion = Criterion::kAge;
  std::optional<std::int32_t> least, most;
  std::vector<ChildPugh> classes;
  std::optional<std::int32_t> window_days;  // before the first treatment; older is a WARNING
};

// Laboratory values at enrolment, the latest of the window before it.
struct LabRule {
  std::vector<Analyte> analytes;
  bool any = false;       // one of them suffices; else every one
  bool at_least = false;  // else at most
  double limit = 0.0;
  std::string unit;  // of the limit; empty: multiples of the upper limit of normal
  std::int32_t window_days = 0;
};

// The invasion of vessels is stated, and the recorded grade is the table's.
struct GradingRule {
  struct Row {
    std::int32_t grade = 0;
    std::vector<PortalVein> vp;
    std::vector<HepaticVein> vv;
    bool both = false;  // one of vp and one of vv; else either
  };
  std::vector<Row> table;  // the first row that applies; empty: that both veins are stated
};

struct ResponseRule {
  enum class Check { kAssessed = 1, kRecist, kVascularInvasion, kPathology, kEvents };
  Check check = Check::kAssessed;
  std::string drug;                                     // kAssessed: days count from its first infusion
  std::optional<std::int32_t> due_day, tolerance_days;  // kAssessed
  std::optional<double> major_below_percent;            // kPathology: viable tumour
};

}  // namespace dosegate
