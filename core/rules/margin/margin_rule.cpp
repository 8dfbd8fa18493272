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

Listing joined(const std::vector<std::string>& names) { return listing_of_all(Join::kComma, names); }

// Where it was cropped.
Prose cropped_where(const MarginRule& rule) {
  if (!rule.cropped_by.empty() && !rule.within.empty()) {
    return say<Said::kCroppedInsideOrOutside>(joined(rule.cropped_by), joined(rule.within));
  }
  if (!rule.cropped_by.empty()) return say<Said::kCroppedInside>(joined(rule.cropped_by));
  if (!rule.within.empty()) return say<Said::kCroppedOutside>(joined(rule.within));
  return {};
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
  const MarginFit* fit = margin_answer(task, context.margin(*this), say<Said::kMarginCannotBeVerified>(from, to), f);
  if (fit == nullptr) return f;
  set_missing_share(*fit, f);

  const Number expected = cc_of(fit->expected);
  f.status = FindingStatus::kPass;
  if (fit->missing.in_cc() <= kNoVolume) {
    f.message = say<Said::kMarginNothingMissing>(to, from, expected);
  } else if (fit->shortfall) {
    f.message = say<Said::kMarginMissingAt>(to, from, expected, cc_of(fit->missing), share_of(*f.value),
                                            place_text(*fit->shortfall), tolerance_text(tolerance, task));
    f.location_mm = fit->shortfall->at_mm;
  } else {
    f.message = say<Said::kMarginMissing>(to, from, expected, cc_of(fit->missing), share_of(*f.value),
                                          tolerance_text(tolerance, task));
  }
  const std::optional<Beyond>& open = fit->beyond_unexplained;
  const bool too_much = allowed_uncovered && *f.upper > allowed_uncovered->in_percent();
  if (open && open->excess.in_mm() > 0.0) {
    f.status = FindingStatus::kDeviation;
    f.location_mm = open->place.at_mm;
    f.message += say<Said::kMarginTooLittle>(place_text(open->place));
    f.hint = say<Said::kMarginDrawAgainAtPlace>(to, from);
  } else if (open) {
    f.status = FindingStatus::kIndeterminate;
    f.location_mm = open->place.at_mm;
    f.message += say<Said::kMarginUndecided>(number(kShortfallResolution, 2, "mm"));
    f.hint = say<Said::kMarginDrawLarger>(to);
  } else if (fit->beyond) {
    const Volume cropped = fit->missing - fit->unexplained;
    f.status = FindingStatus::kWarning;
    f.location_mm = fit->beyond->place.at_mm;
    f.message +=
        say<Said::kMarginCropped>(cc_of(cropped), share_of(percent_of(cropped, fit->expected)), cropped_where(*this));
    f.hint = say<Said::kConfirmCropping>();
  }
  if (f.status == FindingStatus::kWarning && too_much) {
    f.status = FindingStatus::kDeviation;
    f.message += say<Said::kMoreThanMayBeMissing>(share_of(allowed_uncovered->in_percent()));
    f.hint = say<Said::kMarginDrawAgain>(to, from);
  }
  if (!task.not_considered.empty() && fit->beyond) {
    f.message += say<Said::kNotTakenForReason>(joined(task.not_considered));
  }
  if (fit->excess.in_cc() > kNoVolume) {
    f.message += fit->furthest_excess
                     ? say<Said::kBeyondMarginBy>(cc_of(fit->excess), place_text(*fit->furthest_excess))
                     : say<Said::kBeyondMarginSlight>(cc_of(fit->excess), mm_of(kSlightExcess));
    if (excess_limit && fit->furthest_excess && fit->furthest_excess->off > *excess_limit + task.by_pixels) {
      if (f.status == FindingStatus::kPass) {
        f.status = FindingStatus::kWarning;
        f.location_mm = fit->furthest_excess->at_mm;
        f.location_kind = LocationKind::kFurthestExcess;
        f.hint = say<Said::kCheckSoLarge>(to);
      }
      f.message += say<Said::kThatIsMoreThan>(mm_of(*excess_limit));
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
