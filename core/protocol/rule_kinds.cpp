#include "core/protocol/rule_kinds.h"

#include "core/protocol/read_dose_rules.h"
#include "core/protocol/read_margin.h"

namespace dosegate {
namespace {

template <auto Read>
RuleKind read_as(ObjectReader& o, const CheckRole& check) {
  return Read(o, check);
}

}  // namespace

const std::vector<RuleKindReader>& rule_kind_readers() {
  static const std::vector<RuleKindReader> readers = {
      {"doseMetric", read_as<read_dose_metric_rule>}, {"prescription", read_as<read_prescription_rule>},
      {"structure", read_as<read_structure_rule>},    {"derivedCheck", read_as<read_derived_check_rule>},
      {"margin", read_as<read_margin_rule>},          {"containment", read_as<read_containment_rule>},
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
