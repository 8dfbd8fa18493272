// Keys in a PKCS #11 token: SoftHSM2, with tokens of the tests' own.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "adapters/gate/dsse.h"
#include "adapters/gate/pkcs11_uri.h"
#include "tests/gate/site.h"

using namespace dosegate::gate_test;
using namespace dosegate::gate;
using Run = dosegate::e2e::Outcome;
using dosegate::e2e::run;
using dosegate::e2e::TemporaryFolder;
using dosegate::e2e::write_file;
namespace fs = std::filesystem;

namespace {

std::string module_path() {
  for (const char* path : {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                           "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"}) {
    if (fs::exists(path)) return path;
  }
  return "";
}

template <typename F>
std::string why_refused(F&& f) {
  try {
    f();
  } catch (const Refused& e) {
    return e.what();
  }
  return "";
}

void says(const std::string& text, const std::string& part) {
  INFO(text << "\nexpected: " << part);
  CHECK(text.find(part) != std::string::npos);
}

// Two tokens: "gate" with key 9 as "signing", id 01, and twice "double", ids 02 and 03; "empty" with none.
struct Tokens {
  Site site;
  std::string pin = site / "pin";
  Tokens() {
    fs::create_directory(site / "tokens");
    write_file(site / "softhsm.conf", "directories.tokendir = " + site / "tokens\nlog.level = ERROR\n");
    ::setenv("SOFTHSM2_CONF", (site / "softhsm.conf").c_str(), 1);
    write_pin("1234\n");
    for (const char* token : {"gate", "empty"}) tool({"--init-token", "--free", "--label", token, "--so-pin", "4321"});
    import("signing", "01", 9);
    import("double", "02", 1);
    import("double", "03", 2);
  }
  void write_pin(const std::string& text) {
    write_file(pin, text);
    REQUIRE(::chmod(pin.c_str(), 0600) == 0);
  }
  void tool(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--pin", "1234"});
    const Run o = run(arguments, {}, "/usr/bin/softhsm2-util");
    INFO(o.out << o.err);
    REQUIRE(o.exit_code == 0);
  }
  void import(const std::string& label, const std::string& id, int seed) {
    tool({"--import", site.private_key(seed), "--token", "gate", "--label", label, "--id", id});
  }
  std::string uri(const std::string& path) const {
    return "pkcs11:" + path + "?module-path=" + module_path() + "&pin-source=file:" + pin;
  }
};

}  // namespace

TEST_CASE("gate token: a key in a token signs as the same key in a file does, and decisions with it verify",
          "[gate][token]") {
  Tokens tokens;
  const std::string uri = tokens.uri("token=gate;object=signing;type=private");
  const auto in_token = open_signer(uri);
  const auto in_file = open_signer(tokens.site.private_key(9));
  CHECK(in_token->public_key().id() == in_file->public_key().id());
  CHECK(in_token->sign("what is signed") == in_file->sign("what is signed"));  // RFC 8032: no randomness
  CHECK(open_signer(tokens.uri("token=gate;object=double;id=%03"))->public_key().id() == signer(2)->public_key().id());
  const std::string plan = tokens.site.phantom("pass"), policy = tokens.site.policy("policy");
  const Run o = run({"approve", plan, "--record", plan + "/record.json", "--policy", policy, "--key", uri, "--ledger",
                     tokens.site.ledger(), "-o", tokens.site / "decision"});
  INFO(o.out << o.err);
  CHECK(o.exit_code == 0);
  const Run key = run({"public-key", "--key", uri, "-o", tokens.site / "gate.pub"});
  CHECK(key.exit_code == 0);
  CHECK(run({"verify", tokens.site / "decision", "--key", tokens.site / "gate.pub", "--approved", plan}).exit_code ==
        0);
  CHECK(tokens.site.verify_ledger().exit_code == 0);
}

TEST_CASE("gate token: what a token lacks or refuses is named, and a wrong PIN is tried once", "[gate][token]") {
  Tokens tokens;
  const auto open = [&](const std::string& path) { return why_refused([&] { open_signer(tokens.uri(path)); }); };
  says(open("token=none;object=signing"), "there is no such token");
  says(open("object=signing;serial=0"), "there is no such token");
  says(open("token=gate;object=none"), "holds no private key of Ed25519 by that name");
  says(open("token=empty;object=signing"), "holds no private key of Ed25519 by that name");
  says(open("token=gate;object=double"), "holds two private keys by that name. Name one: id=%01");
  says(open("object=signing"), "two tokens fit");
  tokens.write_pin("9999");
  says(open("token=gate;object=signing"), "the PIN is wrong");
  tokens.write_pin("");
  says(open("token=gate;object=signing"), "there is no PIN");
  tokens.write_pin("1234");
  REQUIRE(::chmod(tokens.pin.c_str(), 0644) == 0);
  says(open("token=gate;object=signing"), "chmod 600");
  ::setenv("DOSEGATE_PKCS11_PIN", "1234", 1);
  CHECK(why_refused([] { open_signer("pkcs11:token=gate;object=signing?module-path=" + module_path()); }) == "");
  ::unsetenv("DOSEGATE_PKCS11_PIN");
  says(why_refused([] { open_signer("pkcs11:token=gate;object=signing"); }), "DOSEGATE_PKCS11_MODULE");
  says(why_refused([] { open_signer("pkcs11:object=x?module-path=/no/such.so"); }), "/no/such.so: is no library");
  says(why_refused([] { open_signer("pkcs11:object=x?module-path=/lib/x86_64-linux-gnu/libc.so.6"); }),
       "is no library of a PKCS #11 token");
}

TEST_CASE("gate token: URIs of keys are read as RFC 7512 has them, and a PIN in one is refused unsaid", "[gate]") {
  const Pkcs11Uri uri = parse_pkcs11_uri("pkcs11:token=The%20gate;object=a%3bb;id=%01%fF?pin-source=file:///etc/pin");
  CHECK(uri.token == "The gate");
  CHECK(uri.object == "a;b");
  CHECK(uri.id == "\x01\xff");
  CHECK(uri.pin_file == "/etc/pin");
  CHECK(uri.name() == "pkcs11 (token The gate, key a;b, id 01ff)");
  const auto refused = [](const std::string& text) { return why_refused([&] { parse_pkcs11_uri(text); }); };
  const std::string with_pin = refused("pkcs11:object=a?pin-value=s3cret");
  says(with_pin, "pin-source=FILE");
  CHECK(with_pin.find("s3cret") == std::string::npos);
  for (const char* text :
       {"pkcs11:", "pkcs11:token=a", "pkcs11:object", "pkcs11:object=a;object=b", "pkcs11:object=%1",
        "pkcs11:object=%zz", "pkcs11:object=a;type=public", "pkcs11:object=a;x-y=1", "pkcs11:object=a?pin-source=|cat",
        "pkcs11:object=a?pin-source=", "pkcs11:object=a?x=1", "file:a"}) {
    INFO(text);
    CHECK(refused(text) != "");
  }
}
