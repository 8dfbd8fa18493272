// The commands of dosegate-dicom-gate. Each throws gate::Refused, cli::Problem or what its parts throw.
#pragma once

#include <variant>

#include "adapters/cli/args.h"
#include "adapters/cli/output.h"
#include "adapters/dicom_gate/request.h"
#include "adapters/dicom_gate/settings.h"

namespace dosegate::dicom_gate {

struct ListArguments {
  std::filesystem::path queue;
  bool all = false, json = false;
};

struct ShowArguments {
  std::filesystem::path queue;
  std::string plan;
  bool json = false;
};

struct AskArguments {
  Request::Action action = Request::Action::kReject;
  std::filesystem::path queue;
  std::string plan, person, role, reason, key;
  std::string attempt;  // of the plan as it was looked at; empty: as it is
  std::vector<std::string> waivers;
  std::chrono::seconds wait{60};
};

struct SrArguments {
  std::string report, like, decision, key, output;  // a decision only with the key that signed it
};

using Arguments = std::variant<Settings, ListArguments, ShowArguments, AskArguments, SrArguments>;

// Never throws on what a user can type.
std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv);

cli::Exit run_gate(const Settings& settings);
cli::Exit run_list(const ListArguments& args);
cli::Exit run_show(const ShowArguments& args);
cli::Exit run_ask(const AskArguments& args);
cli::Exit run_sr(const SrArguments& args);

}  // namespace dosegate::dicom_gate
