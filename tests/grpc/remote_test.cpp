// `dosegate check --server`: the same arguments, the same answer, the same exit code.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

TEST_CASE("a check on a server answers what a check in process answers, byte for byte") {
  const Server server;
  const e2e::TemporaryFolder folder;
  for (const auto& [name, exit_code] : {std::pair{"pass", 0}, {"hot-cord", 1}, {"missing-stomach", 2}}) {
    INFO(name);
    const std::string path = (folder / name).string();
    REQUIRE(e2e::run({"phantom", path, "--case", name}).exit_code == 0);
    for (const std::string format : {"json", "text"}) {
      const e2e::Outcome here =
          e2e::run({"check", path, "--format", format, "--plan-only", "--map", "Stomach=Stomach"});
      const e2e::Outcome there = e2e::run(
          {"check", path, "--format", format, "--plan-only", "--map", "Stomach=Stomach", "--server", server.address()});
      INFO(there.err);
      CHECK(there.exit_code == here.exit_code);
      CHECK((there.out == here.out));
      if (name != std::string("missing-stomach")) CHECK(there.exit_code == exit_code);
    }
  }
  const std::string protocol = (folder / "trial.json").string();
  e2e::write_file(protocol, e2e::run({"protocols", "show", "ChiCTR2000036385", "--format", "json"}).out);
  const std::string path = (folder / "pass").string();
  CHECK(e2e::run({"check", path, "--plan-only", "-p", protocol, "--server", server.address()}).exit_code == 0);
  CHECK(e2e::run({"check", path, "--plan-only", "-p", "ChiCTR2000036385", "--server", server.address()}).exit_code ==
        0);
}

TEST_CASE("a check on a server that cannot be had ends with exit code 3 and one line that says why") {
  const Server server;
  const e2e::TemporaryFolder folder;
  const std::string path = (folder / "p").string();
  REQUIRE(e2e::run({"phantom", path}).exit_code == 0);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--server", "unix:" + (folder / "none").string()}, "no connection"},
      {{"--server", "127.0.0.1:1"}, "--ca"},
      {{"--server", server.address(), "-p", "none"}, "No protocol of this id"},
      {{"--server", server.address(), "--map", "None=Liver"}, "the protocol has no structure 'None'"},
      {{"--server", server.address(), "-p", path + "/none.json"}, "none.json"}};
  for (const auto& [more, said] : cases) {
    std::vector<std::string> arguments = {"check", path};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const e2e::Outcome outcome = e2e::run(arguments);
    INFO(outcome.err);
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find(said) != std::string::npos);
  }
}

TEST_CASE("a check on a server whose output is closed says so and does not write into its connection") {
  const Server server;
  const e2e::TemporaryFolder folder;
  const std::string path = (folder / "p").string(), log = (folder / "log").string();
  REQUIRE(e2e::run({"phantom", path}).exit_code == 0);
  const Running check =
      start({"/bin/sh", "-c", "exec \"$0\" check \"$1\" --server \"$2\" 1>&-",
             std::filesystem::path(grpc_program()).replace_filename("dosegate-remote"), path, server.address()},
            log);
  CHECK(exit_code_of(check.pid) == 3);
  ::close(check.out);
  CHECK(e2e::read_file(log).find("output") != std::string::npos);
}

TEST_CASE("dosegate serve is dosegate-grpc") {
  CHECK(e2e::run({"serve", "--version"}).out.rfind("dosegate-grpc ", 0) == 0);
  CHECK(e2e::run({"serve", "--help"}).out.find("--listen") != std::string::npos);
  CHECK(e2e::run({"serve", "--listen", "unix:"}).exit_code == 3);
  CHECK(e2e::run({"--help"}).out.find("serve") != std::string::npos);
}
