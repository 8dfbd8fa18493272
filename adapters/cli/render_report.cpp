#include "adapters/cli/render_report.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "adapters/cli/number.h"
#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::Finding;
using dosegate::v1::Report;
using Findings = std::vector<const Finding*>;
using Align = Table::Align;

struct Sections {
  Findings deviations, undecided, not_evaluable, pending, warnings, information, passed;
};

// A deviation from an advisory rule decides nothing, so it stands with the warnings. A status that this
// program does not know is no pass.
Sections sorted(const Report& report) {
  Sections s;
  for (const Finding& f : report.findings()) {
    switch (f.status()) {
      case Finding::PASS:
        (f.has_value() && !f.has_limit() && !f.metric().empty() ? s.information : s.passed).push_back(&f);
        break;
      case Finding::WARNING:
        s.warnings.push_back(&f);
        break;
      case Finding::DEVIATION:
        (f.mandatory() ? s.deviations : s.warnings).push_back(&f);
        break;
      case Finding::INDETERMINATE:
        s.undecided.push_back(&f);
        break;
      case Finding::PENDING:
        s.pending.push_back(&f);
        break;
      default:
        s.not_evaluable.push_back(&f);
    }
  }
  return s;
}

// "OR-2.V20", or "liver-v20 (OR-2)" where the id does not show the clause.
std::string rule_text(const Finding& f) {
  if (f.clause().empty() || f.rule_id().rfind(f.clause(), 0) == 0) return f.rule_id();
  return f.rule_id() + " (" + f.clause() + ")";
}

std::vector<std::string> cells(const Finding& f, const std::string& margin) {
  return {rule_text(f), structure_text(f), f.metric(), value_text(f), interval_text(f), limit_text(f), margin};
}

Table findings_table(const char* margin_heading) {
  return Table({{"Rule"},
                {"Structure"},
                {"Metric"},
                {"Value", Align::kRight},
                {"Between", Align::kRight},
                {"Limit"},
                {margin_heading}});
}

// Why, without "Stomach: V45Gy[%] cannot be evaluated.", which the row above says already.
std::string reason(const Finding& f) {
  const std::string opening = f.structure() + ": " + f.metric() + " cannot be evaluated. ";
  return f.message().rfind(opening, 0) == 0 ? f.message().substr(opening.size()) : f.message();
}

std::vector<std::string> explanation(const Finding& f) {
  std::vector<std::string> lines;
  if (!f.message().empty()) lines.push_back(reason(f));
  if (f.has_location()) {
    lines.push_back(place_text(f));
  }
  if (!f.mandatory() && f.status() != Finding::NOT_EVALUABLE && f.status() != Finding::PENDING) {
    lines.push_back("Advisory: does not decide the verdict");
  }
  if (!f.hint().empty()) lines.push_back("What to do: " + f.hint());
  return lines;
}

bool is_deviation(const Finding& f) { return f.status() == Finding::DEVIATION; }

void explained(Page& page, const char* title, Tone tone, const char* margin_heading, const Findings& findings) {
  if (findings.empty()) return;
  page.blank();
  page.heading(std::string(title) + " (" + std::to_string(findings.size()) + ")", tone);
  Table table = findings_table(margin_heading);
  for (const Finding* f : findings) {
    table.add(cells(*f, margin_text(*f, is_deviation(*f) ? Margin::kExcess : Margin::kRoom)), explanation(*f));
  }
  page.table(table);
}

void listed(Page& page, const char* title, Tone tone, const Findings& findings) {
  if (findings.empty()) return;
  page.blank();
  page.heading(std::string(title) + " (" + std::to_string(findings.size()) + ")", tone);
  Table table = findings_table("Room left");
  for (const Finding* f : findings) {
    std::vector<std::string> row = cells(*f, margin_text(*f, Margin::kRoomInBrief));
    // Without a limit the row alone does not say what was found.
    const bool bare = f->metric().empty() && !f->has_limit() && !f->message().empty();
    table.add(std::move(row), bare ? std::vector{f->message()} : std::vector<std::string>{});
  }
  page.table(table);
}

// Findings that say the same, in the order of the first of each.
std::vector<Findings> alike(const Findings& findings) {
  std::vector<Findings> groups;
  for (const Finding* f : findings) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Findings& g) {
      return reason(*g.front()) == reason(*f) && g.front()->hint() == f->hint();
    });
    if (same != groups.end()) {
      same->push_back(f);
    } else {
      groups.push_back({f});
    }
  }
  return groups;
}

// Rules that are open for one and the same reason stand together, the reason once below them.
void grouped(Page& page, const char* title, Tone tone, const Findings& findings) {
  if (findings.empty()) return;
  page.blank();
  page.heading(std::string(title) + " (" + std::to_string(findings.size()) + ")", tone);
  Table table({{"Rule"}, {"Structure"}, {"Metric"}, {"Limit"}, {""}});
  for (const Findings& same : alike(findings)) {
    for (const Finding* f : same) {
      table.add({rule_text(*f), structure_text(*f), f->metric(), limit_text(*f), f->mandatory() ? "" : "advisory"},
                f == same.back() ? explanation(*f) : std::vector<std::string>{});
    }
  }
  page.table(table);
}

// What waits needs no table: many rules, one reason.
void waiting(Page& page, const Findings& findings) {
  if (findings.empty()) return;
  page.blank();
  page.heading("Pending (" + std::to_string(findings.size()) + ")", Tone::kHeading);
  for (const Findings& same : alike(findings)) {
    std::string rules;
    for (const Finding* f : same) rules += (rules.empty() ? "" : ", ") + rule_text(*f);
    page.paragraph(rules, 2, 2);
    for (const std::string& line : explanation(*same.front())) page.paragraph(line, 4, 2);
  }
}

