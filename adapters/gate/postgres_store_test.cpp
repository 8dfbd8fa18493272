// What is PostgreSQL's alone: servers that go, answers that are lost, settings under which nothing is durable.
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <thread>

#include "tests/gate/cluster.h"
#include "tests/gate/cutter.h"
#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

namespace {

constexpr std::chrono::milliseconds kShort{1500};

template <typename F>
std::string failure(F&& f) {
  try {
    f();
  } catch (const StoreFailed& e) {
    return e.what();
  } catch (const StoreCorrupt& e) {
    return std::string("corrupt: ") + e.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

// A ledger that is reached through a socket on which the connection can be cut.
struct CutLedger {
  Kept kept;
  Cutter cutter{Cluster::shared().folder() / ".s.PGSQL.5432"};
  std::string name = kept.place.name();
  CutLedger() {
    const std::string folder = Cluster::shared().folder().string();
    name.replace(name.find(folder), folder.size(), cutter.folder());
  }
  Ledger open() {
    return Ledger(open_store(name, OpenAs::kWriter, kShort), kept.key.get(), [] { return kNow; });
  }
  std::size_t rows() { return rows_of(kept.place).size(); }
  void check_whole() { CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) == ""); }
};

}  // namespace

TEST_CASE("gate postgres: a commit whose answer was lost counts when the row is there", "[gate][postgres]") {
  CutLedger cut;
  Ledger ledger = cut.open();
  for (const Cutter::Cut when : {Cutter::Cut::kAfterAnswer, Cutter::Cut::kAfterQuestion}) {
    const std::size_t before = cut.rows();
    cut.cutter.cut_at_commit(when);
    CHECK(failure([&] { append(ledger, "x", kNow + std::chrono::hours(1)); }) == "");
    CHECK(cut.cutter.cuts() > 0);
    CHECK(cut.rows() == before + 1);
  }
  cut.check_whole();
}

TEST_CASE("gate postgres: a commit that never reached the server is known not to be there", "[gate][postgres]") {
  CutLedger cut;
  Ledger ledger = cut.open();
  cut.cutter.cut_at_commit(Cutter::Cut::kBefore);
  has(failure([&] { append(ledger, "x"); }), "nothing was recorded. Decide anew");
  CHECK(cut.rows() == 12);
  CHECK(failure([&] { append(ledger, "y"); }) == "");  // on a new connection
  CHECK(cut.rows() == 13);
  cut.check_whole();
}

TEST_CASE("gate postgres: where the server cannot be asked again, it is said that the outcome is not known",
          "[gate][postgres]") {
  CutLedger cut;
  Ledger ledger = cut.open();
  cut.cutter.cut_at_commit(Cutter::Cut::kAndStayAway);
  has(failure([&] { append(ledger, "x"); }), "is not known");
  cut.cutter.come_back();
  CHECK(failure([&] { append(ledger, "y"); }) == "");
  cut.check_whole();
}

TEST_CASE("gate postgres: a connection lost before the commit adds nothing, and the next one works",
          "[gate][postgres]") {
  CutLedger cut;
  Ledger ledger = cut.open();
  const std::string said = failure([&] {
    ledger.append([] { return kNow; },
                  [&](const Ledger::Moment& moment) {
                    moment.add(row_of("x"));
                    cut.cutter.cut();
                    moment.add(row_of("y"));
                  });
  });
  has(said, "connection to the ledger's server was lost");
  CHECK(cut.rows() == 12);
  CHECK(failure([&] { append(ledger, "z"); }) == "");
  cut.check_whole();
}

