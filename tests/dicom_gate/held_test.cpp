// Held plans: listed, shown, released by the policy alone, rejected by a person.
#include <catch2/catch.hpp>

#include "tests/dicom_gate/node.h"

using namespace dosegate::dicom_gate_test;
using dosegate::e2e::run;

namespace {

void check_is(const Outcome& o, int exit_code, const std::string& part) {
  INFO("exit " << o.exit_code << "\n" << o.out << o.err << "\nexpected: " << part);
  CHECK(o.exit_code == exit_code);
  CHECK(dosegate::gate_test::unwrapped(o.out + o.err).find(part) != std::string::npos);
}

std::vector<std::string> ask(Site& site, const std::string& what, const std::string& plan, const std::string& person,
                             const std::string& role, int key) {
  return {what, plan, "--person", person, "--role", role, "--reason", "As discussed", "--key", site.private_key(key)};
}

}  // namespace

TEST_CASE("dicom gate: a held plan is released with a waiver that the policy allows, and without one it is not",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy", {{"\"REJECT\"", "\"HOLD\""}}),
            {"--forward", "NEXT@127.0.0.1:" + std::to_string(next.port())});
  const Study study = node.study("hot-cord");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  check_is(node.gate({"list"}), 0, "OR-6.Max: DEVIATION");
  check_is(node.gate({"show", study.plan}), 0, "dosegate gate release");
  check_is(node.gate({"show", study.plan, "--json"}), 0, "\"kind\":\"DECISION\"");
  check_is(node.gate({"show", "1.2.3"}), 3, "is in no folder");
  check_is(node.gate(ask(site, "release", study.plan, "Ada", "physicist", 1)), 2, "is still held");
  check_is(node.gate(ask(site, "release", study.plan, "Ada", "physicist", 2)), 2, "not signed by a key of Ada");
  check_is(node.gate(ask(site, "release", study.plan, "Ada", "physician", 1)), 2, "is no physician");
  check_is(node.gate(ask(site, "release", study.plan, "Nobody", "physicist", 1)), 2, "does not know Nobody");
  CHECK(next.received().empty());
  const std::string report = (node.queue() / "held" / study.plan / "report-1.json").string();
  const auto waive = [&](const std::string& as, int key) {
    check_is(run({"waive", "--report", report, "--rule", "OR-6.Max", "--person", "Ada", "--role", "physicist",
                  "--reason", "Tumour board", "--days", "5", "--key", site.private_key(key), "-o", site / as}),
             0, "");
  };
  waive("forged", 2);
  waive("waiver", 1);
  auto release = ask(site, "release", study.plan, "Ada", "physicist", 1);
  auto forged = release;
  forged.insert(forged.end(), {"--waiver", site / "forged"});
  check_is(node.gate(forged), 2, "is still held");
  const Study second = node.study("hot-cord", 2);
  CHECK(node.send_all(second).exit_code == 0);
  REQUIRE(node.becomes(second.plan, "held"));
  auto other = ask(site, "release", second.plan, "Ada", "physicist", 1);
  other.insert(other.end(), {"--waiver", site / "waiver"});
  check_is(node.gate(other), 2, "for another plan");
  check_is(node.gate(ask(site, "reject", second.plan, "Bert", "physicist", 2)), 0, "is rejected by Bert");
  CHECK(node.state(second.plan) == "rejected");
  CHECK(node.rows("REJECTION", second.plan) == 1);
  check_is(node.gate(ask(site, "reject", second.plan, "Bert", "physicist", 2)), 3, "is not held");

  release.insert(release.end(), {"--waiver", site / "waiver"});
  check_is(node.gate(release), 0, "is approved now");
  CHECK(node.becomes(study.plan, "forwarded"));
  CHECK(next.has(study));
  CHECK_FALSE(next.has(second));
  CHECK(node.rows("RELEASE", study.plan) == 3);
  CHECK(node.rows("WAIVER", study.plan) == 1);
  CHECK(node.rows("DECISION", study.plan) == 4);
  CHECK(site.verify_ledger().exit_code == 0);
}

TEST_CASE("dicom gate: a request that was made while the gate was away is answered when it is back",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy", {{"\"REJECT\"", "\"HOLD\""}}));
  const Study study = node.study("hot-cord");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.stop() == 0);
  auto reject = ask(site, "reject", study.plan, "Bert", "physicist", 2);
  reject.insert(reject.end(), {"--wait-s", "1"});
  check_is(node.gate(reject), 3, "has not answered");
  CHECK(node.state(study.plan) == "held");
  node.start();
  CHECK(node.becomes(study.plan, "rejected"));
  CHECK(node.rows("REJECTION", study.plan) == 1);
}

TEST_CASE("dicom gate: wrong usage and what it cannot start with are one line and exit 3", "[dicom-gate][e2e]") {
  Site site;
  const std::string policy = site.policy("policy"), key = site.private_key(9);
  const auto refused = [&](const std::vector<std::string>& more, const std::string& part,
                           const std::string& use_policy = "") {
    std::vector<std::string> all = {"dicom-gate",   "--policy",    use_policy.empty() ? policy : use_policy,
                                    "--ledger",     site.ledger(), "--queue",
                                    site / "queue", "--port",      "0"};
    all.insert(all.end(), more.begin(), more.end());
    dosegate::e2e::check_refused(all, part);
  };
  refused({}, "--key");
  refused({"--key", site / "none.key"}, "none.key");
  refused({"--key", key}, "is no policy", site.private_key(1));
  refused({"--key", key, "--forward", "NEXT:104"}, "AET@HOST:PORT");
  refused({"--key", key, "--forward", "NEXT@host:70000"}, "AET@HOST:PORT");
  refused({"--key", key, "--ae-title", "THIS-IS-A-LONG-TITLE"}, "--ae-title");
  refused({"--key", key, "--tls-key", key}, "--tls-certificate");
  refused({"--key", key, "--forward-tls"}, "--forward-tls");
  refused({"--key", key, "--tls-key", key, "--tls-certificate", key, "--tls-authorities", key}, key);
  refused({"--key", key, "--bind", "192.0.2.1"}, "--bind 192.0.2.1");
  refused({"--key", key, "--former-key", key}, key);
  refused({"--key", key, "--connections", "0"}, "--connections");
  dosegate::e2e::check_refused({"gate"}, "subcommand");
  dosegate::e2e::check_refused({"gate", "list"}, "--queue");
  dosegate::e2e::check_refused({"gate", "list", "--queue", site / "none"}, "is no queue");
  dosegate::e2e::check_refused({"sr", policy, "--like", policy, "-o", site / "out.dcm"}, "is no report");
  check_is(run({"dicom-gate", "--help"}), 0, "--forward");
  check_is(run({"gate", "release", "--help"}), 0, "--waiver");
  check_is(run({"gate", "--help"}), 0, "Exit code of release and reject");
  check_is(run({"--help"}), 0, "dicom-gate");
}
