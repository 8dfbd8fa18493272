#include "adapters/cli/case_args.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>
#include <string_view>

#include "adapters/cli/arg_parts.h"
#include "adapters/cli/course_args.h"
#include "adapters/present/comparison.h"
#include "adapters/support/utf8.h"

namespace dosegate::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit code: 0 PASS, 1 FAIL, 2 INCOMPLETE (something needed could not be evaluated),\n"
    "           3 unusable input, wrong usage or any other failure.";

constexpr const char* kCheckFooter =
    "Examples:\n"
    "  dosegate check plan_folder\n"
    "  dosegate check plan_folder --map Stomach=Magen --map Kidney_L='Niere links'\n"
    "  dosegate check plan_folder --dose-is fraction --protocol my_trial.json\n"
    "  dosegate check plan_folder --record record.json --as-of 2026-11-20\n"
    "  dosegate check plan_folder --format pdf -o report.pdf\n"
    "  dosegate check plan_folder --format json -o report.json\n"
    "  dosegate check plan_folder --policy site.json --ledger site.ledger\n\n";

constexpr const char* kDvhFooter =
    "Metrics are written as in AAPM TG-263: V20Gy[%] V20Gy[cc] D95%[Gy] D0.03cc[Gy] Mean[Gy] Max[Gy] ...\n\n"
    "Examples:\n"
    "  dosegate dvh plan_folder\n"
    "  dosegate dvh RS.dcm RD.dcm --roi Liver --metric 'V20Gy[%]' --format csv\n"
    "  dosegate dvh plan_folder --roi PTV --metric 'V95%[%]' --prescription 45Gy --curve\n\n"
    "Exit code: 0 every value computed, 2 some could not be (the table says why),\n"
    "           3 unusable input, wrong usage or any other failure.";

constexpr const char* kCompareFooter =
    "A plan is a folder of DICOM files, which is checked, or a report that 'dosegate check --format json' wrote. Each "
    "is\n"
    "compared with the first. Without --record folders are checked with the plan alone. Better and worse are said "
    "where\n"
    "both intervals prove it; reports on different protocols, or versions of one, are refused.\n\n"
    "Examples:\n"
    "  dosegate compare before_folder after_folder\n"
    "  dosegate compare monday.json tuesday.json wednesday.json\n"
    "  dosegate compare before_folder after_folder --format html -o compared.html\n\n"
    "Exit code: 0 compared, whether they differ or not, 2 something is not known in one of them (the answer says "
    "what),\n"
    "           3 unusable input, wrong usage or any other failure.";

const std::map<std::string, Format> kCheckFormats = {{"text", Format::kText},
                                                     {"json", Format::kJson},
                                                     {"html", Format::kHtml},
                                                     {"pdf", Format::kPdf},
                                                     {"csv", Format::kCsv}};
const std::map<std::string, Format> kCompareFormats = {
    {"text", Format::kText}, {"json", Format::kJson}, {"html", Format::kHtml}, {"pdf", Format::kPdf}};
const std::map<std::string, present::Language> kLanguageNames = {
    {"en", present::Language::kEnglish}, {"de", present::Language::kGerman}, {"zh", present::Language::kChinese}};
const std::map<std::string, Format> kDvhFormats = {
    {"text", Format::kText}, {"json", Format::kJson}, {"csv", Format::kCsv}};
const std::map<std::string, DoseIs> kDoseIs = {{"course", DoseIs::kCourse}, {"fraction", DoseIs::kFraction}};
const std::map<std::string, OutsideGrid> kOutsideGrid = {{"refuse", OutsideGrid::kRefuse},
                                                         {"zero", OutsideGrid::kZero}};

const std::map<std::string, BetweenSlices> kBetweenSlices = {{"slab", BetweenSlices::kSlab},
                                                             {"interpolate", BetweenSlices::kInterpolate}};

void add_paths(CLI::App& app, CaseTyped& typed, const char* name, const char* help) {
  app.add_option(name, typed.input.paths, help)->type_name("")->required();
  app.add_option("-o,--output", typed.input.output, "Write the answer to this file, whole or not at all")
      ->type_name("FILE");
}

