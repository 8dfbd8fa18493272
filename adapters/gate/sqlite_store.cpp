#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <thread>
#include <utility>

#include "adapters/gate/instant.h"
#include "adapters/gate/stores.h"

namespace dosegate::gate {
namespace {

// The first bytes of every database of SQLite, and what its file is for ("DGLE"), so that `file` and we know it.
constexpr int kApplicationId = 0x44474c45;

// Each brings a ledger from the version before to its own. One that was released never changes.
constexpr std::array kMigrations = {
    R"(CREATE TABLE migration (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL) STRICT;
       CREATE TABLE entry (sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
                           previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT;
       CREATE TABLE mention (kind TEXT NOT NULL, value TEXT NOT NULL, sequence INTEGER NOT NULL,
                             PRIMARY KEY (kind, value, sequence)) STRICT, WITHOUT ROWID;
       CREATE INDEX mention_of_entry ON mention (sequence);
       CREATE TABLE head (sequence INTEGER PRIMARY KEY, envelope TEXT NOT NULL) STRICT;
       CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END;
       CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END;)"};

struct StoreBusy : StoreFailed {
  using StoreFailed::StoreFailed;
};

class Query {
 public:
  Query(sqlite3* db, const std::string& name, std::string_view sql) : db_(db), name_(name) {
    check(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &raw_, nullptr));
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { sqlite3_finalize(raw_); }

  Query& bind(std::string_view text) {
    check(sqlite3_bind_text64(raw_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
  }
  Query& bind(std::int64_t number) {
    check(sqlite3_bind_int64(raw_, ++bound_, number));
    return *this;
  }
  // Whether there is a row.
  bool step() {
    const int code = sqlite3_step(raw_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
  }
  std::int64_t number(int column) const { return sqlite3_column_int64(raw_, column); }
  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(raw_, column));
    const int size = sqlite3_column_bytes(raw_, column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
  }

 private:
  void check(int code) const {
    if (code == SQLITE_OK) return;
    const std::string what = name_ + ": the ledger cannot be used: " + sqlite3_errmsg(db_);
    const int kind = code & 0xff;
    if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_FORMAT || kind == SQLITE_ERROR) {
      throw StoreCorrupt(what + ". Keep the file for those who look into it, and restore a copy");
    }
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) {
      throw StoreBusy(what + ". Another program holds it for too long");
    }
    throw StoreFailed(what + ". Check the disk's free space, and the permissions of the file and its folder");
  }

  sqlite3* db_;
  const std::string& name_;
  sqlite3_stmt* raw_ = nullptr;
  int bound_ = 0;
};

class SqliteStore final : public LedgerStore {
 public:
  SqliteStore(std::string name, OpenAs as, std::chrono::milliseconds patience) : name_(std::move(name)) {
    try {
      open(as, patience);
    } catch (...) {
      sqlite3_close(db_);
      throw;
    }
  }
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { sqlite3_close(db_); }

  void begin() override {
    run("BEGIN IMMEDIATE");
    int is_moved = 0;
    if (sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &is_moved) == SQLITE_OK && is_moved == 0) return;
    rollback();
    throw StoreFailed(name_ + ": the ledger was moved or removed while it was in use. Put it back");
  }
  void commit() override { run("COMMIT"); }
  void rollback() noexcept override { sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr); }
  void begin_reading() override { run("BEGIN"); }

  std::optional<Row> last() override {
    Query s(db_, name_, std::string(kColumns) + " ORDER BY sequence DESC LIMIT 1");
    if (!s.step()) return std::nullopt;
    return row_of(s);
  }

  std::optional<Row> row(std::int64_t sequence) override {
    Query s(db_, name_, std::string(kColumns) + " WHERE sequence = ?");
    if (!s.bind(sequence).step()) return std::nullopt;
    return row_of(s);
  }

  std::optional<Head> last_head() override {
    Query s(db_, name_, "SELECT sequence, envelope FROM head ORDER BY sequence DESC LIMIT 1");
    if (!s.step()) return std::nullopt;
    return Head{s.number(0), s.text(1)};
  }

  void insert(const Row& row) override {
    Query s(db_, name_, "INSERT INTO entry (sequence, at, kind, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?)");
    s.bind(row.sequence).bind(row.at).bind(row.kind).bind(row.body).bind(row.previous).bind(row.hash).step();
    for (const Mention& mention : row.mentions) {
      Query m(db_, name_, "INSERT INTO mention (kind, value, sequence) VALUES (?, ?, ?)");
      m.bind(mention.kind).bind(mention.value).bind(row.sequence).step();
    }
  }

  void insert(const Head& head) override {
    Query s(db_, name_, "INSERT INTO head (sequence, envelope) VALUES (?, ?)");
    s.bind(head.sequence).bind(head.envelope).step();
  }

