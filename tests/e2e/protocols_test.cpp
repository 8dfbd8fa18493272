// The phantom, planned for the trial, against each protocol that is built in.
#include <catch2/catch.hpp>

#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;

TEST_CASE("program: the liver phantom keeps the trial's protocol and breaks the prescriptions of the others",
          "[e2e][SB-1][BD-1]") {
  const TemporaryFolder folder;
  const std::string phantom = (folder / "phantom").string();
  REQUIRE(run({"phantom", phantom}).exit_code == 0);
  CHECK(run({"check", phantom, "--plan-only"}).exit_code == 0);

  const Outcome sbrt = run({"check", phantom, "--plan-only", "--protocol", "LIVER-SBRT-5"});
  INFO(sbrt.out << sbrt.err);
  CHECK(sbrt.exit_code == 1);
  for (const char* rule : {"SB-1.Total", "SB-1.Fractions", "SB-1.Dose", "SB-2.V100"}) {
    CHECK(sbrt.out.find(rule) != std::string::npos);
  }
  const Outcome twice_daily = run({"check", phantom, "--plan-only", "--protocol", "SCLC-45-BD"});
  INFO(twice_daily.out << twice_daily.err);
  CHECK(twice_daily.exit_code == 1);
  CHECK(twice_daily.out.find("BD-1.Fractions") != std::string::npos);
  CHECK(twice_daily.out.find("no ROI stands for Lung_L") != std::string::npos);
}
