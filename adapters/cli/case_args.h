// The command lines of the commands that look at cases: check, compare and dvh, and what a cohort of plans shares with
// them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/cli/args.h"

namespace CLI {
class App;
}

namespace dosegate::cli {

// As it was typed.
struct CaseTyped {
  CaseArguments input;
  std::string dose_is, outside_grid, between_slices, format = "text", protocol, prescription, language = "en";
  std::vector<std::string> maps, prescriptions, rois, metrics;
  bool curve = false;
  ServerArguments server;
  std::string record, as_of, holidays, measured;
  bool plan_only = false;
  bool full = false;
  DeviationArguments deviations;
};

// Add the command; what is typed lands in `typed`, which must outlive the parsing. Of several commands one is parsed.
CLI::App* add_check(CLI::App& app, CaseTyped& typed);
CLI::App* add_compare(CLI::App& app, CaseTyped& typed);
CLI::App* add_dvh(CLI::App& app, CaseTyped& typed);
// --policy, --waiver and --ledger: which protocol deviations are listed.
void add_deviations(CLI::App& app, DeviationArguments& args);
std::optional<Problem> check_deviations(const DeviationArguments& args, const std::string& command);
// How any case is read, and by what it is judged.
void add_judging(CLI::App& app, CaseTyped& typed);

std::variant<CheckArguments, Problem> finish_check(const CaseTyped& typed);
std::variant<CompareArguments, Problem> finish_compare(const CaseTyped& typed);
std::variant<DvhArguments, Problem> finish_dvh(const CaseTyped& typed);
// What add_judging() added. `command`: for the hint of a usage error.
std::variant<CheckArguments, Problem> finish_judging(const CaseTyped& typed, const std::string& command);

}  // namespace dosegate::cli
