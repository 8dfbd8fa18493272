// The ledger: chain, tampering, several processes, processes that are killed, disks that fail.
#include "adapters/gate/ledger.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/e2e/run_program.h"
#include "tests/gate/fixture.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
using dosegate::e2e::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr int kGateKey = 9;

NewRow row_of(const std::string& text) {
  return {"DECISION", ObjectWriter().text("text", text).end(), {{"PLAN", "1.2." + text}, {"RULE", "R-1"}}};
}

// The head.
std::string append(Ledger& ledger, const std::string& text, Instant at = kNow) {
  return ledger.append([at] { return at; }, [&](const Ledger::Moment& moment) { moment.add(row_of(text)); });
}

Ledger open_ledger(const fs::path& path, Signer* key) {
  return Ledger(open_store(path.string(), OpenAs::kWriterMaking), key, [] { return kNow; });
}

std::vector<Row> rows_of(const fs::path& path) {
  std::vector<Row> rows;
  open_store(path.string(), OpenAs::kReader)->each_row([&](const Row& row) { rows.push_back(row); });
  return rows;
}

Audit audit_of(const fs::path& path, const std::vector<PublicKey>& keys, const std::vector<Witness>& witnesses = {}) {
  try {
    return audit(*open_store(path.string(), OpenAs::kReader), keys, Revocations(), witnesses);
  } catch (const StoreCorrupt& e) {
    Audit broken;
    broken.problems.emplace_back(e.what());
    return broken;
  }
}

std::string first_problem(const Audit& result) { return result.problems.empty() ? "" : result.problems.front(); }

// What somebody does who can write the file, without any of our code.
void tamper(const fs::path& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const std::string all = "DROP TRIGGER entry_stays; DROP TRIGGER entry_is_kept; " + sql;
  char* message = nullptr;
  const int code = sqlite3_exec(db, all.c_str(), nullptr, nullptr, &message);
  INFO(sql << "\n" << (message == nullptr ? "" : message));
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(db);
}

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

int exit_of(pid_t pid) {
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

}  // namespace

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

