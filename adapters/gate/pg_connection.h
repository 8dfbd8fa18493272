// A connection to PostgreSQL through libpq: in bounded time, without a word on standard error, and with errors that
// name the server and never what is secret of a connection string.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/ledger_store.h"

namespace dosegate::gate {

// The connection is gone. Whether the server did what it was last asked for is not known.
struct ConnectionLost : StoreFailed {
  using StoreFailed::StoreFailed;
};

class PgResult {
 public:
  explicit PgResult(PGresult* raw) : raw_(raw, &PQclear) {}
  int rows() const { return raw_ ? PQntuples(raw_.get()) : 0; }
  std::string text(int row, int column) const {
    return {PQgetvalue(raw_.get(), row, column), static_cast<std::size_t>(PQgetlength(raw_.get(), row, column))};
  }
  std::int64_t number(int row, int column) const;  // 0 where it is none
  std::string_view command() const { return raw_ ? PQcmdStatus(raw_.get()) : ""; }

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> raw_;
};

class PgConnection {
 public:
  // `uri`: postgresql://...; StoreFailed where it is none. Nothing is connected yet. No answer takes longer than
  // `patience`.
  PgConnection(const std::string& uri, OpenAs as, std::chrono::milliseconds patience);

  // "postgresql://host:port/database": what a user may be shown.
  const std::string& name() const { return name_; }
  // Whether the connection string names several servers, of which another may take over.
  bool names_several() const { return names_several_; }
  bool is_open() const { return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK; }
  // A new connection, as the session settings of the ledger want it. StoreFailed.
  void open();
  void close() noexcept { connection_.reset(); }

  // One statement with its arguments as text; nullopt is NULL.
  using Arguments = std::initializer_list<std::optional<std::string>>;
  PgResult ask(const char* sql, Arguments arguments = {});
  // Several statements without arguments; the last one's result.
  PgResult ask_all(const std::string& sql);
  // What the server warned of since the last call; empty: of nothing.
  std::string take_warning();

 private:
  [[noreturn]] void lost(const std::string& why);
  [[noreturn]] void refused(const PGresult* result);
  PgResult wait();
  static void hear(void* self, const PGresult* notice);

  bool names_several_ = false;  // before name_, which is made of the same words
  std::string uri_, name_, warning_;
  OpenAs as_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

}  // namespace dosegate::gate
