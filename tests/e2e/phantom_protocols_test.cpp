// Phantoms of the other shipped protocols through the built program. Geometry and doses: adapters/phantom/model.h.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "adapters/phantom/phantom.h"
#include "tests/e2e/phantom_report.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

struct Broken {
  std::string rule = {};  // the only one that is broken; empty: none
  double value = 0.0;     // of it, worked out on paper
};

// SB-2.V100: of the PTV's 50 mm in x the first 4 get less than 50 Gy (46 Gy at its face, 51 Gy 5 mm on).
// SB-8.Max: 5.3 Gy/mm either side of 31.5 Gy; 0.035 cc of the octagon's area are 0.3437 mm.
// BD-2.D98: 8 Gy in the first 5 mm from 37 Gy on; 2 % are 1 mm, 38.6 Gy of 45 Gy.
// BD-3.Max: the profile's own maximum.
const std::map<std::string, Broken>& broken() {
  const double cord_mm2 = 0.5 * 8 * 36.0 * std::sin(std::acos(-1.0) / 4);
  static const std::map<std::string, Broken> kBroken = {
      {"sbrt", {}},
      {"sbrt-cold-ptv", {"SB-2.V100", 92.0}},
      {"sbrt-hot-cord", {"SB-8.Max", 31.5 - 0.5 * 35.0 / cord_mm2 * 5.3}},
      {"twice-daily", {}},
      {"twice-daily-cold-ptv", {"BD-2.D98", 100.0 * 38.6 / 45.0}},
      {"twice-daily-hot-cord", {"BD-3.Max", 42.0}},
  };
  return kBroken;
}

}  // namespace

TEST_CASE("phantom: every case for another protocol breaks its rule and nothing else", "[e2e][phantom]") {
  const TemporaryFolder folder;
  std::size_t known = 0;
  for (const auto& c : dosegate::phantom::cases()) {
    if (c.differs != dosegate::phantom::Differs::kInProtocol) continue;
    ++known;
    INFO(c.name);
    const Broken& e = broken().at(c.name);
    const Outcome checked = run({"check", write_phantom(folder, c.name), "--protocol", c.protocol, "--format", "json"});
    INFO(checked.err);
    CHECK(checked.exit_code == (e.rule.empty() ? 0 : 1));
    v1::Report report;
    REQUIRE(google::protobuf::util::JsonStringToMessage(checked.out, &report).ok());
    CHECK(report.verdict() == (e.rule.empty() ? v1::Report::PASS : v1::Report::FAIL));
    CHECK(rules_with(report, v1::Finding::DEVIATION) == (e.rule.empty() ? Rules{} : Rules{e.rule}));
    for (const auto other : {v1::Finding::WARNING, v1::Finding::NOT_EVALUABLE, v1::Finding::INDETERMINATE}) {
      CHECK(rules_with(report, other) == Rules{});
    }
    for (const auto& f : report.findings()) {
      if (f.rule_id() != e.rule) continue;
      CHECK(f.value() == Approx(e.value).epsilon(1e-4));
      CHECK(f.clause() == c.broken_rule);
    }
  }
  CHECK(known == broken().size());
}
