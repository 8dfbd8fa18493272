// The other programs that `check` and `compare` need.
#pragma once

#include <memory>

#include "adapters/cli/args.h"
#include "adapters/cli/deviations.h"
#include "adapters/pdf/pdf.h"

namespace dosegate::cli {

// They are started before a file of the case is read; then this process gives up all that it does not need
// (support/confine.h), as far as writing the answer and asking them goes.
struct Helpers {
  Helpers(const CaseArguments& input, const DeviationArguments& asked);

  std::unique_ptr<pdf::Printer> printer;        // null: no PDF is wanted
  std::unique_ptr<DeviationSource> deviations;  // null: no policy is named
};

}  // namespace dosegate::cli
