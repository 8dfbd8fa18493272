#include "core/checker.h"

#include <set>

#include "core/report/text.h"
#include "core/rules/context.h"
#include "core/rules/rules.h"

namespace dosegate {
namespace {

// What every check says of the structures and the reading of the dose.
void describe(Context& context, Report& report) {
  const Case& c = context.input();
  std::set<std::string> notes;
  for (const auto& match : context.matches()) {
    const RoleState& state = context.role(match.role);
    StructureMatch out;
    out.role = match.role;
    out.how = match.how;
    if (state.role->derived) {
      out.how = "computed: " + state.role->derived->base;
      for (const auto& minus : state.role->derived->minus) out.how += " minus " + minus;
    } else if (match.roi) {
      out.roi = match.roi->name;
      out.roi_number = match.roi->number;
    }
    out.volume = state.volume;
    out.problem = state.problem;
    if (state.stack) notes.insert(state.stack->notes.begin(), state.stack->notes.end());
    if (state.dvh && state.dvh->rim().in_cc() > 0.0) {
      notes.insert(
          quoted(match.role) + ": " + fixed(state.dvh->rim().in_cc(), 2) +
          " cc lie in the outer half voxel of the dose grid, where the dose of the outermost voxels was used.");
    }
    report.structures.push_back(std::move(out));
  }
  report.inputs = c.options.inputs;
  report.dose.reading = context.reading().factor ? context.reading().reading : context.reading().problem;
  report.dose.scale_factor = context.reading().factor;
  if (c.dose && context.reading().factor) report.dose.maximum = *context.reading().factor * c.dose->maximum();
  report.notes = c.options.notes;
  for (const auto& pin : unknown_pins(context.protocol(), c.options.structure_map)) {
    report.notes.push_back("The pinned role " + quoted(pin) + " is not in the protocol; the pin had no effect.");
  }
  report.notes.insert(report.notes.end(), notes.begin(), notes.end());
}

}  // namespace

Result<Report> check(const Case& c, const Protocol& protocol, const Host& host, DvhStore* kept) {
  DvhStore own;
  const auto cancelled = [&] { return host.should_cancel && host.should_cancel(); };
  const Error stop{ErrorCode::kCancelled, "", "The host cancelled the check."};
  Report report;
  report.protocol_id = protocol.id;
  report.protocol_version = protocol.version;
  if (cancelled()) return stop;
  Context context(c, protocol, kept != nullptr ? *kept : own, host);
  std::size_t done = 0;
  for (const auto& rule : protocol.rules) {
    if (cancelled()) return stop;
    Finding f = std::visit([&](const auto& kind) { return evaluate(kind, context); }, rule.kind);
    if (context.cancelled()) return stop;
    f.rule_id = rule.id;
    f.clause = rule.clause;
    f.mandatory = rule.mandatory;
    report.findings.push_back(std::move(f));
    if (host.progress) host.progress(static_cast<double>(++done) / static_cast<double>(protocol.rules.size()));
  }
  describe(context, report);
  report.verdict = verdict_of(report.findings);
  return report;
}

}  // namespace dosegate