void add_reading(CLI::App& app, CaseTyped& typed) {
  choice(app, "--dose-is", typed.dose_is, kDoseIs,
         "What the dose grid holds, where its tag is wrong: the whole course, or one fraction");
  choice(app, "--outside-grid", typed.outside_grid, kOutsideGrid,
         "The part of an organ at risk outside the dose grid: not evaluated (refuse), or taken as 0 Gy");
  choice(
      app, "--between-slices", typed.between_slices, kBetweenSlices,
      "What lies between two slices: slabs half-way to the neighbours (slab, the default), or the shape interpolated");
  repeated(app, "--separate-pieces", typed.input.separate_pieces, "ROI",
           "A structure whose pieces are meant to be separate: nothing is filled, and no slice missing, between them");
}

void add_one_case(CLI::App& app, CaseTyped& typed) {
  add_paths(app, typed, "PATH", "DICOM files and folders: RT Structure Set, RT Dose, RT Plan");
  app.add_option("--plan", typed.input.plan, "Which plan, where there are several")->type_name("UID|FILE");
  app.add_option("--structures", typed.input.structure_set, "Which structure set, where there are several")
      ->type_name("UID|FILE");
  app.add_option("--dose", typed.input.dose, "Which dose, where there are several")->type_name("UID|FILE");
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

CaseArguments finish_case(const CaseTyped& raw, const std::map<std::string, Format>& formats) {
  CaseArguments input = raw.input;
  if (!raw.dose_is.empty()) input.dose_is = kDoseIs.at(raw.dose_is);
  if (!raw.outside_grid.empty()) input.outside_grid = kOutsideGrid.at(raw.outside_grid);
  if (!raw.between_slices.empty()) input.between_slices = kBetweenSlices.at(raw.between_slices);
  input.format = formats.at(raw.format);
  return input;
}

// The machine's civil day: the one place that asks its clock, and only when told to.
std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  std::array<char, sizeof "2026-11-23"> text{};
  if (::localtime_r(&now, &local) == nullptr) return {};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local));
}

// ROLE=NAME
std::optional<Problem> finish_maps(const CaseTyped& raw, CheckArguments& args, const std::string& command) {
  for (const std::string& text : raw.maps) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return usage("--map '" + text + "': ROLE=NAME is expected, for example --map Stomach=Magen", command);
    }
    const std::string role = text.substr(0, equals);
    if (!args.map.emplace(role, text.substr(equals + 1)).second) {
      return usage("--map: the role '" + role + "' is given twice", command);
    }
  }
  return std::nullopt;
}

