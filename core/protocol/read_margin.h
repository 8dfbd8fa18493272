// Reading of rules on margins: dosegate.v1.MarginRule, ContainmentRule.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"

namespace dosegate {

// The role of that id; null, and said at the member, when it is not declared.
using CheckRole = std::function<const Role*(ObjectReader&, std::string_view member, const std::string& id)>;

MarginRule read_margin_rule(ObjectReader& o, const CheckRole& check);
ContainmentRule read_containment_rule(ObjectReader& o, const CheckRole& check);

}  // namespace dosegate
