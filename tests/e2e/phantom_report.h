// A phantom and the report on it, as the tests of its cases look at them.
#pragma once

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "dosegate/v1/report.pb.h"
#include "tests/e2e/run_program.h"

namespace dosegate::e2e {

using Rules = std::set<std::string>;

// The folder that it is written into.
inline std::string write_phantom(const TemporaryFolder& folder, const std::string& name) {
  const std::string dir = (folder / name).string();
  const Outcome made = run({"phantom", dir, "--case", name});
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  return dir;
}

inline Rules rules_with(const v1::Report& report, v1::Finding::Status status) {
  Rules out;
  for (const auto& f : report.findings()) {
    if (f.status() == status) out.insert(f.rule_id());
  }
  return out;
}

}  // namespace dosegate::e2e
