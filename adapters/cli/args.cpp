#include "adapters/cli/args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string_view>

#include "adapters/cli/arg_parts.h"
#include "adapters/cli/case_args.h"
#include "adapters/cli/course_args.h"
#include "adapters/cli/gamma_args.h"

namespace dosegate::cli {
namespace {

constexpr const char* kMainFooter =
    "Examples:\n"
    "  dosegate check plan_folder\n"
    "  dosegate check RP.dcm RS.dcm RD.dcm --map Stomach=Magen --format json -o report.json\n"
    "  dosegate compare before_folder after_folder --format html -o compared.html\n"
    "  dosegate dvh plan_folder --roi PTV --metric 'D95%[Gy]' --metric 'V20Gy[%]'\n"
    "  dosegate gamma measured.csv RD.dcm --dose-percent 3 --distance-mm 2\n"
    "  dosegate protocols show ChiCTR2000036385\n"
    "  dosegate schedule --first-infusion 2026-11-23 --holidays site.ics\n"
    "  dosegate phantom /tmp/phantom --case hot-cord && dosegate check /tmp/phantom\n\n"
    "Not a medical device: a physicist decides.";

constexpr const char* kLintFooter = "Exit code: 0 it can be loaded, 1 it has errors, 3 it cannot be read.";

constexpr const char* kDiffFooter =
    "Examples:\n"
    "  dosegate protocols diff ChiCTR2000036385 our_version.json\n"
    "  dosegate protocols diff v1.json v2.json --format json\n\n"
    "Exit code: 0 compared, whether they differ or not; 3 one of them cannot be loaded.";

constexpr const char* kPhantomFooter =
    "Examples:\n"
    "  dosegate phantom --list\n"
    "  dosegate phantom /tmp/phantom --case hot-cord\n"
    "  dosegate check /tmp/phantom --record /tmp/phantom/record.json";

const std::map<std::string, Format> kReportFormats = {{"text", Format::kText}, {"json", Format::kJson}};

// As they were typed.
struct Raw {
  CaseTyped typed;
  ProtocolArguments protocols;
  ScheduleArguments schedule;
  CohortArguments cohort;
  PhantomArguments phantom;
  std::string manifest;
};

}  // namespace

std::variant<Arguments, Answer, Problem> parse_arguments(int argc, const char* const* argv) {
  Raw raw;
  CLI::App app("Checks a radiotherapy plan against a trial's protocol.", "dosegate");
  app.set_version_flag("-V,--version", "dosegate " DOSEGATE_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kMainFooter);
  app.add_option("--manifest", raw.manifest, "manifest.json of the library, where it is not beside this program")
      ->type_name("FILE")
      ->envname("DOSEGATE_MANIFEST");

  CLI::App* check = add_check(app, raw.typed);
  CLI::App* compare = add_compare(app, raw.typed);
  CLI::App* dvh = add_dvh(app, raw.typed);

  GammaTyped gamma_typed;
  CLI::App* gamma = add_gamma(app, gamma_typed);

  CLI::App* protocols = app.add_subcommand("protocols", "List, show, check and compare protocols");
  protocols->require_subcommand(1);
  CLI::App* list = protocols->add_subcommand("list", "The built-in protocols");
  CLI::App* show = protocols->add_subcommand("show", "A protocol, rule by rule");
  show->add_option("ID|FILE", raw.protocols.name, "A built-in protocol or a file")->type_name("")->required();
  choice(*show, "-f,--format", raw.typed.format, kReportFormats, "Text, or the document itself");
  CLI::App* lint = protocols->add_subcommand("lint", "What is wrong or odd in a protocol file");
  lint->add_option("FILE", raw.protocols.name, "A protocol as JSON")->type_name("")->required();
  lint->footer(kLintFooter);
  CLI::App* diff = protocols->add_subcommand("diff", "What changed from one protocol to another, in words");
  diff->add_option("BEFORE", raw.protocols.name, "A built-in protocol or a file")->type_name("ID|FILE")->required();
  diff->add_option("AFTER", raw.protocols.other, "The later one")->type_name("ID|FILE")->required();
  choice(*diff, "-f,--format", raw.typed.format, kReportFormats, "Text, or the document itself");
  diff->footer(kDiffFooter);

  CLI::App* schedule = add_schedule(app, raw.schedule);
  CLI::App* cohort = add_cohort(app, raw.cohort, raw.typed);

  CLI::App* phantom = app.add_subcommand("phantom", "Write a DICOM RT set whose metrics are known in closed form");
  phantom->add_option("DIR", raw.phantom.directory, "Folder to write into; must be empty or new")->type_name("");
  phantom->add_option("-c,--case", raw.phantom.case_name, "Which case; 'pass' when not given")->type_name("NAME");
  phantom->add_flag("-l,--list", raw.phantom.list, "List the cases");
  phantom->footer(kPhantomFooter);

  CLI::App* serve = app.add_subcommand("serve", "Serve over gRPC; the same as dosegate-grpc, whose options follow");
  serve->prefix_command()->fallthrough(false);
  serve->set_help_flag();  // dosegate-grpc's

  const std::array gate = {
      app.add_subcommand("approve",
                         "Decide on a plan by a site's policy: APPROVED, HELD or REJECTED, signed, recorded"),
      app.add_subcommand("verify", "Whether a decision is genuine, and about these files"),
      app.add_subcommand("waive",
                         "Accept, with name and reason, that a rule is broken, or state what no software checks"),
      app.add_subcommand("policy", "Check and compare policies"),
      app.add_subcommand("ledger", "Verify, export and search the ledger of decisions"),
      app.add_subcommand("public-key", "The public half of a key that signs, for those who verify")};
  for (CLI::App* command : gate) {
    command->prefix_command()->fallthrough(false);
    command->set_help_flag();  // dosegate-gate's
  }

  const std::array dicom_gate = {
      app.add_subcommand("dicom-gate", "A DICOM node that lets approved plans through, and holds all others"),
      app.add_subcommand("gate", "Look at the plans that it holds, release or reject them"),
      app.add_subcommand("sr", "Write a report as a DICOM object")};
  for (CLI::App* command : dicom_gate) {
    command->prefix_command()->fallthrough(false);
    command->set_help_flag();  // dosegate-dicom-gate's
  }

  const std::array panel = {
      app.add_subcommand("panel", "A local page that follows planning sessions of a dosegate-grpc"),
      app.add_subcommand("watch", "The same in a terminal")};
  for (CLI::App* command : panel) {
    command->prefix_command()->fallthrough(false);
    command->set_help_flag();  // dosegate-panel's
  }

  // The innermost command that was named, for the hint of a usage error.
  const auto named = [&]() -> std::string {
    std::string names;
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
      at = at->get_subcommands().front();
      names += (names.empty() ? "" : " ") + at->get_name();
    }
    return names;
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& e) {
    return Answer{std::string(e.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return Answer{at->help(at == &app ? "" : "dosegate" + std::string(at->get_parent() == &app ? "" : " protocols"))};
  } catch (const CLI::ParseError& e) {
    const std::vector<std::string> unknown = app.remaining(true);
    const bool no_command =
        app.get_subcommands().empty() || (protocols->parsed() && protocols->get_subcommands().empty());
    if (no_command && !unknown.empty()) return usage("'" + unknown.front() + "' is no command or option", named());
    return usage(no_command ? "a command is required" : e.what(), named());
  }

  Arguments args;
  args.manifest = raw.manifest;
  if (compare->parsed()) {
    auto made = finish_compare(raw.typed);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<CompareArguments>(std::move(made));
  } else if (check->parsed()) {
    auto made = finish_check(raw.typed);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<CheckArguments>(std::move(made));
  } else if (dvh->parsed()) {
    auto made = finish_dvh(raw.typed);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<DvhArguments>(std::move(made));
  } else if (gamma->parsed()) {
    auto made = finish_gamma(gamma_typed);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<GammaArguments>(std::move(made));
  } else if (protocols->parsed()) {
    using Action = ProtocolArguments::Action;
    raw.protocols.action = list->parsed()   ? Action::kList
                           : show->parsed() ? Action::kShow
                           : diff->parsed() ? Action::kDiff
                                            : Action::kLint;
    raw.protocols.format = kReportFormats.at(raw.typed.format);
    args.command = raw.protocols;
  } else if (schedule->parsed()) {
    if (auto problem = check_schedule(raw.schedule)) return *problem;
    args.command = raw.schedule;
  } else if (cohort->parsed()) {
    auto made = finish_cohort(raw.cohort, raw.typed);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<CohortArguments>(std::move(made));
  } else if (serve->parsed()) {
    args.command = ServeArguments{};
  } else if (std::any_of(gate.begin(), gate.end(), [](const CLI::App* command) { return command->parsed(); })) {
    args.command = GateArguments{};
  } else if (std::any_of(dicom_gate.begin(), dicom_gate.end(), [](const CLI::App* c) { return c->parsed(); })) {
    args.command = DicomGateArguments{};
  } else if (std::any_of(panel.begin(), panel.end(), [](const CLI::App* command) { return command->parsed(); })) {
    args.command = PanelArguments{};
  } else {
    if (raw.phantom.list == !raw.phantom.directory.empty()) {
      return usage(raw.phantom.list ? "phantom: --list stands alone" : "phantom: DIR is required", "phantom");
    }
    if (raw.phantom.case_name.empty()) raw.phantom.case_name = "pass";
    args.command = raw.phantom;
  }
  return args;
}

}  // namespace dosegate::cli
