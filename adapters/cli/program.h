// How a program of ours runs a command: one error line, an exit code, nothing else.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/cli/args.h"
#include "adapters/cli/layout.h"
#include "adapters/cli/output.h"

namespace dosegate::cli {

// Stops a command: throws a Problem, which run_program() prints.
[[noreturn]] void stop(std::string message);

// To the file `path`, or to standard output when it is empty; a Problem is thrown where it cannot be written.
void answer(const std::string& path, std::string_view text);

// Colour and width are those of the terminal; a file gets neither.
Style style_for(const std::string& output);

// Runs `command`; what it throws is one line on standard error. The exit code.
int run_guarded(const std::function<Exit()>& command) noexcept;

// What the command line of a program came to: its problem is thrown, help and version are answered, and the rest is
// `command`'s.
template <typename Arguments, typename Command>
Exit run_parsed(const std::variant<Arguments, Answer, Problem>& parsed, Command&& command) {
  if (const auto* problem = std::get_if<Problem>(&parsed)) throw *problem;
  if (const auto* text = std::get_if<Answer>(&parsed)) {
    answer("", text->text);
    return Exit::kPass;
  }
  return command(std::get<Arguments>(parsed));
}

// Parses, answers help and version, runs `command` on the rest. The exit code.
int run_program(int argc, const char* const* argv, Exit (*command)(const Arguments&, const char* const* argv)) noexcept;

}  // namespace dosegate::cli
