// The command lines of `dosegate panel` and `dosegate watch`.
#pragma once

#include <string>
#include <variant>

#include "adapters/cli/args.h"
#include "adapters/panel/held_plans.h"
#include "adapters/panel/revision.h"

namespace dosegate::panel {

struct ServeArguments {
  unsigned short port = 0;  // 0: a free one
  Identifiers identifiers = Identifiers::kHidden;
  std::string gate;  // the queue of a DICOM gate, whose held plans are shown; empty: none
  DecideAs decide_as;
};

struct WatchArguments {
  std::string session;  // sessions/{id}; empty: all
  bool once = false;    // what there is, then the end
};

struct Arguments {
  cli::ServerArguments server;  // no address: sessions are not followed, but a gate's plans are shown
  present::Language language = present::Language::kEnglish;
  std::variant<ServeArguments, WatchArguments> command;
};

// As cli::parse_arguments.
std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv);

}  // namespace dosegate::panel
