// The program's commands, from parsed arguments to an answer and an exit code.
#pragma once

namespace dosegate::cli {

// Runs the program; the result is an exit code of Exit. Whatever goes wrong is one line on standard error and
// kUnusable.
int run(int argc, const char* const* argv) noexcept;

}  // namespace dosegate::cli
