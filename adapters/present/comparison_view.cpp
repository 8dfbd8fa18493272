#include "adapters/present/comparison_view.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/words.h"

namespace dosegate::present {
namespace {

using v1::ComparisonReport;
using v1::Finding;

// How much.
std::string amount_of(const ComparisonReport::Cell& cell, Language language, bool with_sign) {
  const double value = std::fabs(cell.difference());
  int decimals = kDecimals;
  while (value != 0.0 && decimals < 6 && value < 0.5 * std::pow(10.0, -decimals)) ++decimals;
  const std::string sign = !with_sign ? "" : cell.difference() < 0.0 ? "-" : "+";
  std::string text = with_unit(sign + fixed(value, decimals), cell.finding().unit());
  const double a = std::fabs(cell.difference_lower()), b = std::fabs(cell.difference_upper());
  const std::string interval = interval_text(value, std::min(a, b), std::max(a, b), language);
  return interval.empty() ? text : text + " (" + interval + ")";
}

std::string change_text(const ComparisonReport::Cell& cell, Language language) {
  const auto said = [&](Text with_amount, Text alone) {
    // Of what is neither better nor worse the sign says which way.
    const bool with_sign = with_amount == Text::kDifferentBy;
    return cell.has_difference() ? say(with_amount, language, {amount_of(cell, language, with_sign)})
                                 : say(alone, language);
  };
  switch (cell.change()) {
    case ComparisonReport::BETTER:
      return said(Text::kBetterBy, Text::kBetter);
    case ComparisonReport::WORSE:
      return said(Text::kWorseBy, Text::kWorse);
    case ComparisonReport::DIFFERENT:
      return said(Text::kDifferentBy, Text::kDifferent);
    case ComparisonReport::NONE:
      return say(Text::kNoDifference, language);
    default:
      return "";
  }
}

Together together(const ComparisonReport::Rule& rule) {
  bool is_broken = false, is_open = false, is_different = false, is_pending = true;
  for (const auto& cell : rule.cells()) {
    const Finding::Status status = cell.has_finding() ? cell.finding().status() : Finding::STATUS_UNSPECIFIED;
    is_broken = is_broken || (status == Finding::DEVIATION && rule.mandatory());
    is_open = is_open ||
              !(status == Finding::PASS || status == Finding::WARNING || status == Finding::DEVIATION ||
                status == Finding::PENDING) ||
              cell.change() == ComparisonReport::NOT_KNOWN;
    is_different = is_different || cell.change() == ComparisonReport::BETTER ||
                   cell.change() == ComparisonReport::WORSE || cell.change() == ComparisonReport::DIFFERENT;
    is_pending = is_pending && status == Finding::PENDING;
  }
  return is_broken      ? Together::kBroken
         : is_pending   ? Together::kPending
         : is_open      ? Together::kNotKnown
         : is_different ? Together::kDifferent
                        : Together::kUnchanged;
}

using RowsByRule = std::map<std::string, const Row*>;

RowsByRule rows_of(const View& view) {
  RowsByRule rows;
  for (const Group& group : view.groups) {
    for (const Row& row : group.rows) rows.emplace(row.finding->rule_id(), &row);
  }
  return rows;
}

bool is_any(const ComparedRow& row, std::initializer_list<ComparisonReport::Change> changes) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const ComparedCell& c) {
    return std::find(changes.begin(), changes.end(), c.change) != changes.end();
  });
}

bool needs_words(const ComparedCell& cell, const ComparedRow& row) {
  if (cell.row == nullptr) return true;
  const bool is_proven = is_any(row, {ComparisonReport::BETTER, ComparisonReport::WORSE, ComparisonReport::DIFFERENT});
  switch (cell.row->status) {
    case Status::kNotKnown:
    case Status::kUndecided:
      return true;
    case Status::kPending:
      return is_any(row, {ComparisonReport::NOT_KNOWN});
    case Status::kBroken:
    case Status::kNear:
      return cell.row->value.empty();
    default:
      return cell.row->value.empty() && is_proven;
  }
}

// What the cells' numbers do not say, plan by plan; plans that say the same stand together.
std::vector<std::string> details_of(const ComparedRow& row, Language language) {
  std::vector<std::pair<std::string, std::string>> said;  // what, by whom
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const ComparedCell& cell = row.cells[i];
    if (!needs_words(cell, row)) continue;
    const std::string what = cell.row == nullptr ? say(Text::kNotInReport, language) : cell.row->reason;
    const auto same = std::find_if(said.begin(), said.end(), [&](const auto& one) { return one.first == what; });
    if (same == said.end()) {
      said.emplace_back(what, mark_of(i));
    } else {
      same->second += ", " + mark_of(i);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [what, marks] : said) lines.push_back(say(Text::kLabelled, language, {marks, what}));
  return lines;
}

