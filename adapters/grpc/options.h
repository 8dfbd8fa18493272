// What dosegate-grpc is started with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/grpc/tls.h"

namespace dosegate::rpc {

struct ObserverOptions {
  bool calls = false;     // a line a call
  bool messages = false;  // with the status' message, which may name structures
  std::string metrics;    // HOST:PORT of a loopback address for Prometheus; empty: none
};

struct Options {
  static constexpr int kNoParent = -1;

  std::string listen;    // unix:PATH or HOST:PORT
  TlsFiles tls;          // all of them with HOST:PORT, none with unix:PATH
  std::string rights;    // a file; with HOST:PORT
  std::string manifest;  // empty: manifest.json next to the program
  unsigned threads = 1;  // checks at a time, and threads of one check
  std::uint64_t max_memory_mib = 2048;
  std::uint64_t max_case_mib = 512;
  std::uint64_t max_message_mib = 32;
  std::uint64_t max_cases = 64;
  std::uint64_t max_calls = 1024;
  // Each with 128 streams of 12 KiB before the first word: 384 MiB over TCP. Over a Unix socket, where none gives way
  // to another because all are one client's, more. Nothing: these.
  static constexpr std::uint64_t kMostOverTcp = 256, kMostOverSocket = 4096;
  std::optional<std::uint64_t> max_connections;
  unsigned client_percent = 50;  // of memory, cases and calls; all of it over a Unix socket, where there is one client
  unsigned idle_minutes = 30;
  unsigned resume_minutes = 10;
  unsigned upload_idle_seconds = 60;
  unsigned upload_seconds = 600;
  unsigned drain_seconds = 10;
  int parent = kNoParent;  // the process that it ends with; 0: whichever is the parent
  std::string log = "problems";
  ObserverOptions observer;
  bool reflection = false;
  bool keep_doses = false;  // as they came, for pictures
};

// The options, or the exit code to end with, the reason being said already: 0 after --help and --version, 3 for what
// cannot be used.
struct Parsed {
  Options options;
  int exit_code = -1;  // -1: go on
};
Parsed parse(int argc, char** argv);

}  // namespace dosegate::rpc
