// dosegate-gate: what `dosegate approve`, `verify`, `waive`, `policy` and `ledger` end as. Kept apart so that
// `dosegate` loads neither OpenSSL nor SQLite.
#include <variant>

#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"

namespace dosegate::gate {
namespace {

cli::Exit run(const Arguments& args) {
  if (const auto* approve = std::get_if<ApproveArguments>(&args.command)) return run_approve(args.manifest, *approve);
  if (const auto* verify = std::get_if<VerifyArguments>(&args.command)) return run_verify(*verify);
  if (const auto* waive = std::get_if<WaiveArguments>(&args.command)) return run_waive(*waive);
  if (const auto* policy = std::get_if<PolicyArguments>(&args.command)) return run_policy(args.manifest, *policy);
  if (const auto* key = std::get_if<PublicKeyArguments>(&args.command)) return run_public_key(*key);
  if (const auto* asked = std::get_if<DeviationArguments>(&args.command)) return run_deviations(*asked);
  return run_ledger(std::get<LedgerArguments>(args.command));
}

}  // namespace
}  // namespace dosegate::gate

int main(int argc, char** argv) {
  namespace gate = dosegate::gate;
  return dosegate::cli::run_guarded(
      [&] { return dosegate::cli::run_parsed(gate::parse_arguments(argc, argv), gate::run); });
}
