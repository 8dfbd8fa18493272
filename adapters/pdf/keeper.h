// Between us and a program: ends all that the program has started, when it ends and when we do, however that is.
#pragma once

#include <array>
#include <vector>

namespace dosegate::pdf {

// What runs between fork and exec may only call what a signal handler may (signal-safety(7)): all texts are made
// before.
struct Prepared {
  std::vector<char*> arguments, environment;
  const char* program = nullptr;
  const char* folder = "";                 // goes with us; empty: none
  std::array<char, 64> users{}, groups{};  // the one line of a map of ids
  int null = -1;
  int said = -1;    // the program's standard error
  int failed = -1;  // takes errno where the program does not start
  int alive = -1;   // gives kGo when the program is to start; is at its end when we want its end, or have ended
  int status = -1;  // takes what the program ended with, as waitpid(2) has it
  bool is_root = false;
};

inline constexpr char kGo = 'g';
inline constexpr int kNoUserExit = 121, kNotStartedExit = 122;  // of the child, before it is the program

// The life of the process that was forked for it.
[[noreturn]] void keep(const Prepared& p);

}  // namespace dosegate::pdf
