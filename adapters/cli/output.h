// What leaves the program: standard output, a file that is replaced whole or not at all, one error line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/cli/layout.h"
#include "adapters/support/error.h"

namespace dosegate::cli {

// The program's exit codes. Anything unexpected is kUnusable, never kPass.
enum class Exit { kPass = 0, kFail = 1, kIncomplete = 2, kUnusable = 3 };

// What the user must read instead of an answer: one line, the exit code is then kUnusable.
using Problem = support::Error;

// Before anything else: makes sure that descriptors 0 to 2 are open, so that no file of ours becomes standard
// output by accident (writing to one that was closed fails), and that a closed pipe is a failed write, not a
// signal.
void prepare_process();

// Colour and width for standard output: colour only on a terminal, with NO_COLOR unset or empty and TERM not
// "dumb" (no-color.org); the terminal's width, within 60 to 200, or kDefaultWidth.
Style style_of_stdout();

// The decision behind it. `no_colour` and `term` are the values of NO_COLOR and TERM, nullptr when unset.
Colour choose_colour(bool is_terminal, const char* no_colour, const char* term);

// All of `text`, or a Problem.
std::optional<Problem> write_stdout(std::string_view text);

// Replaces `path` by `text`: a temporary file in the same folder is written, synchronised and renamed, so a
// failure leaves the old file as it was. A link is followed. What is not a regular file (/dev/null, a pipe) is
// written to directly. A DICOM file is never overwritten: it may be the input.
std::optional<Problem> write_file(const std::string& path, std::string_view text);

// To `path`, or to standard output when it is empty.
std::optional<Problem> write_answer(const std::string& path, std::string_view text);

// "dosegate: ..." on standard error: one line, printable, whatever `message` holds.
void print_error(std::string_view message);

}  // namespace dosegate::cli
