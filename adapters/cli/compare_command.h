// `dosegate compare`.
#pragma once

#include <string>

#include "adapters/cli/args.h"
#include "adapters/cli/output.h"

namespace dosegate::cli {

Exit run_compare(const std::string& manifest, const CompareArguments& args);

}  // namespace dosegate::cli
