// `dosegate approve` and `dosegate verify`, end to end.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "tests/gate/site.h"

using namespace dosegate::gate_test;
using dosegate::e2e::Outcome;
using dosegate::e2e::read_file;
using dosegate::e2e::run;
using dosegate::e2e::RunOptions;
using dosegate::e2e::write_file;
namespace fs = std::filesystem;

namespace {

std::string text_of(const Outcome& o) {
  return "exit " + std::to_string(o.exit_code) + " signal " + std::to_string(o.signal) + "\n" + o.out + o.err;
}

void check_is(const Outcome& o, int exit_code, const std::string& part) {
  INFO(text_of(o) << "\nexpected: " << part);
  CHECK(o.exit_code == exit_code);
  CHECK(unwrapped(o.out + o.err).find(part) != std::string::npos);
}

void flip(const fs::path& path, std::size_t at) {
  std::string bytes = read_file(path);
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ 1U);
  write_file(path, bytes);
}

}  // namespace

TEST_CASE("gate: a plan that keeps the protocol is approved, signed, recorded, and verifies", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  check_is(site.approve(plan, policy, "decision", {"--subject", "P-007"}), 0, "APPROVED");
  check_is(site.verify("decision", {plan, "--approved"}), 0, "GENUINE");
  check_is(site.verify("decision"), 0, "APPROVED at 20");
  check_is(run({"verify", site / "decision", "--key", site.public_key(1)}), 1, "NOT GENUINE");
  check_is(run({"verify", site / "decision", "--key", site.public_key(1), "--key", site.public_key(9)}), 0, "GENUINE");
  check_is(site.verify_ledger({"--witness", site / "decision"}), 0, "3 rows, signed up to row 3");
  const std::string query[] = {"ledger", "query", "--ledger", site.ledger()};
  check_is(run({query[0], query[1], query[2], query[3], "--subject", "P-007"}), 0, "APPROVED, policy site version 1");
  check_is(run({query[0], query[1], query[2], query[3], "--subject", "P-008"}), 0, "No row has that");
  check_is(run({query[0], query[1], query[2], query[3]}), 3, "--plan");
  const Outcome lines = run({"ledger", "export", "--ledger", site.ledger()});
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 3);
  // The answer is the document itself where that is asked for.
  const Outcome json = site.approve(plan, policy, "second", {"--json"});
  CHECK(json.out == read_file(site / "second"));
}

TEST_CASE("gate: a broken rule rejects the plan, and a waiver by who may lets it through", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("hot-cord"), policy = site.policy("policy");
  check_is(site.approve(plan, policy, "d1"), 1, "OR-6.Max: DEVIATION");
  check_is(site.verify("d1", {plan}), 0, "REJECTED at");
  check_is(site.verify("d1", {plan, "--approved"}), 1, "NOT APPROVED");
  const std::string report = site.report(plan, "report");
  const auto waive = [&](const std::string& name, const std::string& person, int key, const std::string& rule) {
    return run({"waive", "--report", report, "--rule", rule, "--person", person, "--role", "physicist", "--reason",
                "Tumour board", "--days", "10", "--key", site.private_key(key), "-o", site / name});
  };
  check_is(waive("w1", "Ada", 1, "OR-6.Max"), 0, "");
  check_is(waive("w2", "Ada", 2, "OR-6.Max"), 0, "");
  check_is(waive("w3", "Ada", 1, "OR-1"), 3, "only DEVIATION and INDETERMINATE can be waived");
  check_is(waive("w3", "Ada", 1, "OR-99"), 3, "has no rule OR-99");
  check_is(site.approve(plan, policy, "d2", {"--waiver", site / "w1"}), 0, "Accepted by Ada, physicist: Tumour board");
  check_is(site.approve(plan, policy, "d3", {"--waiver", site / "w2"}), 1, "it is not signed by a key");
  check_is(run({"ledger", "query", "--ledger", site.ledger(), "--person", "Ada", "--rule", "OR-6.Max"}), 0, "WAIVER");
  check_is(site.verify_ledger({"--witness", site / "d1", "--witness", site / "d3"}), 0, "WHOLE");
  // Another plan is another plan, be the numbers the same.
  const std::string other = site.phantom("hot-cord", "other");
  flip(dicom_file(other, "RP"), 3);  // in the preamble, which nothing reads
  check_is(site.approve(other, policy, "d4", {"--waiver", site / "w1"}), 1, "the plan was changed since");
}

