#include "tests/gate/fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "adapters/gate/dsse.h"

namespace dosegate::gate_test {

using gate::Waiver;
using v1::Finding;

const gate::Instant kNow = *gate::parse_instant("2026-11-30T12:00:00Z");

namespace {

const std::string kDigest(64, 'a');

gate::PublicKey public_key(int seed) { return signer(seed)->public_key(); }

v1::Input input(const std::string& role, const std::string& uid) {
  v1::Input made;
  made.set_role(role);
  made.set_sop_instance_uid(uid);
  made.set_sha256(kDigest);
  return made;
}

}  // namespace

KeyFiles write_key(const std::string& folder, int seed) {
  std::array<unsigned char, 32> raw{};
  raw.fill(static_cast<unsigned char>(seed));
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size());
  REQUIRE(key != nullptr);
  KeyFiles files{folder + "/key" + std::to_string(seed) + ".pem", folder + "/key" + std::to_string(seed) + ".pub"};
  FILE* out = std::fopen(files.private_path.c_str(), "w");
  REQUIRE(out != nullptr);
  CHECK(PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(out);
  REQUIRE(::chmod(files.private_path.c_str(), 0600) == 0);
  out = std::fopen(files.public_path.c_str(), "w");
  REQUIRE(out != nullptr);
  CHECK(PEM_write_PUBKEY(out, key) == 1);
  std::fclose(out);
  EVP_PKEY_free(key);
  return files;
}

std::unique_ptr<gate::Signer> signer(int seed) {
  std::string folder = (std::filesystem::temp_directory_path() / "dosegate-keys-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  auto made = gate::open_signer(write_key(folder, seed).private_path);
  std::filesystem::remove_all(folder);
  return made;
}

std::string policy_json() {
  static const std::string keys[] = {public_key(1).base64_der(), public_key(2).base64_der(),
                                     public_key(3).base64_der()};
  return R"({
  "schema": "dosegate.policy/1", "id": "site", "version": "1", "title": "A site's policy",
  "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-06-01T00:00:00Z",
  "require": {"signature": true, "ledger": true, "recheck": false},
  "siteStatements": ["asOf"],
  "people": [
    {"name": "Ada", "roles": ["physicist"], "keys": [")" +
         keys[0] + R"("]},
    {"name": "Bert", "roles": ["physicist"], "keys": [")" +
         keys[1] + R"("]},
    {"name": "Cleo", "roles": ["physician"], "keys": [")" +
         keys[2] + R"("]}],
  "protocols": [{"id": "TRIAL-1", "version": "1.0.0", "scope": "WHOLE_PROTOCOL",
    "mandatory": {"WARNING": "APPROVE", "DEVIATION": "REJECT", "INDETERMINATE": "HOLD", "NOT_EVALUABLE": "HOLD",
                  "PENDING": "APPROVE"},
    "advisory": {"WARNING": "APPROVE", "DEVIATION": "HOLD", "INDETERMINATE": "APPROVE", "NOT_EVALUABLE": "APPROVE",
                 "PENDING": "APPROVE"},
    "waivers": [
      {"rules": ["R-1"], "statuses": ["DEVIATION"], "roles": ["physicist"], "people": 1, "days": 30},
      {"rules": ["R-2"], "statuses": ["DEVIATION", "INDETERMINATE"], "roles": ["physicist"], "people": 2, "days": 30}]}],
  "attestations": [{"id": "reviewed", "text": "The plan was reviewed", "roles": ["physician"], "people": 1, "days": 30}]
})";
}

gate::Policy policy() {
  auto read = gate::read_policy(policy_json());
  if (const auto* problems = std::get_if<gate::Problems>(&read)) FAIL(problems->front());
  return std::get<gate::Policy>(std::move(read));
}

Finding finding(const std::string& rule, Finding::Status status, double value) {
  Finding made;
  made.set_rule_id(rule);
  made.set_clause(rule);
  made.set_status(status);
  made.set_mandatory(true);
  made.set_value(value);
  made.set_lower(value - 0.01);
  made.set_upper(value + 0.01);
  made.set_limit(20.0);
  made.set_unit("Gy");
  made.set_comparator(v1::LE);
  made.set_message(rule + " is " + std::to_string(value) + " Gy, limit 20 Gy");
  return made;
}

v1::Report report(const std::vector<Finding>& findings) {
  v1::Report made;
  made.mutable_protocol()->set_id(kProtocol);
  made.mutable_protocol()->set_version("1.0.0");
  made.set_engine_version("0.1.0");
  made.set_scope(v1::CaseOptions::WHOLE_PROTOCOL);
  *made.add_inputs() = input("RTPLAN", kPlanUid);
  *made.add_inputs() = input("RTSTRUCT", "1.2.826.0.1.2");
  *made.add_inputs() = input("RTDOSE", "1.2.826.0.1.3");
  *made.add_findings() = finding("R-0", Finding::PASS, 10.0);
  v1::Report::Verdict verdict = v1::Report::PASS;
  for (const Finding& f : findings) {
    *made.add_findings() = f;
    if (!f.mandatory() || f.status() == Finding::PASS || f.status() == Finding::WARNING) continue;
    if (f.status() == Finding::DEVIATION) {
      verdict = v1::Report::FAIL;
    } else if (f.status() != Finding::PENDING && verdict == v1::Report::PASS) {
      verdict = v1::Report::INCOMPLETE;
    }
  }
  made.set_verdict(verdict);
  return made;
}

Waiver waiver_of(const Finding& f, const std::string& person) {
  Waiver w;
  w.person = person;
  w.role = person == "Cleo" ? "physician" : "physicist";
  w.reason = "Discussed and accepted";
  w.plan_uid = kPlanUid;
  w.plan_sha256 = kDigest;
  w.issued = kNow - std::chrono::hours(1);
  w.expires = w.issued + std::chrono::days(10);
  w.protocol = kProtocol;
  w.protocol_version = "1.0.0";
  w.rule = f.rule_id();
  w.measured = gate::measured_of(f);
  return w;
}

Waiver attestation_by(const std::string& person) {
  Waiver w = waiver_of(finding("R-1", Finding::DEVIATION), person);
  w.kind = Waiver::Kind::kAttestation;
  w.item = "reviewed";
  w.protocol = w.protocol_version = w.rule = "";
  w.measured = {};
  return w;
}

gate::SignedWaiver signed_by(const Waiver& waiver, int seed) {
  const std::string text = gate::sign(gate::kWaiverType, waiver.write(), *signer(seed)).write();
  return gate::read_signed_waiver(text, "waiver of " + waiver.person);
}

gate::Evidence evidence(const std::vector<Finding>& findings) {
  gate::Evidence made;
  made.now = kNow;
  made.ledger_time = kNow - std::chrono::hours(2);
  made.engine = {"0.1.0", kDigest};
  const v1::Report on = report(findings);
  made.inputs = gate::inputs_of(on);
  made.reports.push_back({kProtocol, "1.0.0", kDigest, true, kDigest, on, gate::Belief::kComputed, {}});
  made.waivers.push_back(signed_by(attestation_by("Cleo"), 3));
  made.has_key = made.has_ledger = true;
  return made;
}

}  // namespace dosegate::gate_test
