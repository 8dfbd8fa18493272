// What a case has kept from checks against other protocols, of other structures, doses, plans, records and options,
// does not show: each answer is that of a new case, byte for byte. The protocols call the same things by the same
// names, and mean others.
#include <cstdlib>

#include "tests/abi/shared_names_walk.h"

using namespace dosegate::abi_test;

namespace {

// DOSEGATE_KEPT_SEQUENCES=10000 in the environment: all of them, for an hour of one core.
unsigned sequences() {
  const char* asked = std::getenv("DOSEGATE_KEPT_SEQUENCES");
  if (asked != nullptr) return static_cast<unsigned>(std::strtoul(asked, nullptr, 10));
  return DOSEGATE_SANITIZED ? 4 : 40;
}

}  // namespace

TEST_CASE("what was kept of other protocols, structures, doses, plans and records does not show in an answer") {
  constexpr std::size_t kProtocols = 24;
  constexpr int kSteps = 6;
  std::mt19937 random(1);
  std::vector<ProtocolHandle> protocols, twins;  // loaded twice from the same text
  for (std::size_t n = 0; n < kProtocols; ++n) {
    const std::string json = shared_names_protocol(random);
    protocols.push_back(loaded(json));
    twins.push_back(loaded(json));
  }
  const unsigned count = sequences();
  std::size_t answers = 0, compared = 0, changed = 0, again = 0;
  for (unsigned seed = 1; seed <= count; ++seed) {
    const dosegate_host host = host_of(seed % 3);  // as many threads as there are cores, one, two
    const CaseHandle c = make_case(&host);
    SharedNamesWalk walk(seed, c.get());
    const std::size_t chosen[] = {walk.below(kProtocols), walk.below(kProtocols), walk.below(kProtocols)};
    std::string path, last;
    const auto require_as_new = [&](const dosegate_protocol* protocol, bool with_dvh, const std::string& answer) {
      const CaseHandle fresh = make_case();
      walk.content().fill(fresh.get());
      if (answer != (with_dvh ? answers_of(fresh.get(), protocol) : report_of(fresh.get(), protocol))) {
        FAIL("seed " << seed << path << "\nanswers otherwise than a new case");
      }
    };
    for (int step = 1; step <= kSteps; ++step) {
      path += "\n" + walk.step();
      const bool is_last = step == kSteps;
      if (!is_last && walk.below(2) == 0) continue;  // several changes at once
      if (walk.below(4) == 0) {
        path += "\na dose is expected";
        REQUIRE(walk.content().dose.expect(c.get(), protocols[chosen[walk.below(3)]].get()) == DOSEGATE_OK);
      }
      const std::size_t asked = chosen[walk.below(3)];
      const dosegate_protocol* protocol = protocols[asked].get();
      const bool with_dvh = walk.below(6) == 0;
      const std::string answer = with_dvh ? answers_of(c.get(), protocol) : report_of(c.get(), protocol);
      ++answers;
      changed += answer == last ? 0 : 1;
      last = answer;
      if (walk.below(2) == 0) {  // and again, at once or after others; by this protocol or by one that says the same
        path += "\nagain";
        std::size_t others = walk.below(4);
        for (; others > 1; --others) report_of(c.get(), protocols[walk.below(kProtocols)].get());
        if (others == 1) {
          const dosegate_protocol* other = protocols[chosen[walk.below(3)]].get();
          const std::string between = report_of(c.get(), other);
          if (walk.below(4) == 0) require_as_new(other, false, between);
        }
        const dosegate_protocol* same = walk.below(2) == 0 ? protocol : twins[asked].get();
        ++again;
        if ((with_dvh ? answers_of(c.get(), same) : report_of(c.get(), same)) != answer) {
          FAIL("seed " << seed << path << "\nanswers otherwise than before");
        }
      }
      if (!is_last && walk.below(4) != 0) continue;  // a new case takes most of the time
      ++compared;
      require_as_new(protocol, with_dvh, answer);
    }
  }
  CHECK(answers > 2 * count);
  CHECK(compared > count);
  CHECK(changed > answers / 2);
  CHECK(again > answers / 3);
}
