// The command lines of `dosegate schedule` and `dosegate cohort`.
#pragma once

#include <optional>

#include "adapters/cli/args.h"
#include "adapters/cli/case_args.h"

namespace CLI {
class App;
}

namespace dosegate::cli {

// Add the command; what is typed lands in `args`, which must outlive the parsing.
CLI::App* add_schedule(CLI::App& app, ScheduleArguments& args);
// `typed`: of how plans are judged.
CLI::App* add_cohort(CLI::App& app, CohortArguments& args, CaseTyped& typed);

// "2026-11-23" by its shape; the library knows the calendar.
bool is_day(const std::string& text);

// With what was typed of how plans are judged.
std::variant<CohortArguments, Problem> finish_cohort(const CohortArguments& args, const CaseTyped& typed);

// What is wrong with what was typed.
std::optional<Problem> check_schedule(const ScheduleArguments& args);

}  // namespace dosegate::cli
