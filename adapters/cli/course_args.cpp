#include "adapters/cli/course_args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>

#include "adapters/cli/arg_parts.h"

namespace dosegate::cli {
namespace {

constexpr const char* kCohortFooter =
    "Reports are those of 'dosegate check PATH --format json -o FILE'. Of two on the same plan one is counted.\n"
    "Ctrl-C ends the work in good order: what is done is written, what was not reached is named. With --resume FOLDER\n"
    "the same command goes on from there: a report is taken from FOLDER when inputs, protocol, options and build are "
    "the\n"
    "same, by their digests.\n\n"
    "Examples:\n"
    "  dosegate cohort reports\n"
    "  dosegate cohort patients --plans --plan-only --resume done -o cohort.txt\n"
    "  dosegate cohort reports --level 0.9 --format csv -o cohort.csv\n\n"
    "Exit code: 0 every file was counted, 2 some were not (the answer names them),\n"
    "           3 unusable input, wrong usage or any other failure.";

constexpr const char* kFooter =
    "Holidays are an iCalendar file or JSON: {\"holidays\": [{\"date\": \"2026-12-25\", \"name\": \"Christmas\"}]}\n\n"
    "Examples:\n"
    "  dosegate schedule --first-infusion 2026-11-23\n"
    "  dosegate schedule --first-infusion 2026-11-23 --holidays site.ics --missed 2026-12-01\n\n"
    "Exit code: 0 these dates keep the protocol, 1 none do (the nearest are shown, and what they break),\n"
    "           3 unusable input, wrong usage or any other failure.";

using Formats = std::map<std::string, Format>;

// --format and -o.
void add_answer(CLI::App& app, const Formats& formats, Format& format, std::string& output) {
  std::string names;
  for (const auto& [name, meaning] : formats) names += (names.empty() ? "" : "|") + name;
  app.add_option_function<std::string>(
         "-f,--format", [formats, &format](const std::string& name) { format = formats.at(name); },
         "How the answer is written")
      ->check([formats, names](const std::string& name) {
        return formats.count(name) > 0 ? std::string() : "'" + name + "' is none of " + names;
      })
      ->type_name(names);
  app.add_option("-o,--output", output, "Write the answer to this file, whole or not at all")->type_name("FILE");
}

}  // namespace

bool is_day(const std::string& text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  return text.size() == kShape.size() && std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
           return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
         });
}

CLI::App* add_schedule(CLI::App& app, ScheduleArguments& args) {
  CLI::App* schedule = app.add_subcommand("schedule", "Dates for the fractions and infusions of a course");
  schedule->add_option("--first-infusion", args.first_infusion, "Day 0; of a protocol without infusions the first day")
      ->type_name("DATE")
      ->required();
  schedule->add_option("-p,--protocol", args.protocol, "A built-in protocol or a file; otherwise the default one")
      ->type_name("ID|FILE");
  schedule->add_option("--holidays", args.holidays, "Days on which the site does not treat")->type_name("FILE");
  schedule->add_option("--missed", args.missed, "A day on which no fraction was, or can be, given; may be repeated")
      ->type_name("DATE")
      ->allow_extra_args(false);
  add_answer(*schedule, {{"json", Format::kJson}, {"text", Format::kText}}, args.format, args.output);
  schedule->footer(kFooter);
  return schedule;
}

CLI::App* add_cohort(CLI::App& app, CohortArguments& args, CaseTyped& typed) {
  CLI::App* cohort = app.add_subcommand("cohort", "How many of a trial's plans met each rule, with exact intervals");
  cohort->add_option("DIR", args.directory, "Folder of reports as JSON; with --plans of folders, one a plan")
      ->type_name("")
      ->required();
  cohort->add_option("--level", args.level, "Of the intervals, e.g. 0.9; otherwise 0.95")
      ->type_name("LEVEL")
      ->check([](const std::string& text) {
        double level = 0.0;
        const bool inside = CLI::detail::lexical_cast(text, level) && level > 0.0 && level < 1.0;
        return inside ? std::string() : "'" + text + "': a number between 0 and 1 is expected, 0.95";
      });
  cohort->add_flag("--plans", args.plans,
                   "Check the plan in each folder of DIR, with its record.json where it has one");
  cohort
      ->add_option("--resume", args.resume,
                   "With --plans: keep the reports here, and do not make again those that are here")
      ->type_name("FOLDER");
  add_judging(*cohort, typed);
  add_deviations(*cohort, args.deviations);
  add_answer(*cohort, {{"csv", Format::kCsv}, {"json", Format::kJson}, {"text", Format::kText}}, args.format,
             args.output);
  cohort->footer(kCohortFooter);
  return cohort;
}

std::variant<CohortArguments, Problem> finish_cohort(const CohortArguments& args, const CaseTyped& typed) {
  const bool is_judged = !typed.protocol.empty() || !typed.maps.empty() || !typed.prescriptions.empty() ||
                         !typed.dose_is.empty() || !typed.outside_grid.empty() || !typed.between_slices.empty() ||
                         !typed.input.separate_pieces.empty() || !typed.as_of.empty() || typed.plan_only ||
                         !typed.holidays.empty() || !args.resume.empty();
  if (!args.plans && is_judged) {
    return usage("cohort: how plans are judged, and --resume, go with --plans; reports have been judged already",
                 "cohort");
  }
  if (auto problem = check_deviations(args.deviations, "cohort")) return *problem;
  auto judged = finish_judging(typed, "cohort");
  if (auto* problem = std::get_if<Problem>(&judged)) return *problem;
  CohortArguments all = args;
  all.check = std::get<CheckArguments>(std::move(judged));
  return all;
}

std::optional<Problem> check_schedule(const ScheduleArguments& args) {
  const auto wrong = [](const std::string& option, const std::string& text) {
    return Problem(option + " '" + text + "': a day is expected, 2026-11-23. See 'dosegate schedule --help'");
  };
  if (!is_day(args.first_infusion)) return wrong("--first-infusion", args.first_infusion);
  for (const std::string& day : args.missed) {
    if (!is_day(day)) return wrong("--missed", day);
  }
  return {};
}

}  // namespace dosegate::cli
