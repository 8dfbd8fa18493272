// A server whose log is full, or whose standard streams are closed, goes on, and writes into nothing else.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

bool serves(const std::string& address) {
  v1::ListProtocolsResponse response;
  for (int i = 0; i < 100; ++i) {
    Call call;
    call.set_wait_for_ready(true);
    const auto channel = connect(address, grpc::InsecureChannelCredentials());
    if (v1::ProtocolService::NewStub(channel)->ListProtocols(&call, {}, &response).ok()) return true;
    ::usleep(100'000);
  }
  return false;
}

}  // namespace

TEST_CASE("a log that is as large as it may be leaves lines out and does not end the server") {
  const e2e::TemporaryFolder folder;
  const std::string address = "unix:" + (folder / "s/socket").string(), log = (folder / "log").string();
  const Running server = start(
      {"/usr/bin/env", "prlimit", "--core=0", "--fsize=600", grpc_program(), "--listen", address, "--log", "calls"},
      log);
  CHECK(read_line(server.out).rfind("dosegate-grpc", 0) == 0);
  for (int i = 0; i < 10; ++i) CHECK(serves(address));
  CHECK(std::filesystem::file_size(log) == 600);
  ::kill(server.pid, SIGTERM);
  CHECK(exit_code_of(server.pid) == 0);
  ::close(server.out);
}

TEST_CASE("a server that is started without standard streams gives their numbers to nothing of its own") {
  for (const std::string closed : {"0<&-", "2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"}) {
    INFO(closed);
    const e2e::TemporaryFolder folder;
    const std::string address = "unix:" + (folder / "s/socket").string();
    const Running server =
        start({"/bin/sh", "-c", "exec \"$0\" --listen \"$1\" --log calls " + closed, grpc_program(), address});
    REQUIRE(serves(address));
    for (int fd = 0; fd <= 2; ++fd) {
      if (closed.find(std::to_string(fd)) == std::string::npos) continue;
      const auto of = "/proc/" + std::to_string(server.pid) + "/fd/" + std::to_string(fd);
      CHECK(std::filesystem::read_symlink(of) == "/dev/null");
    }
    ::kill(server.pid, SIGTERM);
    CHECK(exit_code_of(server.pid) == 0);
    ::close(server.out);
  }
}
