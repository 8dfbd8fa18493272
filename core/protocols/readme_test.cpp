// The worked example of core/protocols/README.md is a protocol as it stands there.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "core/protocol/protocol.h"
#include "core/protocols/lint.h"
#include "core/protocols/load.h"
#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {
namespace {

std::string example() {
  std::stringstream text;
  text << std::ifstream(DOSEGATE_PROTOCOLS "/README.md").rdbuf();
  const std::string readme = text.str();
  const std::string open = "```json\n";
  const std::size_t from = readme.find(open);
  REQUIRE(from != std::string::npos);
  const std::size_t to = readme.find("```", from + open.size());
  REQUIRE(to != std::string::npos);
  return readme.substr(from + open.size(), to - from - open.size());
}

TEST_CASE("The worked example of the protocol language loads and the linter has nothing against it", "[protocol]") {
  const auto protocol = load_protocol(example());
  if (!protocol) FAIL(protocol.error().path << ": " << protocol.error().message);
  CHECK(protocol->id == "EXAMPLE-SPINE");
  CHECK(protocol->prescription.total == Dose::gy(20));
  CHECK(protocol->roles.size() == 5);
  CHECK(protocol->find_role("Kidney_L-PTV")->derived->text() == "Kidney_L minus PTV");
  const auto& coverage = *protocol->rules.at(2).as<DoseMetricRule>();
  CHECK(coverage.metric.text == "V95%[%]");
  CHECK(coverage.limit->value == 95.0);
  CHECK(coverage.limit->comparator == Comparator::kGreaterOrEqual);
  for (const LintEntry& entry : lint_protocol(example())) {
    INFO(entry.path << ": " << entry.message);
    CHECK(entry.severity == LintEntry::Severity::kNote);
  }
}

}  // namespace
}  // namespace dosegate
