#include "adapters/cli/schedule_args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace dosegate::cli {
namespace {

constexpr const char* kFooter =
    "Holidays are an iCalendar file or JSON: {\"holidays\": [{\"date\": \"2026-12-25\", \"name\": \"Christmas\"}]}\n\n"
    "Examples:\n"
    "  dosegate schedule --first-infusion 2026-11-23\n"
    "  dosegate schedule --first-infusion 2026-11-23 --holidays site.ics --missed 2026-12-01\n\n"
    "Exit code: 0 these dates keep the protocol, 1 none do (the nearest are shown, and what they break),\n"
    "           3 unusable input, wrong usage or any other failure.";

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
  schedule
      ->add_option_function<std::string>(
          "-f,--format",
          [&args](const std::string& name) { args.format = name == "json" ? Format::kJson : Format::kText; },
          "How the answer is written")
      ->check([](const std::string& name) {
        return name == "json" || name == "text" ? std::string() : "'" + name + "' is none of json|text";
      })
      ->type_name("json|text");
  schedule->add_option("-o,--output", args.output, "Write the answer to this file, whole or not at all")
      ->type_name("FILE");
  schedule->footer(kFooter);
  return schedule;
}

std::optional<Problem> check_schedule(const ScheduleArguments& args) {
  const auto wrong = [](const std::string& option, const std::string& text) {
    return Problem{option + " '" + text + "': a day is expected, 2026-11-23. See 'dosegate schedule --help'"};
  };
  if (!is_day(args.first_infusion)) return wrong("--first-infusion", args.first_infusion);
  for (const std::string& day : args.missed) {
    if (!is_day(day)) return wrong("--missed", day);
  }
  return {};
}

}  // namespace dosegate::cli
