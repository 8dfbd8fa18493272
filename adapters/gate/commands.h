// The commands of dosegate-gate. Each throws Refused, cli::Problem or what its parts throw; the caller answers with one
// line and cli::Exit::kUnusable.
#pragma once

#include <string>

#include "adapters/cli/output.h"
#include "adapters/gate/gate_args.h"

namespace dosegate::gate {

cli::Exit run_approve(const std::string& manifest, const ApproveArguments& args);
cli::Exit run_verify(const VerifyArguments& args);
cli::Exit run_waive(const WaiveArguments& args);
cli::Exit run_policy(const std::string& manifest, const PolicyArguments& args);
cli::Exit run_ledger(const LedgerArguments& args);
cli::Exit run_public_key(const PublicKeyArguments& args);
cli::Exit run_deviations(const DeviationArguments& args);

}  // namespace dosegate::gate
