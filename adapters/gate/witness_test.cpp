// A ledger and the file that witnesses it. Built for each kind of database.
#include "adapters/gate/witness.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "adapters/support/error.h"
#include "tests/e2e/run_program.h"
#include "tests/gate/kept_ledger.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;
using dosegate::e2e::TemporaryFolder;
using dosegate::e2e::write_file;

namespace {

std::string head_of(const Place& place, Signer* key, const std::string& text) {
  Ledger ledger = open_ledger(place, key);
  return append(ledger, text);
}

// Why the ledger takes no row under that witness; empty: it took one.
std::string objection(const Place& place, const std::string& witness, Signer* key) {
  try {
    Ledger ledger = open_ledger(place.name(), witness, key, [] { return kNow; });
    append(ledger, "another");
    return {};
  } catch (const Refused& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("gate witness: a ledger that lacks what its witness tells of takes no row", "[gate][tamper]") {
  const TemporaryFolder folder;
  const std::string heads = (folder / "heads").string();
  const auto key = signer(kGateKey);
  Place place;
  head_of(place, key.get(), "first");
  place.keep();
  REQUIRE(append_witness(heads, head_of(place, key.get(), "second")) == "");
  CHECK(objection(place, heads, key.get()) == "");
  CHECK(objection(place, (folder / "none").string(), key.get()) == "");

  place.restore();
  CHECK(objection(place, heads, key.get()).find("row 3 of ledger") != std::string::npos);
  CHECK(objection(place, heads, key.get()).find("which it lacks: its end was cut off") != std::string::npos);
  CHECK(rows_of(place).size() == 2);

  head_of(place, key.get(), "not the second");
  CHECK(objection(place, heads, key.get()).find("has another row there") != std::string::npos);
  CHECK(rows_of(place).size() == 3);

  const Place other;
  head_of(other, key.get(), "first");
  CHECK(objection(other, heads, key.get()).find("and this is ledger ") != std::string::npos);
  CHECK(rows_of(other).size() == 2);

  const Place none;
  CHECK(objection(none, heads, key.get()).find("no such ledger, and " + heads + " tells of row 3") !=
        std::string::npos);
  CHECK_THROWS_AS(open_store(none.name(), OpenAs::kReader), StoreMissing);  // and none was made
}

TEST_CASE("gate witness: the newest line that is whole counts, and a file without any is none", "[gate]") {
  const TemporaryFolder folder;
  const std::string heads = (folder / "heads").string();
  const auto key = signer(kGateKey);
  const Place place;
  const std::string second = head_of(place, key.get(), "first"), third = head_of(place, key.get(), "second");
  const auto newest = [&](const std::string& text) {
    write_file(heads, text);
    const auto found = newest_witness(heads);
    return found ? found->sequence : 0;
  };
  CHECK(newest(second) == 2);
  CHECK(newest(second + third) == 3);
  CHECK(newest(second + third.substr(0, third.size() - 1)) == 2);  // its line feed is missing
  CHECK(newest(second + third.substr(0, 40)) == 2);
  CHECK(newest(second + third.substr(0, 40) + "\n") == 2);
  CHECK(newest(second + third.substr(0, 40) + "\n" + third) == 3);
  CHECK(newest(std::string(5'000'000, 'x') + "\n" + second) == 2);
  CHECK(newest("") == 0);
  CHECK(newest(second.substr(0, 40)) == 0);
  for (const std::string& text : {std::string("no witness\n"), std::string("\n"), second.substr(1),
                                  second + std::string(5'000'000, 'x') + "\n"}) {
    CHECK_THROWS_AS(newest(text), Refused);
    CHECK(objection(place, heads, key.get()).find("heads") != std::string::npos);
  }
  CHECK_FALSE(newest_witness("").has_value());
  CHECK_FALSE(newest_witness((folder / "none").string()).has_value());
  const std::string pipe = (folder / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_FALSE(newest_witness(pipe).has_value());
  CHECK_FALSE(newest_witness("/dev/null").has_value());
}
