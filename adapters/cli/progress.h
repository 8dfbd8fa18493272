// How far long work is, on a terminal's standard error; nothing where that is no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace dosegate::cli {

// What was done, of which some had been done before and took no time.
struct Done {
  std::size_t all = 0, before = 0;
};

// "37 of 120, about 4 min left". The time that is left is as the work so far was; none is said before the first thing
// was done.
std::string progress_text(Done done, std::size_t total, std::chrono::milliseconds elapsed);

class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();  // leaves an empty line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // One more; `before`: it had been done.
  void step(bool before = false);
  Done done() const { return done_; }

 private:
  void show();

  const std::size_t total_;
  const bool is_terminal_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
  Done done_;
};

}  // namespace dosegate::cli
