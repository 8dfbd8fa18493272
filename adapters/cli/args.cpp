#include "adapters/cli/args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string_view>

#include "adapters/cli/course_args.h"
#include "adapters/cli/gamma_args.h"
#include "adapters/support/utf8.h"

namespace dosegate::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit code: 0 PASS, 1 FAIL, 2 INCOMPLETE (something needed could not be evaluated),\n"
    "           3 unusable input, wrong usage or any other failure.";

constexpr const char* kMainFooter =
    "Examples:\n"
    "  dosegate check plan_folder\n"
    "  dosegate check RP.dcm RS.dcm RD.dcm --map Stomach=Magen --format json -o report.json\n"
    "  dosegate dvh plan_folder --roi PTV --metric 'D95%[Gy]' --metric 'V20Gy[%]'\n"
    "  dosegate gamma measured.csv RD.dcm --dose-percent 3 --distance-mm 2\n"
    "  dosegate protocols show ChiCTR2000036385\n"
    "  dosegate schedule --first-infusion 2026-11-23 --holidays site.ics\n"
    "  dosegate phantom /tmp/phantom --case hot-cord && dosegate check /tmp/phantom\n\n"
    "Not a medical device: a physicist decides.";

constexpr const char* kCheckFooter =
    "Examples:\n"
    "  dosegate check plan_folder\n"
    "  dosegate check plan_folder --map Stomach=Magen --map Kidney_L='Niere links'\n"
    "  dosegate check plan_folder --dose-is fraction --protocol my_trial.json\n"
    "  dosegate check plan_folder --record record.json --as-of 2026-11-20\n"
    "  dosegate check plan_folder --format json -o report.json\n\n";

constexpr const char* kDvhFooter =
    "Metrics are written as in AAPM TG-263: V20Gy[%] V20Gy[cc] D95%[Gy] D0.03cc[Gy] Mean[Gy] Max[Gy] ...\n\n"
    "Examples:\n"
    "  dosegate dvh plan_folder\n"
    "  dosegate dvh RS.dcm RD.dcm --roi Liver --metric 'V20Gy[%]' --format csv\n"
    "  dosegate dvh plan_folder --roi PTV --metric 'V95%[%]' --prescription 45Gy --curve\n\n"
    "Exit code: 0 every value computed, 2 some could not be (the table says why),\n"
    "           3 unusable input, wrong usage or any other failure.";

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
const std::map<std::string, Format> kCheckFormats = {
    {"text", Format::kText}, {"json", Format::kJson}, {"html", Format::kHtml}};
const std::map<std::string, present::Language> kLanguageNames = {
    {"en", present::Language::kEnglish}, {"de", present::Language::kGerman}, {"zh", present::Language::kChinese}};
const std::map<std::string, Format> kDvhFormats = {
    {"text", Format::kText}, {"json", Format::kJson}, {"csv", Format::kCsv}};
const std::map<std::string, DoseIs> kDoseIs = {{"course", DoseIs::kCourse}, {"fraction", DoseIs::kFraction}};
const std::map<std::string, OutsideGrid> kOutsideGrid = {{"refuse", OutsideGrid::kRefuse},
                                                         {"zero", OutsideGrid::kZero}};

const std::map<std::string, BetweenSlices> kBetweenSlices = {{"slab", BetweenSlices::kSlab},
                                                             {"interpolate", BetweenSlices::kInterpolate}};

// As they were typed; made into the typed arguments below.
struct Raw {
  CaseArguments input;
  std::string dose_is, outside_grid, between_slices, format = "text", protocol, prescription, language = "en";
  std::vector<std::string> maps, prescriptions, rois, metrics;
  bool curve = false;
  ServerArguments server;
  std::string record, as_of, holidays, measured;
  bool plan_only = false;
  bool full = false;
  ProtocolArguments protocols;
  ScheduleArguments schedule;
  CohortArguments cohort;
  PhantomArguments phantom;
  std::string manifest;
};

template <typename T>
CLI::Option* choice(CLI::App& app, const char* name, std::string& value, const std::map<std::string, T>& values,
                    const char* help) {
  std::string names;
  for (const auto& [text, meaning] : values) names += (names.empty() ? "" : "|") + text;
  return app.add_option(name, value, help)
      ->check([&values, names](const std::string& text) {
        return values.count(text) > 0 ? std::string() : "'" + text + "' is none of " + names;
      })
      ->type_name(names);
}