ComparedPlan plan_of(const ComparisonReport::Plan& from, const View& view, std::size_t i) {
  ComparedPlan plan;
  plan.mark = mark_of(i);
  plan.name = from.name();
  plan.label = from.label();
  plan.verdict = view.verdict;
  plan.summary = view.summary;
  if (i == 0) return plan;
  std::string counts;
  const auto add = [&](Text text, int n) {
    if (n == 0) return;
    const std::string part = say(text, view.language, {std::to_string(n)});
    counts = counts.empty() ? part : say(Text::kComma, view.language, {counts, part});
  };
  add(Text::kCountWorse, from.worse());
  add(Text::kCountBetter, from.better());
  add(Text::kCountDifferent, from.different());
  add(Text::kCountNotKnownHere, from.not_known());
  add(Text::kCountUnchanged, from.unchanged());
  if (counts.empty()) counts = say(Text::kNone, view.language);
  plan.changes.push_back(say(Text::kAgainst, view.language, {plan.mark, mark_of(0), counts}));
  if (from.newly_broken_size() > 0)
    plan.changes.push_back(say(Text::kNewlyBroken, view.language, {listing(from.newly_broken(), view.language)}));
  if (from.no_longer_broken_size() > 0)
    plan.changes.push_back(
        say(Text::kNoLongerBroken, view.language, {listing(from.no_longer_broken(), view.language)}));
  return plan;
}

ComparedRow row_of(const ComparisonReport::Rule& rule, const std::vector<RowsByRule>& rows, Language language) {
  ComparedRow row;
  row.is_advisory = !rule.mandatory();
  for (int i = 0; i < rule.cells_size(); ++i) {
    const RowsByRule& here = rows[static_cast<std::size_t>(i)];
    const auto found = here.find(rule.rule_id());
    ComparedCell cell;
    cell.row = found == here.end() ? nullptr : found->second;
    cell.change = rule.cells(i).change();
    cell.change_text = change_text(rule.cells(i), language);
    if (cell.row != nullptr) {
      if (row.rule.empty()) row.rule = cell.row->rule;
      if (row.structure.empty())
        row.structure = cell.row->finding->structure().empty() ? cell.row->structure : cell.row->finding->structure();
      if (row.metric.empty()) row.metric = cell.row->metric;
      if (row.limit.empty()) row.limit = cell.row->limit;
    }
    row.cells.push_back(std::move(cell));
  }
  row.details = details_of(row, language);
  for (int i = 1; i < rule.cells_size(); ++i) {
    const auto &first = rule.cells(0), &cell = rule.cells(i);
    if (cell.change() != ComparisonReport::NOT_KNOWN || !first.has_finding() || !cell.has_finding()) continue;
    if (const std::string why = unlike(first.finding(), cell.finding(), language); !why.empty()) {
      const std::string marks = mark_of(0) + ", " + mark_of(static_cast<std::size_t>(i));
      row.details.push_back(say(Text::kLabelled, language, {marks, why}));
    }
  }
  return row;
}

Text title_of(Together together) {
  constexpr Text kTitles[] = {Text::kBrokenSomewhere, Text::kNotKnownSomewhere, Text::kMetAndDifferent,
                              Text::kNoProvenDifference, Text::kPendingEverywhere};
  return kTitles[static_cast<std::size_t>(together)];
}

}  // namespace

ComparisonView make_comparison_view(const ComparisonReport& report, const std::vector<Compared>& compared,
                                    const std::string& protocol_title, Language language) {
  ComparisonView v;
  v.language = language;
  v.report = &report;
  v.protocol = say(Text::kProtocolVersion, language, {report.protocol().id(), report.protocol().version()});
  if (!protocol_title.empty()) v.protocol = say(Text::kLabelled, language, {v.protocol, protocol_title});
  v.views.reserve(compared.size());
  std::vector<RowsByRule> rows;
  for (std::size_t i = 0; i < compared.size(); ++i) {
    v.views.push_back(make_view(compared[i].report, {}, "", language));
    rows.push_back(rows_of(v.views.back()));
    v.plans.push_back(plan_of(report.plans(static_cast<int>(i)), v.views.back(), i));
  }
  for (std::size_t i = 0; i < kTogether; ++i) {
    v.groups[i].together = static_cast<Together>(i);
    v.groups[i].title = say(title_of(v.groups[i].together), language);
  }
  for (const auto& rule : report.rules()) {
    std::vector<ComparedRow>& group = v.groups[static_cast<std::size_t>(together(rule))].rows;
    ComparedRow row = row_of(rule, rows, language);
    // The reason that many rules share stands below the last of them.
    if (!group.empty() && group.back().details == row.details) group.back().details.clear();
    group.push_back(std::move(row));
  }
  return v;
}

}  // namespace dosegate::present
