#include "adapters/cli/commands.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <optional>
#include <string>
#include <variant>

#include "adapters/cli/args.h"
#include "adapters/cli/case_input.h"
#include "adapters/cli/cohort.h"
#include "adapters/cli/cohort_plans.h"
#include "adapters/cli/compare_command.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/gamma_command.h"
#include "adapters/cli/guard.h"
#include "adapters/cli/helpers.h"
#include "adapters/cli/holidays.h"
#include "adapters/cli/html_report.h"
#include "adapters/cli/interrupt.h"
#include "adapters/cli/library_case.h"
#include "adapters/cli/output.h"
#include "adapters/cli/program.h"
#include "adapters/cli/render_cohort.h"
#include "adapters/cli/render_csv.h"
#include "adapters/cli/render_diff.h"
#include "adapters/cli/render_dvh.h"
#include "adapters/cli/render_protocol.h"
#include "adapters/cli/render_schedule.h"
#include "adapters/cli/words.h"
#include "adapters/dicom/to_case.h"
#include "adapters/phantom/phantom.h"
#include "adapters/support/confine.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::cli {
namespace {

Exit run_command(const std::string& manifest, const CheckArguments& args) {
  check_output_is_no_input(args);
  check_output_is_no_terminal(args.input.format, args.input.output);
  Helpers helpers(args.input, args.deviations);
  std::future<Library> loading = start_loading(manifest);
  dicom::ReadOptions reading;  // copied: the report names what was evaluated by its hash
  dicom::ReadResult read_result = read(args, reading);
  const Library library = loading.get();
  const Protocol protocol = load_protocol(library, args.protocol);
  const auto document = parse_document<v1::Protocol>(protocol.json());
  check_roles(document, args);
  v1::CaseOptions options = options_of(args);
  const std::string record = read_record(args, options);
  dicom::RtCase rt = case_of(std::move(read_result), args.input);
  HtmlReport html(args, document, rt, record, options);
  Case c = make_check_case(library, args, rt, options, record);
  const Report report = on_input(args.input, [&] { return c.check(protocol); });
  const auto page = [&](const present::View& view, std::string_view json) {
    std::string made = html.make(view, json, c);
    return helpers.printer ? helpers.printer->print(made) : made;
  };
  return answer_check(args, helpers.deviations.get(), report.verdict(), report.json(), rt.plan.value_or(v1::Plan()),
                      document.title(), page);
}

std::string names_of(const dicom::RtCase& rt) {
  std::string names;
  for (const auto& structure : rt.structures) names += (names.empty() ? "" : ", ") + structure.name;
  return names;
}

Exit run_command(const std::string& manifest, const DvhArguments& args) {
  check_output_is_no_input(args.input);
  support::confine({.written = {args.input.output}});
  std::future<Library> loading = start_loading(manifest);
  guard_mapped_files();
  dicom::ReadOptions reading;
  reading.need_plan = dicom::Need::kIfPresent;
  reading.inputs = dicom::Inputs::kIgnored;  // a DvhReport does not name them
  reading.files = dicom::Files::kMapped;
  dicom::ReadResult read_result = read(args.input, reading);
  const Library library = loading.get();

  v1::DvhRequest request;
  for (const std::string& roi : args.rois) request.add_rois(roi);
  for (const std::string& metric : args.metrics) request.add_metrics(metric);
  request.set_curve(args.curve);
  if (args.prescription_gy) request.set_prescription_gy(*args.prescription_gy);

  dicom::RtCase rt = case_of(std::move(read_result), args.input);
  Case c = make_case(library, args.input, rt, options_of(args.input));
  const Document document = on_input(args.input, [&] {
    try {
      return c.dvh(to_json(request));
    } catch (const PluginError& e) {
      if (e.status != DOSEGATE_NOT_FOUND) throw;
      throw PluginError(e.status, "--roi", e.message + " There are: " + names_of(rt));
    }
  });
  const auto report = parse_document<v1::DvhReport>(document.json());
  const std::string& output = args.input.output;
  switch (args.input.format) {
    case Format::kJson:
      answer(output, document.json());
      break;
    case Format::kCsv:
      answer(output, render_csv(report, args.curve ? CsvCurve::kInclude : CsvCurve::kLeaveOut));
      break;
    case Format::kText:
    case Format::kHtml:
    case Format::kPdf:
      answer(output, render_dvh(report, style_for(output)));
      break;
  }
  return is_complete(report) ? Exit::kPass : Exit::kIncomplete;
}

Exit run_command(const std::string& manifest, const ProtocolArguments& args) {
  const Library library = Library::load(manifest);
  switch (args.action) {
    case ProtocolArguments::Action::kList:
      answer("", render_protocol_list(parse_document<v1::ProtocolList>(library.list_protocols().json()),
                                      style_of_stdout()));
      return Exit::kPass;
    case ProtocolArguments::Action::kShow: {
      const Protocol protocol = load_protocol(library, args.name);
      answer("",
             args.format == Format::kJson
                 ? std::string(protocol.json())
                 : render_protocol(parse_document<v1::Protocol>(protocol.json()),
                                   parse_document<v1::ProtocolDescription>(library.describe_protocol(protocol).json()),
                                   style_of_stdout()));
      return Exit::kPass;
    }
    case ProtocolArguments::Action::kDiff: {
      const Protocol before = load_protocol(library, args.name), after = load_protocol(library, args.other);
      const Document diff = library.diff_protocols(before, after);
      answer("", args.format == Format::kJson
                     ? std::string(diff.json())
                     : render_diff(parse_document<v1::ProtocolDiff>(diff.json()), style_of_stdout()));
      return Exit::kPass;
    }
    case ProtocolArguments::Action::kLint:
      break;
  }
  const std::string text = read_protocol_file(args.name);
  const auto report = parse_document<v1::LintReport>(library.lint_protocol(text).json());
  answer("", render_lint(report, args.name, style_of_stdout()));
  return has_errors(report) ? Exit::kFail : Exit::kPass;
}

Exit run_command(const std::string& manifest, const ScheduleArguments& args) {
  const Library library = Library::load(manifest);
  const Protocol protocol = load_protocol(library, args.protocol);
  v1::ScheduleRequest request;
  request.set_first_infusion(args.first_infusion);
  for (const std::string& day : args.missed) request.add_missed(day);
  for (const std::string& day : holidays_of(args.holidays)) request.add_holidays(day);
  try {
    const Document document = library.schedule(protocol, to_json(request));
    const auto proposal = parse_document<v1::ScheduleProposal>(document.json());
    answer(args.output, args.format == Format::kJson ? std::string(document.json())
                                                     : render_schedule(proposal, style_for(args.output)));
    return proposal.possible() ? Exit::kPass : Exit::kFail;
  } catch (const PluginError& e) {
    stop(e.what());
  }
}

std::string interrupted_text(const v1::CohortReport& report, const CohortArguments& args) {
  int plans = 0;
  for (const auto& group : report.groups()) plans += group.plans();
  return "interrupted; the answer has what was done (" + counted(static_cast<std::size_t>(plans), "plan", "plans") +
         "), and names the rest. " +
         (!args.plans           ? "Run it again for all of them"
          : args.resume.empty() ? "With --resume FOLDER what is done is kept, and the next run goes on from there"
                                : "The same command goes on from there");
}

Exit run_command(const std::string& manifest, const CohortArguments& args) {
  const Interruptible interruptible;
  const Library library = Library::load(manifest);
  const IntervalOf interval = [&](std::uint64_t successes, std::uint64_t n) {
    return library.clopper_pearson(successes, n, args.level);
  };
  check_output_is_no_input(args.deviations, args.output);
  const auto deviations = deviation_source(args.deviations, DeviationSource::When::kAtDecision);
  support::confine({.written = {args.output, args.resume}});
  const v1::CohortReport report = args.plans ? check_cohort(library, args, interval, deviations.get())
                                             : read_cohort(args.directory, args.level, interval, deviations.get());
  if (has_not_reached(report)) print_error(interrupted_text(report, args));
  switch (args.format) {
    case Format::kJson:
      answer(args.output, to_json(report) + "\n");
      break;
    case Format::kCsv:
      answer(args.output, render_cohort_csv(report));
      break;
    case Format::kHtml:
    case Format::kPdf:
    case Format::kText:
      answer(args.output, render_cohort(report, style_for(args.output)));
      break;
  }
  return report.left_size() == 0 ? Exit::kPass : Exit::kIncomplete;
}

Exit make_phantom(const PhantomArguments& args) {
  Page page(style_of_stdout());
  if (args.list) {
    Table table({{"Case"}, {"Protocol"}, {"Verdict"}, {"Breaks"}, {"What it is"}});
    for (const auto& c : phantom::cases())
      table.add({c.name, c.protocol, c.expected_verdict, c.broken_rule, c.description});
    page.table(table, 0);
    answer("", page.text());
    return Exit::kPass;
  }
  const phantom::Result result = phantom::write(args.directory, args.case_name);
  if (!result) stop(result.error);
  page.paragraph("Wrote " + std::to_string(result.files.size()) + " files of the case '" + args.case_name + "' into " +
                 args.directory);
  const phantom::CaseInfo& c = *phantom::find_case(args.case_name);
  page.paragraph(c.description + " Expected verdict: " + c.expected_verdict + " by " + c.protocol + ".");
  answer("", page.text());
  return Exit::kPass;
}

// Ends as `program`, which stands beside this one: what talks gRPC, signs or keeps a ledger is not loaded into every
// other command.
[[noreturn]] void hand_on(const std::string& program, const char* const* argv) {
  const std::string path = dosegate::detail::program_folder() + "/" + program;
  ::execv(path.c_str(), const_cast<char* const*>(argv));
  stop(path + ": cannot be run (" + std::strerror(errno) + "). Build it: scripts/install brings what it needs");
}

Exit run_arguments(const Arguments& args, const char* const* argv) {
  if (std::holds_alternative<ServeArguments>(args.command)) hand_on("dosegate-grpc", argv + 1);
  if (std::holds_alternative<GateArguments>(args.command)) hand_on("dosegate-gate", argv);
  if (std::holds_alternative<DicomGateArguments>(args.command)) hand_on("dosegate-dicom-gate", argv);
  if (std::holds_alternative<PanelArguments>(args.command)) hand_on("dosegate-panel", argv);
  if (const auto* phantom = std::get_if<PhantomArguments>(&args.command)) return make_phantom(*phantom);
  if (const auto* check = std::get_if<CheckArguments>(&args.command)) {
    if (!check->server.address.empty()) hand_on("dosegate-remote", argv);
    return run_command(args.manifest, *check);
  }
  if (const auto* compare = std::get_if<CompareArguments>(&args.command)) return run_compare(args.manifest, *compare);
  if (const auto* dvh = std::get_if<DvhArguments>(&args.command)) return run_command(args.manifest, *dvh);
  if (const auto* gamma = std::get_if<GammaArguments>(&args.command)) {
    support::confine({.written = {gamma->output, gamma->map}});
    return run_gamma(args.manifest, *gamma);
  }
  if (const auto* cohort = std::get_if<CohortArguments>(&args.command)) return run_command(args.manifest, *cohort);
  if (const auto* schedule = std::get_if<ScheduleArguments>(&args.command))
    return run_command(args.manifest, *schedule);
  return run_command(args.manifest, std::get<ProtocolArguments>(args.command));
}

}  // namespace

int run(int argc, const char* const* argv) noexcept { return run_program(argc, argv, run_arguments); }

}  // namespace dosegate::cli
