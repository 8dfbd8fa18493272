// A ledger in PostgreSQL, for several servers. Its tables are those of the SQLite ledger (sqlite_store.cpp), named
// dosegate_..., in the schema that the connection's search_path names first. Who adds rows holds an advisory lock until
// the end of the transaction; the primary key alone would keep the chain from forking, too.
#include <array>
#include <thread>

#include "adapters/gate/instant.h"
#include "adapters/gate/pg_connection.h"
#include "adapters/gate/stores.h"

namespace dosegate::gate {
namespace {

// Each brings a ledger from the version before to its own. One that was released never changes.
constexpr std::array kPgMigrations = {
    R"(CREATE TABLE dosegate_migration (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL);
       CREATE TABLE dosegate_entry (sequence BIGINT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
                                    previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
       CREATE TABLE dosegate_mention (kind TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL,
                                      sequence BIGINT NOT NULL);
       CREATE INDEX dosegate_mention_found ON dosegate_mention (kind, left(value, 200), sequence);
       CREATE INDEX dosegate_mention_of_entry ON dosegate_mention (sequence);
       CREATE TABLE dosegate_head (sequence BIGINT PRIMARY KEY, envelope TEXT NOT NULL);
       CREATE FUNCTION dosegate_only_grows() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'a ledger only grows'; END $$;
       CREATE TRIGGER dosegate_entry_stays BEFORE UPDATE OR DELETE ON dosegate_entry
         FOR EACH ROW EXECUTE FUNCTION dosegate_only_grows();
       CREATE TRIGGER dosegate_entry_is_kept BEFORE TRUNCATE ON dosegate_entry
         FOR EACH STATEMENT EXECUTE FUNCTION dosegate_only_grows();)"};

constexpr const char* kLock = "1145523269";  // "DGLE", and the table: of each ledger its own

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

class PostgresStore final : public LedgerStore {
 public:
  PostgresStore(const std::string& uri, OpenAs as, std::chrono::milliseconds patience)
      : connection_(uri, as, patience), as_(as), patience_(patience) {
    connection_.open();
    migrate();
  }

  void begin() override {
    if (!connection_.is_open()) connection_.open();
    inserted_.reset();
    try {
      const PgResult settings = connection_.ask_all(
          "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = " + milliseconds(patience_) +
          "; SELECT pg_advisory_xact_lock(" + kLock +
          ", 'dosegate_entry'::regclass::oid::int); SELECT current_setting('fsync'), "
          "current_setting('full_page_writes'), current_setting('synchronous_commit'), pg_is_in_recovery(), "
          "current_setting('synchronous_standby_names')");
      require_durable(settings);
    } catch (...) {
      rollback();  // nobody else does before we have begun
      throw;
    }
  }

  void commit() override {
    try {
      if (!inserted_) stand_behind_what_is_there();
      commit_now();
    } catch (const ConnectionLost& e) {
      if (!inserted_) throw;
      find_outcome(e.what());
    }
  }

  void rollback() noexcept override {
    try {
      if (connection_.is_open()) connection_.ask("ROLLBACK");
    } catch (...) {
      connection_.close();  // and the server rolls back
    }
  }

  void begin_reading() override {
    if (!connection_.is_open()) connection_.open();
    connection_.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  std::optional<Row> last() override {
    const PgResult found = connection_.ask(
        "SELECT sequence, at, kind, body, previous, hash FROM dosegate_entry ORDER BY sequence DESC LIMIT 1");
    return only_of(found);
  }

  std::optional<Row> row(std::int64_t sequence) override {
    return only_of(
        connection_.ask("SELECT sequence, at, kind, body, previous, hash FROM dosegate_entry WHERE sequence = $1",
                        {std::to_string(sequence)}));
  }

  std::optional<Head> last_head() override {
    const PgResult found =
        connection_.ask("SELECT sequence, envelope FROM dosegate_head ORDER BY sequence DESC LIMIT 1");
    if (found.rows() == 0) return std::nullopt;
    return Head{found.number(0, 0), found.text(0, 1)};
  }

  void insert(const Row& row) override {
    std::string mentions;
    for (const Mention& mention : row.mentions) {
      mentions +=
          (mentions.empty() ? "" : ",") + ObjectWriter().text("kind", mention.kind).text("value", mention.value).end();
    }
    connection_.ask(
        "WITH added AS (INSERT INTO dosegate_entry (sequence, at, kind, body, previous, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6)) "
        "INSERT INTO dosegate_mention (kind, value, sequence) "
        "SELECT kind, value, $1::bigint FROM json_to_recordset($7::json) AS m (kind text, value text)",
        {std::to_string(row.sequence), row.at, row.kind, row.body, row.previous, row.hash, "[" + mentions + "]"});
    inserted_ = row;
  }

  void insert(const Head& head) override {
    connection_.ask("INSERT INTO dosegate_head (sequence, envelope) VALUES ($1, $2)",
                    {std::to_string(head.sequence), head.envelope});
  }

  void each_row(const std::function<void(const Row&)>& f) override {
    page(f, [&](const std::optional<std::string>& after) {
      return connection_.ask(
          "SELECT sequence, at, kind, body, previous, hash FROM dosegate_entry "
          "WHERE $1::bigint IS NULL OR sequence > $1::bigint ORDER BY sequence LIMIT 16",
          {after});
    });
  }

  void each_row(const Mention& mention, const std::function<void(const Row&)>& f) override {
    page(f, [&](const std::optional<std::string>& after) {
      return connection_.ask(
          "SELECT sequence, at, kind, body, previous, hash FROM dosegate_entry WHERE sequence IN (SELECT sequence FROM "
          "dosegate_mention WHERE kind = $1 AND left(value, 200) = left($2, 200) AND value = $2) AND "
          "($3::bigint IS NULL OR sequence > $3::bigint) ORDER BY sequence LIMIT 16",
          {mention.kind, mention.value, after});
    });
  }

  void each_head(const std::function<void(const Head&)>& f) override {
    std::optional<std::string> after;
    for (;;) {
      const PgResult found = connection_.ask(
          "SELECT sequence, envelope FROM dosegate_head WHERE $1::bigint IS NULL OR sequence > $1::bigint "
          "ORDER BY sequence LIMIT 1000",
          {after});
      for (int i = 0; i < found.rows(); ++i) f({found.number(i, 0), found.text(i, 1)});
      if (found.rows() == 0) return;
      after = found.text(found.rows() - 1, 0);
    }
  }

 private:
  template <typename Next>
  void page(const std::function<void(const Row&)>& f, Next next) {
    std::optional<std::string> after;
    for (;;) {
      const PgResult found = next(after);
      if (found.rows() == 0) return;
      after = found.text(found.rows() - 1, 0);
      each_of(found, f);
    }
  }

  std::optional<Row> only_of(const PgResult& found) {
    std::optional<Row> row;
    each_of(found, [&](const Row& one) { row = one; });
    return row;
  }

  void each_of(const PgResult& found, const std::function<void(const Row&)>& f) {
    if (found.rows() == 0) return;
    std::string sequences;
    for (int i = 0; i < found.rows(); ++i) sequences += (i == 0 ? "" : ",") + found.text(i, 0);
    const PgResult mentions = connection_.ask(
        "SELECT sequence, kind, value FROM dosegate_mention WHERE sequence = ANY ($1::bigint[]) "
        "ORDER BY sequence, kind, value",
        {"{" + sequences + "}"});
    int at = 0;
    for (int i = 0; i < found.rows(); ++i) {
      Row row{found.number(i, 0),
              found.text(i, 1),
              found.text(i, 2),
              found.text(i, 3),
              found.text(i, 4),
              found.text(i, 5),
              {}};
      while (at < mentions.rows() && mentions.number(at, 0) < row.sequence) ++at;
      for (; at < mentions.rows() && mentions.number(at, 0) == row.sequence; ++at)
        row.mentions.push_back({mentions.text(at, 1), mentions.text(at, 2)});
      f(row);
    }
  }

  // That a commit is on the disk once it is answered, on a second server's, too, where several are named; and that we
  // may write.
  void require_durable(const PgResult& settings) {
    if (settings.text(0, 3) != "f") throw StoreFailed(connection_.name() + ": is a standby, which takes no rows");
    if (settings.text(0, 0) != "on" || settings.text(0, 1) != "on") {
      throw StoreFailed(
          connection_.name() +
          ": the server runs with fsync or full_page_writes off: what it answers may be lost. Set both on");
    }
    if (connection_.names_several() && settings.text(0, 4).empty()) {
      throw StoreFailed(connection_.name() +
                        ": several servers are named, and the one that is written has no synchronous standby "
                        "(synchronous_standby_names is empty): another that takes over may lack what was answered. Set "
                        "it, or name the one server that is to go on alone");
    }
    const std::string commit = settings.text(0, 2);
    if (commit != "on" && commit != "remote_apply") connection_.ask("SET LOCAL synchronous_commit = on");
  }

  void commit_now() {
    connection_.take_warning();
    const PgResult result = connection_.ask("COMMIT");
    if (result.command() != "COMMIT") throw StoreFailed(connection_.name() + ": the server took the rows back");
    const std::string warning = connection_.take_warning();
    if (!warning.empty()) {
      throw StoreFailed(connection_.name() + ": the rows are there, but may be lost again: " + warning);
    }
  }

  // Rows that were found may be of a commit whose wait for the standby was cut short: they are seen, and lost with this
  // server. A commit waits for all before it, if it has something to write; this is a record of no meaning.
  void stand_behind_what_is_there() { connection_.ask("SELECT pg_logical_emit_message(true, 'dosegate', '')"); }

  // The connection was lost in COMMIT. While we hold the lock the old transaction has ended, one way or the other, so
  // that the row's hash is there or never will be.
  bool is_recorded(const Row& row) {
    connection_.open();
    begin();
    const PgResult found = connection_.ask("SELECT 1 FROM dosegate_entry WHERE sequence = $1 AND hash = $2",
                                           {std::to_string(row.sequence), row.hash});
    if (found.rows() == 0) {
      rollback();
      return false;
    }
    stand_behind_what_is_there();
    commit_now();
    return true;
  }

  void find_outcome(const std::string& why) {
    const Row row = *inserted_;  // begin() forgets it
    const auto end = std::chrono::steady_clock::now() + patience_;
    std::optional<bool> is_there;
    std::string last;
    while (!is_there) {
      try {
        is_there = is_recorded(row);
      } catch (const StoreFailed& e) {
        last = e.what();
        if (std::chrono::steady_clock::now() >= end) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      }
    }
    if (is_there == true) return;
    if (is_there == false) throw StoreFailed(why + ". The server was asked again: nothing was recorded. Decide anew");
    throw StoreFailed(why + ". Whether the rows up to " + std::to_string(row.sequence) +
                      " were recorded is not known, because the server could not be asked again (" + last +
                      "). Look when it is back: dosegate ledger query");
  }

  std::int64_t version() {
    // As the tables of the catalogue have it: to_regclass() may remember what was not there before we waited for a
    // lock.
    const PgResult there = connection_.ask(
        "SELECT count(*) FILTER (WHERE relname = 'dosegate_migration'), count(*) FILTER (WHERE relname = "
        "'dosegate_entry') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema()");
    if (there.number(0, 0) == 0) {
      if (there.number(0, 1) > 0) throw StoreCorrupt(connection_.name() + ": has tables of a ledger without a version");
      return 0;
    }
    const PgResult found = connection_.ask("SELECT coalesce(max(version), 0) FROM dosegate_migration");
    const std::int64_t version = found.number(0, 0);
    if (version < 1 || version > static_cast<std::int64_t>(kPgMigrations.size())) {
      throw StoreCorrupt(connection_.name() + ": is a ledger of a newer program (version " + std::to_string(version) +
                         ")");
    }
    return version;
  }

  void migrate() {
    const auto newest = static_cast<std::int64_t>(kPgMigrations.size());
    const std::int64_t found = version();
    if (found == newest) return;
    if (found == 0 && as_ != OpenAs::kWriterMaking)
      throw StoreMissing(connection_.name() + ": there is no such ledger");
    if (as_ == OpenAs::kReader) throw StoreCorrupt(connection_.name() + ": is no ledger of this program's version");
    // The tables are not there yet: one lock for all ledgers of the database.
    try {
      connection_.ask_all("BEGIN; SET LOCAL lock_timeout = " + milliseconds(patience_) +
                          "; SELECT pg_advisory_xact_lock(" + kLock + ", 0)");
      const std::int64_t from = version();  // another process may have been faster
      for (std::int64_t v = from; v < newest; ++v) {
        connection_.ask_all(kPgMigrations[static_cast<std::size_t>(v)]);
        connection_.ask("INSERT INTO dosegate_migration (version, applied_at) VALUES ($1, $2)",
                        {std::to_string(v + 1), to_text(now())});
      }
      connection_.ask("COMMIT");
    } catch (...) {
      rollback();
      throw;
    }
  }

  PgConnection connection_;
  OpenAs as_;
  std::chrono::milliseconds patience_;
  std::optional<Row> inserted_;  // the last of this transaction
};

}  // namespace

std::unique_ptr<LedgerStore> open_postgres(const std::string& uri, OpenAs as, std::chrono::milliseconds patience) {
  return std::make_unique<PostgresStore>(uri, as, patience);
}

}  // namespace dosegate::gate