void verdict(Page& page, const Report& report, const ReportContext& context, const Sections& s) {
  std::string_view mark = "NO VERDICT";
  Tone tone = Tone::kBad;
  switch (report.verdict()) {
    case Report::PASS:
      mark = "PASS", tone = Tone::kGood;
      break;
    case Report::FAIL:
      mark = "FAIL";
      break;
    case Report::INCOMPLETE:
      mark = "INCOMPLETE", tone = Tone::kCaution;
      break;
    default:
      break;
  }
  const std::string& label = context.plan.label().empty() ? context.plan.name() : context.plan.label();
  page.marked(mark, tone,
              (label.empty() ? std::string("Plan without a label") : "Plan \"" + label + "\"") + ", " +
                  prescription_text(context.plan));
  std::string protocol = "Protocol " + report.protocol().id() + " version " + report.protocol().version();
  if (!context.protocol_title.empty()) protocol += ": " + context.protocol_title;
  page.paragraph(protocol, 0, 2);

  std::string summary;
  const auto say = [&](std::size_t n, const std::string& text) {
    if (n == 0) return;
    if (!summary.empty()) summary += ", ";
    summary += text;
  };
  const std::size_t open = s.not_evaluable.size(), undecided = s.undecided.size(), warnings = s.warnings.size();
  const std::size_t passed = s.passed.size();
  say(s.deviations.size(), counted(s.deviations.size(), "rule is broken", "rules are broken"));
  const bool decides =
      std::any_of(s.not_evaluable.begin(), s.not_evaluable.end(), [](auto* f) { return f->mandatory(); });
  say(open, std::to_string(open) + " could not be evaluated" + (decides ? "" : " (advisory)"));
  say(undecided, std::to_string(undecided) + " too close to the limit to decide");
  say(s.pending.size(), std::to_string(s.pending.size()) + " pending");
  say(warnings, counted(warnings, "warning", "warnings"));
  say(passed, std::to_string(passed) + " passed");
  page.paragraph(summary.empty() ? "The protocol holds no rule that was evaluated." : summary + ".", 0, 2);
}

void structures(Page& page, const Report& report) {
  if (report.structures().empty()) return;
  page.blank();
  page.heading("Structures");
  Table table({{"In the protocol"}, {"In the plan"}, {"Volume", Align::kRight}, {"How it was matched"}});
  for (const auto& match : report.structures()) {
    std::string how = match.how();
    if (!match.problem().empty()) how += (how.empty() ? "" : "; ") + match.problem();
    table.add({match.role(), match.has_roi() ? match.roi() : "-",
               match.has_volume_cc() ? with_unit(fixed(match.volume_cc()), "cc") : "", how});
  }
  page.table(table);
  const std::string solids = solids_text(report.between_slices());
  if (!solids.empty()) page.paragraph(solids, 2, 2);
}

void prescription(Page& page, const Report& report) {
  if (!report.has_prescription()) return;
  const auto& p = report.prescription();
  page.blank();
  page.heading("Prescription");
  if (p.has_total_dose_gy()) {
    page.paragraph(with_unit(fixed(p.total_dose_gy()), "Gy") + " to the " + p.role() + ": " + p.how() + ".", 2, 2);
  } else {
    page.paragraph(p.problem(), 2, 2);
  }
}

void dose(Page& page, const Report& report) {
  if (!report.has_dose()) return;
  const auto& d = report.dose();
  page.blank();
  page.heading("Dose");
  if (!d.reading().empty()) page.paragraph(d.reading(), 2, 2);
  if (d.has_maximum_gy()) page.paragraph("Largest dose of the grid: " + with_unit(fixed(d.maximum_gy()), "Gy"), 2, 2);
  if (d.has_scale_factor() && d.scale_factor() != 1.0) {
    page.paragraph("Stored doses were multiplied by " + shortest(d.scale_factor()), 2, 2);
  }
}

void inputs(Page& page, const Report& report) {
  if (report.inputs().empty()) return;
  constexpr std::size_t kShownDigits = 16;
  page.blank();
  page.heading("Inputs");
  Table table({{"Object"}, {"SOP Instance UID"}, {"SHA-256 begins"}});
  for (const auto& in : report.inputs()) {
    table.add({in.role(), in.sop_instance_uid(), in.sha256().substr(0, kShownDigits)});
  }
  page.table(table);
}

}  // namespace

std::string render_report(const Report& report, const ReportContext& context, Style style) {
  Page page(style);
  const Sections s = sorted(report);
  verdict(page, report, context, s);
  explained(page, "Broken rules", Tone::kBad, "Beyond the limit by", s.deviations);
  grouped(page, "Could not be evaluated", Tone::kCaution, s.not_evaluable);
  explained(page, "Too close to the limit to decide", Tone::kCaution, "Distance to the limit", s.undecided);
  explained(page, "Warnings", Tone::kCaution, "Distance to the limit", s.warnings);
  waiting(page, s.pending);
  listed(page, "Passed", Tone::kGood, s.passed);
  listed(page, "For information", Tone::kHeading, s.information);
  structures(page, report);
  prescription(page, report);
  dose(page, report);
  inputs(page, report);
  if (!report.notes().empty()) {
    page.blank();
    page.heading("Notes");
    for (const std::string& note : report.notes()) page.paragraph("- " + note, 2, 4);
  }
  if (!report.engine_version().empty()) {
    page.blank();
    page.paragraph("Dosegate engine " + report.engine_version() + ". Not a medical device: a physicist decides.");
  }
  return page.text();
}

}  // namespace dosegate::cli
