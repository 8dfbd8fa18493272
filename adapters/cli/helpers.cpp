#include "adapters/cli/helpers.h"

#include "adapters/support/confine.h"

namespace dosegate::cli {

Helpers::Helpers(const CaseArguments& input, const DeviationArguments& asked) {
  support::Reach reach{.written = {input.output}};
  // First: a process that is forked later would hold the other's input open.
  if (input.format == Format::kPdf) {
    printer = std::make_unique<pdf::Printer>();
    reach.written.push_back(printer->folder());
  }
  deviations = deviation_source(asked, DeviationSource::When::kNow);
  support::confine(reach);
}

}  // namespace dosegate::cli