TEST_CASE("gate postgres: a server that is stopped fails in time, and no other text than its own is shown",
          "[gate][postgres]") {
  CutLedger cut;
  Ledger ledger = cut.open();
  cut.cutter.hold_back();
  const auto begin = std::chrono::steady_clock::now();
  has(failure([&] { append(ledger, "x"); }), "does not answer in time");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
  cut.cutter.come_back();
  const std::string nowhere = failure([] {
    open_store("postgresql://user:s3cret@/db?host=/no/such/folder&sslpassword=s3cret", OpenAs::kWriter, kShort);
  });
  has(nowhere, "cannot be reached");
  CHECK(nowhere.find("s3cret") == std::string::npos);
  for (const char* odd : {"postgresql://u:s3cret@host:port/db", "postgresql://u:s3cret@host/db?s3cret",
                          "postgresql:", "postgresql://%zz:s3cret@h/d"}) {
    const std::string said = failure([&] { open_store(odd, OpenAs::kWriter, kShort); });
    INFO(odd << ": " << said);
    CHECK(said != "");
    CHECK(said.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("gate postgres: a server that loses its power while it commits loses nothing that was answered",
          "[gate][postgres][kill]") {
  const Kept kept;
  std::mt19937 random(23);
  std::vector<std::string> answered;
  Ledger ledger(open_store(kept.place.name(), OpenAs::kWriter, std::chrono::milliseconds(8000)), kept.key.get(),
                [] { return kNow; });
  const int rounds = 2;
  for (int round = 0; round < rounds; ++round) {
    std::atomic<bool> is_back{false};
    std::thread deciding([&] {
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      int more = 5;
      for (int i = 0; more > 0 && std::chrono::steady_clock::now() < end; ++i) {
        const std::string text = std::to_string(round) + "." + std::to_string(i);
        const bool counts = is_back;
        try {
          append(ledger, text);
          answered.push_back(text);
          if (counts) --more;
        } catch (const StoreFailed&) {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 200));
    Cluster::shared().crash();  // by this thread: the server ends with the one that started it
    Cluster::shared().start();
    is_back = true;
    deciding.join();
  }
  CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) == "");
  std::map<std::string, int> there;
  for (const Row& row : rows_of(kept.place)) ++there[row.body];
  for (const std::string& text : answered) CHECK(there[row_of(text).body] == 1);
  CHECK(answered.size() > static_cast<std::size_t>(rounds) * 5 - 1);
}

TEST_CASE("gate postgres: a server under whose settings an answer may be lost is refused", "[gate][postgres]") {
  Kept kept;
  const auto with = [&](const std::string& setting) {
    Cluster::shared().stop();
    Cluster::shared().start("-c " + setting);
    return failure([&] {
      Ledger ledger = open_ledger(kept.place, kept.key.get());
      append(ledger, "x");
    });
  };
  has(with("fsync=off"), "fsync or full_page_writes off");
  has(with("full_page_writes=off"), "fsync or full_page_writes off");
  has(with("default_transaction_read_only=on"), "read-only");
  CHECK(with("synchronous_commit=off") == "");  // which the session itself sets on
  CHECK(with("fsync=on") == "");
  CHECK(first_problem(audit_of(kept.place, kept.keys)) == "");
}

TEST_CASE("gate postgres: a full disk fails, and the chain stays whole", "[gate][postgres]") {
  Kept kept;
  Cluster::shared().stop();
  Cluster::shared().start_on_small_disk(std::size_t{3} << 20);
  std::mt19937_64 random(3);
  std::string noise;  // what does not compress
  while (noise.size() < (std::size_t{1} << 20)) noise += std::to_string(random());
  const std::string said = failure([&] {
    Ledger ledger = open_ledger(kept.place, kept.key.get());
    for (int i = 0; i < 8; ++i) append(ledger, noise + std::to_string(i));
  });
  has(said, "the ledger cannot be used");
  Cluster::shared().stop();
  Cluster::shared().start();
  CHECK(first_problem(audit_of(kept.place, kept.keys, kept.witnesses)) == "");
  Ledger ledger = open_ledger(kept.place, kept.key.get());
  CHECK(failure([&] { append(ledger, "y"); }) == "");
}

TEST_CASE("gate postgres: what is no ledger, or a newer one, is refused, and readers make nothing",
          "[gate][postgres]") {
  Place empty;
  has(failure([&] { open_store(empty.name(), OpenAs::kReader); }), "there is no such ledger");
  has(failure([&] { open_store(empty.name(), OpenAs::kWriter); }), "there is no such ledger");
  Kept kept;
  CHECK(kept.place.execute("INSERT INTO dosegate_migration VALUES (99, 'later')"));
  has(failure([&] { open_store(kept.place.name(), OpenAs::kWriter); }), "newer program (version 99)");
  CHECK(kept.place.execute("DROP TABLE dosegate_migration"));
  has(failure([&] { open_store(kept.place.name(), OpenAs::kWriter); }), "corrupt: ");
}

TEST_CASE("gate postgres: the database itself takes no second row in a place, whoever writes it", "[gate][postgres]") {
  Kept kept;
  CHECK_FALSE(
      kept.place.execute("INSERT INTO entry SELECT 12, at, kind, body, previous, 'h' FROM entry WHERE sequence = 12"));
  CHECK_FALSE(kept.place.execute("TRUNCATE TABLE entry"));
}
