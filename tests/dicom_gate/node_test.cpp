// A gate between two real nodes: what is approved goes on, in whatever order it came, and nothing else does.
#include "tests/dicom_gate/node.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <thread>

using namespace dosegate::dicom_gate_test;
using dosegate::e2e::read_file;
using dosegate::e2e::run;
using dosegate::e2e::write_file;

namespace {

std::string all_of(const Outcome& o) { return "exit " + std::to_string(o.exit_code) + "\n" + o.out + o.err; }

// The data set alone, in one encoding.
std::string data_set_of(const std::string& file, const std::string& as) {
  const Outcome o = run({"-F", "+te", "+e", file, as}, {}, "/usr/bin/dcmconv");
  INFO(all_of(o));
  REQUIRE(o.exit_code == 0);
  return read_file(as);
}

}  // namespace

TEST_CASE(
    "dicom gate: an approved plan goes on with its structures, its dose and a report, and a rejected one does not",
    "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy"), to(next));
  CHECK(run({"-aec", "DOSEGATE", "127.0.0.1", std::to_string(node.port())}, {}, "/usr/bin/echoscu").exit_code == 0);
  const Study good = node.study("pass"), bad = node.study("hot-cord");
  CHECK(count(node.send_all(good).err + node.send_all(bad).err, "Received Store Response (Success)") == 6);
  REQUIRE(node.becomes(good.plan, "forwarded"));
  REQUIRE(node.becomes(bad.plan, "rejected"));
  const auto received = next.received();
  CHECK(received.size() == 4);  // and the report
  CHECK(next.has(good));
  CHECK_FALSE(next.has(bad));
  for (const auto& [uid, times] : received) CHECK(times == 1);
  for (const char* kind : {"RP", "RS", "RD"}) {
    const std::string uid = kind == std::string("RP")   ? good.plan
                            : kind == std::string("RS") ? good.structures
                                                        : good.dose;
    CHECK(data_set_of((next.folder() / (std::string(kind) + "." + uid)).string(), site / "a") ==
          data_set_of(good.file(kind), site / "b"));
  }
  for (const Study& study : {good, bad}) CHECK(node.rows("DECISION", study.plan) == 1);
  // The attestation is about the bytes that lie in the gate, and genuine.
  const std::string decision = (node.queue() / "forwarded" / good.plan / "decision.json").string();
  CHECK(run({"verify", decision, "--key", site.public_key(9), "--approved"}).exit_code == 0);
  // Objects that no open plan needs are gone; what was decided is known.
  CHECK(comes_true([&] { return !fs::exists(node.queue() / "objects" / (good.plan + ".dcm")); }));
  CHECK(count(node.send_all(good).err, "Received Store Response (Success)") == 3);
  CHECK(count(node.send({bad.file("RP")}).err, "CannotUnderstand") == 1);
  CHECK(count(node.log(), "The gate has rejected this plan") == 1);
  CHECK(node.stop() == 0);
  CHECK(next.received() == received);
  CHECK(site.verify_ledger().exit_code == 0);
}

TEST_CASE("dicom gate: the order of arrival does not matter, nor over how many associations", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy"), to(next));
  std::array<std::string, 3> kinds = {"RD", "RP", "RS"};
  std::vector<Study> studies;
  int number = 0;
  do {
    studies.push_back(node.study("pass", ++number));
    const Study& study = studies.back();
    if (number % 2 == 0) {
      CHECK(node.send({study.file(kinds[0]), study.file(kinds[1]), study.file(kinds[2])}).exit_code == 0);
    } else {
      for (const std::string& kind : kinds) CHECK(node.send({study.file(kind)}).exit_code == 0);
    }
  } while (std::next_permutation(kinds.begin(), kinds.end()));
  CHECK(studies.size() == 6);
  for (const Study& study : studies) {
    CHECK(node.becomes(study.plan, "forwarded"));
    CHECK(next.has(study));
    CHECK(node.rows("DECISION", study.plan) == 1);
  }
  // dcmsend, another sender.
  const Study other = node.study("pass", 50);
  const Outcome sent =
      run({"-aec", "DOSEGATE", "127.0.0.1", std::to_string(node.port()), "+sd", other.folder, "+sp", "*.dcm"}, {},
          "/usr/bin/dcmsend");
  INFO(all_of(sent));
  CHECK(sent.exit_code == 0);
  CHECK(node.becomes(other.plan, "forwarded"));
}