// [ROLE=]DOSE
std::optional<Problem> finish_prescriptions(const CaseTyped& raw, CheckArguments& args, const std::string& command) {
  for (const std::string& text : raw.prescriptions) {
    const std::size_t equals = text.find('=');
    const std::string role = equals == std::string::npos ? "" : text.substr(0, equals);
    const auto gy = parse_dose(equals == std::string::npos ? text : text.substr(equals + 1));
    if (!gy || equals == 0) {
      return usage("--prescription '" + text + "': ROLE=DOSE is expected, the dose with its unit, for example " +
                       "--prescription PTV=45Gy",
                   command);
    }
    if (!args.prescriptions.emplace(role, *gy).second) {
      return usage(
          "--prescription: " + (role.empty() ? std::string("a dose without a role") : "the role '" + role + "'") +
              " is given twice",
          command);
    }
  }
  return std::nullopt;
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

void add_judging(CLI::App& app, CaseTyped& typed) {
  add_reading(app, typed);
  app.add_option("-p,--protocol", typed.protocol, "A built-in protocol or a file; otherwise the default one")
      ->type_name("ID|FILE");
  repeated(app, "-m,--map", typed.maps, "ROLE=NAME", "The ROI that stands for a structure of the protocol");
  repeated(app, "--prescription", typed.prescriptions, "[ROLE=]DOSE",
           "What the plan prescribes to a target, where the plan does not say so clearly: PTV=45Gy");
  app.add_option("--as-of", typed.as_of, "The day on which the case is looked at; what applies later is pending")
      ->type_name("DATE|today");
  app.add_flag("--plan-only", typed.plan_only, "Ask for the plan alone: rules on the clinical record are pending");
  app.add_option("--holidays", typed.holidays, "Days on which the site does not treat: iCalendar, or JSON")
      ->type_name("FILE");
}

void add_deviations(CLI::App& app, DeviationArguments& args) {
  app.add_option("--policy", args.policy, "By whose keys and rules waivers are judged, which then are listed")
      ->type_name("FILE");
  repeated(app, "--waiver", args.waivers, "FILE", "With --policy: a waiver that 'dosegate waive' made");
  app.add_option("--ledger", args.ledger, "With --policy: the ledger whose waivers of the plan are listed")
      ->type_name("FILE|postgresql://...");
}

std::optional<Problem> check_deviations(const DeviationArguments& args, const std::string& command) {
  const bool has_waivers = !args.waivers.empty() || !args.ledger.empty();
  if (has_waivers && args.policy.empty())
    return usage("--waiver and --ledger: a waiver is worth what a policy says; name it with --policy", command);
  if (!has_waivers && !args.policy.empty())
    return usage("--policy: there are no waivers to judge; name them with --waiver or --ledger", command);
  return std::nullopt;
}

CLI::App* add_check(CLI::App& app, CaseTyped& typed) {
  CLI::App* check = app.add_subcommand("check", "Check a plan against a protocol");
  add_one_case(*check, typed);
  add_judging(*check, typed);
  choice(*check, "-f,--format", typed.format, kCheckFormats,
         "How the report is written; html: as one page; pdf: the same on paper; csv: a line a finding");
  choice(*check, "--language", typed.language, kLanguageNames, "Language of all but json");
  check->add_flag("--full", typed.full, "On a terminal show everything, not what is to be known first alone");
  check->add_option("--record", typed.record, "The patient's clinical record (ClinicalRecord as JSON)")
      ->type_name("FILE");
  check
      ->add_option("--measured", typed.measured,
                   "What was measured of the dose (RT Dose, or CSV as for 'dosegate gamma'): gamma is computed of both")
      ->type_name("FILE");
  add_deviations(*check, typed.deviations);
  check->add_option("--server", typed.server.address, "Ask a dosegate-grpc instead of the library in this process")
      ->type_name("unix:PATH|HOST:PORT");
  check->add_option("--ca", typed.server.authorities, "With HOST:PORT: who signed the server's certificate (PEM)")
      ->type_name("FILE");
  check->add_option("--cert", typed.server.certificate, "With HOST:PORT: our own certificate (PEM)")->type_name("FILE");
  check->add_option("--key", typed.server.key, "With HOST:PORT: its private key (PEM)")->type_name("FILE");
  check->footer(std::string(kCheckFooter) + kExitCodes);
  return check;
}

CLI::App* add_compare(CLI::App& app, CaseTyped& typed) {
  CLI::App* compare = app.add_subcommand("compare", "Two to six plans side by side: what got better and what worse");
  add_paths(*compare, typed, "PLAN",
            "A folder of DICOM files, or a report as JSON; the others are compared with the first");
  add_judging(*compare, typed);
  choice(*compare, "-f,--format", typed.format, kCompareFormats,
         "How the answer is written; html: as one page; pdf: the same on paper");
  choice(*compare, "--language", typed.language, kLanguageNames, "Language of the answer");
  compare->add_option("--record", typed.record, "The patient's clinical record, for folders (ClinicalRecord as JSON)")
      ->type_name("FILE");
  compare->footer(kCompareFooter);
  return compare;
}

CLI::App* add_dvh(CLI::App& app, CaseTyped& typed) {
  CLI::App* dvh = app.add_subcommand("dvh", "Dose-volume metrics and curves; needs no plan");
  add_one_case(*dvh, typed);
  add_reading(*dvh, typed);
  repeated(*dvh, "-r,--roi", typed.rois, "NAME", "Only this ROI; may be repeated");
  repeated(*dvh, "--metric", typed.metrics, "METRIC", "This metric, in TG-263 form; may be repeated");
  dvh->add_flag("--curve", typed.curve, "Also the cumulative curve, in steps of 0.1 Gy");
  dvh->add_option("--prescription", typed.prescription, "What a dose in % refers to, e.g. 45Gy")->type_name("DOSE");
  choice(*dvh, "-f,--format", typed.format, kDvhFormats, "How the answer is written");
  dvh->footer(kDvhFooter);
  return dvh;
}

std::variant<CheckArguments, Problem> finish_judging(const CaseTyped& raw, const std::string& command) {
  if (auto problem = check_texts(raw.maps, "--map", command)) return *problem;
  if (auto problem = check_texts(raw.input.separate_pieces, "--separate-pieces", command)) return *problem;
  if (auto problem = check_texts(raw.prescriptions, "--prescription", command)) return *problem;
  CheckArguments args;
  args.input = finish_case(raw, kCheckFormats);
  args.protocol = raw.protocol;
  args.as_of = raw.as_of == "today" ? today() : raw.as_of;
  args.plan_only = raw.plan_only;
  args.holidays = raw.holidays;
  args.language = kLanguageNames.at(raw.language);
  if (!raw.as_of.empty() && !is_day(args.as_of)) {
    return usage("--as-of '" + raw.as_of + "': a day is expected, 2026-11-23 or today", command);
  }
  if (auto problem = finish_maps(raw, args, command)) return *problem;
  if (auto problem = finish_prescriptions(raw, args, command)) return *problem;
  return args;
}

std::variant<CheckArguments, Problem> finish_check(const CaseTyped& raw) {
  auto made = finish_judging(raw, "check");
  if (std::holds_alternative<Problem>(made)) return made;
  auto& args = std::get<CheckArguments>(made);
  args.server = raw.server;
  args.full = raw.full;
  args.record = raw.record;
  args.measured = raw.measured;
  args.deviations = raw.deviations;
  if (auto problem = check_deviations(args.deviations, "check")) return *problem;
  const bool is_unix = raw.server.address.compare(0, 5, "unix:") == 0;
  const bool has_tls = !raw.server.authorities.empty() && !raw.server.certificate.empty() && !raw.server.key.empty();
  if (!raw.server.address.empty() && !is_unix && !has_tls) {
    return usage("--server " + raw.server.address + ": over TCP --ca, --cert and --key are needed", "check");
  }
  if (is_page(args.input.format) && !raw.server.address.empty())
    return usage("--format " + raw.format + ": a server hands over no curves; leave out --server", "check");
  if (!raw.measured.empty() && !raw.server.address.empty())
    return usage("--measured: a server is not handed a measurement; leave out --server", "check");
  return made;
}

std::variant<CompareArguments, Problem> finish_compare(const CaseTyped& raw) {
  auto made = finish_judging(raw, "compare");
  if (auto* problem = std::get_if<Problem>(&made)) return *problem;
  CompareArguments args{std::get<CheckArguments>(std::move(made)), raw.input.paths};
  args.check.record = raw.record;
  if (raw.record.empty()) args.check.plan_only = true;
  if (args.plans.size() < present::kLeastCompared || args.plans.size() > present::kMostCompared) {
    return usage("compare: two to six plans are expected, not " + std::to_string(args.plans.size()), "compare");
  }
  return args;
}

std::variant<DvhArguments, Problem> finish_dvh(const CaseTyped& raw) {
  if (auto problem = check_texts(raw.input.separate_pieces, "--separate-pieces", "dvh")) return *problem;
  if (auto problem = check_texts(raw.rois, "--roi", "dvh")) return *problem;
  if (auto problem = check_texts(raw.metrics, "--metric", "dvh")) return *problem;
  DvhArguments args{finish_case(raw, kDvhFormats), raw.rois, raw.metrics, raw.curve, std::nullopt};
  if (!raw.prescription.empty()) {
    args.prescription_gy = parse_dose(raw.prescription);
    if (!args.prescription_gy) {
      return usage("--prescription '" + raw.prescription + "': a dose with its unit is expected, 45Gy or 4500cGy",
                   "dvh");
    }
  }
  return args;
}

}  // namespace dosegate::cli
