// What fails while a plan is on its way: disk, ledger, witness, clock, the next node. It is held with the reason, goes
// on by itself when that is mended, and never by a way around it.
#include <catch2/catch.hpp>
#include <chrono>

#include "tests/dicom_gate/node.h"

using namespace dosegate::dicom_gate_test;
using dosegate::e2e::read_file;
using dosegate::e2e::write_file;

TEST_CASE("dicom gate: a plan that could not be moved on, as on a full disk, goes on without a restart",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass");
  const fs::path record = fs::path(site / "records") / (study.plan + ".json");
  fs::rename(record, site / "kept.json");
  // A folder that is away stands for a disk that takes nothing: neither held/ nor approved/ can be reached.
  for (const char* state : {"held", "approved"}) fs::rename(node.queue() / state, site / state);
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(comes_true([&] { return count(node.log(), "which could not be written down") > 0; }));
  CHECK(node.state(study.plan) == "deciding");
  for (const char* state : {"held", "approved"}) fs::rename(site / state, node.queue() / state);
  CHECK(node.becomes(study.plan, "held"));
  fs::rename(site / "kept.json", record);
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.rows("DECISION", study.plan) == 1);
}

TEST_CASE("dicom gate: what cannot be witnessed is not approved, however often it is tried", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), {"--witness", site / "elsewhere/heads"});
  const Study study = node.study("pass");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.rows("DECISION", study.plan) == 1);
  // The ledger has an approval now; the next tries find it, and no witness.
  CHECK(comes_true([&] { return node.held_reason(study.plan).find("cannot be witnessed") != std::string::npos; }));
  CHECK(node.state(study.plan) == "held");
  fs::create_directory(site / "elsewhere");
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.rows("DECISION", study.plan) == 1);
  CHECK(site.verify_ledger({"--witness", site / "elsewhere/heads"}).exit_code == 0);
}

TEST_CASE("dicom gate: a ledger that is gone is not begun anew", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass");
  site.take_ledger_away();
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.held_reason(study.plan).find("there is no such ledger") != std::string::npos);
  CHECK_FALSE(fs::exists(site.ledger()));
  site.bring_ledger_back();
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.rows("DECISION", study.plan) == 1);
  // Nor at the next start: what the gate keeps of its end is in the queue.
  CHECK(node.stop() == 0);
  site.take_ledger_away();
  CHECK(node.exit_at_start() == 3);
  CHECK(node.log().find("there is no such ledger, and " + (node.queue() / "witness").string() + " tells of row") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(site.ledger()));
  site.bring_ledger_back();
  node.start();
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: a clock that is set back keeps nothing waiting for it to catch up", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), {"--incomplete-s", "1"});
  const Study study = node.study("pass");
  CHECK(node.stop() == 0);
  // As if they had come tomorrow, by the clock of now.
  const auto tomorrow = fs::file_time_type::clock::now() + std::chrono::hours(24);
  const auto came = [&](const char* kind, const std::string& uid) {
    const fs::path object = node.queue() / "objects" / (uid + ".dcm");
    fs::copy_file(study.file(kind), object);
    fs::last_write_time(object, tomorrow);
  };
  came("RP", study.plan);
  node.start();
  CHECK(node.becomes(study.plan, "held", 20));
  CHECK(node.stop() == 0);
  came("RS", study.structures);
  came("RD", study.dose);
  node.start();
  CHECK(node.becomes(study.plan, "approved", 20));
}

TEST_CASE("dicom gate: what another node has, or has of other bytes, is not taken for sent", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy"), to(next));
  const Study study = node.study("pass"), other = node.study("pass", 2);
  const auto mark = [&](const std::string& uid, const std::string& node_name, char digit) {
    write_file(node.queue() / "sent" / uid,
               R"({"to":")" + node_name + R"(","sha256":")" + std::string(64, digit) + "\"}\n");
  };
  mark(study.structures, "ELSEWHERE@10.0.0.1:104", 'a');
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(node.becomes(study.plan, "forwarded"));
  CHECK(next.has(study));
  mark(other.structures, to(next).back(), 'a');
  CHECK(node.send_all(other).exit_code == 0);
  CHECK(comes_true([&] {
    return node.gate({"list", "--all", "--json"}).out.find("has confirmed other bytes") != std::string::npos;
  }));
  CHECK(node.state(other.plan) == "approved");
  CHECK(next.received().size() == 4);
}

TEST_CASE("dicom gate: a report object that the disk has damaged is not sent, but made anew", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "approved"));
  const std::string made = (node.queue() / "approved" / study.plan / "report-1.dcm").string();
  std::string bytes = read_file(made);
  const std::string whole = bytes;
  const std::size_t verdict = bytes.find("PASS");
  REQUIRE(verdict != std::string::npos);
  bytes.replace(verdict, 4, "FAIL");
  CHECK(node.stop() == 0);
  write_file(made, bytes);
  node.change_key(site.private_key(9), to(next));
  node.start();
  REQUIRE(node.becomes(study.plan, "forwarded"));
  CHECK(count(node.log(), "is written anew") == 1);
  CHECK(read_file((node.queue() / "forwarded" / study.plan / "report-1.dcm").string()) == whole);
  CHECK(next.received().size() == 4);
}
