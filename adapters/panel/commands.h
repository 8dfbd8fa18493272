// What `dosegate panel` and `dosegate watch` do.
#pragma once

#include "adapters/cli/program.h"
#include "adapters/panel/panel_args.h"

namespace dosegate::panel {

// Until it is ended, or there is a problem.
cli::Exit run(const Arguments& args);

}  // namespace dosegate::panel
