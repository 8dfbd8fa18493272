// `dosegate gamma`, from parsed arguments to an answer.
#pragma once

#include <string>

#include "adapters/cli/args.h"
#include "adapters/cli/output.h"

namespace dosegate::cli {

// kPass where there is an answer, kUnusable where the doses cannot be compared. Throws Stop.
Exit run_gamma(const std::string& manifest, const GammaArguments& args);

}  // namespace dosegate::cli
