#include "adapters/gate/pg_connection.h"

#include <poll.h>

#include <cerrno>
#include <charconv>

namespace dosegate::gate {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The server's sentences end in a line feed, and may go on with a hint on further lines.
std::string one_line(const char* text) {
  std::string line;
  for (const char* c = text == nullptr ? "" : text; *c != '\0'; ++c) {
    const bool is_space = *c == '\n' || *c == '\t' || *c == ' ';
    if (!is_space) {
      line += *c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
  return line;
}

// Host, port and database of a connection string: no user, no password, no option.
std::string name_of(const std::string& uri, bool& names_several) {
  char* ignored = nullptr;  // libpq's own words may quote what is secret
  PQconninfoOption* const options = PQconninfoParse(uri.c_str(), &ignored);
  PQfreemem(ignored);
  if (options == nullptr) {
    throw StoreFailed(
        "postgresql: the connection string cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE?sslmode="
        "verify-full");
  }
  std::string host, port, database;
  for (const PQconninfoOption* o = options; o->keyword != nullptr; ++o) {
    const std::string_view keyword = o->keyword;
    const std::string value = o->val == nullptr ? "" : o->val;
    if (keyword == "host") host = value;
    if (keyword == "host" || keyword == "hostaddr") names_several |= value.find(',') != std::string::npos;
    if (keyword == "port") port = value;
    if (keyword == "dbname") database = value;
  }
  PQconninfoFree(options);
  return "postgresql://" + host + (port.empty() ? "" : ":" + port) + "/" + database;
}

bool is_one_of(std::string_view state, std::initializer_list<std::string_view> states) {
  for (const std::string_view one : states) {
    if (state == one) return true;
  }
  return false;
}

}  // namespace

std::int64_t PgResult::number(int row, int column) const {
  const std::string digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

PgConnection::PgConnection(const std::string& uri, OpenAs as, std::chrono::milliseconds patience)
    : uri_(uri), name_(name_of(uri, names_several_)), as_(as), patience_(patience) {}

void PgConnection::open() {
  close();
  // Those before dbname are what the connection string may say otherwise. A writer passes over a standby.
  const char* const session = as_ == OpenAs::kReader ? "any" : "read-write";
  const char* const keywords[] = {"connect_timeout",     "keepalives_idle",
                                  "keepalives_interval", "keepalives_count",
                                  "tcp_user_timeout",    "target_session_attrs",
                                  "application_name",    "dbname",
                                  "client_encoding",     nullptr};
  const char* const values[] = {"5", "5", "2", "3", "10000", session, "dosegate-gate", uri_.c_str(), "UTF8", nullptr};
  connection_.reset(PQconnectdbParams(keywords, values, 1));
  if (!connection_) throw StoreFailed(name_ + ": out of memory");
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why = one_line(PQerrorMessage(connection_.get()));
    close();
    throw ConnectionLost(name_ + ": the ledger's server cannot be reached: " + why +
                         ". Check that it runs, the address, and who may connect (pg_hba.conf)");
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0) lost("cannot be made not to wait");
  PQsetNoticeReceiver(connection_.get(), &PgConnection::hear, this);
  const PgResult encoding = ask("SELECT current_setting('server_encoding')");
  if (encoding.text(0, 0) != "UTF8") {
    throw StoreFailed(name_ + ": the database is encoded as " + encoding.text(0, 0) +
                      ". Make one for the ledger: createdb --encoding UTF8 --template template0");
  }
}

void PgConnection::hear(void* self, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  const char* text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  if (severity != nullptr && std::string_view(severity) == "WARNING")
    static_cast<PgConnection*>(self)->warning_ = one_line(text);
}

std::string PgConnection::take_warning() {
  std::string taken;
  taken.swap(warning_);
  return taken;
}

void PgConnection::lost(const std::string& why) {
  close();
  throw ConnectionLost(name_ + ": the connection to the ledger's server was lost: " + why);
}

void PgConnection::refused(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const std::string what = name_ + ": the ledger cannot be used: " + one_line(PQresultErrorMessage(result));
  // 57P: the server goes down, or ends us.
  if (PQstatus(connection_.get()) != CONNECTION_OK || state.starts_with("57P"))
    lost(one_line(PQresultErrorMessage(result)));
  if (state == "55P03" || state == "57014") throw StoreFailed(what + ". Another program holds it for too long");
  if (is_one_of(state, {"42P01", "42703", "42883", "XX001", "XX002", "22P02"}))
    throw StoreCorrupt(what + ". Keep the database for those who look into it, and restore a copy");
  if (state == "25006") throw StoreFailed(what + ". The server is a standby, or set read-only");
  if (state == "42501") throw StoreFailed(what + ". Give the user what adapters/gate/README.md names");
  if (state.starts_with("53")) throw StoreFailed(what + ". Check the server's disk, memory and connections");
  throw StoreFailed(what);
}

PgResult PgConnection::wait() {
  PGconn* const c = connection_.get();
  const auto end = SteadyClock::now() + patience_ + std::chrono::seconds(2);  // the server's own limits come first
  PgResult last(nullptr);
  std::unique_ptr<PGresult, decltype(&PQclear)> error(nullptr, &PQclear);
  for (;;) {
    for (;;) {
      const int unsent = PQflush(c);
      if (unsent < 0) lost(one_line(PQerrorMessage(c)));
      if (unsent == 0 && PQisBusy(c) == 0) break;
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count();
      if (left <= 0) lost("it does not answer in time");
      pollfd ready{PQsocket(c), static_cast<short>(POLLIN | (unsent == 1 ? POLLOUT : 0)), 0};
      const int n = ::poll(&ready, 1, static_cast<int>(left));
      if (n < 0 && errno != EINTR) lost("it cannot be waited for");
      if (n > 0 && PQconsumeInput(c) != 1) lost(one_line(PQerrorMessage(c)));
    }
    PGresult* const result = PQgetResult(c);
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      last = PgResult(result);
    } else if (!error) {
      error.reset(result);
    } else {
      PQclear(result);
    }
    if (PQstatus(c) != CONNECTION_OK) break;
  }
  if (error) refused(error.get());
  if (PQstatus(c) != CONNECTION_OK) lost(one_line(PQerrorMessage(c)));
  return last;
}

PgResult PgConnection::ask(const char* sql, Arguments arguments) {
  if (!is_open()) lost("it is closed");
  std::vector<const char*> values;
  for (const auto& argument : arguments) values.push_back(argument ? argument->c_str() : nullptr);
  if (PQsendQueryParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) != 1) {
    lost(one_line(PQerrorMessage(connection_.get())));
  }
  return wait();
}

PgResult PgConnection::ask_all(const std::string& sql) {
  if (!is_open()) lost("it is closed");
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) lost(one_line(PQerrorMessage(connection_.get())));
  return wait();
}

}  // namespace dosegate::gate
