#include "core/rules/doubt.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "core/report/text.h"
#include "core/rules/rules.h"

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

const char* said(FindingStatus s) {
  if (is_met(s)) return "met";
  return s == FindingStatus::kDeviation ? "broken" : "not decided";
}

std::string names(const std::set<std::int32_t>& rois, const Context& context) {
  std::string text;
  for (const std::int32_t number : rois) {
    if (!text.empty()) text += ", ";
    text += quoted(context.input().structures.at(number).name) + " " + context.layouts().of(number).doubt;
  }
  return text;
}

void join(Finding& f, const Finding& other, const std::set<std::int32_t>& rois, const Context& context) {
  if (f.status == other.status) return;
  if (is_met(f.status) && is_met(other.status)) {
    if (f.status == FindingStatus::kPass) f = other;
    return;
  }
  // What is open already stays so.
  if (f.status != FindingStatus::kDeviation && !is_met(f.status)) return;
  f.message += " It hangs on slices that are not drawn, of " + names(rois, context) +
               ": as they were taken the rule is " + said(f.status) +
               ", the other way round (filled, or left out) it is " + said(other.status) + ": " + other.message;
  f.hint =
      "Draw what is missing on these slices; or, where the pieces are separate, state it with --separate-pieces "
      "NAME (separatePieces of the case options).";
  f.status = FindingStatus::kIndeterminate;
  if (f.lower && f.upper && other.lower && other.upper) {
    f.lower = std::min(*f.lower, *other.lower);
    f.upper = std::max(*f.upper, *other.upper);
  }
  f.margin_dose.reset();
  f.margin_volume.reset();
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
    std::vector<Finding> answers(rules.size());
    const bool went_on = parallel_for(host, rules.size(), [&](std::size_t n) {
      answers[n] = std::visit([&](const auto& kind) { return evaluate(kind, other); }, rules[n].kind);
    });
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
