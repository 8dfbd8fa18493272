// The report as a DICOM object.
#include <catch2/catch.hpp>

#include "tests/dicom_gate/node.h"

using namespace dosegate::dicom_gate_test;
using dosegate::e2e::read_file;
using dosegate::e2e::run;

TEST_CASE("dicom gate: a report object says what the report says, and other tools read it", "[dicom-gate][e2e][sr]") {
  Site site;
  for (const std::string name : {"pass", "hot-cord"}) {
    const std::string plan = site.phantom(name), report = site.report(plan, name + ".json"),
                      made = site / (name + ".dcm");
    const Outcome o = run({"sr", report, "--like", plan + "/RP.dcm", "-o", made});
    INFO(o.err);
    REQUIRE(o.exit_code == 0);
    // The same again: the same bytes.
    REQUIRE(run({"sr", report, "--like", plan + "/RP.dcm", "-o", site / (name + "-2.dcm")}).exit_code == 0);
    CHECK(read_file(made) == read_file(site / (name + "-2.dcm")));
    if (fs::exists("/usr/bin/dciodvfy")) {
      const Outcome verified = run({made}, {}, "/usr/bin/dciodvfy");
      CHECK(count(verified.out + verified.err, "Error") == 0);
      CHECK(count(verified.out + verified.err, "ComprehensiveSR") == 1);
    } else {
      WARN("skipped: dciodvfy is not installed (package dicom3tools)");
    }
    const Outcome python = run({DOSEGATE_REPORT_OBJECT_PY, report, made, plan + "/RP.dcm"}, {}, "/usr/bin/python3");
    INFO(python.out << python.err);
    if (python.exit_code == 77) {
      WARN("skipped: python3-pydicom is not installed");
    } else {
      CHECK(python.exit_code == 0);
    }
  }
}

TEST_CASE("dicom gate: a report object is refused where report, plan and decision do not belong together",
          "[dicom-gate][e2e][sr]") {
  Site site;
  const std::string plan = site.phantom("pass"), other = site.phantom("hot-cord"), report = site.report(plan, "report");
  REQUIRE(site.approve(plan, site.policy("policy"), "decision").exit_code == 0);
  REQUIRE(site.approve(other, site.policy("policy"), "rejected").exit_code == 1);
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& part) {
    std::vector<std::string> all = {"sr", report, "-o", site / "made.dcm"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    dosegate::e2e::check_refused(all, part);
    CHECK_FALSE(fs::exists(site / "made.dcm"));
  };
  refused({"--like", other + "/RP.dcm"}, "another plan");
  refused({"--like", "/no/such.dcm"}, "/no/such.dcm");
  refused({"--like", plan + "/RP.dcm", "--decision", site / "rejected", "--key", site.public_key(9)},
          "does not rest on");
  refused({"--like", plan + "/RP.dcm", "--decision", site / "decision", "--key", site.public_key(1)},
          "signed by no key");
  refused({"--like", plan + "/RP.dcm", "--decision", site / "decision"}, "--key");
  REQUIRE(run({"sr", report, "--like", plan + "/RP.dcm", "--decision", site / "decision", "--key", site.public_key(9),
               "-o", site / "made.dcm"})
              .exit_code == 0);
  // The attestation is in it as it was issued.
  std::string document = read_file(site / "decision");
  CHECK(read_file(site / "made.dcm").find(document.substr(0, document.size() - 1)) != std::string::npos);
}
