#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/e2e/run_program.h"
#include "tests/gate/place.h"

namespace dosegate::gate_test {
namespace fs = std::filesystem;

struct Place::Impl {
  e2e::TemporaryFolder folder;
  bool is_guarded = true;
};

Place::Place() : impl_(std::make_unique<Impl>()), name_((impl_->folder / "ledger").string()) {}
Place::~Place() = default;

bool Place::execute(const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(name_.c_str(), &db) == SQLITE_OK);
  const int code = sqlite3_exec(db, ("PRAGMA synchronous = OFF; " + sql).c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(db);
  return code == SQLITE_OK;
}

void Place::tamper(const std::string& sql) {
  INFO(sql);
  CHECK(execute("DROP TRIGGER IF EXISTS entry_stays; DROP TRIGGER IF EXISTS entry_is_kept; " + sql));
}

void Place::keep() { fs::copy_file(name_, name_ + ".kept", fs::copy_options::overwrite_existing); }

void Place::restore() {
  for (const char* end : {"-wal", "-shm"}) fs::remove(name_ + end);
  fs::copy_file(name_ + ".kept", name_, fs::copy_options::overwrite_existing);
}

std::shared_ptr<void> Place::hold() {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(name_.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  return {static_cast<void*>(db), [](void* held) { sqlite3_close(static_cast<sqlite3*>(held)); }};
}

}  // namespace dosegate::gate_test
