// A PostgreSQL server that is killed while it commits, and a standby that takes over: what was answered is there, once,
// and the gate goes on with the new server by the one connection string that names them all.
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/gate/issue.h"
#include "tests/gate/cluster.h"
#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

namespace {

constexpr std::chrono::milliseconds kFailoverPatience{20'000};

bool comes(const std::function<bool()>& is_so) {
  for (int i = 0; i < 1200; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

// `standby` is what `followed` waits for in each commit.
bool is_followed(const Cluster& followed) {
  std::string state;
  return comes([&] {
    followed.execute("SELECT state FROM pg_stat_replication", &state);
    return state == "streaming";
  });
}

// Several writers, each with a connection and a key of its own; what each of its decisions came to.
class Writers {
 public:
  explicit Writers(std::string uri) : uri_(std::move(uri)) {
    for (int w = 0; w < 3; ++w) threads_.emplace_back([this, w] { write(w); });
  }
  ~Writers() { stop(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  void stop() {
    is_over_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  // By text: "", answered; else why it was held.
  std::map<std::string, std::string> outcomes() const {
    const std::lock_guard lock(mutex_);
    return outcomes_;
  }
  std::size_t answered() const {
    std::size_t count = 0;
    for (const auto& [text, why] : outcomes()) count += why.empty() ? 1 : 0;
    return count;
  }

 private:
  void write(int w) {
    const auto key = signer(kGateKey);
    std::unique_ptr<Ledger> ledger;
    for (int i = 0; !is_over_; ++i) {
      const std::string text = std::to_string(w) + "." + std::to_string(i);
      std::string why;
      try {
        if (!ledger) {
          ledger = std::make_unique<Ledger>(open_store(uri_, OpenAs::kWriterMaking, kFailoverPatience), key.get(),
                                            [] { return kNow; });
        }
        append(*ledger, text);
      } catch (const StoreFailed& e) {
        why = e.what();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
      const std::lock_guard lock(mutex_);
      outcomes_[text] = why;
    }
  }

  const std::string uri_;
  std::atomic<bool> is_over_{false};
  mutable std::mutex mutex_;
  std::map<std::string, std::string> outcomes_;
  std::vector<std::thread> threads_;
};

// Each answered decision is there once, each that was said not to be recorded is not, none is there twice; the chain is
// whole.
void check_ledger(const std::string& uri, const std::map<std::string, std::string>& outcomes) {
  std::map<std::string, int> there;
  const auto store = open_store(uri, OpenAs::kReader);
  store->each_row([&](const Row& row) { ++there[row.body]; });
  int answered = 0, refused = 0, unknown = 0;
  for (const auto& [text, why] : outcomes) {
    const int times = there[row_of(text).body];
    INFO(text << ": " << times << " times there; " << why);
    CHECK(times <= 1);
    if (why.empty()) {
      ++answered;
      CHECK(times == 1);
    } else if (why.find("is not known") != std::string::npos) {
      ++unknown;
    } else {
      ++refused;
      CHECK(times == 0);
    }
  }
  const std::vector<PublicKey> keys = {signer(kGateKey)->public_key()};
  const Audit result = audit(*store, keys, Revocations(), {});
  CHECK(first_problem(result) == "");
  WARN(answered << " answered, " << refused << " held as not recorded, " << unknown << " held as not known; "
                << result.rows << " rows");
}

}  // namespace

TEST_CASE("gate postgres: rows whose wait for the standby was cut short do not count before it has them",
          "[gate][postgres][failover]") {
  Cluster first;
  first.stop();
  first.start("-c synchronous_standby_names=*");
  Cluster second(&first);
  second.start();
  REQUIRE(is_followed(first));
  const auto key = signer(kGateKey);
  Ledger ledger(open_store(first.uri(), OpenAs::kWriterMaking), key.get(), [] { return kNow; });
  second.pause();
  std::thread cutting([&] {
    std::string cut;
    CHECK(comes([&] {
      first.execute(
          "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
          "application_name = "
          "'dosegate-gate'",
          &cut);
      return cut == "1";
    }));
  });
  std::string why;
  NewRow row = row_of("x");
  row.mentions.push_back({"REQUEST", "R"});
  try {
    ledger.append([] { return kNow; }, [&](const Ledger::Moment& moment) { moment.add(row); });
  } catch (const StoreFailed& e) {
    why = e.what();
  }
  cutting.join();
  INFO(why);
  CHECK(why.find("may be lost again") != std::string::npos);
  // It is seen on the first server, and would be gone with it.
  std::optional<Row> found;
  Ledger later(open_store(first.uri(), OpenAs::kWriter, std::chrono::milliseconds(500)), key.get(),
               [] { return kNow; });
  const auto ask = [&] {
    later.append([] { return kNow; }, [&](const Ledger::Moment& moment) { found = moment.find({"REQUEST", "R"}); });
  };
  CHECK_THROWS_AS(ask(), StoreFailed);
  CHECK(found.has_value());
  second.resume();
  CHECK(comes([&] {
    try {
      return recorded(first.uri(), "R") == row.body;
    } catch (const StoreFailed&) {  // the server still ends the connection that was given up
      return false;
    }
  }));
  std::string there;
  second.execute("SELECT count(*) FROM dosegate_mention WHERE kind = 'REQUEST'", &there);
  CHECK(there == "1");
}

TEST_CASE("gate postgres: a standby takes over from a server that is killed while it commits, and nothing is lost",
          "[gate][postgres][kill][failover]") {
  // Each follows the one before it, and is waited for by it.
  const std::string waits = "-c synchronous_standby_names=*";
  Cluster first;
  first.stop();
  first.start(waits);
  Cluster second(&first);
  second.start(waits);  // counts once it has taken over
  Cluster third(&second);
  third.start();
  REQUIRE(is_followed(first));
  REQUIRE(is_followed(second));
  const std::string hosts = first.folder().string() + "," + second.folder().string() + "," + third.folder().string();
  const std::string uri = "postgresql:///postgres?user=dosegate&host=" + hosts;
  Writers writers(uri);
  REQUIRE(comes([&] { return writers.answered() >= 20; }));

  SECTION("at any instant") {}
  SECTION("with every commit waiting for its standby") {
    second.pause();  // the rows are on the disk of the first, and nobody is answered
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const std::size_t before = writers.answered();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK(writers.answered() == before);
    second.resume();
    second.pause();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  first.kill();
  second.resume();
  CHECK(second.execute("SELECT pg_promote()") == "");
  const std::size_t before = writers.answered();
  CHECK(comes([&] { return writers.answered() >= before + 20; }));  // it goes on, with the third as standby
  check_ledger(second.uri(), writers.outcomes());

  // The third is alone then: what it answered would be lost with it, so that it is not asked to.
  second.kill();
  CHECK(third.execute("SELECT pg_promote()") == "");
  CHECK(comes([&] {
    for (const auto& [text, why] : writers.outcomes()) {
      if (why.find("has no synchronous standby") != std::string::npos) return true;
    }
    return false;
  }));
  writers.stop();
  check_ledger(third.uri(), writers.outcomes());
  const auto key = signer(kGateKey);
  Ledger alone(open_store(third.uri(), OpenAs::kWriter), key.get(), [] { return kNow; });
  CHECK_NOTHROW(append(alone, "alone"));
}
