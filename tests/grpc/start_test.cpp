// Starts in bad surroundings: decided within seconds, with a reason, and never two servers on one address.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/grpc/server.h"
#include "tests/grpc/tls_server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

e2e::Outcome try_start(const std::vector<std::string>& arguments, unsigned seconds = 20) {
  e2e::RunOptions options;
  options.seconds = seconds;
  return e2e::run(arguments, options, grpc_program());
}

// Through prlimit(1), so that only the server is limited.
e2e::Outcome start_within(const std::string& limit, const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"prlimit", "--core=0", limit, grpc_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  e2e::RunOptions options;
  options.seconds = 20;
  return e2e::run(all, options, "/usr/bin/env");
}

bool is_served(const std::string& address) {
  const auto plans = v1::PlanCheckService::NewStub(connect(address, grpc::InsecureChannelCredentials()));
  Call call;
  call.set_wait_for_ready(true);
  v1::CreateCaseResponse response;
  return plans->CreateCase(&call, {}, &response).ok();
}

}  // namespace

TEST_CASE(
    "of three servers that are started at once on one socket one serves and is reached and the others say why not") {
  for (int round = 0; round < 5; ++round) {
    const e2e::TemporaryFolder folder;
    const std::string address = "unix:" + (folder / "s/socket").string();
    std::vector<Running> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back(start({grpc_program(), "--listen", address}, (folder / ("log" + std::to_string(i))).string()));
    }
    int serving = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string line = read_line(all[i].out);
      ::close(all[i].out);
      if (line.empty()) {
        CHECK(exit_code_of(all[i].pid) == 3);
        CHECK(e2e::read_file(folder / ("log" + std::to_string(i))).find("another server") != std::string::npos);
        all[i].pid = -1;
      } else {
        ++serving;
      }
    }
    CHECK(serving == 1);
    CHECK(is_served(address));
    for (const Running& one : all) {
      if (one.pid < 0) continue;
      ::kill(one.pid, SIGTERM);
      CHECK(exit_code_of(one.pid) == 0);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "s/socket"));
    CHECK_FALSE(std::filesystem::exists(folder / "s/socket.lock"));
  }
}

TEST_CASE("a server beside one that has been stopped is refused at once, whatever waits on its socket") {
  const Server stopped;
  REQUIRE(::kill(stopped.pid(), SIGSTOP) == 0);
  // As many connections as wait for it: one more would wait, too.
  std::vector<int> waiting;
  const sockaddr_un name = socket_name(stopped.address());
  for (int i = 0; i < 20'000; ++i) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) break;
    waiting.push_back(fd);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) break;
  }
  const e2e::Outcome outcome = try_start({"--listen", stopped.address()});
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.find("another server") != std::string::npos);
  for (const int fd : waiting) ::close(fd);
  REQUIRE(::kill(stopped.pid(), SIGCONT) == 0);
  CHECK(is_served(stopped.address()));
}

TEST_CASE("a socket that somebody else listens on, without a lock, is left alone though nobody accepts") {
  const e2e::TemporaryFolder folder;
  REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
  const std::string path = (folder / "socket").string(), address = "unix:" + path;
  const sockaddr_un name = socket_name(address);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(listening, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  REQUIRE(::listen(listening, 0) == 0);
  int waiting[2];
  for (int& fd : waiting) {
    fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  }
  const e2e::Outcome outcome = try_start({"--listen", address});
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.err.find("another server answers") != std::string::npos);
  CHECK(std::filesystem::exists(path));
  for (const int fd : {listening, waiting[0], waiting[1]}) ::close(fd);
}

TEST_CASE("a port that another server has is refused") {
  const TlsSetup& own = setup();
  const TlsServer first(own);
  std::vector<std::string> arguments = own.arguments();
  arguments.insert(arguments.begin(), {"--listen", first.process().address()});
  const e2e::Outcome outcome = try_start(arguments);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.find("cannot be bound") != std::string::npos);
}

