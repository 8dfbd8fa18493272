// What a server on TCP is not started with: exit code 3 and one line that says why.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

std::vector<std::string> with(std::vector<std::string> arguments, const std::string& option, const std::string& value) {
  const auto at = std::find(arguments.begin(), arguments.end(), option);
  REQUIRE(at != arguments.end());
  *std::next(at) = value;
  return arguments;
}

std::vector<std::string> without(std::vector<std::string> arguments, const std::string& option) {
  const auto at = std::find(arguments.begin(), arguments.end(), option);
  REQUIRE(at != arguments.end());
  arguments.erase(at, std::next(at, 2));
  return arguments;
}

void check_refused(const std::string& listen, std::vector<std::string> arguments, const std::string& said) {
  arguments.insert(arguments.begin(), {"--listen", listen});
  e2e::RunOptions options;
  options.seconds = 20;
  const e2e::Outcome outcome = e2e::run(arguments, options, grpc_program());
  INFO(outcome.err);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.rfind("dosegate-grpc: ", 0) == 0);
  CHECK(outcome.err.find(said) != std::string::npos);
}

std::string file_of(const std::string& name, const std::string& text) {
  const std::string path = (setup().folder / name).string();
  e2e::write_file(path, text);
  return path;
}

}  // namespace

TEST_CASE("without one of the four files there is no server on TCP, with one of them none on a Unix socket") {
  const std::string socket = "unix:" + (setup().folder / "s/socket").string();
  for (const char* option : {"--tls-cert", "--tls-key", "--tls-clients", "--rights"}) {
    INFO(option);
    check_refused("127.0.0.1:0", without(setup().arguments(), option), "--tls-clients");
    const auto all = setup().arguments();
    check_refused(socket, {option, *std::next(std::find(all.begin(), all.end(), option))}, "Unix socket");
  }
  check_refused("127.0.0.1:0", {}, "--tls-clients");
}

TEST_CASE("certificates and keys that cannot be used are refused by the file's name") {
  const auto good = setup().arguments();
  const std::string text = file_of("text", "nothing of that kind\n"), none = (setup().folder / "none").string();
  for (const char* option : {"--tls-cert", "--tls-key", "--tls-clients", "--rights"}) {
    INFO(option);
    check_refused("127.0.0.1:0", with(good, option, text), text);
    check_refused("127.0.0.1:0", with(good, option, none), none);
    check_refused("127.0.0.1:0", with(good, option, setup().folder.path().string()), setup().folder.path().string());
    check_refused("127.0.0.1:0", with(good, option, file_of("empty", "")), "empty");
  }
  check_refused("127.0.0.1:0", with(good, "--tls-key", setup().tps.key), "is not the key of the certificate");
  const Identity expired = setup().authority.issue("localhost", "DNS:localhost", {.days = -1});
  check_refused("127.0.0.1:0", with(with(good, "--tls-cert", expired.certificate), "--tls-key", expired.key),
                "has expired");
  // The extension file goes on after the names.
  const Identity for_clients = setup().authority.issue("localhost", "DNS:localhost\nextendedKeyUsage = clientAuth");
  check_refused("127.0.0.1:0", with(with(good, "--tls-cert", for_clients.certificate), "--tls-key", for_clients.key),
                "is not for a server");
  const Identity early = setup().authority.issue("localhost", "DNS:localhost", {.begins = "20990101000000Z"});
  check_refused("127.0.0.1:0", with(with(good, "--tls-cert", early.certificate), "--tls-key", early.key),
                "is not valid yet");
  const Identity weak = setup().authority.issue("localhost", "DNS:localhost", {.is_weak = true});
  check_refused("127.0.0.1:0", with(with(good, "--tls-cert", weak.certificate), "--tls-key", weak.key),
                "the key is too weak");
}

TEST_CASE("each certificate of an authority is looked at, not the first alone") {
  const auto good = setup().arguments();
  const std::string authority = e2e::read_file(setup().authority.certificate());
  const std::string client = e2e::read_file(setup().tps.certificate);
  const auto clients = [&](const std::string& text) {
    return with(good, "--tls-clients", file_of("authorities", text));
  };
  check_refused("127.0.0.1:0", clients(client), "certificate number 1 in it is of no authority");
  check_refused("127.0.0.1:0", clients(authority + client), "certificate number 2 in it is of no authority");
  const std::string broken = authority.substr(0, authority.size() / 2);
  check_refused("127.0.0.1:0", clients(broken), "certificate number 1 in it cannot be read");
  check_refused("127.0.0.1:0", clients(authority + broken), "certificate number 2 in it cannot be read");
  const std::string chain = e2e::read_file(*std::next(std::find(good.begin(), good.end(), "--tls-cert")));
  check_refused("127.0.0.1:0", with(good, "--tls-cert", file_of("chain", chain + broken)),
                "certificate number 2 in it cannot be read");
  const TlsSetup both;
  replace(both.clients,
          "a word before\n" + authority + "between\n" + e2e::read_file(both.authority.certificate()) + "and behind\n");
  const TlsServer server(both);
  CHECK(ask(server.channel(&both.tps)).ok());
}