TEST_CASE("dicom gate: what stays incomplete is held, with what is missing, and goes on when it comes",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  std::vector<std::string> more = to(next);
  more.insert(more.end(), {"--incomplete-s", "1"});
  Node node(site, site.policy("policy"), more);
  const Study study = node.study("pass"), lone = node.study("pass", 7);
  CHECK(node.send({study.file("RP")}).exit_code == 0);
  CHECK(node.send({lone.file("RS")}).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.held_reason(study.plan).find("RTSTRUCT: structure set " + study.structures) != std::string::npos);
  CHECK(node.held_reason(study.plan).find("RTDOSE: no dose") != std::string::npos);
  REQUIRE(node.becomes(lone.structures, "held"));
  const Outcome list = node.gate({"list", "--json"});
  CHECK(count(list.out, "\"kind\":\"INCOMPLETE\"") == 2);
  CHECK(node.rows("HOLD", study.plan) == 1);
  CHECK(node.send({study.file("RS")}).exit_code == 0);
  CHECK(comes_true([&] { return node.held_reason(study.plan).find("RTSTRUCT") == std::string::npos; }));
  CHECK(node.send({study.file("RD")}).exit_code == 0);
  CHECK(node.becomes(study.plan, "forwarded"));
  CHECK(node.rows("DECISION", study.plan) == 1);
  // The lone structure set finds its plan, too.
  CHECK(node.send({lone.file("RD"), lone.file("RP")}).exit_code == 0);
  CHECK(node.becomes(lone.plan, "forwarded"));
  CHECK(node.becomes(lone.structures, ""));
}

TEST_CASE("dicom gate: a plan waits for its clinical record", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass");
  const fs::path record = fs::path(site / "records") / (study.plan + ".json");
  fs::rename(record, site / "kept.json");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.held_reason(study.plan).find("NO_RECORD") != std::string::npos);
  CHECK(node.rows("DECISION", study.plan) == 0);
  fs::rename(site / "kept.json", record);
  CHECK(node.becomes(study.plan, "approved"));  // there is no next node
}

TEST_CASE("dicom gate: a node that is away, and a ledger that fails, hold plans up and lose none",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const std::uint16_t port = free_port();
  Node node(site, site.policy("policy"), {"--forward", "NEXT@127.0.0.1:" + std::to_string(port)});
  const Study study = node.study("pass");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "approved"));
  CHECK(comes_true([&] { return node.gate({"list", "--all"}).out.find("no association") != std::string::npos; }));
  // The node comes.
  fs::create_directory(site / "next");
  Process late({"/usr/bin/storescp", "-od", site / "next", "-aet", "NEXT", std::to_string(port)}, site / "out",
               site / "err");
  CHECK(node.becomes(study.plan, "forwarded"));
  // The ledger is no ledger for a while.
  const Study other = node.study("pass", 3);
  site.take_ledger_away();
  write_file(site.ledger(), "no ledger at all, but a text that is longer than any header");
  CHECK(node.send_all(other).exit_code == 0);
  REQUIRE(node.becomes(other.plan, "held"));
  CHECK(node.held_reason(other.plan).find("FAILED") != std::string::npos);
  fs::remove(site.ledger());
  site.bring_ledger_back();
  CHECK(node.becomes(other.plan, "forwarded"));
  CHECK(node.rows("DECISION", other.plan) == 1);
}