TEST_CASE("gate: what the policy wants by hand is stated by who may", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass");
  const std::string policy = site.policy(
      "policy", {{"\"attestations\": []", R"("attestations": [{"id": "images", "text": "Images were reviewed",
                  "roles": ["physician"], "people": 1, "days": 5}])"}});
  check_is(site.approve(plan, policy, "d1"), 2, "\"Images were reviewed\" is to be stated by one person (physician)");
  const std::string report = site.report(plan, "report");
  const auto state = [&](const char* days, const char* name) {
    return run({"waive", "--report", report, "--item", "images", "--person", "Cleo", "--role", "physician", "--reason",
                "Seen", "--days", days, "--key", site.private_key(3), "-o", site / name});
  };
  check_is(state("5", "a1"), 0, "");
  check_is(state("6", "a2"), 0, "");
  check_is(site.approve(plan, policy, "d2", {"--waiver", site / "a1"}), 0, "is stated by Cleo, physician: Seen");
  check_is(site.approve(plan, policy, "d3", {"--waiver", site / "a2"}), 2, "longer than the 5 days");
}

TEST_CASE("gate: a report is believed where this engine made it of these inputs, and nowhere else", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), bad = site.phantom("hot-cord"), policy = site.policy("policy");
  const std::string report = site.report(plan, "report");
  check_is(site.approve(plan, policy, "d", {"--report", report}), 2, "nothing says that this engine made the report");
  check_is(site.approve(plan, policy, "d", {"--report", report, "--recheck"}), 0, "APPROVED");
  // Since then the ledger knows it.
  check_is(site.approve(plan, policy, "d", {"--report", report}), 0, "APPROVED");
  check_is(site.approve(bad, policy, "d", {"--report", report}), 2, "of other inputs");
  check_is(site.approve(bad, policy, "d", {"--report", report, "--recheck"}), 2,
           "is not the report that this engine makes");
  // Edited: a limit, a space.
  std::string text = read_file(site.report(bad, "bad-report"));
  write_file(site / "edited", text.replace(text.find("DEVIATION"), 9, "PASS"));
  check_is(site.approve(bad, policy, "d", {"--report", site / "edited", "--recheck"}), 2, "is not the report");
  write_file(site / "spaced", read_file(report) + " ");
  check_is(site.approve(plan, policy, "d", {"--report", site / "spaced", "--recheck"}), 2, "is not the report");
  check_is(site.approve(plan, policy, "d", {"--report", site / "spaced"}), 2, "nothing says");
  const std::string strict = site.policy("strict", {{"\"recheck\": false", "\"recheck\": true"}});
  check_is(site.approve(plan, strict, "d", {"--report", report}), 2, "wants the report computed anew");
  check_is(site.approve(plan, policy, "d", {"--report", report, "--as-of", "2024-02-01"}), 2,
           "other statements of the site");
  check_is(site.approve(plan, policy, "d", {"--outside-grid", "zero"}), 2, "does not allow: outsideGrid");
  check_is(site.approve(plan, policy, "d", {"--plan-only"}), 2, "the report is on PLAN_ONLY");
  // A protocol of the caller's own, of the same name and version.
  std::string protocol = run({"protocols", "show", kTrial, "--format", "json"}).out;
  write_file(site / "protocol.json", protocol + "\n");
  check_is(site.approve(plan, policy, "d", {"--protocol", site / "protocol.json"}), 2,
           "whose sha256 the policy does not name");
  check_is(site.approve(plan, policy, "d", {"--protocol", "LIVER-SBRT-5"}), 2, "does not speak of this protocol");
}

TEST_CASE("gate: an old decision is not about a plan that was changed", "[gate][e2e][tamper]") {
  Site site;
  const std::string plan = site.phantom("pass");
  REQUIRE(site.approve(plan, site.policy("policy"), "decision").exit_code == 0);
  std::mt19937 random(21);
  const char* kinds[] = {"RP", "RS", "RD"};
  for (int i = 0; i < (dosegate::e2e::are_sanitized() ? 6 : 15); ++i) {
    const fs::path file = dicom_file(plan, kinds[i % 3]);
    const std::string before = read_file(file);
    flip(file, random() % before.size());
    const Outcome o = site.verify("decision", {plan});
    INFO(i << " " << text_of(o));
    CHECK(o.exit_code == 1);
    write_file(file, before);
  }
  check_is(site.verify("decision", {plan}), 0, "It is about these files");
  check_is(site.verify("decision", {dicom_file(plan, "RP").string(), dicom_file(plan, "RS").string()}), 1,
           "another RTDOSE");
  check_is(site.verify("decision", {site.phantom("hot-cord")}), 1, "not about this");
  check_is(site.verify("decision", {"/no/such/folder"}), 3, "/no/such/folder");
}