CLI::Option* repeated(CLI::App& app, const char* name, std::vector<std::string>& values, const char* type,
                      const char* help) {
  return app.add_option(name, values, help)->type_name(type)->allow_extra_args(false);
}

void add_case_options(CLI::App& app, Raw& raw) {
  app.add_option("PATH", raw.input.paths, "DICOM files and folders: RT Structure Set, RT Dose, RT Plan")
      ->type_name("")
      ->required();
  app.add_option("-o,--output", raw.input.output, "Write the answer to this file, whole or not at all")
      ->type_name("FILE");
  choice(app, "--dose-is", raw.dose_is, kDoseIs,
         "What the dose grid holds, where its tag is wrong: the whole course, or one fraction");
  choice(app, "--outside-grid", raw.outside_grid, kOutsideGrid,
         "The part of an organ at risk outside the dose grid: not evaluated (refuse), or taken as 0 Gy");
  choice(
      app, "--between-slices", raw.between_slices, kBetweenSlices,
      "What lies between two slices: slabs half-way to the neighbours (slab, the default), or the shape interpolated");
  repeated(app, "--separate-pieces", raw.input.separate_pieces, "ROI",
           "A structure whose pieces are meant to be separate: nothing is filled, and no slice missing, between them");
  app.add_option("--plan", raw.input.plan, "Which plan, where there are several")->type_name("UID|FILE");
  app.add_option("--structures", raw.input.structure_set, "Which structure set, where there are several")
      ->type_name("UID|FILE");
  app.add_option("--dose", raw.input.dose, "Which dose, where there are several")->type_name("UID|FILE");
}

Problem usage(const std::string& message, const std::string& command) {
  return Problem(message + ". See 'dosegate " + command + (command.empty() ? "" : " ") + "--help'");
}

// The first text that is not UTF-8 is a Problem: documents could not hold it.
std::optional<Problem> check_texts(const std::vector<std::string>& texts, const char* option,
                                   const std::string& command) {
  for (const std::string& text : texts) {
    if (text.empty()) return usage(std::string(option) + ": the text is empty", command);
    if (!support::is_utf8(text)) return usage(std::string(option) + " '" + text + "': is not UTF-8 text", command);
  }
  return std::nullopt;
}

void finish_case(Raw& raw, const std::map<std::string, Format>& formats) {
  if (!raw.dose_is.empty()) raw.input.dose_is = kDoseIs.at(raw.dose_is);
  if (!raw.outside_grid.empty()) raw.input.outside_grid = kOutsideGrid.at(raw.outside_grid);
  if (!raw.between_slices.empty()) raw.input.between_slices = kBetweenSlices.at(raw.between_slices);
  raw.input.format = formats.at(raw.format);
}

// The machine's civil day: the one place that asks its clock, and only when told to.
std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  std::array<char, sizeof "2026-11-23"> text{};
  if (::localtime_r(&now, &local) == nullptr) return {};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local));
}

