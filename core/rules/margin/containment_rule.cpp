#include "core/rules/margin/containment_rule.h"

#include "core/context/context.h"
#include "core/rules/margin/fit_in_words.h"
#include "core/rules/requirement_words.h"
#include "core/text/text.h"

namespace dosegate {

ContainmentRule ContainmentRule::read(ObjectReader& o, const CheckRole& check) {
  ContainmentRule rule;
  rule.inner = read_drawn_role(o, "inner", check);
  rule.outer = read_drawn_role(o, "outer", check);
  if (!rule.inner.empty() && rule.inner == rule.outer) o.fail("outer", "is the same role as inner");
  rule.tolerance = Length::mm(o.number("toleranceMm", kMarginToleranceMm, Need::kRequired).value_or(0.0));
  o.finish();
  return rule;
}

RuleNeeds ContainmentRule::needs() const {
  RuleNeeds out;
  out.roles = {inner, outer};
  out.margin = MarginNeed{inner, outer, {}, tolerance, {}, {}};
  return out;
}

Finding ContainmentRule::evaluate(const Context& context) const {
  Finding f;
  f.structure = inner;
  if (const RoleState& drawn = context.role(inner); drawn.match.roi) f.roi = drawn.match.roi->name;
  const MarginTask task = margin_task(*needs().margin, context);
  const MarginFit* fit =
      margin_answer(task, context.margin(*this), say<Said::kContainmentCannotBeVerified>(inner, outer), f);
  if (fit == nullptr) return f;
  set_missing_share(*fit, f);
  f.status = FindingStatus::kPass;
  if (fit->missing.in_cc() <= kNoVolume || !fit->shortfall) {
    f.message = say<Said::kLiesInside>(inner, outer);
    return f;
  }
  f.location_mm = fit->shortfall->at_mm;
  f.message = say<Said::kLiesOutside>(cc_of(fit->missing), share_of(*f.value), inner, outer,
                                      place_text(*fit->shortfall), tolerance_text(tolerance, task));
  if (!fit->beyond_unexplained) return f;
  f.status = fit->beyond_unexplained->excess.in_mm() > 0.0 ? FindingStatus::kDeviation : FindingStatus::kIndeterminate;
  f.hint = say<Said::kDrawToContain>(outer, inner);
  set_missing_volume(*fit, f);
  return f;
}

Requirement ContainmentRule::requirement(const Protocol&) const {
  return {inner, "inside " + outer + ", within " + plain(tolerance.in_mm(), "mm")};
}

}  // namespace dosegate
