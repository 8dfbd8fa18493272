// Ledgers that somebody changed who can write the file.
#include <sqlite3.h>

#include <random>

#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
namespace fs = std::filesystem;

namespace {

// What somebody does who can write the file, without any of our code.
void tamper(const fs::path& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const std::string all = "PRAGMA synchronous = OFF; DROP TRIGGER entry_stays; DROP TRIGGER entry_is_kept; " + sql;
  char* message = nullptr;
  const int code = sqlite3_exec(db, all.c_str(), nullptr, nullptr, &message);
  INFO(sql << "\n" << (message == nullptr ? "" : message));
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(db);
}

}  // namespace

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
  constexpr int kFlips = DOSEGATE_SANITIZED ? 40 : 200;
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