std::variant<CheckArguments, Problem> finish_check(Raw& raw) {
  finish_case(raw, kCheckFormats);
  if (auto problem = check_texts(raw.maps, "--map", "check")) return *problem;
  if (auto problem = check_texts(raw.input.separate_pieces, "--separate-pieces", "check")) return *problem;
  if (auto problem = check_texts(raw.prescriptions, "--prescription", "check")) return *problem;
  CheckArguments args{raw.input, raw.protocol,  {},           {},       raw.server,   raw.record,
                      raw.as_of, raw.plan_only, raw.holidays, raw.full, raw.measured, kLanguageNames.at(raw.language)};
  if (raw.as_of == "today") args.as_of = today();
  if (!raw.as_of.empty() && !is_day(args.as_of)) {
    return usage("--as-of '" + raw.as_of + "': a day is expected, 2026-11-23 or today", "check");
  }
  const bool is_unix = raw.server.address.compare(0, 5, "unix:") == 0;
  const bool has_tls = !raw.server.authorities.empty() && !raw.server.certificate.empty() && !raw.server.key.empty();
  if (!raw.server.address.empty() && !is_unix && !has_tls) {
    return usage("--server " + raw.server.address + ": over TCP --ca, --cert and --key are needed", "check");
  }
  if (args.input.format == Format::kHtml && !raw.server.address.empty())
    return usage("--format html: a server hands over no curves; leave out --server", "check");
  if (!raw.measured.empty() && !raw.server.address.empty())
    return usage("--measured: a server is not handed a measurement; leave out --server", "check");
  for (const std::string& text : raw.maps) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return usage("--map '" + text + "': ROLE=NAME is expected, for example --map Stomach=Magen", "check");
    }
    const std::string role = text.substr(0, equals);
    if (!args.map.emplace(role, text.substr(equals + 1)).second) {
      return usage("--map: the role '" + role + "' is given twice", "check");
    }
  }
  for (const std::string& text : raw.prescriptions) {
    const std::size_t equals = text.find('=');
    const std::string role = equals == std::string::npos ? "" : text.substr(0, equals);
    const auto gy = parse_dose(equals == std::string::npos ? text : text.substr(equals + 1));
    if (!gy || equals == 0) {
      return usage("--prescription '" + text + "': ROLE=DOSE is expected, the dose with its unit, for example " +
                       "--prescription PTV=45Gy",
                   "check");
    }
    if (!args.prescriptions.emplace(role, *gy).second) {
      return usage(
          "--prescription: " + (role.empty() ? std::string("a dose without a role") : "the role '" + role + "'") +
              " is given twice",
          "check");
    }
  }
  return args;
}

std::variant<DvhArguments, Problem> finish_dvh(Raw& raw) {
  finish_case(raw, kDvhFormats);
  if (auto problem = check_texts(raw.input.separate_pieces, "--separate-pieces", "dvh")) return *problem;
  if (auto problem = check_texts(raw.rois, "--roi", "dvh")) return *problem;
  if (auto problem = check_texts(raw.metrics, "--metric", "dvh")) return *problem;
  DvhArguments args{raw.input, raw.rois, raw.metrics, raw.curve, std::nullopt};
  if (!raw.prescription.empty()) {
    args.prescription_gy = parse_dose(raw.prescription);
    if (!args.prescription_gy) {
      return usage("--prescription '" + raw.prescription + "': a dose with its unit is expected, 45Gy or 4500cGy",
                   "dvh");
    }
  }
  return args;
}

}  // namespace

