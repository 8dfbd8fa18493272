#include "core/checker.h"

#include <atomic>
#include <map>
#include <thread>

#include "core/context/context.h"
#include "core/context/judge.h"
#include "core/context/layouts.h"
#include "core/doubts/case_doubts.h"
#include "core/doubts/contradictions.h"
#include "core/doubts/doubt.h"
#include "core/rules/on_record.h"

namespace dosegate {
namespace {

// Nothing in the short form: the report says of one plan, one structure set and one dose what it has always said.
std::optional<CourseSummary> held(const HeldCourse& course) {
  if (course.is_short_form()) return {};
  CourseSummary out;
  for (const auto& [name, plan] : course.plans) {
    out.plans.push_back({name, plan.label, plan.sop_instance_uid, plan.structure_set});
  }
  for (const auto& [name, set] : course.structure_sets) out.structure_sets.push_back({name, set.size()});
  for (const auto& [name, dose] : course.doses) out.doses.push_back({name, dose.plans, dose.structure_set});
  return out;
}

// "computed: Liver minus GTV"
Prose computed(const Derivation& derived) {
  Prose how = say<Said::kComputedAs>(derived.base);
  for (const std::string& role : derived.plus) how += say<Said::kPlusRole>(role);
  for (const std::string& role : derived.within) how += say<Said::kWithinRole>(role);
  for (const std::string& role : derived.minus) how += say<Said::kMinusRole>(role);
  return how;
}

// What every check says of the structures and the reading of the dose.
void describe(const Context& context, Report& report) {
  const Subject& c = context.input();
  std::map<std::string, Prose> notes;  // by their English: in its order, each once
  Listing outermost;
  for (const auto& match : context.matches()) {
    const RoleState& state = context.role(match.role);
    StructureMatch out;
    out.role = match.role;
    out.how = match.how;
    if (state.role->derived) {
      out.how = computed(*state.role->derived);
    } else if (match.roi) {
      out.roi = match.roi->name;
      out.roi_number = match.roi->number;
    }
    out.volume = state.volume;
    out.problem = state.problem;
    if (state.stack) {
      for (const Prose& note : state.stack->notes) notes.emplace(english(note), note);
    }
    if (state.rim && state.rim->in_cc() > 0.0) {
      outermost.items.emplace_back(say<Said::kVolumeOf>(amount_number(state.rim->in_cc(), 2, "cc"), match.role));
    }
    report.structures.push_back(std::move(out));
  }
  report.between_slices = context.between_slices();
  report.inputs = c.options.inputs;
  report.scope = c.options.scope;
  report.as_of = now(context);
  report.held = held(c.course);
  report.prescription = {context.protocol().prescription.target_role, context.prescription().dose,
                         context.fractions().count, context.prescription().how, context.prescription().problem};
  report.dose.reading = context.reading().factor ? context.reading().reading : context.reading().problem;
  report.dose.scale_factor = context.reading().factor;
  if (c.dose && context.reading().factor) report.dose.maximum = *context.reading().factor * c.dose->maximum();
  report.notes = c.options.notes;
  if (const Orientation grid = c.orientation(); !grid.is_patient()) {
    report.notes.push_back(
        say<Said::kGridTurned>(amount_number(angle_between(grid, Orientation()).in_degrees(), 2, "°")));
  }
  for (const auto& pin : unknown_pins(context.protocol(), c.options.structure_map)) {
    report.notes.push_back(say<Said::kPinOfUnknownRole>(pin));
  }
  for (const auto& name : unknown_pieces(c, context.workers())) {
    report.notes.push_back(say<Said::kPiecesOfUnknown>(name));
  }
  for (Prose& note : case_notes(context)) report.notes.push_back(std::move(note));
  for (auto& [text, note] : notes) report.notes.push_back(std::move(note));
  if (!outermost.items.empty()) report.notes.push_back(say<Said::kOutermostVoxels>(std::move(outermost)));
}

// Every rule's finding, in the protocol's order: rules do not know of one another. Those on margins come last, so that
// the others are judged while margins are still compared. Throws Cancelled.
std::vector<Finding> judge_all(Context& context, const Protocol& protocol, const Host& host) {
  std::vector<std::size_t> others, on_margins;
  for (std::size_t n = 0; n < protocol.rules.size(); ++n) {
    (protocol.rules[n].kind->needs().margin ? on_margins : others).push_back(n);
  }
  std::vector<Finding> findings(protocol.rules.size());
  std::atomic<std::size_t> done{0};
  const auto caller = std::this_thread::get_id();
  const auto judge_these = [&](const std::vector<std::size_t>& rules) {
    const bool went_on = parallel_for(host, rules.size(), [&](std::size_t k) {
      const Rule& rule = protocol.rules[rules[k]];
      Finding f = judge(*rule.kind, context);
      f.rule_id = rule.id;
      f.clause = rule.clause;
      f.mandatory = rule.mandatory;
      findings[rules[k]] = std::move(f);
      ++done;
      if (host.progress && std::this_thread::get_id() == caller) {
        host.progress(static_cast<double>(done) / static_cast<double>(findings.size()));
      }
    });
    if (!went_on) throw Cancelled{};
  };
  share_out(host.workers, 2, [&](std::size_t part) {
    if (part == 0) return context.compare_margins();
    judge_these(others);
  });
  judge_these(on_margins);
  return findings;
}

// Throws Cancelled.
Report check_all(const Case& c, const Protocol& protocol, const Host& host, DvhStore& store) {
  Report report;
  report.protocol_id = protocol.id;
  report.protocol_version = protocol.version;
  if (host.cancelled()) throw Cancelled{};
  const Subject subject(c);
  Context context(subject, protocol, store, host);
  if (!context.build_roles() || !context.compare_measurement()) throw Cancelled{};
  report.findings = judge_all(context, protocol, host);
  settle_doubts(context, store, host, report.findings);
  if (host.progress) host.progress(1.0);
  for (Finding& f : case_doubts(context)) report.findings.push_back(std::move(f));
  describe(context, report);
  doubt(context, report.findings, report.notes);
  report.verdict = verdict_of(report.findings);
  return report;
}

}  // namespace

Result<Report> check(const Case& c, const Protocol& protocol, const Host& asked, DvhStore* kept) {
  Workers workers(asked);
  Host host = asked;
  host.workers = &workers;
  DvhStore own;
  try {
    return check_all(c, protocol, host, kept != nullptr ? *kept : own);
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the check."};
  }
}

Status prepare(const Case& c, const Protocol& protocol, const DoseGrid& expected, const Host& asked, DvhStore& kept) {
  Workers workers(asked);
  Host host = asked;
  host.workers = &workers;
  try {
    const Subject subject(c, &expected);
    Context context(subject, protocol, kept, host);
    if (context.prepare()) return ok();
  } catch (const Cancelled&) {
  }
  return Error{ErrorCode::kCancelled, "", "The host cancelled the preparation."};
}

}  // namespace dosegate
