// The command lines of `dosegate panel` and `dosegate watch`.
#pragma once

#include <string>
#include <variant>

#include "adapters/cli/args.h"
#include "adapters/panel/revision.h"

namespace dosegate::panel {

struct ServeArguments {
  unsigned short port = 0;  // 0: a free one
  Identifiers identifiers = Identifiers::kHidden;
};

struct WatchArguments {
  std::string session;  // sessions/{id}; empty: all
  bool once = false;    // what there is, then the end
};

struct Arguments {
  cli::ServerArguments server;
  present::Language language = present::Language::kEnglish;
  std::variant<ServeArguments, WatchArguments> command;
};

// As cli::parse_arguments.
std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv);

}  // namespace dosegate::panel