TEST_CASE("dicom gate: what cannot be checked is held, tried again, and told the ledger once", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy", {{"\"REJECT\"", "\"HOLD\""}}));
  const Study study = node.study("pass"), held = node.study("hot-cord");
  const auto second_dose = [&](const Study& of) {
    const std::string file = of.folder + "/second.dcm";
    fs::copy_file(of.file("RD"), file);
    REQUIRE(run({"-nb", "-m", "(0008,0018)=" + of.dose + "9", file}, {}, "/usr/bin/dcmodify").exit_code == 0);
    return file;
  };
  CHECK(node.send({study.file("RD"), second_dose(study), study.file("RS"), study.file("RP")}).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  CHECK(node.held_reason(study.plan).find("2 doses are there") != std::string::npos);
  // A dose that comes while a plan is held is part of it when it is released.
  CHECK(node.send_all(held).exit_code == 0);
  REQUIRE(node.becomes(held.plan, "held"));
  CHECK(count(node.send({second_dose(held)}).err, "(Success)") == 1);
  const Outcome released = node.gate(
      {"release", held.plan, "--person", "Ada", "--role", "physicist", "--reason", "x", "--key", site.private_key(1)});
  INFO(all_of(released));
  CHECK(released.out.find("2 doses are there") != std::string::npos);
  std::this_thread::sleep_for(std::chrono::seconds(3));  // three times --retry-s
  CHECK(comes_true([&] { return node.state(study.plan) == "held"; }));
  CHECK(node.rows("HOLD", study.plan) == 1);
  CHECK(node.rows("DECISION", study.plan) == 0);
  CHECK(node.rows("HOLD", held.plan) == 1);
  CHECK(node.rows("DECISION", held.plan) == 1);
}

TEST_CASE("dicom gate: after a change of its key it forwards what it approved before, where it is told the former one",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  const Receiver next(site / "next");
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass"), later = node.study("pass", 1);
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "approved"));
  CHECK(node.stop() == 0);
  node.change_key(site.private_key(8), to(next));
  node.start();
  CHECK(node.send_all(later).exit_code == 0);
  CHECK(node.becomes(later.plan, "forwarded"));
  CHECK(node.state(study.plan) == "approved");
  CHECK(comes_true([&] { return node.log().find("signed by no key of the gate") != std::string::npos; }));
  CHECK(node.stop() == 0);
  node.change_key(site.private_key(8), {"--former-key", site.public_key(9)});
  node.start();
  CHECK(node.becomes(study.plan, "forwarded"));
  CHECK(next.has(study));
  CHECK(site.verify_ledger({"--key", site.public_key(8)}).exit_code == 0);
}

TEST_CASE("dicom gate: the same UID with other bytes is refused, and broken objects are kept out",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), {"--incomplete-s", "1000"});
  const Study study = node.study("pass"), broken = node.study("pass", 2);
  CHECK(node.send({study.file("RP")}).exit_code == 0);
  const auto modify = [](const std::string& file, const std::vector<std::string>& how) {
    std::vector<std::string> arguments = {"-nb"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    arguments.push_back(file);
    REQUIRE(run(arguments, {}, "/usr/bin/dcmodify").exit_code == 0);
  };
  const std::string before = read_file(node.queue() / "objects" / (study.plan + ".dcm"));
  modify(study.file("RP"), {"-i", "(300a,0002)=OTHER"});
  Outcome sent = node.send({study.file("RP")});
  INFO(all_of(sent));
  CHECK(count(sent.err, "CannotUnderstand") == 1);
  CHECK(count(node.log(), "Other bytes under a known UID") == 1);
  CHECK(read_file(node.queue() / "objects" / (study.plan + ".dcm")) == before);
  modify(broken.file("RP"), {"-ea", "(300a,0070)[0].(300a,0071)"});  // a fraction group without its number
  sent = node.send({broken.file("RP"), broken.file("RS")});
  INFO(all_of(sent));
  CHECK(count(sent.err, "CannotUnderstand") == 1);
  CHECK(count(node.log(), "(300A,0071)") > 0);
  CHECK_FALSE(fs::exists(node.queue() / "objects" / (broken.plan + ".dcm")));
  CHECK(fs::is_empty(node.queue() / "incoming"));
}

