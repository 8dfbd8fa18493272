#include <libpq-fe.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <regex>

#include "tests/gate/cluster.h"
#include "tests/gate/place.h"

namespace dosegate::gate_test {
namespace {

// A connection of the tests' own; "" or what went wrong.
std::string run_sql(const std::string& uri, const std::string& sql) {
  PGconn* const c = PQconnectdb(uri.c_str());
  std::string error;
  if (PQstatus(c) == CONNECTION_OK) {
    PQsetNoticeProcessor(
        c, [](void*, const char*) {}, nullptr);
    PGresult* const result = PQexec(c, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) error = PQresultErrorMessage(result);
    PQclear(result);
  } else {
    error = PQerrorMessage(c);
  }
  PQfinish(c);
  return error;
}

}  // namespace

struct Place::Impl {
  std::string schema;
};

Place::Place() : impl_(std::make_unique<Impl>()) {
  static int made = 0;
  impl_->schema = "ledger" + std::to_string(++made);
  name_ = Cluster::shared().uri("&options=-csearch_path%3D" + impl_->schema);
  REQUIRE(run_sql(name_, "CREATE SCHEMA " + impl_->schema) == "");
}

Place::~Place() = default;

bool Place::execute(const std::string& sql) {
  static const std::regex kTables(R"(\b(FROM|INTO|UPDATE|TABLE|ON) (entry|mention|head)\b)");
  const std::string error = run_sql(name_, std::regex_replace(sql, kTables, "$1 dosegate_$2"));
  if (!error.empty()) WARN(error);
  return error.empty();
}

void Place::tamper(const std::string& sql) {
  INFO(sql);
  CHECK(
      execute("SET synchronous_commit = off; DROP TRIGGER IF EXISTS dosegate_entry_stays ON entry; "
              "DROP TRIGGER IF EXISTS dosegate_entry_is_kept ON entry; " +
              sql));
}

void Place::keep() {
  for (const std::string table : {"entry", "mention", "head"}) {
    CHECK(execute("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table));
  }
}

void Place::restore() {
  std::string sql;
  for (const std::string table : {"entry", "mention", "head"})
    sql += "DELETE FROM " + table + "; INSERT INTO dosegate_" + table + " SELECT * FROM kept_" + table + ";";
  tamper(sql);
}

std::shared_ptr<void> Place::hold() {
  PGconn* const c = PQconnectdb(name_.c_str());
  REQUIRE(PQstatus(c) == CONNECTION_OK);
  PGresult* const result =
      PQexec(c, "BEGIN; SELECT pg_advisory_xact_lock(1145523269, 'dosegate_entry'::regclass::oid::int)");
  REQUIRE(PQresultStatus(result) == PGRES_TUPLES_OK);
  PQclear(result);
  return {static_cast<void*>(c), [](void* held) { PQfinish(static_cast<PGconn*>(held)); }};
}

}  // namespace dosegate::gate_test
