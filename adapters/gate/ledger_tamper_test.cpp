// Ledgers that somebody changed who can write the database. Built for SQLite and for PostgreSQL.
#include <cstdlib>
#include <random>

#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

TEST_CASE("gate ledger: what was altered, removed, put in, moved, cut off or signed by another is found",
          "[gate][tamper]") {
  Kept kept;
  kept.place.keep();
  std::mt19937 random(15);
  const auto pick = [&](int least, int most) {
    return std::to_string(least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1)));
  };
  const auto stranger = signer(33);
  const char* const asked = std::getenv("DOSEGATE_GATE_MUTATIONS");
  const int mutations = asked != nullptr ? std::atoi(asked) : DOSEGATE_SANITIZED ? 60 : DOSEGATE_GATE_MUTATIONS;
  for (int i = 0; i < mutations; ++i) {
    kept.place.restore();
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
        std::vector<Row> rows = rows_of(kept.place);
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
    kept.place.tamper(sql);
    INFO("mutation " << i << ": " << sql.substr(0, 300));
    CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) != "");
  }
}
