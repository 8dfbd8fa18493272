// The kinds of rule that a protocol may state: the oneof of dosegate.v1.Rule, and how each is read.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"

namespace dosegate {

// The role of that id; null, and said at the member, when it is not declared.
using CheckRole = std::function<const Role*(ObjectReader&, std::string_view member, const std::string& id)>;

struct RuleKindReader {
  std::string_view member;  // "doseMetric"
  RuleKind (*read)(ObjectReader& o, const CheckRole& check);
};
const std::vector<RuleKindReader>& rule_kind_readers();

std::string rule_kind_names();  // "doseMetric, prescription, ..."

}  // namespace dosegate
