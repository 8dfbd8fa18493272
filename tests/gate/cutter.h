// Stands between a client and a PostgreSQL server on a Unix socket, and loses the connection at a chosen moment.
#pragma once

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/e2e/run_program.h"

namespace dosegate::gate_test {

class Cutter {
 public:
  enum class Cut {
    kNever,
    kBefore,         // COMMIT is not handed on
    kAfterQuestion,  // it is, and the connection is cut at once
    kAfterAnswer,    // the server has answered, and the client is not told
    kAndStayAway     // as kBefore, and nobody is let in until come_back()
  };

  explicit Cutter(std::filesystem::path server);
  ~Cutter();
  // With the socket's name as PostgreSQL has it.
  std::string folder() const { return folder_.path().string(); }

  void cut_at_commit(Cut when) { when_ = when; }  // once
  void cut() { cut_now_ = true; }                 // what is open now
  void hold_back() { is_held_ = true; }           // nothing is handed on any longer
  void come_back();
  int cuts() const { return cuts_; }

 private:
  void run();
  void serve(int client);

  e2e::TemporaryFolder folder_;
  std::filesystem::path server_;
  std::atomic<Cut> when_{Cut::kNever};
  std::atomic<bool> cut_now_{false}, is_held_{false}, is_away_{false}, is_over_{false};
  std::atomic<int> cuts_{0};
  int listening_ = -1;
  std::thread thread_;
};

}  // namespace dosegate::gate_test
