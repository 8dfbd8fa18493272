// Protocol deviations in the reports of `dosegate check` and the counts of `dosegate cohort`.
#include <catch2/catch.hpp>
#include <filesystem>

#include "adapters/cli/documents.h"
#include "dosegate/v1/cohort.pb.h"
#include "tests/gate/site.h"

using namespace dosegate::gate_test;
using dosegate::e2e::Outcome;
using dosegate::e2e::read_file;
using dosegate::e2e::run;
using dosegate::e2e::write_file;
namespace fs = std::filesystem;
namespace v1 = dosegate::v1;

namespace {

// A plan whose cord is too hot, a policy, and Ada's waiver.
struct Waived {
  Site site;
  std::string plan = site.phantom("hot-cord"), policy = site.policy("policy"), report = site.report(plan, "report");
  Waived() { waive("waiver", "Ada", 1); }

  void waive(const std::string& name, const std::string& person, int key) {
    const Outcome o =
        run({"waive", "--report", report, "--rule", "OR-6.Max", "--person", person, "--role", "physicist", "--reason",
             "Tumour board", "--days", "10", "--key", site.private_key(key), "-o", site / name});
    INFO(o.err);
    REQUIRE(o.exit_code == 0);
  }
  Outcome check(const std::string& folder, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"check", folder, "--record", folder + "/record.json", "--policy", policy};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

void shows(const Outcome& o, int exit_code, const std::string& part) {
  INFO("exit " << o.exit_code << "\n" << o.out << o.err << "\nexpected: " << part);
  CHECK(o.exit_code == exit_code);
  CHECK(unwrapped(o.out + o.err).find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("gate deviations: a waived rule stays broken, and every face says who accepted it", "[gate][e2e]") {
  Waived w;
  const std::string waiver = w.site / "waiver";
  shows(w.check(w.plan, {"--waiver", waiver}), 1, "OR-6.Max: Accepted by Ada (physicist) until 20");
  shows(w.check(w.plan, {"--waiver", waiver}), 1, ": Tumour board");
  shows(w.check(w.plan, {"--waiver", waiver, "--language", "de"}), 1, "Hingenommen von Ada (physicist) bis 20");
  const Outcome html = w.check(w.plan, {"--waiver", waiver, "--format", "html"});
  shows(html, 1, "data-rule=\"OR-6.Max\" data-state=\"ACCEPTED\"");
  const Outcome json = w.check(w.plan, {"--waiver", waiver, "--format", "json"});
  v1::Report report;
  REQUIRE(dosegate::cli::read_document(json.out, report) == "");
  CHECK(report.verdict() == v1::Report::FAIL);
  REQUIRE(report.protocol_deviations_size() == 1);
  CHECK(report.protocol_deviations(0).state() == v1::ProtocolDeviation::ACCEPTED);
  // The engine's part of it is the engine's still.
  const std::string plain = read_file(w.report);
  CHECK(json.out.substr(0, plain.rfind('}')) == plain.substr(0, plain.rfind('}')));
  write_file(w.site / "listed", json.out);
  shows(w.site.approve(w.plan, w.policy, "d", {"--report", w.site / "listed", "--recheck", "--waiver", waiver}), 0,
        "Accepted by Ada");
  shows(w.site.approve(w.plan, w.policy, "d", {"--report", w.site / "listed", "--waiver", waiver}), 0,
        "Accepted by Ada");
}

TEST_CASE("gate deviations: what the ledger has is listed in every later report of the plan", "[gate][e2e]") {
  Waived w;
  REQUIRE(w.site.approve(w.plan, w.policy, "d", {"--waiver", w.site / "waiver"}).exit_code == 0);
  shows(w.check(w.plan, {"--ledger", w.site.ledger()}), 1, "Accepted by Ada (physicist) until 20");
  // The same plan, changed.
  const std::string other = w.site.phantom("hot-cord", "other");
  std::string bytes = read_file(dicom_file(other, "RP"));
  bytes[3] = 'x';  // in the preamble, which nothing reads
  write_file(dicom_file(other, "RP"), bytes);
  shows(w.check(other, {"--ledger", w.site.ledger()}), 1, "Because: the plan was changed since");
  const Outcome of_none = w.check(w.site.phantom("pass"), {"--ledger", w.site.ledger()});
  CHECK(of_none.exit_code == 0);
  CHECK(of_none.out.find("Protocol deviations") == std::string::npos);
}

TEST_CASE("gate deviations: a waiver that nobody signed is named so, and one without a policy is refused",
          "[gate][e2e]") {
  Waived w;
  w.waive("forged", "Ada", 2);
  shows(w.check(w.plan, {"--waiver", w.site / "forged"}), 1, "Not verified: said to be accepted by Ada");
  shows(w.check(w.plan, {}), 3, "there are no waivers to judge");
  shows(w.check(w.plan, {"--waiver", w.report}), 3, "report: ");
  shows(w.check(w.plan, {"--waiver", w.site / "none"}), 3, "none");
  shows(w.check(w.plan, {"--ledger", w.site / "none"}), 3, "there is no such ledger");
  shows(w.check(w.plan, {"--waiver", w.site / "waiver", "-o", w.policy}), 3, "Choose another name for -o");
  shows(run({"check", w.plan, "--waiver", w.site / "waiver"}), 3, "name it with --policy");
}

TEST_CASE("gate deviations: a cohort counts those that were accepted, by rule and person", "[gate][e2e]") {
  Waived w;
  REQUIRE(w.site.approve(w.plan, w.policy, "d", {"--waiver", w.site / "waiver"}).exit_code == 0);
  const std::string folder = w.site / "reports";
  fs::create_directory(folder);
  fs::copy_file(w.report, folder + "/hot.json");
  fs::copy_file(w.site.report(w.site.phantom("pass"), "passed"), folder + "/pass.json");
  const std::vector<std::string> asked = {"cohort", folder, "--policy", w.policy, "--ledger", w.site.ledger()};
  shows(run(asked), 0, "OR-6.Max: Ada (physicist) 1");
  std::vector<std::string> as_json = asked;
  as_json.insert(as_json.end(), {"--format", "json"});
  v1::CohortReport cohort;
  REQUIRE(dosegate::cli::read_document(run(as_json).out, cohort) == "");
  int accepted = 0;
  for (const auto& rule : cohort.groups(0).rules()) {
    accepted += rule.accepted();
    if (rule.rule_id() != "OR-6.Max") continue;
    CHECK(rule.broken() == 1);
    CHECK(rule.accepted() == 1);
    REQUIRE(rule.accepted_by_size() == 1);
    CHECK(rule.accepted_by(0).person() == "Ada");
  }
  CHECK(accepted == 1);
  // Without a policy what the reports themselves list counts: here nothing.
  const Outcome plain = run({"cohort", folder});
  CHECK(plain.out.find("Ada") == std::string::npos);
  const Outcome listed = w.check(w.plan, {"--ledger", w.site.ledger(), "--format", "json"});
  write_file(fs::path(folder) / "hot.json", listed.out);
  shows(run({"cohort", folder}), 0, "OR-6.Max: Ada (physicist) 1");
  // One that says that what passed was accepted is not counted.
  std::string edited = read_file(fs::path(folder) / "pass.json");
  const std::size_t list = listed.out.find(",\"protocolDeviations\"");
  REQUIRE(list != std::string::npos);
  edited.replace(edited.rfind('}'), 1, listed.out.substr(list));
  write_file(fs::path(folder) / "pass.json", edited);
  shows(run({"cohort", folder}), 2, "is accepted as a protocol deviation, and it is not broken");
}
