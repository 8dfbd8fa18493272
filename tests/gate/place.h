// Where a test's ledger lies: in SQLite, or in PostgreSQL. The same tests are built once with each (place_sqlite.cpp,
// place_postgres.cpp).
#pragma once

#include <memory>
#include <string>

namespace dosegate::gate_test {

class Place {
 public:
  Place();  // with no ledger yet
  ~Place();
  const std::string& name() const { return name_; }  // for open_store()

  // By somebody who can write the database, without any of our code. Tables are called entry, mention and head.
  bool execute(const std::string& sql);
  // The same, and nothing that the database itself keeps guards the rows any longer. Fails the test where it cannot.
  void tamper(const std::string& sql);

  // Of everything in it; nobody else may have it open.
  void keep();
  void restore();

  // Another program that has locked the ledger, until this goes.
  std::shared_ptr<void> hold();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string name_;
};

}  // namespace dosegate::gate_test