TEST_CASE("gate ledger: what was altered, removed, put in, moved, cut off or signed by another is found",
          "[gate][tamper]") {
  const Kept kept;
  std::mt19937 random(15);
  const auto pick = [&](int least, int most) {
    return std::to_string(least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1)));
  };
  const auto stranger = signer(33);
  const fs::path copy = kept.folder / "copy";
  constexpr int kMutations = DOSEGATE_SANITIZED ? 60 : 400;
  for (int i = 0; i < kMutations; ++i) {
    const std::string a = pick(2, 11), b = std::to_string(std::stoi(a) + 1), any = pick(1, 12);
    const char* columns[] = {"at", "kind", "body", "previous", "hash"};
    const std::string column = columns[random() % 5];
    std::string sql;
    switch (i % 13) {
      case 0:  // one character
        sql = "UPDATE entry SET " + column + " = replace(substr(" + column + ", 1, 3), substr(" + column +
              ", 2, 1), '~') || substr(" + column + ", 4) WHERE sequence = " + any;
        break;
      case 1:
        sql = "DELETE FROM entry WHERE sequence = " + any;
        break;
      case 2:  // removed, and those behind it moved up
        sql = "DELETE FROM entry WHERE sequence = " + a + "; DELETE FROM head WHERE sequence = " + a +
              "; UPDATE entry SET sequence = -sequence WHERE sequence > " + a +
              "; UPDATE entry SET sequence = -sequence - 1 WHERE sequence < 0";
        break;
      case 3:
        sql = "INSERT INTO entry SELECT 13, at, kind, body, hash, 'x' FROM entry WHERE sequence = 12";
        break;
      case 4:  // two rows change places
        sql = "UPDATE entry SET sequence = -1 WHERE sequence = " + a + "; UPDATE entry SET sequence = " + a +
              " WHERE sequence = " + b + "; UPDATE entry SET sequence = " + b + " WHERE sequence = -1";
        break;
      case 5:  // the end, with the heads that tell of it
        sql = "DELETE FROM entry WHERE sequence > " + a + "; DELETE FROM head WHERE sequence > " + a +
              "; DELETE FROM mention WHERE sequence > " + a;
        break;
      case 6:
        sql = "INSERT INTO mention VALUES ('PERSON', 'Ada', " + any + ")";
        break;
      case 7:
        sql = "DELETE FROM mention WHERE sequence = " + any;
        break;
      case 8:
        sql = "UPDATE head SET envelope = (SELECT envelope FROM head WHERE sequence = " + b + ") WHERE sequence = " + a;
        break;
      case 9:
        sql = "UPDATE head SET envelope = replace(envelope, substr(envelope, " + pick(20, 300) +
              ", 1), '~') WHERE sequence = " + any;
        break;
      case 10:
        sql = "DELETE FROM head WHERE sequence = 12";
        break;
      case 11:
        sql = "UPDATE entry SET body = replace(body, 'text', 'next') WHERE sequence = " + a;
        break;
      default: {
        // All written anew behind a changed row, with hashes that fit, signed by a stranger.
        std::vector<Row> rows = rows_of(kept.path);
        const std::size_t from = static_cast<std::size_t>(std::stoi(a)) - 1;
        rows[from].body = R"({"text":"forged"})";
        for (std::size_t k = from; k < rows.size(); ++k) {
          rows[k].previous = rows[k - 1].hash;
          rows[k].hash = hash_of(rows[k]);
          const std::string n = std::to_string(rows[k].sequence);
          sql += "UPDATE entry SET body = '" + rows[k].body + "', previous = '" + rows[k].previous + "', hash = '" +
                 rows[k].hash + "' WHERE sequence = " + n + ";";
          const std::string head = ObjectWriter()
                                       .text("schema", "dosegate.ledger-head/1")
                                       .text("ledger", kept.witnesses[0].ledger)
                                       .whole("sequence", rows[k].sequence)
                                       .text("hash", rows[k].hash)
                                       .text("at", rows[k].at)
                                       .end();
          if (random() % 2 == 0 || k + 1 == rows.size()) {
            sql += "UPDATE head SET envelope = '" + sign(kHeadType, head, *stranger).write() +
                   "' WHERE sequence = " + n + ";";
          } else {
            sql += "DELETE FROM head WHERE sequence = " + n + ";";
          }
        }
      }
    }
    fs::copy_file(kept.path, copy, fs::copy_options::overwrite_existing);
    tamper(copy, sql);
    INFO("mutation " << i << ": " << sql.substr(0, 300));
    CHECK(first_problem(audit_of(copy, kept.keys, kept.witnesses)) != "");
    for (const char* end : {"-wal", "-shm"}) fs::remove(copy.string() + end);
  }
}

TEST_CASE("gate ledger: a flipped bit of its file is found, or changes no row", "[gate][tamper]") {
  const Kept kept;
  const std::string whole = dosegate::e2e::read_file(kept.path);
  const auto text_of = [](const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) text += hash_of(row) + row.hash;
    return text;
  };
  const std::string rows = text_of(rows_of(kept.path));
  std::mt19937 random(16);
  int found = 0;
  constexpr int kFlips = DOSEGATE_SANITIZED ? 40 : 300;
  for (int i = 0; i < kFlips; ++i) {
    std::string changed = whole;
    const std::size_t at = random() % changed.size();
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << random() % 8U));
    const fs::path copy = kept.folder / ("flip" + std::to_string(i));
    dosegate::e2e::write_file(copy, changed);
    INFO("byte " << at);
    bool is_broken = true;
    std::string now;
    try {
      is_broken = !audit_of(copy, kept.keys, kept.witnesses).problems.empty();
      if (!is_broken) now = text_of(rows_of(copy));
    } catch (const StoreFailed&) {
    }
    found += is_broken;
    CHECK((is_broken || now == rows));
    fs::remove(copy);
  }
  CHECK(found > kFlips / 5);
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
  CHECK(answered.size() > kRounds / 4);
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
