// The plan as the rules see it: the model behind dosegate.v1.Plan. What the plan does not state is
// absent, never zero.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

struct DoseReference {
  std::int32_t number = 0;
  std::string structure_type;  // POINT, VOLUME, COORDINATES, SITE
  std::string type;            // TARGET, ORGAN_AT_RISK
  std::string description;
  std::optional<std::int32_t> roi_number;
  std::optional<Dose> target_prescription_dose;  // whole course
};

struct ReferencedBeam {
  std::int32_t beam_number = 0;
  std::optional<Dose> beam_dose;  // one fraction, at the beam dose specification point
  std::optional<double> beam_meterset;
  bool treats = true;  // a beam of that number does (technique.h), or the plan has none
};

struct FractionGroup {
  std::int32_t number = 0;
  std::optional<std::int32_t> fractions_planned;
  std::int32_t brachy_setups = 0;
  std::vector<ReferencedBeam> beams;
};

struct ControlPoint {
  std::optional<double> meterset_weight;  // cumulative
  std::optional<double> gantry_degrees;
  std::int32_t aperture = 0;  // equal numbers, equal positions of all leaves and jaws; 0: not stated
};

struct Beam {
  std::int32_t number = 0;
  std::string name;
  std::string type;
  std::string radiation_type;
  std::string delivery_type;  // empty means TREATMENT (PS3.3 C.8.8.14)
  std::int32_t control_points = 0;
  std::string machine;
  std::optional<double> final_weight;                // cumulative meterset weight at the end
  std::vector<double> energies;                      // MV, each once
  std::vector<std::array<double, 3>> isocentres_mm;  // patient coordinates, each once
  std::vector<ControlPoint> points;                  // in their order; empty: not handed over
  std::optional<double> moving_leaves_percent;       // of the leaf pairs that open
};

struct Plan {
  std::string name_in_case;   // the name by which the case holds it
  std::string structure_set;  // name of the structure set that it was drawn for; empty: not stated
  std::string sop_instance_uid;
  std::string label;
  std::string name;
  std::string approval_status;
  std::string intent;
  std::string modality;
  std::vector<DoseReference> dose_references;
  std::vector<FractionGroup> fraction_groups;
  std::vector<Beam> beams;
  std::vector<std::string> patient_positions;  // HFS, ...
  std::string frame_of_reference_uid;          // empty: not stated
};

// Loads dosegate.v1.Plan from its proto3 JSON form (lowerCamelCase names; the original snake_case names
// are accepted, as the mapping demands). Unknown fields, wrong types, negative or not finite numbers:
// an error with the JSON path. Text over 16 MiB: kLimitExceeded.
Result<Plan> load_plan(std::string_view json);

}  // namespace dosegate