TEST_CASE("the option --parent of a process that has ended before the server starts is refused") {
  const e2e::TemporaryFolder folder;
  const std::string socket = (folder / "s/socket").string(), err = (folder / "err").string();
  // The shell is gone when the server begins; what collects orphans is its parent then.
  const std::string command = "(sleep 1; exec '" + grpc_program() + "' --listen 'unix:" + socket + "' --parent=$$ >'" +
                              (folder / "out").string() + "' 2>'" + err + "') & exit 0";
  const Running shell = start({"/bin/sh", "-c", command});
  REQUIRE(exit_code_of(shell.pid) == 0);
  ::close(shell.out);
  const auto said = [&] { return std::filesystem::exists(err) ? e2e::read_file(err) : std::string(); };
  for (int i = 0; i < 200 && said().find("--parent") == std::string::npos; ++i) ::usleep(50'000);
  CHECK(said().find("is not the parent") != std::string::npos);
  CHECK(e2e::read_file(folder / "out").empty());
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("the option --parent without a PID is refused where process 1 has taken the parent's place") {
  const e2e::TemporaryFolder folder;
  const std::string socket = (folder / "s/socket").string(), err = (folder / "err").string();
  const std::string command = "(sleep 1; sh -c 'cut -d \" \" -f 4 /proc/$PPID/stat' >'" + (folder / "ppid").string() +
                              "'; exec '" + grpc_program() + "' --listen 'unix:" + socket + "' --parent >'" +
                              (folder / "out").string() + "' 2>'" + err + "') & exit 0";
  const Running shell = start({"/bin/sh", "-c", command});
  REQUIRE(exit_code_of(shell.pid) == 0);
  ::close(shell.out);
  const auto text = [&](const char* name) {
    return std::filesystem::exists(folder / name) ? e2e::read_file(folder / name) : std::string();
  };
  for (int i = 0; i < 200 && text("err").empty() && text("out").empty(); ++i) ::usleep(50'000);
  const std::string parent = text("ppid");
  if (parent.find_first_not_of(" 1\n") != std::string::npos || parent.empty()) {
    WARN("skipped: orphans become children of process" << parent << " here, which cannot be told from a parent");
    return;
  }
  CHECK(text("err").find("has ended already") != std::string::npos);
  CHECK(text("out").empty());
}

TEST_CASE("the option --parent of a container's first process, which knows no parent, is refused") {
  const e2e::TemporaryFolder folder;
  e2e::RunOptions options;
  options.seconds = 20;
  const std::vector<std::string> first = {"unshare", "--pid", "--fork"};
  const auto run_first = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = first;
    all.insert(all.end(), arguments.begin(), arguments.end());
    return e2e::run(all, options, "/usr/bin/env");
  };
  if (run_first({"true"}).exit_code != 0) {
    WARN("skipped: this user may not make a PID namespace here");
    return;
  }
  for (const char* parent : {"--parent", "--parent=1"}) {
    INFO(parent);
    const e2e::Outcome outcome =
        run_first({grpc_program(), "--listen", "unix:" + (folder / "s/socket").string(), parent});
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.err.find("outside of this PID namespace") != std::string::npos);
  }
}

TEST_CASE("the option --parent names the process that started the server") {
  CHECK(try_start({"--listen", "unix:/tmp/none/s", "--parent=0"}).exit_code == 3);
  CHECK(try_start({"--listen", "unix:/tmp/none/s", "--parent=x"}).exit_code == 3);
  const e2e::Outcome other = try_start({"--listen", "unix:/tmp/none/s", "--parent=1"});
  CHECK(other.exit_code == 3);
  CHECK(other.err.find("--parent") != std::string::npos);
  const e2e::TemporaryFolder folder;
  const Running own = start(
      {grpc_program(), "--listen", "unix:" + (folder / "s/socket").string(), "--parent=" + std::to_string(::getpid())});
  CHECK(read_line(own.out).rfind("dosegate-grpc", 0) == 0);
  ::close(own.out);
  ::kill(own.pid, SIGTERM);
  CHECK(exit_code_of(own.pid) == 0);
}

TEST_CASE("a server that lacks memory or descriptors serves or ends with one reason and neither hangs nor crashes") {
  if (e2e::are_sanitized()) return;  // address space is what a sanitizer needs most
  const e2e::TemporaryFolder folder;
  const std::string address = "unix:" + (folder / "s/socket").string();
  std::vector<std::string> limits;
  for (const long mib : {160, 240, 320, 390}) limits.push_back("--as=" + std::to_string(mib << 20));
  for (const int descriptors : {8, 16, 24, 32}) limits.push_back("--nofile=" + std::to_string(descriptors));
  for (const std::string& limit : limits) {
    INFO(limit);
    const e2e::Outcome outcome = start_within(limit, {"--listen", address, "--threads", "4"});
    INFO(outcome.err);
    INFO(outcome.out);
    // Ended by the test's SIGTERM, with code 0 - by its own decision - or while it was still starting.
    const bool serves = outcome.out.rfind("dosegate-grpc dosegate.v1", 0) == 0;
    CHECK((serves || outcome.exit_code == 3 || outcome.exit_code == 4 || outcome.exit_code == 127));
    if (!serves) CHECK(outcome.error_lines() == 1);
  }
}

TEST_CASE("a server that has run out of descriptors serves again when they are free, and tells of it once") {
  const e2e::TemporaryFolder folder;
  const std::string address = "unix:" + (folder / "s/socket").string(), log = (folder / "log").string();
  const Running server = start({"/usr/bin/prlimit", "--nofile=64:64", grpc_program(), "--listen", address}, log);
  REQUIRE(read_line(server.out).rfind("dosegate-grpc", 0) == 0);
  ::close(server.out);
  for (int round = 0; round < 3; ++round) {
    std::vector<int> silent;
    for (int i = 0; i < 150; ++i) {
      silent.push_back(connect_raw(address));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    for (const int fd : silent) ::close(fd);
    CHECK(is_served(address));
  }
  const std::string said = e2e::read_file(log);
  CHECK(said.find("as many connections as there may be") != std::string::npos);
  CHECK(std::count(said.begin(), said.end(), '\n') <= 4);
  ::kill(server.pid, SIGTERM);
  CHECK(exit_code_of(server.pid) == 0);
}

TEST_CASE(
    "a server whose folder was emptied ends and says so, and takes nothing from the one that has begun there since") {
  const e2e::TemporaryFolder folder;
  const std::string address = "unix:" + (folder / "s/socket").string(), log = (folder / "log").string();
  const Running first = start({grpc_program(), "--listen", address}, log);
  REQUIRE_FALSE(read_line(first.out).empty());
  // It cannot look until the other serves.
  REQUIRE(::kill(first.pid, SIGSTOP) == 0);
  std::filesystem::remove_all(folder / "s");
  const Running second = start({grpc_program(), "--listen", address});
  REQUIRE_FALSE(read_line(second.out).empty());
  REQUIRE(::kill(first.pid, SIGCONT) == 0);
  CHECK(exit_code_of(first.pid) == 4);
  CHECK(e2e::read_file(log).find("taken the socket away") != std::string::npos);
  CHECK(is_served(address));
  CHECK(std::filesystem::exists(folder / "s/socket.lock"));
  CHECK(try_start({"--listen", address}).exit_code == 3);
  REQUIRE(::kill(second.pid, SIGTERM) == 0);
  CHECK(exit_code_of(second.pid) == 0);
  CHECK_FALSE(std::filesystem::exists(folder / "s/socket"));
  CHECK_FALSE(std::filesystem::exists(folder / "s/socket.lock"));
  ::close(first.out);
  ::close(second.out);
}
