#include "core/protocol/rule_kinds.h"

#include "core/protocol/read_beams_rule.h"
#include "core/protocol/read_course_rules.h"
#include "core/protocol/read_dose_rules.h"
#include "core/protocol/read_margin.h"
#include "core/protocol/read_record_rules.h"

namespace dosegate {
namespace {

template <auto Read>
RuleKind read_as(ObjectReader& o, const CheckRole& check) {
  return Read(o, check);
}

}  // namespace

const std::vector<RuleKindReader>& rule_kind_readers() {
  static const std::vector<RuleKindReader> readers = {
      {"doseMetric", read_as<read_dose_metric_rule>},
      {"prescription", read_as<read_prescription_rule>},
      {"structure", read_as<read_structure_rule>},
      {"derivedCheck", read_as<read_derived_check_rule>},
      {"margin", read_as<read_margin_rule>},
      {"containment", read_as<read_containment_rule>},
      {"beams", read_as<read_beams_rule>},
      {"schedule", read_as<read_schedule_rule>},
      {"fractionation", read_as<read_fractionation_rule>},
      {"bed", read_as<read_bed_rule>},
      {"gamma", read_as<read_gamma_rule>},
      {"delivery", read_as<read_delivery_rule>},
      {"eligibility", read_as<read_eligibility_rule>},
      {"lab", read_as<read_lab_rule>},
      {"grading", read_as<read_grading_rule>},
      {"therapy", read_as<read_therapy_rule>},
      {"response", read_as<read_response_rule>},
      {"imaging", read_as<read_imaging_rule>},
  };
  return readers;
}

std::string rule_kind_names() {
  std::string names;
  for (const RuleKindReader& kind : rule_kind_readers()) {
    names += (names.empty() ? "" : ", ") + std::string(kind.member);
  }
  return names;
}

}  // namespace dosegate
