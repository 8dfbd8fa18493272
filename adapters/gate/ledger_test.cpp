// The ledger: chain, several processes, processes that are killed. Built for SQLite and for PostgreSQL.
#include "adapters/gate/ledger.h"

#include <poll.h>
#include <signal.h>

#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

namespace {

// How many processes are killed: 20, or what the environment says.
int rounds() {
  const char* const asked = std::getenv("DOSEGATE_GATE_KILLS");
  return asked != nullptr ? std::max(std::atoi(asked), 1) : DOSEGATE_SANITIZED ? 10 : 20;
}

}  // namespace

TEST_CASE("gate ledger: rows are chained by the hash that is documented", "[gate]") {
  const Kept kept;
  const std::vector<Row> rows = rows_of(kept.place);
  REQUIRE(rows.size() == 12);
  std::string previous(64, '0');
  for (const Row& row : rows) {
    const auto part = [](const std::string& text) { return std::to_string(text.size()) + ":" + text; };
    std::string text = part("dosegate.ledger.row/1") + part(std::to_string(row.sequence)) + part(row.at) +
                       part(row.kind) + part(row.body) + part(std::to_string(row.mentions.size()));
    for (const Mention& mention : row.mentions) text += part(mention.kind) + part(mention.value);
    CHECK(row.hash == sha256(text + part(previous)));
    CHECK(row.previous == previous);
    previous = row.hash;
  }
  const Audit result = audit_of(kept.place, kept.keys, kept.witnesses);
  CHECK(first_problem(result) == "");
  CHECK(result.rows == 12);
  CHECK(result.signed_rows == 12);
}

TEST_CASE("gate ledger: it only grows, and its time does not go back", "[gate]") {
  Kept kept;
  Ledger ledger = open_ledger(kept.place, kept.key.get());
  append(ledger, "earlier", kNow - std::chrono::hours(5));
  const std::vector<Row> rows = rows_of(kept.place);
  CHECK(rows.back().at == rows[rows.size() - 2].at);
  CHECK(first_problem(audit_of(kept.place, kept.keys)) == "");
  CHECK_FALSE(kept.place.execute("UPDATE entry SET body = ''"));
  CHECK_FALSE(kept.place.execute("DELETE FROM entry"));
  CHECK_THROWS_AS(ledger.append([] { return kNow; },
                                [](const Ledger::Moment& moment) {
                                  moment.add(row_of("not kept"));
                                  throw Refused("no");
                                }),
                  Refused);
  CHECK(rows_of(kept.place).size() == rows.size());
}

