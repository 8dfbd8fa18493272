// Runs the built `dosegate` as a user's shell would, and keeps what came of it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::e2e {

struct Outcome {
  int exit_code = -1;  // -1: it did not exit by itself
  int signal = 0;      // that ended it
  bool timed_out = false;
  std::string out, err;
  long peak_kib = 0;  // largest resident set

  std::size_t error_lines() const;
};

struct RunOptions {
  std::vector<std::string> environment;  // "NAME=value", in front of the inherited ones
  std::string stdout_path;               // where standard output goes instead of into `out`
  bool terminal = false;                 // standard output is a terminal of 90 columns; `out` is what it showed
  bool close_stdout = false;             // starts it with no standard output at all
  int seconds = 60;                      // then it is ended and timed_out set
};

// Whether the environment variable DOSEGATE_TEST_PROGRAMS names a folder with programs under a sanitizer to test.
bool are_sanitized();
// The program that was built at `path`, or its namesake, where there is one, in that folder. Fails where the folder has
// no programs.
std::string built_program(const std::string& path);

// `program`: the built dosegate when empty; given, on any thread: assertions of Catch are for one, here are none.
// Throws std::system_error where the program cannot be started.
Outcome run(const std::vector<std::string>& arguments, const RunOptions& options = {}, const std::string& program = {});

// Checks that it was refused: exit code 3, nothing on standard output, and one line of error, by the program, with
// `part`.
void check_refused(const Outcome& o, const std::string& part = {});
// The same of these arguments.
void check_refused(const std::vector<std::string>& arguments, const std::string& part);

// A folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);

// shared/data, by the environment variable DOSEGATE_SHARED_DATA or beside the project; empty, with a warning
// in the test's output, where there is none.
std::filesystem::path shared_data();

}  // namespace dosegate::e2e
