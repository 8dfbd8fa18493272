// Ledgers for the tests: made, read back, audited, and used by processes of their own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "adapters/gate/ledger.h"
#include "tests/gate/fixture.h"
#include "tests/gate/place.h"

namespace dosegate::gate_test {

using namespace dosegate::gate;

inline constexpr int kGateKey = 9;

inline NewRow row_of(const std::string& text) {
  return {"DECISION", ObjectWriter().text("text", text).end(), {{"PLAN", "1.2." + text}, {"RULE", "R-1"}}};
}

// The head.
inline std::string append(Ledger& ledger, const std::string& text, Instant at = kNow) {
  return ledger.append([at] { return at; }, [&](const Ledger::Moment& moment) { moment.add(row_of(text)); });
}

inline Ledger open_ledger(const Place& place, Signer* key) {
  return Ledger(open_store(place.name(), OpenAs::kWriterMaking), key, [] { return kNow; });
}

inline std::vector<Row> rows_of(const Place& place) {
  std::vector<Row> rows;
  open_store(place.name(), OpenAs::kReader)->each_row([&](const Row& row) { rows.push_back(row); });
  return rows;
}

inline Audit audit_of(const Place& place, const std::vector<PublicKey>& keys,
                      const std::vector<Witness>& witnesses = {}) {
  try {
    return audit(*open_store(place.name(), OpenAs::kReader), keys, Revocations(), witnesses);
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
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
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
  Place place;
  std::unique_ptr<Signer> key = signer(kGateKey);
  std::vector<PublicKey> keys = {key->public_key()};
  std::vector<Witness> witnesses;
  Kept() {
    std::string head;
    Ledger ledger = open_ledger(place, key.get());
    for (int i = 2; i <= 12; ++i) head = append(ledger, std::to_string(i), kNow + std::chrono::seconds(i));
    witnesses.push_back(read_witness(head, "witness", keys));
  }
};

}  // namespace dosegate::gate_test
