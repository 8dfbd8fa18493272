// The ledger: chain, several processes, processes that are killed, disks that fail.
#include "adapters/gate/ledger.h"

#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <map>
#include <random>
#include <thread>

#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
namespace fs = std::filesystem;

TEST_CASE("gate ledger: rows are chained by the hash that is documented", "[gate]") {
  const Kept kept;
  const std::vector<Row> rows = rows_of(kept.path);
  REQUIRE(rows.size() == 12);
  std::string previous(64, '0');
  for (const Row& row : rows) {
    const auto part = [](const std::string& text) { return std::to_string(text.size()) + ":" + text; };
    std::string text = part("dosegate.ledger.row/1") + part(std::to_string(row.sequence)) + part(row.at) +
                       part(row.kind) + part(row.body) + part(std::to_string(row.mentions.size()));
    for (const Mention& mention : row.mentions) text += part(mention.kind) + part(mention.value);
    CHECK(row.hash == sha256(text + part(previous)));
    CHECK(row.previous == previous);
    previous = row.hash;
  }
  const Audit result = audit_of(kept.path, kept.keys, kept.witnesses);
  CHECK(first_problem(result) == "");
  CHECK(result.rows == 12);
  CHECK(result.signed_rows == 12);
}

TEST_CASE("gate ledger: it only grows, and its time does not go back", "[gate]") {
  const Kept kept;
  Ledger ledger = open_ledger(kept.path, kept.key.get());
  append(ledger, "earlier", kNow - std::chrono::hours(5));
  const std::vector<Row> rows = rows_of(kept.path);
  CHECK(rows.back().at == rows[rows.size() - 2].at);
  CHECK(first_problem(audit_of(kept.path, kept.keys)) == "");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(kept.path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "UPDATE entry SET body = ''", nullptr, nullptr, nullptr) != SQLITE_OK);
  CHECK(sqlite3_exec(db, "DELETE FROM entry", nullptr, nullptr, nullptr) != SQLITE_OK);
  sqlite3_close(db);
  CHECK_THROWS_AS(ledger.append([] { return kNow; },
                                [](const Ledger::Moment& moment) {
                                  moment.add(row_of("not kept"));
                                  throw Refused("no");
                                }),
                  Refused);
  CHECK(rows_of(kept.path).size() == rows.size());
}

TEST_CASE("gate ledger: processes that write at once make one chain", "[gate]") {
  const TemporaryFolder folder;
  const fs::path path = folder / "ledger";
  constexpr int kProcesses = 3, kRows = 20;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    children.push_back(in_child([&] {
      const auto key = signer(kGateKey);
      for (int i = 0; i < kRows; ++i) {
        Ledger ledger = open_ledger(path, key.get());
        append(ledger, std::to_string(p) + "." + std::to_string(i));
      }
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(exit_of(child) == 0);
  const Audit result = audit_of(path, {signer(kGateKey)->public_key()});
  CHECK(first_problem(result) == "");
  CHECK(result.rows == 1 + kProcesses * kRows);
}

TEST_CASE("gate ledger: a process that is killed at any instant loses nothing that it answered", "[gate][kill]") {
  const TemporaryFolder folder;
  const fs::path path = folder / "ledger";
  std::mt19937 random(17);
  std::vector<std::string> answered;
  constexpr int kRounds = DOSEGATE_SANITIZED ? 10 : 50;
  for (int round = 0; round < kRounds; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = in_child([&] {
      ::close(ends[0]);
      const auto key = signer(kGateKey);
      Ledger ledger = open_ledger(path, key.get());
      for (int i = 0;; ++i) {
        const std::string text = std::to_string(round) + "." + std::to_string(i);
        append(ledger, text);
        const std::string line = text + "\n";
        if (::write(ends[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) return 1;
      }
    });
    ::close(ends[1]);
    if (round % 2 == 0) {  // else it may be killed while it starts
      pollfd first{ends[0], POLLIN, 0};
      ::poll(&first, 1, 20'000);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::string lines;
    char block[4096];
    for (ssize_t n = 0; (n = ::read(ends[0], block, sizeof block)) > 0;)
      lines.append(block, static_cast<std::size_t>(n));
    ::close(ends[0]);
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
      answered.push_back(lines.substr(at, end - at));
    }
  }
  {
    const auto key = signer(kGateKey);
    Ledger ledger = open_ledger(path, key.get());
    append(ledger, "afterwards");
  }
  CHECK(first_problem(audit_of(path, {signer(kGateKey)->public_key()})) == "");
  std::map<std::string, int> there;
  for (const Row& row : rows_of(path)) ++there[row.body];
  for (const std::string& text : answered) {
    INFO(text);
    CHECK(there[row_of(text).body] == 1);
  }
  CHECK(answered.size() >= kRounds / 2);
}

TEST_CASE("gate ledger: one that is held by another process fails in time", "[gate]") {
  const Kept kept;
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(kept.path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  Ledger ledger(open_store(kept.path.string(), OpenAs::kWriter, std::chrono::milliseconds(50)), nullptr,
                [] { return kNow; });
  CHECK_THROWS_AS(append(ledger, "x"), StoreFailed);
  REQUIRE(sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  CHECK_NOTHROW(append(ledger, "y"));
}

TEST_CASE("gate ledger: a full disk fails, and the chain stays whole", "[gate]") {
  const Kept kept;
  const pid_t child = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{96 << 10, 96 << 10};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto key = signer(kGateKey);
    Ledger ledger = open_ledger(kept.path, key.get());
    try {
      for (int i = 0; i < 1000; ++i) append(ledger, std::string(20'000, 'x'));
    } catch (const StoreFailed&) {
      return 7;
    }
    return 0;
  });
  CHECK(exit_of(child) == 7);
  CHECK(first_problem(audit_of(kept.path, kept.keys, kept.witnesses)) == "");
}

TEST_CASE("gate ledger: one that may not be written fails and is not changed", "[gate]") {
  const Kept kept;
  const std::string before = dosegate::e2e::read_file(kept.path);
  REQUIRE(::chmod(kept.path.c_str(), 0444) == 0);
  REQUIRE(::chmod(kept.folder.path().c_str(), 0555) == 0);
  const pid_t child = in_child([&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 2;  // root may write everything
    try {
      Ledger ledger(open_store(kept.path.string(), OpenAs::kWriter), nullptr, [] { return kNow; });
      append(ledger, "x");
    } catch (const StoreFailed&) {
      return 7;
    } catch (const StoreCorrupt&) {
      return 8;
    }
    return 0;
  });
  CHECK(exit_of(child) == 7);
  REQUIRE(::chmod(kept.folder.path().c_str(), 0700) == 0);
  CHECK(dosegate::e2e::read_file(kept.path) == before);
}

TEST_CASE("gate ledger: what is no ledger is refused", "[gate]") {
  const TemporaryFolder folder;
  dosegate::e2e::write_file(folder / "text", std::string(5000, 'x'));
  CHECK_THROWS_AS(open_store((folder / "text").string(), OpenAs::kWriterMaking), StoreCorrupt);
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((folder / "other").c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "CREATE TABLE t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  CHECK_THROWS_AS(open_store((folder / "other").string(), OpenAs::kWriterMaking), StoreCorrupt);
  CHECK_THROWS_AS(open_store((folder / "none").string(), OpenAs::kReader), StoreFailed);
  CHECK_THROWS_AS(open_store((folder / "no").string() + "/folder/ledger", OpenAs::kWriterMaking), StoreFailed);
  CHECK_THROWS_AS(open_store("postgresql://host/db", OpenAs::kWriter), StoreFailed);
}
