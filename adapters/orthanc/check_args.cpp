#include "adapters/orthanc/check_args.h"

#include <CLI/CLI.hpp>

#include "adapters/cli/arg_parts.h"

namespace dosegate::orthanc {

std::variant<CheckProgramArguments, cli::Answer, cli::Problem> parse_check_arguments(int argc,
                                                                                     const char* const* argv) {
  CLI::App app("Checks the objects of one study for the Orthanc plugin; nobody calls it by hand.");
  CheckProgramArguments args;
  app.add_option("folder", args.folder, "the study's objects; none: only what the options name is tried");
  app.add_option("--manifest", args.manifest)->required();
  app.add_option("--protocol", args.protocol);
  app.add_option("--options", args.options);
  app.add_option("--record", args.record);
  app.add_option("--report", args.report)->required();
  app.add_option("--page", args.page);
  app.add_option("--memory-mib", args.memory_mib);
  app.add_option("--parent", args.parent);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return cli::Answer{app.help()};
  } catch (const CLI::ParseError& error) {
    return cli::Problem{error.what()};
  }
  return args;
}

}  // namespace dosegate::orthanc