  void each_row(const std::function<void(const Row&)>& f) override {
    Query s(db_, name_, std::string(kColumns) + " ORDER BY sequence");
    while (s.step()) f(row_of(s));
  }
  void each_row(const Mention& mention, const std::function<void(const Row&)>& f) override {
    Query s(db_, name_,
            std::string(kColumns) +
                " WHERE sequence IN (SELECT sequence FROM mention WHERE kind = ? AND value = ?) ORDER BY sequence");
    s.bind(mention.kind).bind(mention.value);
    while (s.step()) f(row_of(s));
  }
  void each_head(const std::function<void(const Head&)>& f) override {
    Query s(db_, name_, "SELECT sequence, envelope FROM head ORDER BY sequence");
    while (s.step()) f({s.number(0), s.text(1)});
  }

 private:
  static constexpr std::string_view kColumns = "SELECT sequence, at, kind, body, previous, hash FROM entry";

  void run(const char* sql) { Query(db_, name_, sql).step(); }

  Row row_of(const Query& s) {
    Row row{s.number(0), s.text(1), s.text(2), s.text(3), s.text(4), s.text(5), {}};
    Query m(db_, name_, "SELECT kind, value FROM mention WHERE sequence = ? ORDER BY kind, value");
    m.bind(row.sequence);
    while (m.step()) row.mentions.push_back({m.text(0), m.text(1)});
    return row;
  }

  void open(OpenAs as, std::chrono::milliseconds patience) {
    if (as != OpenAs::kWriterMaking && !std::filesystem::exists(name_))
      throw StoreMissing(name_ + ": there is no such ledger");
    const int how = as == OpenAs::kReader         ? SQLITE_OPEN_READONLY
                    : as == OpenAs::kWriterMaking ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                  : SQLITE_OPEN_READWRITE;
    if (as == OpenAs::kWriterMaking) make_private();
    // A name such as ":memory:" is a file's here.
    const std::string path = name_.starts_with("/") ? name_ : "./" + name_;
    if (sqlite3_open_v2(path.c_str(), &db_, how | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
      throw StoreFailed(name_ + ": the ledger cannot be opened: " +
                        (db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_)) + ". Check the path and permissions");
    }
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, static_cast<int>(patience.count()));
    if (as != OpenAs::kReader) {
      version();  // what is no ledger stays as it is
      write_ahead(patience);
      run("PRAGMA synchronous = FULL");
    }
    run("PRAGMA trusted_schema = OFF");
    run("PRAGMA cell_size_check = ON");
    migrate(as);
  }

  // Where two do this at once SQLite lets one fail without waiting.
  void write_ahead(std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
      try {
        Query mode(db_, name_, "PRAGMA journal_mode = WAL");
        if (mode.step() && mode.text(0) == "wal") return;
        throw StoreFailed(name_ + ": the ledger cannot be written ahead (WAL) there. Put it on a disk of this machine");
      } catch (const StoreBusy&) {
        if (std::chrono::steady_clock::now() > end) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
  }

  // The file exists, for its owner only, before SQLite makes it for everybody.
  void make_private() const {
    const int fd = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0) ::close(fd);
  }

  std::int64_t pragma(const char* sql) {
    Query s(db_, name_, sql);
    return s.step() ? s.number(0) : 0;
  }

  void migrate(OpenAs as) {
    const auto newest = static_cast<std::int64_t>(kMigrations.size());
    if (version() == newest) return;
    if (as == OpenAs::kReader) throw StoreCorrupt(name_ + ": is no ledger of this program's version");
    begin();
    try {
      const std::int64_t from = version();  // another process may have been faster
      for (std::int64_t v = from; v < newest; ++v) {
        if (sqlite3_exec(db_, kMigrations[static_cast<std::size_t>(v)], nullptr, nullptr, nullptr) != SQLITE_OK) {
          throw StoreFailed(name_ + ": the ledger cannot be made: " + sqlite3_errmsg(db_));
        }
        Query s(db_, name_, "INSERT INTO migration (version, applied_at) VALUES (?, ?)");
        s.bind(v + 1).bind(to_text(now())).step();
      }
      run("PRAGMA application_id = 1145523269");
      static_assert(kApplicationId == 1145523269);
      commit();
    } catch (...) {
      rollback();
      throw;
    }
  }

  // 0: empty. StoreCorrupt: a database of something else, or of a newer program.
  std::int64_t version() {
    if (pragma("SELECT count(*) FROM sqlite_schema") == 0) return 0;
    if (pragma("PRAGMA application_id") != kApplicationId) throw StoreCorrupt(name_ + ": is a database, but no ledger");
    const std::int64_t found = pragma("SELECT max(version) FROM migration");
    if (found < 1 || found > static_cast<std::int64_t>(kMigrations.size())) {
      throw StoreCorrupt(name_ + ": is a ledger of a newer program (version " + std::to_string(found) + ")");
    }
    return found;
  }

  std::string name_;
  sqlite3* db_ = nullptr;
};

}  // namespace

std::unique_ptr<LedgerStore> open_sqlite(const std::string& path, OpenAs as, std::chrono::milliseconds patience) {
  return std::make_unique<SqliteStore>(path, as, patience);
}

}  // namespace dosegate::gate
