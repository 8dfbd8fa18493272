#include <cstdio>
#include <cstdlib>

#include "tests/bench/bench.h"

namespace dosegate::bench {

const Library& library() {
  static const Library loaded = Library::load();
  return loaded;
}

const FullSize& full_size() {
  static const FullSize data;
  return data;
}

Case ready_case(const FullSize& data, unsigned threads) {
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = threads;
  Case c = library().make_case(&host);
  data.set(c);
  return c;
}

std::string many_rules(int rules) {
  std::string json =
      R"({"schema":"dosegate.v1.Protocol","id":"bench","version":"1.0.0","title":"bench","source":"bench",
    "prescription":{"totalDoseGy":45,"fractions":15,"dosePerFractionGy":3,"targetRole":"PTV"},
    "roles":[{"id":"PTV","kind":"TARGET"},{"id":"Liver","kind":"ORGAN_AT_RISK"}],"rules":[)";
  for (int n = 0; n < rules; ++n) {
    json +=
        (n > 0 ? "," : "") + std::string(R"({"id":"R)") + std::to_string(n) +
        R"(","clause":"B-1","text":"t","reading":"r","source":"s","mandatory":true,"doseMetric":{"structure":"Liver","metric":"V)" +
        std::to_string(1 + 40 * n / rules) + "." + std::to_string(10 + n % 90) +
        R"(Gy[%]","comparator":"LT","limit":99}})";
  }
  return json + "]}";
}

void require_evaluated(const Report& report) {
  // The spinal cord leaves the dose grid, as it does in the clinic; nothing else is missing.
  const std::string json(report.json());
  std::size_t open = 0;
  for (std::size_t at = json.find("NOT_EVALUABLE"); at != std::string::npos; at = json.find("NOT_EVALUABLE", at + 1))
    ++open;
  if (open > 2 || report.verdict() == DOSEGATE_VERDICT_UNSPECIFIED) {
    std::fprintf(stderr, "the full-size case is not evaluated:\n%s\n", json.c_str());
    std::exit(1);
  }
}

}  // namespace dosegate::bench
