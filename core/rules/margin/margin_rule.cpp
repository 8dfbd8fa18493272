#include "core/rules/margin/margin_rule.h"

#include <algorithm>
#include <set>

#include "core/context/context.h"
#include "core/rules/margin/fit_in_words.h"
#include "core/rules/requirement_words.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

constexpr std::size_t kMostRoles = 100;

std::vector<std::string> read_roles(ObjectReader& o, std::string_view member, const CheckRole& check,
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

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

MarginRule MarginRule::read(ObjectReader& o, const CheckRole& check) {
  MarginRule rule;
  rule.from = read_drawn_role(o, "from", check);
  rule.to = read_drawn_role(o, "to", check);
  std::set<std::string> seen = {rule.from, rule.to};
  if (!rule.from.empty() && rule.from == rule.to) o.fail("to", "is the same role as from");
  bool any = false;
  const auto margin = [&](std::string_view member) {
    const double mm = o.number(member, kMarginMm, Need::kRequired).value_or(0.0);
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
  rule.tolerance = Length::mm(o.number("toleranceMm", kMarginToleranceMm, Need::kRequired).value_or(0.0));
  rule.cropped_by = read_roles(o, "croppedBy", check, seen);
  rule.within = read_roles(o, "within", check, seen);
  if (const auto share = o.number("allowedUncoveredPercent", Range{0.0, 100.0})) {
    rule.allowed_uncovered = PercentOfVolume::percent(*share);
  }
  if (const auto mm = o.number("excessLimitMm", kMarginMm)) rule.excess_limit = Length::mm(*mm);
  o.finish();
  return rule;
}

RuleNeeds MarginRule::needs() const {
  RuleNeeds out;
  out.roles = {to, from};
  out.roles.insert(out.roles.end(), cropped_by.begin(), cropped_by.end());
  out.roles.insert(out.roles.end(), within.begin(), within.end());
  out.margin = MarginNeed{from, to, margins, tolerance, cropped_by, within};
  return out;
}

void MarginRule::lint(const LintedRule& at, RuleLint& out) const {
  const std::string path = at.path + ".margin";
  if (!allowed_uncovered && !(cropped_by.empty() && within.empty())) {
    out.left_out.push_back(
        {LintEntry::Severity::kWarning, path,
         at.rule.id + " lets any share of the margin be cropped: it states no allowedUncoveredPercent",
         "Write how much of the expected volume may be cropped away, in %."});
  }
  if (!excess_limit) {
    out.unlimited.push_back(
        {LintEntry::Severity::kNote, path,
         at.rule.id + " sets no limit to what lies beyond the margin: " + shown(to) + " passes however large it is",
         "Write excessLimitMm, the mm beyond the margin from which on it is a warning."});
  }
}

Finding MarginRule::evaluate(const Context& context) const {
  Finding f;
  f.structure = to;
  if (const RoleState& drawn = context.role(to); drawn.match.roi) f.roi = drawn.match.roi->name;
  const MarginTask task = margin_task(*needs().margin, context);
  const MarginFit* fit = margin_answer(task, context.margin(*this), "The margin from " + from + " to " + to, f);
  if (fit == nullptr) return f;
  set_missing_share(*fit, f);

  const std::string expected = to + ": of " + from + " plus its margin, " + cc_text(fit->expected) + ", ";
  f.status = FindingStatus::kPass;
  if (fit->missing.in_cc() <= kNoVolume) {
    f.message = expected + "nothing is missing.";
  } else {
    f.message = expected + cc_text(fit->missing) + " (" + fixed(*f.value, kMarginDecimals) + " %) is missing";
    if (fit->shortfall) {
      f.message += ", at worst " + place_text(*fit->shortfall);
      f.location_mm = fit->shortfall->at_mm;
    }
    f.message += "; " + tolerance_text(tolerance, task) + ".";
  }
  const std::optional<Beyond>& open = fit->beyond_unexplained;
  const bool too_much = allowed_uncovered && *f.upper > allowed_uncovered->in_percent();
  if (open && open->excess.in_mm() > 0.0) {
    f.status = FindingStatus::kDeviation;
    f.location_mm = open->place.at_mm;
    f.message += " Too little, whatever the slices hide: " + place_text(open->place) + ".";
    f.hint = "Draw " + to + " again from " + from + " with the protocol's margin, first at the place named.";
  } else if (open) {
    f.status = FindingStatus::kIndeterminate;
    f.location_mm = open->place.at_mm;
    f.message += " The tolerance lies inside the numerical uncertainty of " + fixed(kShortfallResolution, 2) + " mm.";
    f.hint = "Draw " + to + " a little larger at the place named.";
  } else if (fit->beyond) {
    const Volume cropped = fit->missing - fit->unexplained;
    f.status = FindingStatus::kWarning;
    f.location_mm = fit->beyond->place.at_mm;
    f.message += " What is missing beyond tolerance was cropped: " + cc_text(cropped) + " (" +
                 fixed(percent_of(cropped, fit->expected), kMarginDecimals) + " % of the expected volume)";
    if (!cropped_by.empty()) f.message += " inside " + joined(cropped_by);
    if (!within.empty()) f.message += (cropped_by.empty() ? "" : " or") + (" outside " + joined(within));
    f.message += ".";
    f.hint = "Confirm that the cropping is anatomical.";
  }
  if (f.status == FindingStatus::kWarning && too_much) {
    f.status = FindingStatus::kDeviation;
    f.message +=
        " More than the " + fixed(allowed_uncovered->in_percent(), kMarginDecimals) + " % that may be missing.";
    f.hint = "Draw " + to + " again from " + from + " with the protocol's margin.";
  }
  if (!task.not_considered.empty() && fit->beyond) {
    f.message += " Not usable, so not taken for a reason to crop: " + joined(task.not_considered) + ".";
  }
  if (fit->excess.in_cc() > kNoVolume) {
    f.message += " Beyond the margin: " + cc_text(fit->excess) + ", ";
    f.message += fit->furthest_excess ? "by at most " + place_text(*fit->furthest_excess) + "."
                                      : "along no axis of the patient by more than " + mm_text(kSlightExcess) +
                                            " and what the slices hide.";
    if (excess_limit && fit->furthest_excess && fit->furthest_excess->off > *excess_limit + task.by_pixels) {
      if (f.status == FindingStatus::kPass) {
        f.status = FindingStatus::kWarning;
        f.location_mm = fit->furthest_excess->at_mm;
        f.location_kind = LocationKind::kFurthestExcess;
        f.hint = "Check whether " + to + " is meant to be so large.";
      }
      f.message += " That is more than " + mm_text(*excess_limit) + ".";
    }
  }
  set_missing_volume(*fit, f);
  return f;
}

Requirement MarginRule::requirement(const Protocol&) const {
  const auto mm = [](Length length) { return plain(length.in_mm()); };
  return {to, from + " plus " + mm(margins.left) + " mm left, " + mm(margins.right) + " right, " +
                  mm(margins.anterior) + " anterior, " + mm(margins.posterior) + " posterior, " + mm(margins.cranial) +
                  " cranial, " + mm(margins.caudal) + " caudal, within " + mm(tolerance) + " mm"};
}

}  // namespace dosegate
