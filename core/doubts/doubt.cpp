#include "core/doubts/doubt.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/context/judge.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

// One structure each, and all of them.
constexpr std::size_t kMostAlone = 16;

std::set<std::int32_t> matched_in_doubt(const Context& context) {
  std::set<std::int32_t> rois;
  for (const RoleMatch& match : context.matches()) {
    if (match.roi && context.layouts().is_in_doubt(match.roi->number)) rois.insert(match.roi->number);
  }
  return rois;
}

bool is_met(FindingStatus s) { return s == FindingStatus::kPass || s == FindingStatus::kWarning; }

Message word_of(FindingStatus s) {
  if (is_met(s)) return say<Said::kRuleMet>();
  return s == FindingStatus::kDeviation ? say<Said::kRuleBroken>() : say<Said::kRuleNotDecided>();
}

Listing names(const std::set<std::int32_t>& rois, const Context& context) {
  Listing out;
  out.join = Join::kComma;
  for (const std::int32_t number : rois) {
    out.items.emplace_back(
        say<Said::kStructureHere>(context.input().structures.at(number).name, context.layouts().of(number).doubt));
  }
  return out;
}

// The room that is left lies between what both ways leave. Where the other says nothing of it, that of the structure as
// it was taken stays, which the sentence tells.
template <typename Q>
void join_room(std::optional<Q>& lower, std::optional<Q>& upper, const std::optional<Q>& other_lower,
               const std::optional<Q>& other_upper) {
  if (!lower || !upper || !other_lower || !other_upper) return;
  lower = std::min(*lower, *other_lower);
  upper = std::max(*upper, *other_upper);
}

void join(Finding& f, const Finding& other, const std::set<std::int32_t>& rois, const Context& context) {
  if (f.status == other.status) return;
  if (is_met(f.status) && is_met(other.status)) {
    if (f.status != FindingStatus::kPass) return;
    // The numbers stay those of the structure as it was taken, which the report says of all its numbers.
    f.status = other.status;
    f.message += say<Said::kMetEitherWay>(names(rois, context), other.message);
    if (f.hint.empty()) f.hint = other.hint;
    return;
  }
  // What is open already stays so.
  if (f.status != FindingStatus::kDeviation && !is_met(f.status)) return;
  f.message += say<Said::kHangsOnSlices>(names(rois, context), word_of(f.status), word_of(other.status), other.message);
  f.hint = say<Said::kDrawSlices>();
  f.status = FindingStatus::kIndeterminate;
  if (f.lower && f.upper && other.lower && other.upper) {
    f.lower = std::min(*f.lower, *other.lower);
    f.upper = std::max(*f.upper, *other.upper);
  }
  join_room(f.margin_dose_lower, f.margin_dose_upper, other.margin_dose_lower, other.margin_dose_upper);
  join_room(f.margin_volume_lower, f.margin_volume_upper, other.margin_volume_lower, other.margin_volume_upper);
}

}  // namespace

void settle_doubts(const Context& context, DvhStore& store, const Host& host, std::vector<Finding>& findings) {
  const std::set<std::int32_t> rois = matched_in_doubt(context);
  std::vector<std::set<std::int32_t>> ways;
  for (const std::int32_t number : rois) {
    if (ways.size() < kMostAlone) ways.push_back({number});
  }
  if (rois.size() > 1) ways.push_back(rois);
  const auto& rules = context.protocol().rules;
  for (const auto& way : ways) {
    Context other(context.input(), context.protocol(), store, host, way);
    if (!other.prepare()) throw Cancelled{};
    other.take_comparison(context);
    std::vector<Finding> answers(rules.size());
    const bool went_on =
        parallel_for(host, rules.size(), [&](std::size_t n) { answers[n] = judge(*rules[n].kind, other); });
    if (!went_on) throw Cancelled{};
    for (std::size_t n = 0; n < rules.size(); ++n) {
      Finding& f = findings[n];
      Finding& answer = answers[n];
      answer.rule_id = f.rule_id;
      answer.clause = f.clause;
      answer.mandatory = f.mandatory;
      join(f, answer, way, context);
    }
  }
}

}  // namespace dosegate
