// Ledgers for the tests: made, read back, audited, and used by processes of their own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/gate/ledger.h"
#include "tests/e2e/run_program.h"
#include "tests/gate/fixture.h"

namespace dosegate::gate_test {

using namespace dosegate::gate;
using e2e::TemporaryFolder;
namespace fs = std::filesystem;

inline constexpr int kGateKey = 9;

inline NewRow row_of(const std::string& text) {
  return {"DECISION", ObjectWriter().text("text", text).end(), {{"PLAN", "1.2." + text}, {"RULE", "R-1"}}};
}

// The head.
inline std::string append(Ledger& ledger, const std::string& text, Instant at = kNow) {
  return ledger.append([at] { return at; }, [&](const Ledger::Moment& moment) { moment.add(row_of(text)); });
}

inline Ledger open_ledger(const fs::path& path, Signer* key) {
  return Ledger(open_store(path.string(), OpenAs::kWriterMaking), key, [] { return kNow; });
}

inline std::vector<Row> rows_of(const fs::path& path) {
  std::vector<Row> rows;
  open_store(path.string(), OpenAs::kReader)->each_row([&](const Row& row) { rows.push_back(row); });
  return rows;
}

inline Audit audit_of(const fs::path& path, const std::vector<PublicKey>& keys,
                      const std::vector<Witness>& witnesses = {}) {
  try {
    return audit(*open_store(path.string(), OpenAs::kReader), keys, Revocations(), witnesses);
  } catch (const StoreCorrupt& e) {
    Audit broken;
    broken.problems.emplace_back(e.what());
    return broken;
  }
}

inline std::string first_problem(const Audit& result) { return result.problems.empty() ? "" : result.problems.front(); }

// Runs `f` in a process of its own; the exit code, or -1.
template <typename F>
pid_t in_child(F&& f) {
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid != 0) return pid;
  int code = 99;
  try {
    code = f();
  } catch (...) {
  }
  ::_exit(code);
}

inline int exit_of(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A ledger of twelve rows with a key, its keys, and a head that is kept elsewhere.
struct Kept {
  TemporaryFolder folder;
  std::unique_ptr<Signer> key = signer(kGateKey);
  std::vector<PublicKey> keys = {key->public_key()};
  std::vector<Witness> witnesses;
  fs::path path = folder / "ledger";
  Kept() {
    std::string head;
    Ledger ledger = open_ledger(path, key.get());
    for (int i = 2; i <= 12; ++i) head = append(ledger, std::to_string(i), kNow + std::chrono::seconds(i));
    witnesses.push_back(read_witness(head, "witness", keys));
  }
};

}  // namespace dosegate::gate_test