TEST_CASE("gate ledger: processes that write at once make one chain", "[gate]") {
  const Place place;
  constexpr int kProcesses = 3, kRows = 20;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    children.push_back(in_child([&] {
      const auto key = signer(kGateKey);
      for (int i = 0; i < kRows; ++i) {
        Ledger ledger = open_ledger(place, key.get());
        append(ledger, std::to_string(p) + "." + std::to_string(i));
      }
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(exit_of(child) == 0);
  const Audit result = audit_of(place, {signer(kGateKey)->public_key()});
  CHECK(first_problem(result) == "");
  CHECK(result.rows == 1 + kProcesses * kRows);
}

TEST_CASE("gate ledger: a process that is killed at any instant loses nothing that it answered", "[gate][kill]") {
  const Place place;
  std::mt19937 random(17);
  std::vector<std::string> answered;
  const int kRounds = rounds();
  for (int round = 0; round < kRounds; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = in_child([&] {
      ::close(ends[0]);
      const auto key = signer(kGateKey);
      Ledger ledger = open_ledger(place, key.get());
      for (int i = 0;; ++i) {
        const std::string text = std::to_string(round) + "." + std::to_string(i);
        append(ledger, text);
        const std::string line = text + "\n";
        if (::write(ends[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) return 1;
      }
    });
    ::close(ends[1]);
    if (round % 2 == 0) {  // else it may be killed while it starts
      pollfd first{ends[0], POLLIN, 0};
      ::poll(&first, 1, 20'000);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::string lines;
    char block[4096];
    for (ssize_t n = 0; (n = ::read(ends[0], block, sizeof block)) > 0;)
      lines.append(block, static_cast<std::size_t>(n));
    ::close(ends[0]);
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
      answered.push_back(lines.substr(at, end - at));
    }
  }
  {
    const auto key = signer(kGateKey);
    Ledger ledger = open_ledger(place, key.get());
    append(ledger, "afterwards");
  }
  CHECK(first_problem(audit_of(place, {signer(kGateKey)->public_key()})) == "");
  std::map<std::string, int> there;
  for (const Row& row : rows_of(place)) ++there[row.body];
  for (const std::string& text : answered) {
    INFO(text);
    CHECK(there[row_of(text).body] == 1);
  }
  CHECK(answered.size() >= static_cast<std::size_t>(kRounds / 2));
}

TEST_CASE("gate ledger: a row that somebody put behind the last one is vouched for by no head", "[gate][tamper]") {
  Kept kept;
  kept.place.keep();
  Row row = rows_of(kept.place).back();
  ++row.sequence;
  row.body = R"({"text":"forged"})";
  row.previous = row.hash;
  row.hash = hash_of(row);
  const auto stranger = signer(33);
  const auto head_by = [&](const Row& of, Signer& by) {
    return sign(kHeadType,
                ObjectWriter()
                    .text("schema", "dosegate.ledger-head/1")
                    .text("ledger", kept.witnesses[0].ledger)
                    .whole("sequence", of.sequence)
                    .text("hash", of.hash)
                    .text("at", of.at)
                    .end(),
                by);
  };
  Envelope claimed = head_by(row, *stranger);
  claimed.key_id = kept.key->public_key().id();
  Row other = row;
  other.hash = std::string(64, 'a');
  const std::vector<std::optional<std::string>> heads = {std::nullopt, claimed.write(), "no envelope",
                                                         head_by(other, *stranger).write()};
  for (const std::optional<std::string>& head : heads) {
    kept.place.restore();
    {
      const auto store = open_store(kept.place.name(), OpenAs::kWriter);
      store->begin();
      store->insert(row);
      if (head) store->insert(Head{row.sequence, *head});
      store->commit();
    }
    Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter), kept.key.get(), [] { return kNow; });
    CHECK_THROWS_AS(append(ledger, "x"), StoreCorrupt);
    CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) != "");
  }
  // Another gate's key may sign as well; whether it counts is for who verifies.
  kept.place.restore();
  {
    Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter), stranger.get(), [] { return kNow; });
    append(ledger, "by another gate");
  }
  Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter), kept.key.get(), [] { return kNow; });
  append(ledger, "x");
  CHECK(first_problem(audit_of(kept.place, {kept.keys[0], stranger->public_key()}, kept.witnesses)) == "");
  CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) != "");
  // Once signed, it stays so.
  Ledger unsigned_one(open_store(kept.place.name(), OpenAs::kWriter), nullptr, [] { return kNow; });
  CHECK_THROWS_AS(append(unsigned_one, "x"), StoreFailed);
}

TEST_CASE("gate ledger: one that is held by another process fails in time", "[gate]") {
  Kept kept;
  std::shared_ptr<void> held = kept.place.hold();
  Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter, std::chrono::milliseconds(50)), kept.key.get(),
                [] { return kNow; });
  CHECK_THROWS_AS(append(ledger, "x"), StoreFailed);
  held.reset();
  Ledger patient(open_store(kept.place.name(), OpenAs::kWriter), kept.key.get(), [] { return kNow; });
  CHECK_NOTHROW(append(patient, "y"));
}

TEST_CASE("gate ledger: what is not committed is not there, and rows are found by what they mention", "[gate]") {
  const Kept kept;
  {
    const auto store = open_store(kept.place.name(), OpenAs::kWriter);
    store->begin();
    Row row = *store->last();
    ++row.sequence;
    row.previous = row.hash;
    row.hash = hash_of(row);
    store->insert(row);
  }
  CHECK(rows_of(kept.place).size() == 12);
  const std::string long_name(5000, 'n');
  {
    Ledger ledger = open_ledger(kept.place, kept.key.get());
    ledger.append(
        [] { return kNow; },
        [&](const Ledger::Moment& moment) {
          moment.add(
              {"DECISION", R"({"text":"\u00e4 'quoted' \\"})", {{"PERSON", long_name}, {"PERSON", "K\xc3\xb6hler"}}});
        });
  }
  const auto store = open_store(kept.place.name(), OpenAs::kReader);
  const auto found = [&](const std::string& kind, const std::string& value) {
    std::vector<std::int64_t> rows;
    store->each_row(Mention{kind, value}, [&](const Row& row) {
      CHECK(row.hash == hash_of(row));
      rows.push_back(row.sequence);
    });
    return rows;
  };
  CHECK(found("PERSON", long_name) == std::vector<std::int64_t>{13});
  CHECK(found("PERSON", long_name + "n").empty());
  CHECK(found("PERSON", "K\xc3\xb6hler") == std::vector<std::int64_t>{13});
  CHECK(found("PLAN", "1.2.7") == std::vector<std::int64_t>{7});
  CHECK(found("PLAN", "x' OR 'a'='a").empty());
  CHECK(found("RULE", "R-1").size() == 11);
  CHECK(first_problem(audit_of(kept.place, {})) == "");
}
