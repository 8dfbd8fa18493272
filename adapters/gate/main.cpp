// dosegate-gate: what `dosegate approve`, `verify`, `waive`, `policy` and `ledger` end as. Kept apart so that
// `dosegate` loads neither OpenSSL nor SQLite.
#include <variant>

#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"

namespace dosegate::gate {
namespace {

cli::Exit run(int argc, const char* const* argv) {
  const auto parsed = parse_arguments(argc, argv);
  if (const auto* problem = std::get_if<cli::Problem>(&parsed)) throw *problem;
  if (const auto* text = std::get_if<cli::Answer>(&parsed)) {
    cli::answer("", text->text);
    return cli::Exit::kPass;
  }
  const auto& args = std::get<Arguments>(parsed);
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
  return dosegate::cli::run_guarded([&] { return dosegate::gate::run(argc, argv); });
}
