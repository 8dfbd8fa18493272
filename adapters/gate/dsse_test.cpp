// Envelopes, keys and the text they are made of.
#include "adapters/gate/dsse.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <random>

#include "adapters/gate/instant.h"
#include "adapters/gate/verify.h"
#include "adapters/support/base64.h"
#include "tests/e2e/run_program.h"
#include "tests/gate/fixture.h"

using namespace dosegate::gate;
using namespace dosegate::gate_test;

namespace {

template <typename F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const Refused& e) {
    return e.what();
  }
  return "";
}

// ECDSA on P-256 with SHA-256, as the vector of DSSE's protocol.md is signed: r and s, 32 bytes each.
bool verifies_p256(const std::string& message, const std::string& r_and_s, const char* x, const char* y) {
  BIGNUM *bx = nullptr, *by = nullptr;
  REQUIRE(BN_dec2bn(&bx, x) > 0);
  REQUIRE(BN_dec2bn(&by, y) > 0);
  unsigned char point[65] = {4};
  REQUIRE(BN_bn2binpad(bx, point + 1, 32) == 32);
  REQUIRE(BN_bn2binpad(by, point + 33, 32) == 32);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  REQUIRE(EVP_PKEY_fromdata_init(maker) == 1);
  REQUIRE(EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);

  const auto* bytes = reinterpret_cast<const unsigned char*>(r_and_s.data());
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature, &der);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  REQUIRE(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
  const bool good = EVP_DigestVerify(context, der, static_cast<std::size_t>(size),
                                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(maker);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  BN_free(bx);
  BN_free(by);
  return good;
}

}  // namespace

TEST_CASE("gate dsse: the published test vector is encoded and verifies", "[gate]") {
  // secure-systems-lab/dsse, protocol.md, "Test Vectors".
  const std::string message = pre_authentication_encoding("http://example.com/HelloWorld", "hello world");
  CHECK(message == "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  const std::string text =
      R"({"payloadType":"http://example.com/HelloWorld","payload":"aGVsbG8gd29ybGQ=",)"
      R"("signatures":[{"keyid":"66301bbf","sig":"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]})"
      "\n";
  const Envelope envelope = Envelope::read(text);
  CHECK(envelope.payload == "hello world");
  REQUIRE(envelope.signature.size() == 64);
  const char* x = "46950820868899156662930047687818585632848591499744589407958293238635476079160";
  const char* y = "5640078356564379163099075877009565129882514886557779369047442380624545832820";
  CHECK(verifies_p256(message, envelope.signature, x, y));
  CHECK_FALSE(verifies_p256(message + " ", envelope.signature, x, y));
}

TEST_CASE("gate dsse: what was signed verifies with its own key and type, and with nothing else", "[gate]") {
  const auto ada = signer(1);
  const std::vector<PublicKey> keys = {signer(2)->public_key(), ada->public_key()};
  const Envelope envelope = Envelope::read(sign(kWaiverType, "some \"text\" \xc3\xa4", *ada).write());
  CHECK(envelope.payload == "some \"text\" \xc3\xa4");
  REQUIRE(signer_of(envelope, kWaiverType, keys) != nullptr);
  CHECK(signer_of(envelope, kWaiverType, keys)->id() == ada->public_key().id());
  CHECK(signer_of(envelope, kInTotoType, keys) == nullptr);
  CHECK(signer_of(envelope, kWaiverType, std::vector<PublicKey>{keys[0]}) == nullptr);
  Envelope renamed = envelope;
  renamed.key_id = keys[0].id();
  CHECK(signer_of(renamed, kWaiverType, keys) == nullptr);
}

TEST_CASE("gate dsse: every change of a byte of an envelope is seen", "[gate][tamper]") {
  const auto ada = signer(1);
  const std::vector<PublicKey> keys = {ada->public_key()};
  const std::string text = sign(kWaiverType, R"({"decision":"HELD"})", *ada).write();
  std::mt19937 random(7);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << random() % 8U));
    bool is_genuine = false;
    try {
      is_genuine = signer_of(Envelope::read(changed), kWaiverType, keys) != nullptr;
    } catch (const Refused&) {
    }
    INFO("byte " << at);
    CHECK_FALSE(is_genuine);
  }
  CHECK(refusal([&] { Envelope::read(text + " "); }).find("written anew") != std::string::npos);
}

TEST_CASE("gate verify: a revoked key is not believed, whatever time the decision states", "[gate]") {
  const auto key = signer(1);
  const std::string text = sign(kInTotoType, "{}", *key).write();
  const std::vector<PublicKey> keys = {key->public_key()};
  CHECK(refusal([&] { verify_decision(text, keys, Revocations()); }).find("is no decision") != std::string::npos);
  const auto revoked = Revocations::read(R"({"schema":"dosegate.revocations/1","keys":[{"id":")" +
                                         key->public_key().id() + R"(","reason":"laptop lost"}]})");
  CHECK(refusal([&] { verify_decision(text, keys, revoked); }).find("laptop lost") != std::string::npos);
  CHECK(refusal([&] { verify_decision("", keys, revoked); }).find("no signed envelope") != std::string::npos);
}

TEST_CASE("gate key: a private key that others may use, and what is no key, are refused with how to mend it",
          "[gate]") {
  const dosegate::e2e::TemporaryFolder folder;
  const KeyFiles files = write_key(folder.path().string(), 5);
  CHECK(open_signer(files.private_path)->public_key().id() == PublicKey::from_file(files.public_path).id());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0666U}) {
    REQUIRE(::chmod(files.private_path.c_str(), mode) == 0);
    CHECK(refusal([&] { open_signer(files.private_path); }).find("chmod 600") != std::string::npos);
  }
  REQUIRE(::chmod(files.private_path.c_str(), 0600) == 0);
  CHECK(refusal([&] { PublicKey::from_file(files.private_path); }).find("private key") != std::string::npos);
  CHECK(refusal([&] { open_signer(files.public_path); }) != "");
  CHECK(refusal([&] { open_signer("/no/such/key"); }).find("/no/such/key") != std::string::npos);
  CHECK(refusal([&] { PublicKey::from_base64_der("MCowBQYDK2VwAyEA"); }).find("Ed25519") != std::string::npos);
}

TEST_CASE("gate base64: only the canonical form is read", "[gate]") {
  // RFC 4648, 10.
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(dosegate::support::to_base64(bytes) == text);
    CHECK(dosegate::support::from_base64(text) == std::string(bytes));
  }
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zg==\n", "Zm-_", "=", "====", "Zg==Zg==", "Z", " Zm9v"}) {
    INFO(text);
    CHECK_FALSE(dosegate::support::from_base64(text).has_value());
  }
}

TEST_CASE("gate instant: one form of time, of days that there are", "[gate]") {
  CHECK(to_text(*parse_instant("2028-02-29T23:59:59Z")) == "2028-02-29T23:59:59Z");
  CHECK(parse_instant("1970-01-01T00:00:01Z")->time_since_epoch().count() == 1);
  for (const char* text : {"2027-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-30T24:00:00Z",
                           "2026-11-30 00:00:00Z", "2026-11-30T00:00:00", "2026-11-30T00:00:00z",
                           "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:60Z", "", "x026-11-30T00:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(parse_instant(text).has_value());
  }
}