std::optional<double> parse_dose(std::string_view text) {
  constexpr double kCgyPerGy = 100.0;
  constexpr double kMostGy = 1000.0;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  if (unit == "cGy") {
    value /= kCgyPerGy;
  } else if (unit != "Gy") {
    return std::nullopt;
  }
  if (!std::isfinite(value) || value <= 0.0 || value > kMostGy) return std::nullopt;
  return value;
}

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

  CLI::App* check = app.add_subcommand("check", "Check a plan against a protocol");
  add_case_options(*check, raw);
  check->add_option("-p,--protocol", raw.protocol, "A built-in protocol or a file; otherwise the default one")
      ->type_name("ID|FILE");
  repeated(*check, "-m,--map", raw.maps, "ROLE=NAME", "The ROI that stands for a structure of the protocol");
  repeated(*check, "--prescription", raw.prescriptions, "[ROLE=]DOSE",
           "What the plan prescribes to a target, where the plan does not say so clearly: PTV=45Gy");
  choice(*check, "-f,--format", raw.format, kCheckFormats, "How the report is written; html: as one page");
  choice(*check, "--language", raw.language, kLanguageNames, "Language of headings and labels, in text and html");
  check->add_option("--record", raw.record, "The patient's clinical record (ClinicalRecord as JSON)")
      ->type_name("FILE");
  check->add_option("--as-of", raw.as_of, "The day on which the case is looked at; what applies later is pending")
      ->type_name("DATE|today");
  check->add_flag("--plan-only", raw.plan_only, "Ask for the plan alone: rules on the clinical record are pending");
  check->add_flag("--full", raw.full, "On a terminal show everything, not what is to be known first alone");
  check->add_option("--holidays", raw.holidays, "Days on which the site does not treat: iCalendar, or JSON")
      ->type_name("FILE");
  check
      ->add_option("--measured", raw.measured,
                   "What was measured of the dose (RT Dose, or CSV as for 'dosegate gamma'): gamma is computed of both")
      ->type_name("FILE");
  check->add_option("--server", raw.server.address, "Ask a dosegate-grpc instead of the library in this process")
      ->type_name("unix:PATH|HOST:PORT");
  check->add_option("--ca", raw.server.authorities, "With HOST:PORT: who signed the server's certificate (PEM)")
      ->type_name("FILE");
  check->add_option("--cert", raw.server.certificate, "With HOST:PORT: our own certificate (PEM)")->type_name("FILE");
  check->add_option("--key", raw.server.key, "With HOST:PORT: its private key (PEM)")->type_name("FILE");
  check->footer(std::string(kCheckFooter) + kExitCodes);

  CLI::App* dvh = app.add_subcommand("dvh", "Dose-volume metrics and curves; needs no plan");
  add_case_options(*dvh, raw);
  repeated(*dvh, "-r,--roi", raw.rois, "NAME", "Only this ROI; may be repeated");
  repeated(*dvh, "--metric", raw.metrics, "METRIC", "This metric, in TG-263 form; may be repeated");
  dvh->add_flag("--curve", raw.curve, "Also the cumulative curve, in steps of 0.1 Gy");
  dvh->add_option("--prescription", raw.prescription, "What a dose in % refers to, e.g. 45Gy")->type_name("DOSE");
  choice(*dvh, "-f,--format", raw.format, kDvhFormats, "How the answer is written");
  dvh->footer(kDvhFooter);

  GammaTyped gamma_typed;
  CLI::App* gamma = add_gamma(app, gamma_typed);

  CLI::App* protocols = app.add_subcommand("protocols", "List, show, check and compare protocols");
  protocols->require_subcommand(1);
  CLI::App* list = protocols->add_subcommand("list", "The built-in protocols");
  CLI::App* show = protocols->add_subcommand("show", "A protocol, rule by rule");
  show->add_option("ID|FILE", raw.protocols.name, "A built-in protocol or a file")->type_name("")->required();
  choice(*show, "-f,--format", raw.format, kReportFormats, "Text, or the document itself");
  CLI::App* lint = protocols->add_subcommand("lint", "What is wrong or odd in a protocol file");
  lint->add_option("FILE", raw.protocols.name, "A protocol as JSON")->type_name("")->required();
  lint->footer(kLintFooter);
  CLI::App* diff = protocols->add_subcommand("diff", "What changed from one protocol to another, in words");
  diff->add_option("BEFORE", raw.protocols.name, "A built-in protocol or a file")->type_name("ID|FILE")->required();
  diff->add_option("AFTER", raw.protocols.other, "The later one")->type_name("ID|FILE")->required();
  choice(*diff, "-f,--format", raw.format, kReportFormats, "Text, or the document itself");
  diff->footer(kDiffFooter);

  CLI::App* schedule = add_schedule(app, raw.schedule);
  CLI::App* cohort = add_cohort(app, raw.cohort);

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
      app.add_subcommand("ledger", "Verify, export and search the ledger of decisions")};
  for (CLI::App* command : gate) {
    command->prefix_command()->fallthrough(false);
    command->set_help_flag();  // dosegate-gate's
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
  if (check->parsed()) {
    auto made = finish_check(raw);
    if (auto* problem = std::get_if<Problem>(&made)) return *problem;
    args.command = std::get<CheckArguments>(std::move(made));
  } else if (dvh->parsed()) {
    auto made = finish_dvh(raw);
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
    raw.protocols.format = kReportFormats.at(raw.format);
    args.command = raw.protocols;
  } else if (schedule->parsed()) {
    if (auto problem = check_schedule(raw.schedule)) return *problem;
    args.command = raw.schedule;
  } else if (cohort->parsed()) {
    args.command = raw.cohort;
  } else if (serve->parsed()) {
    args.command = ServeArguments{};
  } else if (std::any_of(gate.begin(), gate.end(), [](const CLI::App* command) { return command->parsed(); })) {
    args.command = GateArguments{};
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