TEST_CASE("rights that cannot be used are refused") {
  const std::pair<const char*, const char*> broken[] = {
      {"{", "AccessRights"},
      {R"({"users": []})", "AccessRights"},
      {R"({"clients": [{"name": "a", "rights": ["READ"]}]})", "READ"},
      {R"({"clients": [{"name": "a", "rights": ["RIGHT_UNSPECIFIED"]}]})", "unknown right"},
      {R"({"clients": [{"name": "a", "rights": [99]}]})", "unknown right"},
      {R"({"clients": [{"rights": ["CHECK"]}]})", "no name"},
      {"{}", "no \"clients\""},
      {R"({"clients": null})", "\"clients\" is no list"},
      {R"({"clients": {"name": "a", "rights": ["CHECK"]}})", "\"clients\" is no list"},
      {R"({"clients": [[{"name": "a", "rights": ["CHECK"]}]]})", "a client is no object"},
      {R"({"clients": ["a"]})", "a client is no object"},
      {R"({"clients": [{"name": "a"}]})", "no \"rights\""},
      {R"({"clients": [{"name": "a", "rights": null}]})", "\"rights\" is no list"},
      {R"({"clients": [{"name": "a", "rights": "CHECK"}]})", "\"rights\" is no list"},
      {R"({"clients": [{"name": 7, "rights": ["CHECK"]}]})", "is no text"},
      {R"({"clients": [{"name": "a", "rights": [1]}]})", "unknown right"},
      {R"({"clients": [{"name": "a", "rights": ["1"]}]})", "unknown right"},
      {R"({"clients": [{"name": "a", "rights": ["check"]}]})", "unknown right"},
      {R"({"clients": [{"name": "a", "rights": ["CHECK"],}]})", "line 1"},
      {R"({"clients": [/*x*/{"name": "a", "rights": ["CHECK"]}]})", "line 1"},
      {R"({'clients': []})", "line 1"},
      {R"({"clients": [{"name": "tps.example.", "rights": ["CHECK"]}]})", "ends with a dot"},
      {R"({"clients": [{"name": "t\u00fcs.example", "rights": ["CHECK"]}]})", "not of ASCII"},
      {"\xEF\xBB\xBF{}", "byte order mark"},
      {R"({"clients": [{"name": "tps.example ", "rights": ["CHECK"]}]})", "blank"},
      {R"({"clients": [{"name": " tps.example", "rights": ["CHECK"]}]})", "blank"},
      {R"({"clients": [{"name": "tps\nexample", "rights": ["CHECK"]}]})", "control character"},
      {R"({"clients": [{"name": "*.example", "rights": ["CHECK"]}]})", "without wildcards"},
      {R"({"clients": [{"name": "a", "rights": ["CHECK"], "rights": ["ADMINISTER"]}]})", "\"rights\" is given twice"},
      {R"({"clients": [{"name": "a", "rights": ["CHECK"]}, {"name": "a", "rights": ["APPROVE"]}]})", "twice"}};
  for (const auto& [text, said] : broken) {
    INFO(text);
    check_refused("127.0.0.1:0", with(setup().arguments(), "--rights", file_of("broken.json", text)), said);
  }
}

TEST_CASE("an address that another server listens on, or that is none, is refused") {
  const TlsServer first(setup());
  check_refused(first.process().address(), setup().arguments(), "cannot be bound");
  CHECK(ask(first.channel(&setup().tps)).ok());

  // Nor is a port shared with one that would share it.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(fd >= 0);
  const int on = 1;
  REQUIRE(::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  check_refused("127.0.0.1:" + std::to_string(ntohs(name.sin_port)), setup().arguments(), "cannot be bound");
  ::close(fd);

  for (const char* none : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "no.such.host.invalid:1", "", ":", "x", ":1",
                           "127.0.0.1:-1", "::1:50051", "ipv4:127.0.0.1:50051", "unix-abstract:x"}) {
    INFO(none);
    check_refused(none, setup().arguments(), "--listen");
  }
}
