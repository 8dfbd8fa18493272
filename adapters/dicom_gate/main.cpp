// dosegate-dicom-gate: what `dosegate dicom-gate`, `gate` and `sr` end as. Kept apart so that no other program loads
// DCMTK's network.
#include "adapters/cli/program.h"
#include "adapters/dicom_gate/commands.h"

namespace dosegate::dicom_gate {
namespace {

cli::Exit run(const Arguments& args) {
  if (const auto* settings = std::get_if<Settings>(&args)) return run_gate(*settings);
  if (const auto* list = std::get_if<ListArguments>(&args)) return run_list(*list);
  if (const auto* show = std::get_if<ShowArguments>(&args)) return run_show(*show);
  if (const auto* ask = std::get_if<AskArguments>(&args)) return run_ask(*ask);
  return run_sr(std::get<SrArguments>(args));
}

}  // namespace
}  // namespace dosegate::dicom_gate

int main(int argc, char** argv) {
  namespace gate = dosegate::dicom_gate;
  return dosegate::cli::run_guarded(
      [&] { return dosegate::cli::run_parsed(gate::parse_arguments(argc, argv), gate::run); });
}
