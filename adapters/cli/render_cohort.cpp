#include "adapters/cli/render_cohort.h"

#include <vector>

#include "adapters/cli/number.h"
#include "adapters/cli/render_csv.h"
#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::CohortReport;

constexpr int kPercentDecimals = 1;

std::string percent(double proportion) { return fixed(100.0 * proportion, kPercentDecimals); }

// "30.0 % (16.6 to 46.5)"; empty where nothing was decided.
template <typename Message>
std::string proportion_text(const Message& m) {
  if (!m.has_proportion()) return "";
  return percent(m.proportion()) + " % (" + percent(m.lower()) + " to " + percent(m.upper()) + ")";
}

std::string nonzero(int n) { return n == 0 ? "" : std::to_string(n); }

template <typename Message>
std::string interval_fields(const Message& m) {
  if (!m.has_proportion()) return ",,";
  return shortest(m.proportion()) + "," + shortest(m.lower()) + "," + shortest(m.upper());
}

// "A. Curie (physicist) 2, B. Bohr (physician) 1": in how many plans.
std::string people_of(const CohortReport::Rule& rule) {
  std::string text;
  for (const auto& a : rule.accepted_by()) {
    text += (text.empty() ? "" : ", ") + a.person() + " (" + a.role() + ") " + std::to_string(a.plans());
  }
  return text;
}

}  // namespace

std::string render_cohort(const CohortReport& report, Style style) {
  Page page(style);
  for (const auto& group : report.groups()) {
    if (&group != &report.groups(0)) page.blank();
    page.heading("Protocol " + group.protocol_id() + " version " + group.protocol_version() + ": " +
                 counted(static_cast<std::size_t>(group.plans()), "plan", "plans") +
                 (group.scope() == v1::CaseOptions::PLAN_ONLY ? ", the plan alone" : ""));
    page.paragraph("Passed " + std::to_string(group.passed()) + ", failed " + std::to_string(group.failed()) +
                       ", incomplete " + std::to_string(group.incomplete()) + ". Passed: " + proportion_text(group) +
                       ".",
                   2, 2);
    using Align = Table::Align;
    Table table({{"Rule"},
                 {"Met", Align::kRight},
                 {"Warned", Align::kRight},
                 {"Broken", Align::kRight},
                 {"Accepted", Align::kRight},
                 {"Undecided", Align::kRight},
                 {"Not evaluable", Align::kRight},
                 {"Pending", Align::kRight},
                 {"Met of those decided"}});
    for (const auto& rule : group.rules()) {
      table.add({rule.rule_id() + (rule.mandatory() ? "" : " (advisory)"), std::to_string(rule.met()),
                 nonzero(rule.warnings()), nonzero(rule.broken()), nonzero(rule.accepted()), nonzero(rule.undecided()),
                 nonzero(rule.not_evaluable()), nonzero(rule.pending()), proportion_text(rule)});
    }
    page.table(table);
    std::vector<std::string> accepted;
    for (const auto& rule : group.rules()) {
      if (rule.accepted() > 0) accepted.push_back(rule.rule_id() + ": " + people_of(rule));
    }
    if (!accepted.empty()) page.paragraph("Accepted as protocol deviations, by whom in how many plans:", 2, 2);
    for (const std::string& line : accepted) page.paragraph(line, 4, 6);
  }
  page.blank();
  page.paragraph("Met includes warnings. Decided: met or broken. In brackets the two-sided " +
                     fixed(100.0 * report.level(), kPercentDecimals) + " % interval of Clopper and Pearson.",
                 2, 2);
  if (report.left_size() > 0) {
    page.blank();
    page.heading("Not counted (" + std::to_string(report.left_size()) + ")", Tone::kCaution);
    for (const auto& left : report.left()) page.paragraph(left.file() + ": " + left.reason(), 2, 2);
  }
  return page.text();
}

std::string render_cohort_csv(const CohortReport& report) {
  std::string text =
      "protocol,version,scope,rule,clause,mandatory,plans,met,warnings,broken,undecided,not_evaluable,pending,"
      "proportion,"
      "lower,"
      "upper,"
      "accepted,"
      "accepted_by\r\n";
  for (const auto& g : report.groups()) {
    const std::string head = csv_text(g.protocol_id()) + "," + csv_text(g.protocol_version()) + "," +
                             v1::CaseOptions::Scope_Name(g.scope()) + ",";
    const std::string plans = std::to_string(g.plans());
    text += head + "(verdict),,true," + plans + "," + std::to_string(g.passed()) + ",0," + std::to_string(g.failed()) +
            ",0," + std::to_string(g.incomplete()) + ",0," + interval_fields(g) + ",,\r\n";
    for (const auto& r : g.rules()) {
      text += head + csv_text(r.rule_id()) + "," + csv_text(r.clause()) + "," + (r.mandatory() ? "true" : "false") +
              "," + plans;
      for (const int n : {r.met(), r.warnings(), r.broken(), r.undecided(), r.not_evaluable(), r.pending()}) {
        text += "," + std::to_string(n);
      }
      text += "," + interval_fields(r) + "," + std::to_string(r.accepted()) + "," + csv_text(people_of(r)) + "\r\n";
    }
  }
  return text;
}

}  // namespace dosegate::cli
