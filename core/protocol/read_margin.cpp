#include "core/protocol/read_margin.h"

#include <set>

namespace dosegate {
namespace {

constexpr Range kMargin{0.0, 100.0};    // mm
constexpr Range kTolerance{0.0, 20.0};  // mm
constexpr Range kShare{0.0, 100.0};     // %
constexpr std::size_t kMostRoles = 100;

std::string drawn_role(ObjectReader& o, std::string_view member, const CheckRole& check) {
  std::string id = o.string(member, Need::kRequired);
  const Role* role = check(o, member, id);
  if (role != nullptr && role->derived) {
    o.fail(member, shown(id) + " is derived; a margin is verified between structures as they are drawn");
  }
  return id;
}

std::vector<std::string> roles(ObjectReader& o, std::string_view member, const CheckRole& check,
                               std::set<std::string>& seen) {
  std::vector<std::string> ids = o.strings(member);
  if (ids.size() > kMostRoles) {
    o.fail(member, "holds more than " + std::to_string(kMostRoles) + " roles");
    ids.resize(kMostRoles);
  }
  for (const std::string& id : ids) {
    if (id.empty()) {
      o.fail(member, "holds an empty name; write the id of a role");
    } else if (check(o, member, id) != nullptr && !seen.insert(id).second) {
      o.fail(member, shown(id) + " is named twice in this rule");
    }
  }
  return ids;
}

}  // namespace

MarginRule read_margin_rule(ObjectReader& o, const CheckRole& check) {
  MarginRule rule;
  rule.from = drawn_role(o, "from", check);
  rule.to = drawn_role(o, "to", check);
  std::set<std::string> seen = {rule.from, rule.to};
  if (!rule.from.empty() && rule.from == rule.to) o.fail("to", "is the same role as from");
  bool any = false;
  const auto margin = [&](std::string_view member) {
    const double mm = o.number(member, kMargin, Need::kRequired).value_or(0.0);
    any = any || mm > 0.0;
    return Length::mm(mm);
  };
  Margins& m = rule.margins;
  m.left = margin("leftMm");
  m.right = margin("rightMm");
  m.anterior = margin("anteriorMm");
  m.posterior = margin("posteriorMm");
  m.cranial = margin("cranialMm");
  m.caudal = margin("caudalMm");
  if (!any) o.fail("", "all margins are 0 mm; write a containment rule");
  rule.tolerance = Length::mm(o.number("toleranceMm", kTolerance, Need::kRequired).value_or(0.0));
  rule.cropped_by = roles(o, "croppedBy", check, seen);
  rule.within = roles(o, "within", check, seen);
  if (const auto share = o.number("allowedUncoveredPercent", kShare)) {
    rule.allowed_uncovered = PercentOfVolume::percent(*share);
  }
  if (const auto mm = o.number("excessLimitMm", kMargin)) rule.excess_limit = Length::mm(*mm);
  o.finish();
  return rule;
}

ContainmentRule read_containment_rule(ObjectReader& o, const CheckRole& check) {
  ContainmentRule rule;
  rule.inner = drawn_role(o, "inner", check);
  rule.outer = drawn_role(o, "outer", check);
  if (!rule.inner.empty() && rule.inner == rule.outer) o.fail("outer", "is the same role as inner");
  rule.tolerance = Length::mm(o.number("toleranceMm", kTolerance, Need::kRequired).value_or(0.0));
  o.finish();
  return rule;
}

}  // namespace dosegate
