// What is SQLite's alone: files, disks and permissions.
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <random>

#include "tests/e2e/run_program.h"
#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
using dosegate::e2e::TemporaryFolder;
namespace fs = std::filesystem;

TEST_CASE("gate ledger: a full disk fails, and the chain stays whole", "[gate]") {
  const Kept kept;
  const pid_t child = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{96 << 10, 96 << 10};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto key = signer(kGateKey);
    Ledger ledger = open_ledger(kept.place, key.get());
    try {
      for (int i = 0; i < 1000; ++i) append(ledger, std::string(20'000, 'x'));
    } catch (const StoreFailed&) {
      return 7;
    }
    return 0;
  });
  CHECK(exit_of(child) == 7);
  CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) == "");
}

TEST_CASE("gate ledger: one that is moved away while it is in use takes no row", "[gate]") {
  const Kept kept;
  const std::string name = kept.place.name();
  Ledger ledger = open_ledger(kept.place, kept.key.get());
  fs::rename(name, name + ".away");
  CHECK_THROWS_WITH(append(ledger, "lost"), Catch::Contains("was moved or removed while it was in use"));
  fs::rename(name + ".away", name);
  append(ledger, "kept");
  CHECK(rows_of(kept.place).size() == 13);
  const Kept other;
  open_ledger(other.place, other.key.get());  // and its WAL is written back
  fs::rename(other.place.name(), name);
  CHECK_THROWS_WITH(append(ledger, "lost"), Catch::Contains("was moved or removed while it was in use"));
}

TEST_CASE("gate ledger: one that may not be written fails and is not changed", "[gate]") {
  const Kept kept;
  const fs::path path = kept.place.name(), folder = path.parent_path();
  const std::string before = dosegate::e2e::read_file(path);
  REQUIRE(::chmod(path.c_str(), 0444) == 0);
  REQUIRE(::chmod(folder.c_str(), 0555) == 0);
  const pid_t child = in_child([&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 2;  // root may write everything
    try {
      Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter), nullptr, [] { return kNow; });
      append(ledger, "x");
    } catch (const StoreFailed&) {
      return 7;
    } catch (const StoreCorrupt&) {
      return 8;
    }
    return 0;
  });
  CHECK(exit_of(child) == 7);
  REQUIRE(::chmod(folder.c_str(), 0700) == 0);
  CHECK(dosegate::e2e::read_file(path) == before);
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
}

TEST_CASE("gate ledger: a flipped bit of its file is found, or changes no row", "[gate][tamper]") {
  Kept kept;
  kept.place.keep();
  const std::string whole = dosegate::e2e::read_file(kept.place.name());
  const auto text_of = [](const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) text += hash_of(row) + row.hash;
    return text;
  };
  const std::string rows = text_of(rows_of(kept.place));
  std::mt19937 random(16);
  int found = 0;
  constexpr int kFlips = DOSEGATE_SANITIZED ? 40 : 200;
  for (int i = 0; i < kFlips; ++i) {
    std::string changed = whole;
    const std::size_t at = random() % changed.size();
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << random() % 8U));
    kept.place.restore();
    dosegate::e2e::write_file(kept.place.name(), changed);
    INFO("byte " << at);
    bool is_broken = true;
    std::string now;
    try {
      is_broken = !audit_of(kept.place, kept.keys, kept.witnesses).problems.empty();
      if (!is_broken) now = text_of(rows_of(kept.place));
    } catch (const StoreFailed&) {
    }
    found += is_broken;
    CHECK((is_broken || now == rows));
  }
  CHECK(found > kFlips / 5);
}
