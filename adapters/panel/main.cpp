// dosegate-panel: what `dosegate panel` and `dosegate watch` end as, kept apart so that `dosegate` does not load gRPC.
#include "adapters/panel/commands.h"
#include "adapters/support/standard_streams.h"

int main(int argc, char** argv) {
  return dosegate::cli::run_guarded(
      [&] { return dosegate::cli::run_parsed(dosegate::panel::parse_arguments(argc, argv), dosegate::panel::run); });
}