TEST_CASE("gate: a revoked key's decisions are not believed", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass");
  REQUIRE(site.approve(plan, site.policy("policy"), "decision").exit_code == 0);
  const std::string id = dosegate::gate::PublicKey::from_file(site.public_key(9)).id();
  write_file(site / "revoked",
             R"({"schema": "dosegate.revocations/1", "keys": [{"id": ")" + id + R"(", "reason": "stolen"}]})");
  check_is(site.verify("decision", {"--revoked", site / "revoked"}), 1, "stolen");
  check_is(site.verify_ledger({"--revoked", site / "revoked"}), 1, "stolen");
  write_file(site / "wrong", R"({"schema": "dosegate.revocations/1", "keys": [{"id": "x", "reason": "stolen"}]})");
  check_is(site.verify("decision", {"--revoked", site / "wrong"}), 3, "/keys/0/id");
}

TEST_CASE("gate: unusable input and wrong usage are one line and exit 3", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  const auto refused = [](const Outcome& o, const std::string& part) {
    INFO(text_of(o) << "\nexpected: " << part);
    CHECK(o.exit_code == 3);
    CHECK(o.error_lines() == 1);
    CHECK(o.err.find(part) != std::string::npos);
    CHECK(o.out.empty());
  };
  refused(run({"approve", plan}), "--policy");
  refused(run({"approve", "--policy", policy}), "PATH");
  refused(run({"approve", "/no/such", "--policy", policy}), "/no/such");
  refused(run({"approve", plan, "--policy", "/no/such.json"}), "/no/such.json");
  refused(run({"approve", plan, "--policy", plan + "/record.json"}), "is no policy");
  refused(run({"approve", plan, "--policy", policy, "--frobnicate"}), "--frobnicate");
  refused(run({"approve", plan, "--policy", policy, "--recheck"}), "--report");
  refused(run({"approve", plan, "--policy", policy, "--server", "unix:/x"}), "--server");
  refused(run({"approve", plan, "--policy", policy, "--witness", "w"}), "--ledger and --key");
  refused(site.approve(plan, policy, "d", {"--waiver", policy}), "policy");
  refused(site.approve(plan, policy, "policy"), "is also an input");
  refused(site.approve(plan, policy, "d", {"--report", policy}), "is no report");
  refused(run({"approve", plan, "--policy", policy, "--key", site.public_key(9)}), "private key");
  fs::permissions(site.private_key(9), fs::perms::group_read, fs::perm_options::add);
  refused(site.approve(plan, policy, "d"), "chmod 600");
  refused(run({"verify", site / "none", "--key", site.public_key(9)}), "none");
  refused(run({"verify", policy}), "--key");
  refused(run({"ledger", "verify", "--ledger", site / "none"}), "no such ledger");
  refused(run({"ledger"}), "subcommand");
  refused(run({"policy", "diff", policy}), "AFTER");
  check_is(run({"verify", policy, "--key", site.public_key(9)}), 1, "NOT GENUINE");
  CHECK_FALSE(fs::exists(site / "d"));
}

TEST_CASE("gate: policies are checked and compared", "[gate][e2e]") {
  Site site;
  const std::string policy = site.policy("policy");
  check_is(run({"policy", "lint", policy}), 0, "Cleo has no role that the policy asks for");
  check_is(run({"policy", "lint", site.policy("p2", {{"OR-6.Max", "OR-6.Mux"}})}), 0, "has no rule OR-6.Mux");
  check_is(run({"policy", "lint", site.policy("p3", {{"\"HOLD\"", "\"WAIT\""}})}), 1,
           "\"WAIT\" is none of HOLD, REJECT");
  check_is(run({"policy", "diff", policy, site.policy("p4", {{"\"REJECT\"", "\"HOLD\""}})}), 0, "LOOSER");
  check_is(run({"policy", "diff", policy, policy}), 0, "say the same");
  check_is(run({"approve", "--help"}), 0, "Exit code: 0 APPROVED");
  check_is(run({"ledger", "verify", "--help"}), 0, "--witness");
}

TEST_CASE("gate: the program that checks plans loads neither OpenSSL, SQLite nor libpq", "[gate][e2e]") {
  const std::string program = read_file(DOSEGATE_PROGRAM);
  for (const char* library : {"libcrypto.so", "libssl.so", "libsqlite3.so", "libpq.so"}) {
    INFO(library);
    CHECK(program.find(library) == std::string::npos);
  }
}