TEST_CASE("dicom gate: over TLS with client certificates, and without one there is no association",
          "[dicom-gate][e2e]") {
  if (!has_peers() || !fs::exists("/usr/bin/openssl")) return;
  Site site;
  const auto openssl = [&](std::vector<std::string> arguments) {
    REQUIRE(run(arguments, {}, "/usr/bin/openssl").exit_code == 0);
  };
  openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=ca", "-days", "2", "-keyout", site / "ca.key",
           "-out", site / "ca.pem"});
  for (const std::string name : {"gate", "peer"}) {
    openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout", site / (name + ".key"), "-out",
             site / (name + ".csr")});
    openssl({"x509", "-req", "-in", site / (name + ".csr"), "-CA", site / "ca.pem", "-CAkey", site / "ca.key",
             "-CAcreateserial", "-days", "2", "-out", site / (name + ".pem")});
  }
  const std::vector<std::string> peer = {"+tls", site / "peer.key", site / "peer.pem", "+cf", site / "ca.pem"};
  const Receiver next(site / "next", peer);
  Node node(
      site, site.policy("policy"),
      {"--forward", "NEXT@127.0.0.1:" + std::to_string(next.port()), "--forward-tls", "--tls-key", site / "gate.key",
       "--tls-certificate", site / "gate.pem", "--tls-authorities", site / "ca.pem", "--association-s", "2"});
  const Study study = node.study("pass");
  const Outcome plain = node.send({study.file("RP")}, {"-ta", "5"});
  CHECK(plain.exit_code != 0);
  const Outcome anonymous = node.send({study.file("RP")}, {"+tla", "+cf", site / "ca.pem", "-ta", "5"});
  CHECK(anonymous.exit_code != 0);
  CHECK(fs::is_empty(node.queue() / "objects"));
  const Outcome sent = node.send({study.file("RP"), study.file("RS"), study.file("RD")}, peer);
  INFO(all_of(sent) << node.log());
  CHECK(sent.exit_code == 0);
  CHECK(node.becomes(study.plan, "forwarded"));
}

TEST_CASE("dicom gate: Orthanc receives what was approved, and only that", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  const std::string orthanc = fs::exists("/usr/sbin/Orthanc") ? "/usr/sbin/Orthanc" : "/usr/bin/Orthanc";
  if (!fs::exists(orthanc)) {
    WARN("skipped: Orthanc is not installed (package orthanc; scripts/install brings it)");
    return;
  }
  Site site;
  const std::uint16_t port = free_port();
  fs::create_directory(site / "db");
  write_file(
      site / "orthanc.json",
      R"({"Name": "t", "StorageDirectory": ")" + (site / "db") + R"(", "IndexDirectory": ")" + (site / "db") +
          R"(", "DicomAet": "NEXT", "DicomPort": )" + std::to_string(port) +
          R"(, "HttpServerEnabled": false, "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true, "Plugins": []})");
  Node node(site, site.policy("policy"), {"--forward", "NEXT@127.0.0.1:" + std::to_string(port)});
  const Study good = node.study("pass"), bad = node.study("hot-cord");
  CHECK(node.send_all(good).exit_code == 0);
  CHECK(node.send_all(bad).exit_code == 0);
  CHECK(node.becomes(good.plan, "approved"));
  fs::copy(node.queue() / "objects", site / "kept");
  Process archive({orthanc, site / "orthanc.json"}, site / "out", site / "err");
  CHECK(node.becomes(good.plan, "forwarded"));
  CHECK(node.becomes(bad.plan, "rejected"));
  // As if it had been killed before the answers were written down: Orthanc is asked, and says that it has them.
  CHECK(node.stop() == 0);
  fs::rename(node.queue() / "sent" / good.dose, node.queue() / "sent" / (good.dose + ".try"));
  fs::rename(node.queue() / "forwarded" / good.plan, node.queue() / "approved" / good.plan);
  for (const std::string& uid : {good.plan, good.structures, good.dose}) {
    fs::copy_file(fs::path(site / "kept") / (uid + ".dcm"), node.queue() / "objects" / (uid + ".dcm"),
                  fs::copy_options::overwrite_existing);
  }
  node.start();
  CHECK(node.becomes(good.plan, "forwarded"));
  CHECK(count(node.log(), "has " + good.dose + " already") == 1);
  CHECK(archive.end(15) == 0);
  std::string stored;
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(site / "db")) {
    if (!entry.is_regular_file() || entry.path().filename().string().find("index") != std::string::npos) continue;
    const std::string bytes = read_file(entry.path());
    if (bytes.size() < 132 || bytes.compare(128, 4, "DICM") != 0) continue;
    stored += bytes;
    ++files;
  }
  CHECK(files == 4);
  for (const std::string& uid : {good.plan, good.structures, good.dose}) CHECK(stored.find(uid) != std::string::npos);
  CHECK(stored.find(bad.plan) == std::string::npos);
}
